import { dirname } from 'node:path';
import type { FileSystem } from './file-system.ts';

/**
 * Makes a directory that only its owner may enter, and those above it that are missing. One that is there already keeps
 * its mode.
 */
export async function makeDirectory(fs: FileSystem, directory: string): Promise<void> {
  const first = await fs.mkdir(directory, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  // Each is an entry of the one above.
  const top = dirname(first);
  for (let made = directory; made !== top && made !== dirname(made); made = dirname(made)) {
    await syncDirectory(fs, dirname(made));
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
