import type { IncomingMessage } from 'node:http';

/** The most that a page may send, in bytes. */
const most = 65_536;

/** Why a body is not taken. */
export class BadBody extends Error {
  constructor(
    readonly status: 400 | 413 | 415,
    message: string,
  ) {
    super(message);
  }
}

/** The object in a request. @throws BadBody */
export async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  // A form of another site can send anything but this.
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new BadBody(415, 'The body must be application/json.');
  }
  const value = parse(await textOf(request));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadBody(400, 'The body must be a JSON object.');
  }
  return value as Record<string, unknown>;
}

// Not `for await`: to leave that early ends the connection, and the answer with it.
function textOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size <= most) parts.push(part);
      else reject(new BadBody(413, `The body must have at most ${most} bytes.`));
    });
    request.on('end', () => resolve(Buffer.concat(parts).toString()));
    request.on('error', reject);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadBody(400, 'The body must be JSON.');
  }
}
