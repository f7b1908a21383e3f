import { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Observer } from '../../src/observer/index.ts';
import { Pace } from '../../src/observer/pace.ts';
import type { TreeNode } from '../../src/observer/protocol.ts';
import { counter } from '../support/counter.ts';
import { cookieOf, openClient, openStalled, portOf, serve } from '../support/observer-client.ts';
import { openHost } from '../support/open-host.ts';
import { closed, connected, request, sendRaw } from '../support/raw-http.ts';

// A machine that is busy with other tests takes its time.
jest.setTimeout(30_000);

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  jest.restoreAllMocks();
});

async function open() {
  const { host } = openHost({ session: counter, maxSessions: 10_000, intensity: { maxRestarts: 1_000_000 } });
  const observer = await serve(host, { allowActions: true });
  const cookie = await cookieOf(observer);
  const port = portOf(observer);
  const known = { host: `127.0.0.1:${port}`, cookie };
  const ask = (target: string, headers: object = {}, method = 'GET', body = '') =>
    sendRaw(port, request(method, target, { ...known, ...headers }, body));
  const post = (body: string, headers: object = {}) =>
    ask('/actions', { 'content-type': 'application/json', ...headers }, 'POST', body);
  return { host, observer, cookie, port, known, ask, post };
}

/** Connections that are there all at once, of those that are let in. */
async function crowd(port: number, size: number, text: string): Promise<Socket[]> {
  const all = await Promise.all(Array.from({ length: size }, () => connected(port)));
  const present = all.filter((socket) => socket !== undefined);
  for (const socket of present) socket.write(text);
  sockets.push(...present);
  return present;
}

async function pageIsServed(observer: Observer): Promise<void> {
  const client = await openClient(observer);
  await client.untilTree((nodes) => nodes.has('runtime/sessions'));
}

describe('Too much', () => {
  it('is refused: headers, a URL, a body, with its length or in chunks', async () => {
    const { ask, post, observer } = await open();
    expect((await ask('/', { 'x-long': 'x'.repeat(70_000) })).status).toBe(431);
    expect((await ask('/', Object.fromEntries(Array.from({ length: 12_000 }, (_, i) => [`x-${i}`, 'y'])))).status).toBe(
      431,
    );
    expect((await ask(`/${'x'.repeat(70_000)}`)).status).toBe(431);
    const long = JSON.stringify({ type: 'x'.repeat(65_536) });
    expect((await post(long)).status).toBe(413);
    const chunk = `1000\r\n${'x'.repeat(4_096)}\r\n`;
    const { known, port } = await open();
    const head = request('POST', '/watch', {
      ...known,
      'content-type': 'application/json',
      'transfer-encoding': 'chunked',
    });
    expect((await sendRaw(port, `${head}${chunk.repeat(17)}0\r\n\r\n`)).status).toBe(413);
    await pageIsServed(observer);
  });

  it('is not waited for: a body without an end is answered while it comes', async () => {
    const { known, port } = await open();
    const socket = (await connected(port))!;
    sockets.push(socket);
    const headers = { ...known, 'content-type': 'application/json', 'content-length': `${2 ** 40}` };
    const answered = new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
    socket.write(request('POST', '/actions', headers));
    const more = setInterval(() => socket.write('x'.repeat(10_000)), 1);
    expect(await answered).toMatch(/^HTTP\/1\.1 413 /);
    clearInterval(more);
    await closed(socket);
  });
});

describe('Nonsense', () => {
  it.each([
    ['nonsense\r\n\r\n', 400],
    ['GET\r\n\r\n', 400],
    ['GET / HTTP/9.9\r\n\r\n', 400],
    ['\0\0\0\0\r\n\r\n', 400],
    ['\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03', 400],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['GET / HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n', 400],
    ['POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n', 400],
    ['POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', 400],
  ])('%j is answered, and harms nobody', async (text, status) => {
    const { port, observer } = await open();
    expect((await sendRaw(port, text)).status).toBe(status);
    await pageIsServed(observer);
  });

  it.each(['', '{', 'null', '1', '"x"', '[]', '[{}]', '{"type":}', '\0', '{"type":"stop"}{}'])(
    'the body %j is no action',
    async (body) => {
      const { post } = await open();
      expect((await post(body)).status).toBe(400);
    },
  );

  it('that is deep is no action, either', async () => {
    const { post } = await open();
    const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
    expect((await post('['.repeat(60_000))).status).toBe(400);
    for (const body of [`{"type":${deep}}`, `{"type":"stop","id":${deep}}`, `{"type":"limit","maxSessions":${deep}}`]) {
      expect(await post(body)).toMatchObject({ status: 200, body: expect.stringContaining('"ok":false') });
    }
  });
});

describe('Who takes all the time in the world', () => {
  it('is let go: with headers that do not end, with a body that does not, or with nothing at all', async () => {
    const { port, known, observer } = await open();
    const post = request('POST', '/actions', { ...known, 'content-type': 'application/json', 'content-length': '100' });
    const slow = await Promise.all(['GET / HTTP/1.1\r\nx', post, ''].map(async (text) => crowd(port, 1, text)));
    const drips = setInterval(() => slow.flat().forEach((socket, at) => at < 2 && socket.write('x')), 500);
    await Promise.all(slow.flat().map(closed));
    clearInterval(drips);
    await pageIsServed(observer);
  }, 20_000);
});

describe('A thousand connections', () => {
  it.each([
    ['that say nothing', ''],
    ['that say a little', 'GET / HTTP/1.1\r\n'],
  ])('%s keep the host from nothing, and nothing stays of them', async (_, text) => {
    const { port, host, observer } = await open();
    const present = await crowd(port, 1_000, text);
    expect((await host.startSession({ projectPath: '/p', id: 's1' })).ok).toBe(true);
    for (const socket of present) socket.destroy();
    await Promise.all(present.map(closed));
    await pageIsServed(observer);
    const again = await crowd(port, 1_000, text);
    await observer.close();
    await Promise.all(again.map(closed));
    expect(await connected(port)).toBeUndefined();
  });

  it('with the cookie, which all want the stream, are 128 pages at most', async () => {
    const { port, host, observer, known } = await open();
    const heads = jest.spyOn(ServerResponse.prototype, 'writeHead');
    const present = await crowd(port, 1_000, request('GET', '/events', known));
    for (const socket of present) socket.resume();
    // The server lets 256 in, of which each is answered.
    while (heads.mock.calls.length < 256) await new Promise(setImmediate);
    const statuses = heads.mock.calls.map(([status]) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(128);
    expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(0);
    expect((await host.startSession({ projectPath: '/p', id: 's1' })).ok).toBe(true);
    for (const socket of present) socket.destroy();
    await Promise.all(present.map(closed));
    await pageIsServed(observer);
  });
});

describe('Fifty pages that do not read', () => {
  it('cost a message each, whatever happens; one that reads again is told what it has lost, and then knows the tree', async () => {
    // What it has done for fifty pages would let it rest for seconds.
    jest.spyOn(Pace.prototype, 'charge').mockImplementation((work) => work());
    const { host, observer, port, known } = await open();
    const ids = Array.from({ length: 1_500 }, (_, i) => `s${i}`);
    const start = (id: string) => host.startSession({ projectPath: `/projects/${id}`, id });
    await Promise.all(ids.map(start));
    const heads = jest.spyOn(ServerResponse.prototype, 'writeHead');
    await crowd(port, 49, request('GET', '/events', known));
    const stalled = await openStalled(observer);
    while (heads.mock.contexts.length < 50) await new Promise(setImmediate);
    const pages = heads.mock.contexts.filter(({ req }) => req.url === '/events');
    heads.mockRestore();
    expect(pages).toHaveLength(50);
    const reader = await openClient(observer);
    const load = 'x'.repeat(2_000);
    let crashes = 0;
    const crashAll = async () => {
      crashes++;
      for (const id of ids) host.session(id)!.send({ type: 'crash', load } as never);
      await reader.untilTree((nodes) =>
        ids.every((id) => nodes.get(`runtime/sessions/${id}`)?.incarnation === crashes + 1),
      );
    };
    const held = () => pages.map((page) => page.writableLength);
    // What the system takes for them is some 4 MB each.
    do await crashAll();
    while (Math.min(...held()) === 0);
    expect(Math.max(...held())).toBeLessThan(300_000);
    for (let i = 0; i < 7; i++) await crashAll();
    await Promise.all(ids.slice(0, 500).map((id) => host.stopSession(id)));
    await reader.untilTree((nodes) => !nodes.has('runtime/sessions/s499'));
    expect(Math.min(...held())).toBeGreaterThan(0);
    expect(Math.max(...held())).toBeLessThan(300_000);

    await stalled.start();
    expect((await stalled.until('events', ({ lost }) => lost > 0)).lost).toBeGreaterThan(1_000);
    await stalled.until('tree', ({ anew }) => anew);
    await stalled.until('tree', ({ anew }) => anew);
    await start('last');
    await Promise.all([stalled.untilNode('last'), reader.untilNode('last')]);
    expect(inOrder(stalled.nodes)).toEqual(inOrder(reader.nodes));
    expect([...stalled.nodes.values()].filter(({ kind }) => kind === 'session')).toHaveLength(1_001);
    await stalled.until('events', ({ events }) => events.at(-1)?.session?.id === 'last');
    const news = stalled.messages.flatMap((message) => (message.type === 'events' ? message.data : []));
    const numbers = news.flatMap(({ events }) => events.map(({ n }) => n));
    const lost = news.reduce((sum, news) => sum + news.lost, 0);
    expect(numbers.length + lost).toBe(numbers.at(-1)! - numbers[0]! + 1);
    // Of each session: its start, and as many crashes and restarts; the end of 500; and the last.
    expect(numbers.at(-1)).toBe(1_500 + 2 * 1_500 * crashes + 500 + 1);
  }, 60_000);
});

const inOrder = (nodes: ReadonlyMap<string, TreeNode>) => [...nodes.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
