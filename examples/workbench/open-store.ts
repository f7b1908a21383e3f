import { isSupervisionError, ok, refused } from '../../src/index.ts';
import type { Result, SessionStore, SupervisionError } from '../../src/index.ts';
import { fileStore } from '../../src/node/index.ts';

export interface OpenStore {
  readonly store: SessionStore;
  /** Nothing is saved in it yet. */
  readonly isEmpty: boolean;
}

/** The store in a directory, which it holds from here on; refused where another workbench does, or it cannot be used. */
export async function openStore(
  directory: string,
): Promise<Result<OpenStore, SupervisionError<'store_locked' | 'store_failed'>>> {
  const store = fileStore({ directory });
  try {
    return ok({ store, isEmpty: (await store.list()).length === 0 });
  } catch (error) {
    if (isSupervisionError(error, 'store_locked') || isSupervisionError(error, 'store_failed')) return refused(error);
    throw error;
  }
}
