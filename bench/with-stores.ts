import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStore } from 'xstate-supervisor';
import type { SessionStore } from 'xstate-supervisor';
import { lmdbStore } from 'xstate-supervisor/lmdb';
import { fileStore } from 'xstate-supervisor/node';

/** A store of each kind. */
export interface Stores {
  readonly memory: SessionStore;
  readonly files: SessionStore;
  readonly lmdb: SessionStore;
  /** Where they are, where they are on a disk. */
  readonly directory: string;
}

/** Has something done with stores, in a directory that is gone afterwards: `TMPDIR` says on which disk. */
export async function withStores<T>(work: (stores: Stores) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    return await work({
      memory: memoryStore(),
      files: fileStore({ directory: join(directory, 'files') }),
      lmdb: lmdbStore({ path: join(directory, 'lmdb') }),
      directory,
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
