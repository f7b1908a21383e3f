import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** What a server answered, as it stands on the wire. */
export interface RawAnswer {
  /** 0: it closed the connection without a word. */
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Sends bytes as they are, of which a client library would refuse many, and reads until the server closes. */
export function sendRaw(port: number, text: string, host = '127.0.0.1'): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => socket.write(text));
    let received = '';
    socket.setEncoding('latin1').on('data', (part: string) => (received += part));
    socket.on('error', () => {});
    socket.on('close', () => resolve(parse(received)));
  });
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A request in full, which asks for the connection to be closed. A header may stand there many times, or not at all. */
export function request(method: string, target: string, headers: Headers, body = ''): string {
  const lines = Object.entries({ connection: 'close', ...headers }).flatMap(([name, value]) =>
    [value ?? []].flat().map((one: string) => `${name}: ${one}`),
  );
  if (body !== '') lines.push(`content-length: ${Buffer.byteLength(body)}`);
  return [`${method} ${target} HTTP/1.1`, ...lines, '', body].join('\r\n');
}

function parse(received: string): RawAnswer {
  const [head = '', ...rest] = received.split('\r\n\r\n');
  const [status = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]);
  return {
    status: Number(status.split(' ')[1] ?? 0),
    headers: new Map(headers.map(([name, value]) => [name.toLowerCase(), value])),
    body: rest.join('\r\n\r\n'),
  };
}

/** A connection, once it is there; undefined if it is refused. What it does later is nobody's concern. */
export function connected(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.on('error', () => resolve(undefined));
  });
}

export const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
    // What is not read hides the end.
    socket.resume();
  });
