import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bakery, isAlive, Recipe, temporary, until } from './support/recipe.ts';

jest.setTimeout(30_000);
afterEach(() => jest.restoreAllMocks());

const recipe = new Recipe('docs/mcp-server.md');

interface Names {
  request(sessionId: string, method: string, params?: object): Promise<any>;
}

async function setUp() {
  const { host, events, open, request } = await recipe.setUp<Names>('request');
  const ask = (method: string, params?: object) => request('s1', method, params);
  const pidOf = async () => (await ask('pid')).result as number;
  return { host, events, open, ask, pidOf };
}

/** A server of the test's own; the code takes a `message`, and may `say` one. It answers `pid` with its own. */
const serverOf = (code: string) => ({
  command: process.execPath,
  args: [
    '-e',
    `const say = (message) => console.log(JSON.stringify({ jsonrpc: '2.0', ...message }));
     const heard = [];
     require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
       const message = JSON.parse(line);
       const { id, method, params } = message;
       heard.push(message);
       ${code}
       if (method === 'initialize') say({ id, result: { protocolVersion: params.protocolVersion } });
       if (method === 'pid') say({ id, result: process.pid });
     });`,
  ],
});

describe('The MCP server of the recipe', () => {
  it('gets the handshake first, and then what is asked', async () => {
    const { open, ask } = await setUp();
    await open(serverOf(`if (method === 'heard') say({ id, result: heard.map(({ method }) => method) });`));
    expect(await ask('heard')).toEqual({ result: ['initialize', 'notifications/initialized', 'heard'] });
  });

  it('gives each request its own answer, in whatever order it answers', async () => {
    const { open, ask } = await setUp();
    await open(
      serverOf(`
        const held = heard.filter(({ method }) => method === 'echo');
        if (held.length === 3) for (const { id, params } of held.reverse()) say({ id, result: params.n });`),
    );
    const asked = [1, 2, 3].map((n) => ask('echo', { n }));
    expect(await Promise.all(asked)).toEqual([1, 2, 3].map((result) => ({ result })));
  });

  it('is answered what it asks itself, and may notify and write to standard error', async () => {
    const { open, ask } = await setUp();
    await open(
      serverOf(`
        if (method === 'notifications/initialized') {
          console.error('this is no JSON');
          say({ method: 'notifications/tools/list_changed' });
          say({ id: 'a', method: 'ping' });
          say({ id: 1, method: 'roots/list' });
        }
        const asked = heard.find(({ method }) => method === 'answers');
        const answers = heard.filter(({ method }) => method === undefined);
        if (asked && answers.length === 2) say({ id: asked.id, result: answers });`),
    );
    expect((await ask('answers')).result).toEqual([
      { jsonrpc: '2.0', id: 'a', result: {} },
      { jsonrpc: '2.0', id: 1, error: { code: -32601, message: 'Method not found' } },
    ]);
  });

  it('is asked what came before it was ready, after its handshake', async () => {
    const { host, open, ask } = await setUp();
    const door = join(temporary(), 'open');
    const server = serverOf(`
      if (method === 'crash') process.exit(1);
      if (method === 'heard') say({ id, result: heard.map(({ method }) => method) });
      if (method === 'initialize') {
        const answer = () => say({ id, result: { protocolVersion: params.protocolVersion } });
        const look = () => (require('fs').existsSync('${door}') ? answer() : setTimeout(look, 5));
        return look();
      }`);
    writeFileSync(door, '');
    await open(server);
    rmSync(door);
    await ask('crash').catch(() => {});
    await until(() => host.whereis('s1', 'mcp') !== undefined);
    const asked = ask('heard');
    writeFileSync(door, '');
    expect((await asked).result).toEqual(['initialize', 'notifications/initialized', 'heard']);
  });

  it.each([
    [
      'speaks another version',
      `say({ id, result: { protocolVersion: '1999-12-31' } });`,
      'The server speaks 1999-12-31',
    ],
    ['refuses', `say({ id, error: { code: 1, message: 'not today' } });`, 'not today'],
    ['leaves', `process.exit();`, 'The server has left'],
  ])('is not used when it %s', async (_how, code, message) => {
    const { host } = await setUp();
    const refused = await host.startSession({ projectPath: bakery, config: serverOf(code) });
    expect(!refused.ok && refused.error.message.split(': ').at(-1)).toBe(message);
  });

  it.each([
    ['prints what is no JSON', `console.log('hello');`],
    ['leaves by itself', `process.exit();`],
    ['is killed', `process.kill(process.pid, 'SIGKILL');`],
  ])('comes back when it %s', async (_how, code) => {
    const { open, ask, pidOf } = await setUp();
    const ref = await open(serverOf(`if (method === 'break') ${code}`));
    const pid = await pidOf();
    const restarted = new Promise((resolve) => ref.on('child.started', resolve));
    await expect(ask('break')).rejects.toMatchObject({ code: 'actor_stopped' });
    await restarted;
    expect(isAlive(pid)).toBe(false);
    expect(await pidOf()).not.toBe(pid);
  });

  it('fails its session when it crashes too often, with what it wrote last', async () => {
    const { host, events, open, ask } = await setUp();
    const ref = await open();
    for (let crashes = 1; crashes <= 4; crashes++) {
      const settled = new Promise((resolve) => {
        ref.on('child.started', resolve);
        ref.subscribe({ error: resolve });
      });
      await ask('tools/call', { name: 'crash' }).catch(() => {});
      await settled;
    }
    expect(events.at(-1)).toMatchObject({
      type: 'session.failed',
      error: { code: 'gave_up', restarts: 3, cause: { code: 1, stderr: ['out of memory'] } },
    });
    expect(host.count()).toBe(0);
  });

  it('is asked to leave by the end of its input', async () => {
    const { host, open, pidOf } = await setUp();
    const farewell = join(temporary(), 'farewell');
    const writes = (text: string) => `require('fs').writeFileSync('${farewell}', '${text}')`;
    await open(
      serverOf(`if (id === 1) {
        process.stdin.on('end', () => ${writes('end of input')});
        process.on('SIGTERM', () => ${writes('SIGTERM')});
      }`),
    );
    const pid = await pidOf();
    await host.stopSession('s1');
    expect([isAlive(pid), readFileSync(farewell, 'utf8')]).toEqual([false, 'end of input']);
  });

  it('is ended when it does not leave', async () => {
    const { host, events, open, pidOf } = await setUp();
    await open(serverOf(`setInterval(() => {}, 60_000);`));
    const pid = await pidOf();
    await host.stopSession('s1');
    expect([isAlive(pid), events.at(-1)]).toEqual([false, expect.objectContaining({ reason: 'shutdown' })]);
  });

  it('does not outlive a host that is killed', async () => {
    const host = recipe.runAsHost(`
      await host.startSession({ projectPath: ${JSON.stringify(bakery)}, id: 's1', config: ${JSON.stringify(
        serverOf(`setInterval(() => {}, 60_000);`),
      )} });
      console.log((await request('s1', 'pid')).result);`);
    const pid = await host.printed();
    expect(isAlive(pid)).toBe(true);
    expect(await host.end('SIGKILL')).toBe('SIGKILL');
    await until(() => !isAlive(pid));
  });
});
