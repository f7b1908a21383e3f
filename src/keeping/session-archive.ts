import type { AnyEventObject } from 'xstate';
import type { Reply } from '../core/reply.ts';
import { ok, refused } from '../core/result.ts';
import { isSameJson } from '../core/same-json.ts';
import type { SessionRecord } from '../core/session-record.ts';
import { notFound } from '../core/store-refusals.ts';
import type { StoreError, StoreRefusal } from '../core/store-refusals.ts';
import type { Session } from '../core/session.ts';
import type { Keeping } from '../keeping-options.ts';
import type { Logger } from '../logger.ts';
import type { SessionStore } from '../session-store.ts';
import { timeOf } from '../xstate/internals.ts';
import type { Clock } from '../xstate/internals.ts';
import { hold, letGo } from './held-stores.ts';
import type { KeepingHome, KeptSession } from './keeping-home.ts';
import { RecordMigration } from './record-migration.ts';
import { SavedSessions } from './saved-sessions.ts';
import type { Listed } from './saved-sessions.ts';
import { SessionKeeper } from './session-keeper.ts';
import { SessionWriter } from './session-writer.ts';
import { tellOfStoreFailure, tellOfUnsaved } from './store-news.ts';
import type { StoreAudience } from './store-news.ts';
import { TimedStore } from './timed-store.ts';
import type { ReadRefusal } from './timed-store.ts';
import { WallClock } from './wall-clock.ts';

export interface ArchiveParts {
  readonly clock: Clock;
  readonly now: () => number;
  readonly logger: Logger;
  readonly tell: (event: AnyEventObject) => void;
  /** Where a session that is registered stands in the order of registration. */
  readonly orderOf: (id: string) => number | undefined;
}

interface Kept {
  readonly writer: SessionWriter;
  keeper: SessionKeeper;
}

interface Unsaved {
  readonly id: string;
  readonly error: StoreError;
}

/** How much of its time a store has for what is to be written as the host closes. */
const shareOfWrites = 0.9;

/** The sessions of one host that are kept: those that are open, each with its keeper, and those that are only saved. */
export class SessionArchive implements KeepingHome, StoreAudience {
  readonly clock: Clock;
  readonly wall: WallClock;
  readonly isEach: boolean;
  readonly takesBeforeEvents: boolean;
  /** Where they are written: from when the runtime has begun. */
  store: SessionStore | undefined;
  /** The same, within its time. */
  private timed: TimedStore | undefined;
  private saved: SavedSessions | undefined;
  private readonly migration: RecordMigration;
  /** Those that are open, and those that something is still to be written of. */
  private readonly kept = new Map<string, Kept>();
  /** Those that are being deleted: none of them is to come back meanwhile. */
  private readonly forgetting = new Map<string, Promise<unknown>>();
  /** How many loads of an id are under way, and whether a session of that id has come in meanwhile. */
  private readonly loading = new Map<string, { count: number; isOutdated: boolean }>();
  private closing: Promise<void> | undefined;

  constructor(
    readonly keeping: Keeping,
    private readonly parts: ArchiveParts,
  ) {
    const { store, persist, restartFrom } = keeping;
    this.clock = parts.clock;
    this.wall = new WallClock(parts.now, parts.clock);
    this.isEach = store !== undefined && persist === 'each';
    this.takesBeforeEvents = restartFrom === 'last_snapshot';
    this.migration = new RecordMigration(keeping, parts.clock);
  }

  /** Takes the store: an actor that is made and never started shall hold none. */
  begin(): void {
    const { store, storeTimeoutMs } = this.keeping;
    if (store === undefined || this.store !== undefined) return;
    this.store = hold(store);
    this.timed = new TimedStore(this.store, this.clock, storeTimeoutMs);
    this.saved = new SavedSessions(this.timed, this);
  }

  /**
   * Keeps a session that has been registered.
   *
   * @param record what it comes back from
   */
  keep(session: KeptSession, record: SessionRecord | undefined): SessionKeeper {
    const { id } = session.session;
    const order = this.parts.orderOf(id) ?? 0;
    // Or an earlier session of this id might be written after it.
    const writer = this.kept.get(id)?.writer ?? this.writerOf(id);
    // Its path, or its config by a schema, may have become another one as it came in.
    const isOutdated =
      record !== undefined && (this.migration.isMigrated(record) || !isSameJson(record.session, session.session));
    const keeper = new SessionKeeper(session, this, writer, { order, record, isOutdated });
    this.kept.set(id, { writer, keeper });
    this.saved?.add(id);
    const loading = this.loading.get(id);
    if (loading !== undefined) loading.isOutdated = true;
    return keeper;
  }

  /** Whether the ids in the store are known. */
  get isReady(): boolean {
    return this.saved?.isKnown ?? true;
  }

  /** The ids in the store are known, or why they are not. */
  async whenReady(): Promise<StoreError | undefined> {
    return this.saved?.whenKnown();
  }

  /** Whether there is a record of it, as far as is known. */
  has(id: string): boolean {
    return this.saved?.has(id) ?? false;
  }

  /** The record of a session that is not open, for the present logic. */
  async load(id: string): Promise<Reply<SessionRecord, ReadRefusal | 'start_failed'>> {
    if (this.saved === undefined) return notFound(id);
    await this.forgetting.get(id);
    const before = await this.settled(id);
    if (before !== undefined) return refused(before);
    const loading = this.loading.get(id) ?? { count: 0, isOutdated: false };
    this.loading.set(id, loading);
    loading.count += 1;
    const read = await this.saved.read(id);
    loading.count -= 1;
    if (loading.count === 0) this.loading.delete(id);
    // What that session has left is what counts.
    if (loading.isOutdated) return this.load(id);
    return read.ok ? this.migration.apply(read.value) : read;
  }

  /** The sessions in the store, in their order, and those that cannot be read. */
  async list(): Promise<Reply<Listed, StoreRefusal>> {
    return this.saved?.list((id) => this.kept.get(id)?.keeper.isDeleted ?? false) ?? ok({ records: [], unread: [] });
  }

  /** The same, where the store let all be read; what it has that is no record of this host's is not among them. */
  async sessions(): Promise<Reply<readonly Session[], StoreRefusal>> {
    const listed = await this.list();
    if (!listed.ok) return listed;
    for (const { error } of listed.value.unread) {
      if (error.code === 'store_failed' || error.code === 'store_locked') return refused(error);
    }
    return ok(Object.freeze(listed.value.records.map(({ session }) => session)));
  }

  /** Deletes the record of a session that is not open. */
  async forget(id: string): Promise<Reply<void, 'not_found' | 'running' | StoreRefusal>> {
    const { saved, forgetting } = this;
    if (saved === undefined) return notFound(id);
    const isRunning = () => this.kept.get(id)?.keeper.isOver === false;
    const forgotten = this.settled(id).then((before) =>
      before === undefined ? saved.delete(id, isRunning) : refused(before),
    );
    forgetting.set(id, forgotten);
    const answer = await forgotten;
    if (forgetting.get(id) === forgotten) forgetting.delete(id);
    return answer;
  }

  /** Has all that has changed written. */
  async flush(): Promise<Reply<void, StoreRefusal>> {
    // Whoever calls may be in the middle of an event.
    await Promise.resolve();
    for (const { keeper } of this.kept.values()) keeper.sync();
    const [first] = await this.written();
    return first === undefined ? ok(undefined) : refused(first.error);
  }

  /** Waits for what is still to be written, and closes the store. Nothing of it takes longer than the store may. */
  close(): Promise<void> {
    return (this.closing ??= this.shut());
  }

  // What a keeper needs.

  log(line: string, error?: unknown): void {
    this.parts.logger(line, error);
  }

  deleted(id: string): void {
    this.saved?.remove(id);
  }

  over(id: string): void {
    const kept = this.kept.get(id);
    if (kept?.keeper.isOver && kept.writer.isIdle) this.kept.delete(id);
  }

  tell(event: AnyEventObject): void {
    this.parts.tell(event);
  }

  private async shut(): Promise<void> {
    const { store, timed, clock } = this;
    if (store === undefined || timed === undefined) return;
    const { storeTimeoutMs } = this.keeping;
    const until = timeOf(clock) + storeTimeoutMs;
    // The store needs some of the time to close: of one that is only full, the place is to be free then.
    const late: unknown = clock.setTimeout(() => this.stop(), storeTimeoutMs * shareOfWrites);
    const unsaved = await this.written();
    clock.clearTimeout(late);
    this.stop();
    const closed = await timed.close(until - timeOf(clock));
    letGo(store);
    if (!closed.ok) tellOfStoreFailure(this, closed.error);
    const [first] = unsaved;
    if (first === undefined) return;
    const ids = unsaved.map(({ id }) => id);
    tellOfUnsaved(this, ids, first.error);
  }

  private stop(): void {
    for (const { writer } of this.kept.values()) writer.stop();
  }

  /** @returns those that could not be written in their time */
  private async written(): Promise<Unsaved[]> {
    const unsaved: Unsaved[] = [];
    const waits = [...this.kept].map(async ([id, { writer }]) => {
      writer.hurry();
      const error = await written(writer);
      if (error !== undefined) unsaved.push({ id, error });
    });
    await Promise.all(waits);
    return unsaved;
  }

  /** What was still to be written of a session that has ended is written, or why it is not. */
  private async settled(id: string): Promise<StoreError | undefined> {
    const kept = this.kept.get(id);
    return kept && written(kept.writer);
  }

  private writerOf(id: string): SessionWriter {
    const { clock } = this;
    return new SessionWriter(
      {
        id,
        clock,
        timeoutMs: this.keeping.storeTimeoutMs,
        failed: (error, retryInMs) => tellOfStoreFailure(this, error, { id, retryInMs }),
        idle: () => this.over(id),
      },
      nothing,
    );
  }
}

// The keeper of the session says what there is to write.
const nothing = () => async () => {};

const written = (writer: SessionWriter): Promise<StoreError | undefined> =>
  new Promise((resolve) => writer.whenWritten('value', (error) => resolve(error as StoreError | undefined)));
