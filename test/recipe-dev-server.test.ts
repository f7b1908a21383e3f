import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { bakery, isAlive, isTaken, Recipe, until } from './support/recipe.ts';

jest.setTimeout(30_000);
afterEach(() => jest.restoreAllMocks());

const recipe = new Recipe('docs/dev-server.md');
/** It leaves when it is asked for anything. */
const brief = `node -e "
  require('http').createServer(() => process.exit())
    .listen(process.env.PORT, '127.0.0.1', () => console.log('listening on http://there'));
"`;
/** It takes its time to leave, and holds its port until then. */
const lingering = `node -e "
  process.on('SIGTERM', () => setTimeout(() => process.exit(), 300));
  require('http').createServer().listen(process.env.PORT, '127.0.0.1', () => console.log('listening on http://there'));
"`;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await once(probe.close(), 'close');
  return port;
}

async function setUp() {
  const { host, events, open, logs } = await recipe.setUp<{ logs: Map<string, string[]> }>('logs');
  const port = await freePort();
  const pid = () => host.whereis('s1', 'server')!.system.get('shell')!.getSnapshot().pid as number;
  return { host, events, open, logs, port, pid };
}

describe('The dev server of the recipe', () => {
  it('has its port again, though what its command had started lets go of it late', async () => {
    const { open, logs, port, pid } = await setUp();
    const ref = await open({ command: `${lingering} & echo $! && wait`, port });
    const [grandchild] = logs.get(bakery)!.map(Number);
    const ended: unknown[] = [];
    ref.on('child.exited', ({ reason }) => ended.push(reason));
    const restarted = new Promise((resolve) => ref.on('child.started', resolve));
    process.kill(pid(), 'SIGKILL');
    await restarted;
    expect([isAlive(grandchild!), ended]).toEqual([false, ['error']]);
    expect(await isTaken(port)).toBe(true);
  });

  it('comes back when its command ends well', async () => {
    const { open, logs, port } = await setUp();
    const ref = await open({ command: brief, port });
    const exited = new Promise((resolve) => ref.on('child.exited', ({ reason }) => resolve(reason)));
    const restarted = new Promise((resolve) => ref.on('child.started', resolve));
    await fetch(`http://127.0.0.1:${port}`).catch(() => {});
    expect(await exited).toBe('normal');
    await restarted;
    expect(logs.get(bakery)).toEqual(['listening on http://there', 'listening on http://there']);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGKILL', 'SIGKILL'],
  ] as const)('goes with its host at %s', async (signal, end) => {
    const config = { command: `${lingering} & wait`, port: await freePort() };
    const host = recipe.runAsHost(`
      const opened = await host.startSession(${JSON.stringify({ projectPath: bakery, id: 's1', config })});
      console.log(opened.ok);`);
    expect([await host.printed(), await isTaken(config.port)]).toEqual([true, true]);
    expect(await host.end(signal)).toBe(end);
    // Of a host that was killed it goes a little later.
    if (end === signal) await until(async () => !(await isTaken(config.port)));
    expect(await isTaken(config.port)).toBe(false);
  });
});
