import { describe } from '../core/arguments.ts';
import type { Reply } from '../core/reply.ts';
import { ok, refused } from '../core/result.ts';
import { checkRecord } from '../core/session-record.ts';
import type { SessionRecord } from '../core/session-record.ts';
import { asStoreError } from '../core/store-refusals.ts';
import type { StoreRefusal } from '../core/store-refusals.ts';
import { isSupervisionError } from '../core/supervision-error.ts';
import type { SessionStore, SetAsideReason } from '../session-store.ts';
import type { Clock } from '../xstate/internals.ts';
import { within } from './within.ts';

const unreadable = ['not_found', 'record_corrupt', 'record_too_new'] as const;

/** Why a record could not be had. */
export type ReadRefusal = StoreRefusal | (typeof unreadable)[number];

/**
 * A store that is asked within its time, and believed nothing: it may be of the host's own making. What goes wrong is a
 * refusal. It does not write: that waits longer, and is tried again (`SessionWriter`).
 */
export class TimedStore {
  constructor(
    private readonly store: SessionStore,
    private readonly clock: Clock,
    private readonly timeoutMs: number,
  ) {}

  list(): Promise<Reply<readonly string[], StoreRefusal>> {
    return this.ask('The sessions cannot be listed', async () => {
      const ids: unknown = await this.store.list();
      if (Array.isArray(ids) && ids.every((id) => typeof id === 'string')) return ids;
      throw new TypeError(`store.list() gave ${describe(ids)}, which is no list of ids`);
    });
  }

  async load(id: string): Promise<Reply<SessionRecord, ReadRefusal>> {
    const loaded = await this.ask('A session cannot be loaded', async () => {
      const given = await this.store.load(id);
      if (given?.ok === true) return checkRecord(given.value, id);
      if (given?.ok === false && unreadable.some((code) => isSupervisionError(given.error, code))) return given;
      throw new TypeError(`store.load() gave ${describe(given)}, which is no Result`);
    });
    return loaded.ok ? loaded.value : loaded;
  }

  delete(id: string): Promise<Reply<void, StoreRefusal>> {
    return this.ask('A session cannot be forgotten', () => this.store.delete(id));
  }

  setAside(id: string, reason: SetAsideReason): Promise<Reply<void, StoreRefusal>> {
    return this.ask('A session cannot be set aside', () => this.store.setAside(id, reason));
  }

  close(timeoutMs: number): Promise<Reply<void, StoreRefusal>> {
    return this.ask('The store cannot be closed', () => this.store.close(), timeoutMs);
  }

  private ask<T>(what: string, ask: () => Promise<T>, timeoutMs = this.timeoutMs): Promise<Reply<T, StoreRefusal>> {
    return within(this.clock, timeoutMs, 'the store', ask).then(ok, (error: unknown) =>
      refused(asStoreError(what, error)),
    );
  }
}
