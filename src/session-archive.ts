import type { AnyEventObject } from 'xstate';
import { describe, messageOf } from './core/arguments.ts';
import type { Reply } from './core/reply.ts';
import { ok, refused } from './core/result.ts';
import { checkRecord } from './core/session-record.ts';
import type { SessionRecord } from './core/session-record.ts';
import { asStoreError, isOpen, notFound, storeFailed, storeLocked } from './core/store-refusals.ts';
import type { StoreError, StoreRefusal } from './core/store-refusals.ts';
import type { Session } from './core/session.ts';
import { isSupervisionError, SupervisionError } from './core/supervision-error.ts';
import type { KeepingHome, KeptSession } from './keeping-home.ts';
import type { Keeping } from './keeping-options.ts';
import type { Logger } from './logger.ts';
import { SessionKeeper } from './session-keeper.ts';
import type { SessionStore } from './session-store.ts';
import { SessionWriter } from './session-writer.ts';
import { timeOf } from './xstate/internals.ts';
import type { Clock } from './xstate/internals.ts';

export type LoadRefusal = StoreRefusal | 'not_found' | 'record_corrupt' | 'record_too_new' | 'start_failed';

export interface ArchiveParts {
  readonly clock: Clock;
  readonly now: () => number;
  readonly logger: Logger;
  readonly tell: (event: AnyEventObject) => void;
  /** Where a session that is registered stands in the order of registration. */
  readonly orderOf: (id: string) => number | undefined;
}

/** A record that cannot be read, and why. */
interface Unread {
  readonly id: string;
  readonly error: SupervisionError<Exclude<LoadRefusal, 'start_failed'>>;
}

interface Listed {
  readonly records: readonly SessionRecord[];
  readonly unread: readonly Unread[];
}

interface Unsaved {
  readonly id: string;
  readonly error: StoreError;
}

interface Kept {
  readonly writer: SessionWriter;
  keeper: SessionKeeper;
}

/** How much of its time a store has for what is to be written as the host closes. */
const shareOfWrites = 0.9;

/** The stores that hosts have. */
const held = new WeakSet<SessionStore>();

/** The sessions of one host that are kept: their store, within its time, and their keepers. */
export class SessionArchive implements KeepingHome {
  readonly clock: Clock;
  readonly isEach: boolean;
  readonly takesBeforeEvents: boolean;
  private readonly all = new Map<string, Kept>();
  /** Of what is in the store, once that is known. */
  private ids: Set<string> | undefined;
  private closing: Promise<void> | undefined;
  /** Those that are being deleted: none of them is to come back meanwhile. */
  private readonly forgetting = new Map<string, Promise<unknown>>();
  /** How many loads of an id are under way, and whether a session of that id has come in meanwhile. */
  private readonly loading = new Map<string, { count: number; isOutdated: boolean }>();
  private readonly migratedRecords = new WeakSet<SessionRecord>();
  store: SessionStore | undefined;
  private hasBegun = false;
  /** The ids in the store are being asked for. */
  private opening: Promise<StoreError | undefined> | undefined;

  constructor(
    readonly keeping: Keeping,
    private readonly parts: ArchiveParts,
  ) {
    const { store, persist, restartFrom } = keeping;
    this.clock = parts.clock;
    this.isEach = store !== undefined && persist === 'each';
    this.takesBeforeEvents = restartFrom === 'last_snapshot';
    this.store = store;
  }

  /** Takes the store: an actor that is made and never started shall hold none. */
  begin(): void {
    if (this.hasBegun || this.store === undefined) return;
    this.hasBegun = true;
    this.store = take(this.store);
    void this.whenReady();
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
    const writer = this.all.get(id)?.writer ?? this.writerOf(id);
    const isMigrated = record !== undefined && this.migratedRecords.has(record);
    const keeper = new SessionKeeper(session, this, writer, { order, record, isMigrated });
    this.all.set(id, { writer, keeper });
    this.ids?.add(id);
    const loading = this.loading.get(id);
    if (loading !== undefined) loading.isOutdated = true;
    return keeper;
  }

  /** Whether the ids in the store are known. */
  get isReady(): boolean {
    return this.store === undefined || this.ids !== undefined;
  }

  /** The ids in the store are known, or why they are not: then it is asked again the next time. */
  async whenReady(): Promise<StoreError | undefined> {
    if (this.isReady) return undefined;
    this.opening ??= this.open(this.store!).finally(() => (this.opening = undefined));
    return this.opening;
  }

  /** Whether there is a record of it, as far as is known. */
  has(id: string): boolean {
    return this.ids?.has(id) ?? false;
  }

  /** The record of a session that is not open, for the present logic. One that cannot be read is set aside. */
  async load(id: string): Promise<Reply<SessionRecord, LoadRefusal>> {
    const { store } = this;
    if (store === undefined) return notFound(id);
    await this.forgetting.get(id);
    const before = await this.settled(id);
    if (before !== undefined) return refused(before);
    const loading = this.loading.get(id) ?? { count: 0, isOutdated: false };
    this.loading.set(id, loading);
    loading.count += 1;
    const record = await this.read(store, id);
    loading.count -= 1;
    if (loading.count === 0) this.loading.delete(id);
    // What that session has left is what counts.
    if (loading.isOutdated) return this.load(id);
    return record.ok ? this.migrated(record.value) : record;
  }

  /** The sessions in the store, in their order. Those that cannot be read are set aside, or told of. */
  async list(): Promise<Reply<Listed, StoreRefusal>> {
    const { store } = this;
    if (store === undefined) return ok({ records: [], unread: [] });
    const ids = await this.use('The sessions cannot be listed', () => listOf(store));
    if (!ids.ok) return ids;
    const kept = ids.value.filter((id) => !this.all.get(id)?.keeper.isDeleted);
    const records: SessionRecord[] = [];
    const unread: Unread[] = [];
    const all = await Promise.all(kept.map((id) => this.read(store, id)));
    for (const [index, loaded] of all.entries()) {
      const id = kept[index]!;
      if (loaded.ok) records.push(loaded.value);
      else if (loaded.error.code !== 'not_found') unread.push({ id, error: loaded.error });
      if (!loaded.ok && loaded.error.code === 'record_too_new') this.report(id, loaded.error);
    }
    return ok({ records: records.sort(byAge), unread });
  }

  /** The same, where all could be read but what is none of this host's. */
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
    const { store, forgetting } = this;
    if (store === undefined) return notFound(id);
    const forgotten = this.forgetIn(store, id);
    forgetting.set(id, forgotten);
    const answer = await forgotten;
    if (forgetting.get(id) === forgotten) forgetting.delete(id);
    return answer;
  }

  /** Has all that has changed written. */
  async flush(): Promise<Reply<void, StoreRefusal>> {
    // Whoever calls may be in the middle of an event.
    await Promise.resolve();
    for (const { keeper } of this.all.values()) keeper.sync();
    const [first] = await this.written();
    return first === undefined ? ok(undefined) : refused(first.error);
  }

  /** Waits for what is still to be written, and closes the store. Nothing of it takes longer than the store may. */
  close(): Promise<void> {
    return (this.closing ??= this.shut());
  }

  // What a keeper needs.

  now(): number {
    try {
      const now = this.parts.now();
      if (Number.isFinite(now) && now >= 0) return now;
    } catch {
      // The clock is the host's: one that throws is as good as one that makes no sense.
    }
    return Date.now();
  }

  toWall(times: readonly number[]): number[] {
    if (times.length === 0) return [];
    const offset = this.now() - timeOf(this.clock);
    return times.map((time) => Math.max(0, time + offset));
  }

  /** Times since the Unix epoch, on the clock. */
  toClock(times: readonly number[]): number[] {
    const offset = timeOf(this.clock) - this.now();
    return times.map((time) => time + offset);
  }

  log(line: string, error?: unknown): void {
    this.parts.logger(line, error);
  }

  deleted(id: string): void {
    this.ids?.delete(id);
  }

  over(id: string): void {
    const kept = this.all.get(id);
    if (kept?.keeper.isOver && kept.writer.isIdle) this.all.delete(id);
  }

  private async open(store: SessionStore): Promise<StoreError | undefined> {
    const ids = await this.use('The sessions cannot be listed', () => listOf(store));
    if (ids.ok) this.ids = new Set([...ids.value, ...this.all.keys()]);
    else this.report(undefined, ids.error);
    return ids.ok ? undefined : ids.error;
  }

  private async shut(): Promise<void> {
    const { store } = this;
    if (store === undefined || !this.hasBegun) return;
    const { clock } = this;
    const { storeTimeoutMs } = this.keeping;
    const until = timeOf(clock) + storeTimeoutMs;
    // The store needs some of the time to close: of one that is only full, the place is to be free then.
    const late: unknown = clock.setTimeout(() => this.stop(), storeTimeoutMs * shareOfWrites);
    const unsaved = await this.written();
    clock.clearTimeout(late);
    this.stop();
    const closed = await this.use('The store cannot be closed', () => store.close(), until - timeOf(clock));
    held.delete(store);
    if (!closed.ok) this.report(undefined, closed.error);
    const [first] = unsaved;
    if (first === undefined) return;
    const ids = unsaved.map(({ id }) => id);
    this.log(`closed, and not saved as they were: ${ids.join(', ')}`, first.error);
    this.parts.tell({ type: 'store.failed', error: first.error, unsaved: ids });
  }

  private stop(): void {
    for (const { writer } of this.all.values()) writer.stop();
  }

  /** @returns those that could not be written in their time */
  private async written(): Promise<Unsaved[]> {
    const unsaved: Unsaved[] = [];
    const waits = [...this.all].map(
      ([id, { writer }]) =>
        new Promise<void>((resolve) => {
          writer.hurry();
          writer.whenWritten('value', (error) => {
            if (error !== undefined) unsaved.push({ id, error: error as StoreError });
            resolve();
          });
        }),
    );
    await Promise.all(waits);
    return unsaved;
  }

  private async forgetIn(
    store: SessionStore,
    id: string,
  ): Promise<Reply<void, 'not_found' | 'running' | StoreRefusal>> {
    const before = await this.settled(id);
    if (before !== undefined) return refused(before);
    const ids = await this.use('The sessions cannot be listed', () => listOf(store));
    if (!ids.ok) return ids;
    // It may have been started meanwhile; from here on it is not to be.
    if (this.all.get(id)?.keeper.isOver === false) return isOpen(id);
    if (!ids.value.includes(id)) return notFound(id);
    this.ids?.add(id);
    const deleted = await this.use('A session cannot be forgotten', () => store.delete(id));
    if (deleted.ok) this.deleted(id);
    return deleted;
  }

  // What is still to be written of a session that has ended.
  private async settled(id: string): Promise<StoreError | undefined> {
    const kept = this.all.get(id);
    if (kept === undefined) return undefined;
    return new Promise((resolve) =>
      kept.writer.whenWritten('value', (error) => resolve(error as StoreError | undefined)),
    );
  }

  private writerOf(id: string): SessionWriter {
    return new SessionWriter(
      {
        id,
        clock: this.clock,
        timeoutMs: this.keeping.storeTimeoutMs,
        failed: (error, retryInMs) => this.report(id, error, retryInMs),
        idle: () => this.over(id),
      },
      () => async () => {},
    );
  }

  private async read(
    store: SessionStore,
    id: string,
  ): Promise<Reply<SessionRecord, Exclude<LoadRefusal, 'start_failed'>>> {
    const loaded = await this.use('A session cannot be loaded', () => recordIn(store, id));
    if (!loaded.ok) return loaded;
    const record = loaded.value;
    if (!record.ok && record.error.code === 'record_corrupt') {
      this.report(id, record.error);
      const aside = await this.use('A session cannot be set aside', () => store.setAside(id, 'corrupt'));
      if (aside.ok) this.deleted(id);
      else this.report(id, aside.error);
    }
    return record;
  }

  private async migrated(record: SessionRecord): Promise<Reply<SessionRecord, 'start_failed'>> {
    const { logic, migrate } = this.keeping;
    const { id } = record.session;
    if (record.logic.id === logic.id && record.logic.version === logic.version) return ok(record);
    try {
      if (migrate === undefined) throw new Error('there is no migrate');
      const migrated = checkRecord({ ...(await migrate(record)), logic }, id);
      if (!migrated.ok) throw migrated.error;
      this.migratedRecords.add(migrated.value);
      return migrated;
    } catch (cause) {
      const message =
        `The record of the session ${id} is of ${nameOf(record.logic)}, and cannot be made one of ${nameOf(logic)}: ` +
        messageOf(cause);
      return refused(new SupervisionError('start_failed', message, { cause }));
    }
  }

  private report(id: string | undefined, error: SupervisionError, retryInMs?: number): void {
    const retry = retryInMs === undefined ? '' : `; it is tried again in ${retryInMs} ms`;
    this.log(`${error.message}${retry}`, error);
    this.parts.tell({
      type: 'store.failed',
      ...(id !== undefined && { id }),
      error,
      ...(retryInMs !== undefined && { retryInMs }),
    });
  }

  /** Asks the store for something, within its time. */
  private use<T>(
    what: string,
    ask: () => Promise<T>,
    timeoutMs = this.keeping.storeTimeoutMs,
  ): Promise<Reply<T, StoreRefusal>> {
    return new Promise((resolve) => {
      const timer: unknown = this.clock.setTimeout(() => {
        resolve(refused(storeFailed(what, new Error(`the store has not answered within ${timeoutMs} ms`))));
      }, timeoutMs);
      const settle = (result: Reply<T, StoreRefusal>) => {
        this.clock.clearTimeout(timer);
        resolve(result);
      };
      // A store may throw where it should reject.
      void Promise.resolve()
        .then(ask)
        .then(
          (value) => settle(ok(value)),
          (error: unknown) => settle(refused(asStoreError(what, error))),
        );
    });
  }
}

const byAge = (a: SessionRecord, b: SessionRecord): number =>
  a.session.createdAt - b.session.createdAt ||
  (a.order ?? 0) - (b.order ?? 0) ||
  (a.session.id < b.session.id ? -1 : 1);

const nameOf = ({ id, version }: SessionRecord['logic']): string =>
  version === '' ? `the logic ${id}` : `version ${version} of the logic ${id}`;

// A store may be of the host's own making, and is believed nothing.

async function listOf(store: SessionStore): Promise<readonly string[]> {
  const ids: unknown = await store.list();
  if (Array.isArray(ids) && ids.every((id) => typeof id === 'string')) return ids;
  throw new TypeError(`store.list() gave ${describe(ids)}, which is no list of ids`);
}

async function recordIn(store: SessionStore, id: string): ReturnType<SessionStore['load']> {
  const loaded = await store.load(id);
  if (loaded?.ok === true) return checkRecord(loaded.value, id);
  if (loaded?.ok === false && refusals.some((code) => isSupervisionError(loaded.error, code))) return loaded;
  throw new TypeError(`store.load() gave ${describe(loaded)}, which is no Result`);
}

const refusals = ['not_found', 'record_corrupt', 'record_too_new'] as const;

// One object cannot tell two hosts apart that use it.
function take(store: SessionStore): SessionStore {
  if (held.has(store)) return heldByAnother;
  held.add(store);
  return store;
}

const refuse = async (): Promise<never> => {
  const { process } = globalThis as { readonly process?: { readonly pid?: number } };
  throw storeLocked('The store', process?.pid ?? 0);
};

const heldByAnother: SessionStore = {
  list: refuse,
  load: refuse,
  save: refuse,
  delete: refuse,
  setAside: refuse,
  close: async () => {},
};
