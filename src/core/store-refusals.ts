import { describe, messageOf } from './arguments.ts';
import { refused } from './result.ts';
import type { Refused } from './result.ts';
import { isSupervisionError, SupervisionError } from './supervision-error.ts';

/** Why a store did not do what it was asked for. */
export type StoreRefusal = 'store_failed' | 'store_locked';

export type StoreError = SupervisionError<StoreRefusal>;

/** What a store rejects with where it could not do what it was asked for. */
export const storeFailed = (what: string, cause: unknown): SupervisionError<'store_failed'> =>
  new SupervisionError('store_failed', `${what}: ${messageOf(cause)}`, { cause });

/** What a store rejects with while another one holds its place. */
export const storeLocked = (place: string, pid: number): SupervisionError<'store_locked'> =>
  new SupervisionError('store_locked', `${place} is in use by the process ${pid}`, { pid });

/** What a store rejects with once it is closed. */
export const storeClosed = (): SupervisionError<'store_failed'> =>
  new SupervisionError('store_failed', 'The store is closed', { cause: new Error('the store is closed') });

/** What a store of any make has thrown, as one of the two refusals. */
export function asStoreError(what: string, thrown: unknown): StoreError {
  if (isSupervisionError(thrown, 'store_failed') || isSupervisionError(thrown, 'store_locked')) return thrown;
  return storeFailed(what, thrown);
}

/** The refusal of a load of what nothing is saved under. */
export const notFound = (id: unknown): Refused<SupervisionError<'not_found'>> =>
  refused(new SupervisionError('not_found', `There is no record of the session ${describe(id)}`, { key: id }));

/** The refusal to forget what is not over. */
export const isOpen = (id: unknown): Refused<SupervisionError<'running'>> =>
  refused(new SupervisionError('running', `The session ${describe(id)} is open: stop it`, { id: id as string }));
