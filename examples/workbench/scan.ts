import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface ScanSummary {
  readonly files: number;
  readonly bytes: number;
  /** When a file or a directory last changed, in integer milliseconds since the Unix epoch. */
  readonly lastChange: number;
}

export interface Scan extends ScanSummary {
  /** Every directory that was read, the project's own first. */
  readonly directories: readonly string[];
}

const skipped = new Set(['node_modules', '.git']);

/**
 * Counts the files below a directory, leaving out `node_modules` and `.git`. Links are neither counted nor followed.
 * What is removed meanwhile does not count.
 *
 * @throws whatever the system says: the directory is gone, or a part of it may not be read; what `signal` was aborted
 *   with
 */
export async function scan(root: string, signal: AbortSignal): Promise<Scan> {
  const directories: string[] = [];
  let files = 0;
  let bytes = 0;
  let lastChange = 0;
  const waiting = [root];
  for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
    signal.throwIfAborted();
    const read = await (directory === root ? readDirectory(root) : unlessGone(readDirectory(directory)));
    if (read === undefined) continue;
    directories.push(directory);
    lastChange = Math.max(lastChange, read.changed);
    const subdirectories = read.entries.filter((entry) => entry.isDirectory());
    waiting.push(...subdirectories.map(({ name }) => join(directory, name)).reverse());
    for (const file of await Promise.all(read.entries.filter((entry) => entry.isFile()).map(statFile(directory)))) {
      if (file === undefined) continue;
      files++;
      bytes += file.size;
      lastChange = Math.max(lastChange, file.mtimeMs);
    }
  }
  signal.throwIfAborted();
  return { files, bytes, lastChange: Math.trunc(lastChange), directories };
}

async function readDirectory(directory: string) {
  const { mtimeMs } = await lstat(directory);
  const entries = await readdir(directory, { withFileTypes: true });
  return { changed: mtimeMs, entries: entries.filter(({ name }) => !skipped.has(name)) };
}

const statFile =
  (directory: string) =>
  ({ name }: { readonly name: string }) =>
    unlessGone(lstat(join(directory, name)));

async function unlessGone<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
