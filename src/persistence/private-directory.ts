import { dirname } from 'node:path';
import { errnoOf } from './file-system.ts';
import type { FileSystem } from './file-system.ts';

/**
 * Makes a directory that only its owner may enter, and those above it that are missing. One that is there already keeps
 * its mode.
 */
export async function makeDirectory(fs: FileSystem, directory: string): Promise<void> {
  const above = dirname(directory);
  let isNew: boolean;
  try {
    isNew = await makeOne(fs, directory);
  } catch (error) {
    // Node's own `recursive` tries for ever where what is above is there all the same, as in /proc.
    if (errnoOf(error) !== 'ENOENT' || above === directory) throw error;
    await makeDirectory(fs, above);
    isNew = await makeOne(fs, directory);
  }
  // It is an entry of the one above.
  if (isNew) await syncDirectory(fs, above);
}

/** @returns whether it was missing */
async function makeOne(fs: FileSystem, directory: string): Promise<boolean> {
  try {
    await fs.mkdir(directory, { mode: 0o700 });
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Resolves once the names in a directory are on the disk. */
export async function syncDirectory(fs: FileSystem, directory: string): Promise<void> {
  // Windows opens no directory; NTFS writes down its names by itself.
  if (process.platform === 'win32') return;
  const handle = await fs.open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
