import * as nodeFs from 'node:fs/promises';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import fc from 'fast-check';
import { lmdbStore } from '../src/lmdb/index.ts';
import { fileStore } from '../src/node/index.ts';
import type { FileSystem } from '../src/node/index.ts';
import { lockDirectory } from '../src/persistence/store-lock.ts';
import { storeProcess } from './support/store-process.ts';

jest.setTimeout(60_000);

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'xstate-supervisor-lock-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const lockFile = () => join(directory, 'store.lock');
const locks = () => readdirSync(directory).filter((name) => name.startsWith('store.lock'));
const put = (holder: object) => writeFileSync(lockFile(), JSON.stringify(holder));
const uuid = () => globalThis.crypto.randomUUID();

/** No process has this pid: the system gives none that is so high. */
const dead = () => ({ pid: 2 ** 30, started: 'boot:1', token: uuid() });

describe.each([
  ['files', (path: string) => fileStore({ directory: path })],
  ['lmdb', (path: string) => lmdbStore({ path })],
] as const)('The lock of the store in %s', (kind, open) => {
  it('tells the pid of a process that holds it, and is taken over once that is killed', async () => {
    const holding = storeProcess(kind, directory, 'hold');
    expect(await holding.next()).toEqual({ opened: holding.pid });
    const store = open(directory);
    await expect(store.list()).rejects.toMatchObject({ code: 'store_locked', pid: holding.pid });
    await expect(store.load('s1')).rejects.toThrow(`${directory} is in use by the process ${holding.pid}`);

    await holding.kill();
    expect(await store.list()).toEqual([]);
    expect(JSON.parse(readFileSync(lockFile(), 'utf8'))).toMatchObject({ pid: process.pid });
    await store.close();
    expect(locks()).toEqual([]);
  });
});

describe('The lock of a directory', () => {
  const take = (fs: FileSystem = nodeFs) => lockDirectory(fs, directory);

  it('is taken over from a process whose pid another has now', async () => {
    put({ pid: process.pid, started: 'boot:1', token: uuid() });
    await (
      await take()
    )();
    expect(locks()).toEqual([]);
  });

  it.each([
    ['', 'empty'],
    ['{', 'half written'],
    ['{ "pid": "1" }', 'nonsense'],
    ['{ "pid": 1, "started": "", "token": "../../etc" }', 'hostile'],
    [JSON.stringify({ pid: -1, started: '', token: '00000000-0000-0000-0000-000000000000' }), 'of no process'],
  ])('is taken over where it is %j: %s', async (text) => {
    writeFileSync(lockFile(), text);
    await (
      await take()
    )();
    expect(locks()).toEqual([]);
  });

  it('is not that of a taker who is alive, nor lost with takers who died on the way', async () => {
    const [first, second, third] = [dead(), dead(), dead()];
    put(first);
    writeFileSync(`${lockFile()}.${first.token}.next`, JSON.stringify(second));
    writeFileSync(`${lockFile()}.${second.token}.next`, JSON.stringify(third));
    writeFileSync(`${lockFile()}.${uuid()}`, '{');

    const unlock = await take();
    expect(locks()).toEqual(['store.lock']);
    await expect(take()).rejects.toMatchObject({ code: 'store_locked', pid: process.pid });
    await unlock();
    expect(locks()).toEqual([]);
  });

  it('is let go by its holder alone', async () => {
    const unlock = await take();
    const other = { pid: process.pid, started: '', token: uuid() };
    put(other);
    await unlock();
    expect(JSON.parse(readFileSync(lockFile(), 'utf8'))).toEqual(other);
  });

  it('is not taken by one who was so slow that another has it, and is tidying up', async () => {
    put(dead());
    const isNext = (path: string) => path.endsWith('.next');
    let removed!: () => void;
    const isRemoved = new Promise<void>((resolve) => (removed = resolve));
    // The succession of the dead one is free again, and the slow one's own file is still there.
    const tidying: FileSystem = {
      ...(nodeFs as FileSystem),
      readdir: async (path) => (await nodeFs.readdir(path)).sort((a, b) => Number(isNext(b)) - Number(isNext(a))),
      unlink: async (path) => {
        await nodeFs.unlink(path);
        if (!isNext(path)) return;
        removed();
        await late.catch(() => {});
      },
    };
    let early!: Promise<() => Promise<void>>;
    const slow: FileSystem = {
      ...(nodeFs as FileSystem),
      link: async (existing, path) => {
        if (isNext(path)) {
          early ??= take(tidying);
          await isRemoved;
        }
        return nodeFs.link(existing, path);
      },
    };

    const late = take(slow);
    await expect(late).rejects.toMatchObject({ code: 'store_locked', pid: process.pid });
    await (
      await early
    )();
    expect(locks()).toEqual([]);
  });

  it('is one taker’s, however many come at once upon whatever was left', async () => {
    const delays = fc.array(fc.nat({ max: 3 }), { minLength: 12, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('nothing', 'a dead one', 'a line of dead ones'), delays, async (left, waits) => {
        if (left !== 'nothing') {
          const first = dead();
          put(first);
          if (left !== 'a dead one') writeFileSync(`${lockFile()}.${first.token}.next`, JSON.stringify(dead()));
        }
        let holding = 0;
        let taken = 0;
        const taker = async (index: number) => {
          const slow = slowed(waits.slice(index * 3).concat(waits));
          for (let tries = 0; tries < 4; tries += 1) {
            try {
              const unlock = await take(slow);
              taken += 1;
              holding += 1;
              expect(holding).toBe(1);
              await after(waits[index]);
              expect(holding).toBe(1);
              holding -= 1;
              await unlock();
            } catch (error) {
              expect(error).toMatchObject({ code: 'store_locked', pid: process.pid });
            }
          }
        };
        await Promise.all([0, 1, 2, 3].map(taker));
        expect(taken).toBeGreaterThan(0);
        expect(locks()).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

/** The file system, each call after one of these times, in ms. */
function slowed(waits: readonly number[]): FileSystem {
  let call = 0;
  const slow =
    <A extends unknown[], R>(does: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const wait = waits[call++ % waits.length];
      if (wait !== 0) await after(wait);
      return does(...args);
    };
  const { open, readFile, readdir, rename, link, unlink, mkdir } = nodeFs as FileSystem;
  return {
    mkdir,
    open: slow(open),
    readFile: slow(readFile),
    readdir: slow(readdir),
    rename: slow(rename),
    link: slow(link),
    unlink: slow(unlink),
  };
}
