import { storeFailed } from '../core/store-refusals.ts';
import { isSupervisionError } from '../core/supervision-error.ts';

/** What some work gives; where it fails, and for no reason of its own, `store_failed` says at what. */
export async function failing<T>(what: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isSupervisionError(error) ? error : storeFailed(what, error);
  }
}
