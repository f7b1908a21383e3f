import { join } from 'node:path';
import { storeLocked } from '../core/store-refusals.ts';
import { errnoOf, unlessMissing } from './file-system.ts';
import type { FileSystem } from './file-system.ts';
import { isAlive, ownIdentity } from './living-process.ts';
import type { ProcessIdentity } from './living-process.ts';

/** Who holds a directory. */
interface Holder extends ProcessIdentity {
  /** No two have the same, not even two of one process. */
  readonly token: string;
}

/** The file by which a directory is held. */
const lockName = 'store.lock';

/** What belongs to those who want it. The documents of sessions may begin so, too. */
const ofContender = /^store\.lock\.(?:[\da-f-]{36}|lost)(?:\.next)?$/;

/** What is in a lock that the system lost the content of, when it went down: who held it is dead. */
const lost: Holder = { pid: 0, started: '', token: 'lost' };

/**
 * Takes a directory for a store of this process, until the function that it gives is called.
 *
 * A link to a name that there is fails: so one of many gets the lock, and nobody sees it half written. That of a dead
 * process is not removed by whoever finds it so, or the slower of two would remove what the faster has put there. Each
 * dead holder has one successor instead, who links its own name to the other's token; then it alone may replace the lock.
 *
 * @throws SupervisionError `store_locked` with the pid of a holder that lives
 */
export async function lockDirectory(fs: FileSystem, directory: string): Promise<() => Promise<void>> {
  const lock = join(directory, lockName);
  const own: Holder = { ...(await ownIdentity()), token: globalThis.crypto.randomUUID() };
  const mine = `${lock}.${own.token}`;
  const successionOf = ({ token }: Holder) => `${lock}.${token}.next`;

  try {
    for (;;) {
      await write(fs, mine, own);
      if (await linked(fs, mine, lock)) break;
      const first = await holderIn(fs, lock);
      if (first === undefined) continue;
      let last = first;
      for (let next; (next = await holderIn(fs, successionOf(last))) !== undefined;) last = next;
      if (await isAlive(last)) throw storeLocked(directory, last.pid);
      if (!(await linked(fs, mine, successionOf(last)))) continue;
      // The line of succession that was read may have ended meanwhile, with a lock that was let go.
      if ((await holderIn(fs, lock))?.token === first.token) {
        await fs.rename(mine, lock);
        break;
      }
      await unlessMissing(fs.unlink(successionOf(last)));
    }
  } catch (error) {
    await fs.unlink(mine).catch(() => {});
    throw error;
  }
  const unlock = async () => {
    if ((await holderIn(fs, lock))?.token === own.token) await unlessMissing(fs.unlink(lock));
  };
  try {
    // Who still wants it writes its file again, and finds the lock taken.
    for (const name of await fs.readdir(directory)) {
      if (ofContender.test(name)) await unlessMissing(fs.unlink(join(directory, name)));
    }
  } catch (error) {
    await unlock().catch(() => {});
    throw error;
  }
  return unlock;
}

async function write(fs: FileSystem, path: string, holder: Holder): Promise<void> {
  await unlessMissing(fs.unlink(path));
  const handle = await fs.open(path, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(holder)}\n`, 'utf8');
  } finally {
    await handle.close();
  }
}

/** Whether a file has got this name, too: not where there is one of that name. */
async function linked(fs: FileSystem, existing: string, path: string): Promise<boolean> {
  try {
    await fs.link(existing, path);
    return true;
  } catch (error) {
    // ENOENT: the holder, just in, has tidied up.
    if (errnoOf(error) === 'EEXIST' || errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

async function holderIn(fs: FileSystem, path: string): Promise<Holder | undefined> {
  const text = await unlessMissing(fs.readFile(path, 'utf8'));
  if (text === undefined) return undefined;
  try {
    const { pid, started, token } = JSON.parse(text) as Partial<Record<keyof Holder, unknown>>;
    if (!Number.isSafeInteger(pid) || typeof started !== 'string' || !/^[\da-f-]{36}$/.test(String(token))) return lost;
    return { pid: pid as number, started, token: token as string };
  } catch {
    return lost;
  }
}
