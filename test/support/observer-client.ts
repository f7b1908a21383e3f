import { observe } from '../../src/observer/index.ts';
import type { ObserveOptions, Observer } from '../../src/observer/index.ts';
import type { ObservedHost } from '../../src/observer/observed-host.ts';
import type { Action, Done, Told, TreeNode } from '../../src/observer/protocol.ts';

type Message = { readonly [Type in keyof Told]: { readonly type: Type; readonly data: Told[Type] } }[keyof Told];

const observers: Observer[] = [];
const clients: ObserverClient[] = [];

/** An observer that is closed after the test. */
export async function serve(host: unknown, options?: ObserveOptions): Promise<Observer> {
  const observer = await observe(host as ObservedHost, options);
  observers.push(observer);
  return observer;
}

/** A page that is open until the test is over. */
export async function openClient(observer: Observer): Promise<ObserverClient> {
  const client = await openStalled(observer);
  await client.start();
  return client;
}

/** One that has not begun to read. */
export async function openStalled(observer: Observer): Promise<ObserverClient> {
  const client = new ObserverClient(observer.url, await cookieOf(observer));
  clients.push(client);
  await client.stall();
  return client;
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await Promise.all(observers.splice(0).map((observer) => observer.close()));
});

/** What the URL's token is exchanged for, as a browser sends it back. */
export async function cookieOf({ url }: Observer): Promise<string> {
  const response = await fetch(url, { redirect: 'manual' });
  await response.text();
  const [cookie] = response.headers.getSetCookie();
  if (cookie === undefined) throw new Error(`There is no cookie with the status ${response.status}`);
  return cookie.split(';')[0]!;
}

export const portOf = ({ url }: Observer): number => Number(new URL(url).port);

/** The observer's page without a browser: it keeps what it is told. */
export class ObserverClient {
  /** All that the stream has brought. */
  received = '';
  readonly messages: Message[] = [];
  /** The tree as it has been told. */
  readonly nodes = new Map<string, TreeNode>();
  /** Whether more of the same state of the tree is to come at once. */
  private isPartial = true;
  private readonly read = new Map<keyof Told, number>();
  private readonly waiting = new Set<() => void>();
  private readonly controller = new AbortController();
  private isOver = false;
  private readonly origin: string;
  // Not its body alone: that is cancelled where the response is collected.
  private response: Response | undefined;

  constructor(
    url: string,
    readonly cookie: string,
  ) {
    this.origin = new URL(url).origin;
  }

  /** Opens the stream, and reads nothing of it. */
  async stall(): Promise<void> {
    const { signal } = this.controller;
    const response = await fetch(`${this.origin}/events`, { headers: { cookie: this.cookie }, signal });
    if (response.status !== 200) throw new Error(`The stream is refused: ${response.status}`);
    this.response = response;
  }

  /** Begins to read. */
  async start(): Promise<void> {
    const end = () => this.end();
    void this.take(this.response!.body!).then(end, end);
    await this.next('hello');
  }

  /** The first message of that type that has not been asked for. */
  next<T extends keyof Told>(type: T): Promise<Told[T]> {
    return this.until(type, () => true);
  }

  /** The first of those for which that holds. */
  async until<T extends keyof Told>(type: T, holds: (data: Told[T]) => boolean): Promise<Told[T]> {
    let found: Told[T] | undefined;
    await this.when(() => {
      let at = this.read.get(type) ?? 0;
      while (found === undefined && at < this.messages.length) {
        const message = this.messages[at++]!;
        if (message.type === type && holds(message.data as never)) found = message.data as Told[T];
      }
      this.read.set(type, at);
      return found !== undefined;
    });
    return found!;
  }

  /** Once the tree is as it was at some moment, and that holds of it. */
  untilTree(holds: (nodes: ReadonlyMap<string, TreeNode>) => boolean): Promise<void> {
    return this.when(() => !this.isPartial && holds(this.nodes));
  }

  /** The node of a session, once that holds of it. */
  async untilNode(id: string, holds: (node: TreeNode) => boolean = () => true): Promise<TreeNode> {
    const key = `runtime/sessions/${id}`;
    await this.untilTree((nodes) => nodes.has(key) && holds(nodes.get(key)!));
    return this.nodes.get(key)!;
  }

  /** The session that is watched, once that holds of it. */
  async untilSession(holds: (detail: Exclude<Told['session'], { gone: true }>) => boolean) {
    const told = await this.until('session', (detail) => !detail.gone && holds(detail));
    return told as Exclude<Told['session'], { gone: true }>;
  }

  post(path: string, body: unknown): Promise<Response> {
    return fetch(`${this.origin}${path}`, {
      method: 'POST',
      headers: { cookie: this.cookie, 'content-type': 'application/json', origin: this.origin },
      body: JSON.stringify(body),
    });
  }

  async watch(session?: string): Promise<void> {
    const response = await this.post('/watch', { client: this.id, session });
    if (response.status !== 204) throw new Error(`It is not to be watched: ${response.status}`);
  }

  /** What comes of an action; whatever is posted, so that it may be nonsense. */
  async act(action: Action | object): Promise<Done> {
    return (await (await this.post('/actions', action)).json()) as Done;
  }

  get hello(): Told['hello'] {
    return this.messages[0]!.data as Told['hello'];
  }

  get id(): string {
    return this.hello.client;
  }

  /** Resolves once the stream has ended. */
  ended(): Promise<void> {
    return this.when(() => this.isOver, true);
  }

  close(): void {
    this.controller.abort();
  }

  private when(holds: () => boolean, isEndAwaited = false): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (holds()) resolve();
        else if (this.isOver && !isEndAwaited) reject(new Error('The stream has ended'));
        else return;
        this.waiting.delete(look);
      };
      this.waiting.add(look);
      look();
    });
  }

  private async take(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      const text = decoder.decode(chunk, { stream: true });
      this.received += text;
      const parts = (rest + text).split('\n\n');
      rest = parts.pop()!;
      for (const part of parts) this.add(part);
      for (const look of [...this.waiting]) look();
    }
  }

  private add(part: string): void {
    if (part.startsWith(':') || part.startsWith('retry:')) return;
    const [, type, json] = /^event: (\w+)\ndata: ([^\n]*)$/.exec(part)!;
    const message = { type, data: JSON.parse(json!) as unknown } as Message;
    this.messages.push(message);
    if (message.type === 'tree') this.change(message.data);
  }

  private change({ anew, nodes, gone, more }: Told['tree']): void {
    if (anew) this.nodes.clear();
    for (const key of gone) this.nodes.delete(key);
    for (const node of nodes) this.nodes.set(node.key, node);
    this.isPartial = more;
  }

  private end(): void {
    this.isOver = true;
    for (const look of [...this.waiting]) look();
  }
}
