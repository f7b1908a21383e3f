import type { Reply } from './core/reply.ts';
import type { SessionRecord } from './core/session-record.ts';

/** Why a record is set aside: it cannot be what was saved, or its session crashed whenever it was brought back. */
export type SetAsideReason = 'corrupt' | 'poison';

/**
 * Where the records of sessions are kept, each under the id of its session. `memoryStore`, `fileStore` and `lmdbStore`
 * are three; for one of your own, `sessionStoreContract` of `xstate-supervisor/testing` tells whether it keeps to this.
 *
 * A store opens at its first use. One that is held by another, in this process or elsewhere, rejects each operation with
 * `store_locked`, which has the holder's `pid`, until that one has closed or its process is dead. What goes wrong
 * otherwise, such as a full disk, is rejected with: `store_failed` has it as its `cause`, and what was saved before is
 * still there.
 */
export interface SessionStore {
  /** The ids of all sessions that there is a record of, in no particular order; corrupt ones are among them. */
  list(): Promise<readonly string[]>;
  /**
   * The last record that was saved under an id; a value of its own, which later changes to what was saved do not reach.
   *
   * A record that is not what was saved is refused with a `reason`, and one of a later format, too: both stay as they
   * are, and neither harms another. Any id that nothing is saved under, also one that no session can have, is
   * `not_found`.
   */
  load(id: string): Promise<Reply<SessionRecord, 'not_found' | 'record_corrupt' | 'record_too_new'>>;
  /**
   * Saves a record under the id of its session, instead of what is there. When it resolves, the record survives the end
   * of the process and of the machine, as far as the store is one that lasts; a reader finds the old record or the new
   * one, never a part. Of several for one session the last called is the one that stays.
   *
   * It keeps the record as it is at the call. One that could not be loaded again is rejected as `load` would refuse it.
   */
  save(record: SessionRecord): Promise<void>;
  /** Forgets a record, if there is one. */
  delete(id: string): Promise<void>;
  /**
   * Takes a record, if there is one, out of the way and keeps it for a person to look at: it is neither listed nor loaded
   * any more, and its id is free. One that was set aside before is kept, too.
   */
  setAside(id: string, reason: SetAsideReason): Promise<void>;
  /** Waits for what is under way, and lets go of the place. Whatever it is asked later, but `close`, is rejected. */
  close(): Promise<void>;
}
