import type { StoreFailedEvent } from '../core/session-events.ts';
import type { StoreError } from '../core/store-refusals.ts';

/** Who hears of a store that fails: the logger of the host, and whoever listens to it. */
export interface StoreAudience {
  log(line: string, error?: unknown): void;
  tell(event: StoreFailedEvent): void;
}

/** @param about the session, where it is of one; and when it is tried again, where it is */
export function tellOfStoreFailure(
  audience: StoreAudience,
  error: StoreFailedEvent['error'],
  about: Pick<StoreFailedEvent, 'id' | 'retryInMs'> = {},
): void {
  const { id, retryInMs } = about;
  const retry = retryInMs === undefined ? '' : `; it is tried again in ${retryInMs} ms`;
  audience.log(`${error.message}${retry}`, error);
  audience.tell({
    type: 'store.failed',
    ...(id !== undefined && { id }),
    error,
    ...(retryInMs !== undefined && { retryInMs }),
  });
}

/** What the store could not do before the host closed. */
export function tellOfUnsaved(audience: StoreAudience, unsaved: readonly string[], error: StoreError): void {
  audience.log(`closed, and not saved as they were: ${unsaved.join(', ')}`, error);
  audience.tell({ type: 'store.failed', error, unsaved });
}
