import { join } from 'node:path';
import type { FileSystem } from './file-system.ts';
import { syncDirectory } from './private-directory.ts';

/** Writes a file that is whole once it has its name, and on the disk when this resolves. */
export async function writeWhole(fs: FileSystem, directory: string, name: string, text: string): Promise<void> {
  const temporary = join(directory, temporaryNameOf(name));
  try {
    const handle = await fs.open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text, 'utf8');
      await handle.sync();
    } finally {
      await handle.close();
    }
    await fs.rename(temporary, join(directory, name));
  } catch (error) {
    // What cannot be removed now is when the store is opened again.
    await fs.unlink(temporary).catch(() => {});
    throw error;
  }
  await syncDirectory(fs, directory);
}

const temporaryNameOf = (name: string): string => `${name}.${globalThis.crypto.randomUUID()}.tmp`;

/** Whether a crash has left it: nobody else gives such a name. */
export const isTemporary = (name: string): boolean => /\.json\.[\da-f-]+\.tmp$/.test(name);
