import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { join } from 'node:path';
import { bakery, Recipe, until } from './support/recipe.ts';

jest.setTimeout(30_000);
afterEach(() => jest.restoreAllMocks());

const recipe = new Recipe('docs/temporary-directory.md');

async function setUp() {
  const { host, events, open, pathOf } = await recipe.setUp<{ pathOf(sessionId: string): string }>('pathOf');
  const path = pathOf('s1');
  const ref = await open();
  writeFileSync(join(path, 'draft.txt'), '');
  /** Once all children have started again. */
  const restarted = () =>
    new Promise<void>((resolve) => ref.on('child.started', ({ id }) => void (id === 'work' && resolve())));
  return { host, events, ref, path, restarted };
}

/** Makes the next removals fail, so many. */
function failRemovals(times: number): void {
  const spy = jest.spyOn(fs, 'rm');
  for (let time = 0; time < times; time++) spy.mockRejectedValueOnce(new Error('it is busy'));
}

describe('The temporary directory of the recipe', () => {
  it.each(['stopSession', 'close'] as const)('is gone after %s', async (way) => {
    const { host, path } = await setUp();
    expect(readdirSync(path)).toEqual(['draft.txt']);
    await host[way]('s1');
    expect(existsSync(path)).toBe(false);
  });

  it('is new after a crash of what works in it', async () => {
    const { host, path, restarted } = await setUp();
    const again = restarted();
    host.whereis('s1', 'work')!.send({ type: 'crash' });
    await again;
    expect(readdirSync(path)).toEqual([]);
  });

  it('is gone when its session has crashed too often', async () => {
    const { host, events, path, restarted } = await setUp();
    for (let crashes = 1; crashes <= 4; crashes++) {
      const again = restarted();
      host.whereis('s1', 'work')!.send({ type: 'crash' });
      if (crashes < 4) await again;
    }
    await until(() => host.count() === 0);
    expect([events.at(-1)!.type, existsSync(path)]).toEqual(['session.failed', false]);
  });

  it('stays when it cannot be removed, and its session ends all the same', async () => {
    const { host, events, path } = await setUp();
    failRemovals(1);
    await host.stopSession('s1');
    expect([events.at(-1)!.type, existsSync(path)]).toEqual(['session.stopped', true]);
    expect(console.error).toHaveBeenCalledWith(expect.stringContaining('it is busy'));
    await fs.rm(path, { recursive: true });
  });

  it('is removed before the next life where it could not be after the last', async () => {
    const { host, path } = await setUp();
    failRemovals(1);
    expect(await host.restartSession('s1')).toEqual({ ok: true });
    expect(readdirSync(path)).toEqual([]);
  });

  it('fails its session when it can never be removed', async () => {
    const { host, events, path } = await setUp();
    failRemovals(100);
    host.whereis('s1', 'work')!.send({ type: 'crash' });
    await until(() => host.count() === 0);
    expect(events.at(-1)).toMatchObject({ type: 'session.failed', error: { cause: new Error('it is busy') } });
    jest.restoreAllMocks();
    await fs.rm(path, { recursive: true });
  });

  describe('of a host in a process of its own', () => {
    const start = async () => {
      const host = recipe.runAsHost(`
        await host.startSession(${JSON.stringify({ projectPath: bakery, id: 's1' })});
        console.log(JSON.stringify(pathOf('s1')));`);
      return { host, path: (await host.printed()) as string };
    };

    it('is gone when that was told to end', async () => {
      const { host, path } = await start();
      expect(existsSync(path)).toBe(true);
      expect([await host.end('SIGTERM'), existsSync(path)]).toEqual([143, false]);
    });

    it('stays when that was killed, until the next begins', async () => {
      const { host, path } = await start();
      expect([await host.end('SIGKILL'), existsSync(path)]).toEqual(['SIGKILL', true]);
      const next = await start();
      expect([existsSync(path), existsSync(next.path)]).toEqual([false, true]);
      const third = await start();
      expect(existsSync(next.path)).toBe(true);
      for (const { host: living } of [next, third]) await living.end('SIGTERM');
    });
  });
});
