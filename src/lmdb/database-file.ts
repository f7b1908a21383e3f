import { open } from 'node:fs/promises';
import { unlessMissing } from '../persistence/file-system.ts';

/** What a meta page of LMDB begins with, after the header of every page, as one machine or another writes it. */
const magic = [Buffer.from('dec0efbe', 'hex'), Buffer.from('beefc0de', 'hex')];

/**
 * Throws for a file that is no LMDB database: lmdb 3.5 does not say so, but ends the process with a segmentation fault.
 * One that there is not, or that is empty, becomes a database.
 */
export async function requireDatabase(path: string): Promise<void> {
  const file = await unlessMissing(open(path, 'r'));
  if (file === undefined) return;
  try {
    const { size } = await file.stat();
    if (size === 0) return;
    const start = Buffer.alloc(64);
    await file.read(start, 0, start.length, 0);
    const hasMagic = magic.some((bytes) => start.includes(bytes));
    // There are two meta pages, of 4 KB or more.
    if (!hasMagic || size < 8192) throw new Error(`${path} is no LMDB database`);
  } finally {
    await file.close();
  }
}
