import type { Reply } from '../core/reply.ts';
import { ok } from '../core/result.ts';
import type { SessionRecord } from '../core/session-record.ts';
import { isOpen, notFound } from '../core/store-refusals.ts';
import type { StoreError, StoreRefusal } from '../core/store-refusals.ts';
import type { SupervisionError } from '../core/supervision-error.ts';
import { tellOfStoreFailure } from './store-news.ts';
import type { StoreAudience } from './store-news.ts';
import type { ReadRefusal, TimedStore } from './timed-store.ts';

/** A record that cannot be read, and why. */
interface Unread {
  readonly id: string;
  readonly error: SupervisionError<ReadRefusal>;
}

export interface Listed {
  readonly records: readonly SessionRecord[];
  readonly unread: readonly Unread[];
}

/** The sessions in the store: which there are, and what is read of them. A record that is corrupt is set aside. */
export class SavedSessions {
  /** Those that are known of: all of them, once the store has been asked. */
  private readonly ids = new Set<string>();
  private isListed = false;
  private listing: Promise<StoreError | undefined> | undefined;

  constructor(
    private readonly store: TimedStore,
    private readonly audience: StoreAudience,
  ) {
    void this.whenKnown();
  }

  /** Whether all ids in the store are known. */
  get isKnown(): boolean {
    return this.isListed;
  }

  /** All ids are known, or why they are not: then the store is asked again the next time. */
  async whenKnown(): Promise<StoreError | undefined> {
    if (this.isListed) return undefined;
    this.listing ??= this.learn().finally(() => (this.listing = undefined));
    return this.listing;
  }

  /** Whether there is a record of it, as far as is known. */
  has(id: string): boolean {
    return this.ids.has(id);
  }

  /** It is there, or about to be. */
  add(id: string): void {
    this.ids.add(id);
  }

  /** It is not, or about not to be. */
  remove(id: string): void {
    this.ids.delete(id);
  }

  /** The record of a session. One that is corrupt is told of, and set aside. */
  async read(id: string): Promise<Reply<SessionRecord, ReadRefusal>> {
    const { audience, store } = this;
    const read = await store.load(id);
    if (!read.ok && read.error.code === 'record_corrupt') {
      tellOfStoreFailure(audience, read.error, { id });
      const aside = await store.setAside(id, 'corrupt');
      if (aside.ok) this.remove(id);
      else tellOfStoreFailure(audience, aside.error, { id });
    }
    return read;
  }

  /**
   * All sessions that can be read, in their order, and those that cannot; of a later format is told.
   *
   * @param isGone whether one that is still in the store is about to be deleted
   */
  async list(isGone: (id: string) => boolean): Promise<Reply<Listed, StoreRefusal>> {
    const listed = await this.store.list();
    if (!listed.ok) return listed;
    const records: SessionRecord[] = [];
    const unread: Unread[] = [];
    const ids = listed.value.filter((id) => !isGone(id));
    const read = await Promise.all(ids.map(async (id) => ({ id, result: await this.read(id) })));
    for (const { id, result } of read) {
      if (result.ok) records.push(result.value);
      else if (result.error.code !== 'not_found') unread.push({ id, error: result.error });
      if (!result.ok && result.error.code === 'record_too_new') {
        tellOfStoreFailure(this.audience, result.error, { id });
      }
    }
    return ok({ records: records.sort(byAge), unread });
  }

  /** @param isRunning whether one of this id has been started meanwhile */
  async delete(id: string, isRunning: () => boolean): Promise<Reply<void, 'not_found' | 'running' | StoreRefusal>> {
    const listed = await this.store.list();
    if (!listed.ok) return listed;
    if (isRunning()) return isOpen(id);
    if (!listed.value.includes(id)) return notFound(id);
    // From here on none is to be.
    this.add(id);
    const deleted = await this.store.delete(id);
    if (deleted.ok) this.remove(id);
    return deleted;
  }

  private async learn(): Promise<StoreError | undefined> {
    const listed = await this.store.list();
    if (!listed.ok) {
      tellOfStoreFailure(this.audience, listed.error);
      return listed.error;
    }
    for (const id of listed.value) this.ids.add(id);
    this.isListed = true;
    return undefined;
  }
}

const byAge = (a: SessionRecord, b: SessionRecord): number =>
  a.session.createdAt - b.session.createdAt ||
  (a.order ?? 0) - (b.order ?? 0) ||
  (a.session.id < b.session.id ? -1 : 1);
