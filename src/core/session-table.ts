import { Aged, AgeOrder, byAge } from './age-order.ts';
import { describe, requireBoolean, requireFunction } from './arguments.ts';
import { OldestByKey } from './oldest-by-key.ts';
import type { Reply } from './reply.ts';
import { ok, refused } from './result.ts';
import { isSealed } from './sealed.ts';
import { SessionReads } from './session-reads.ts';
import type { Session } from './session.ts';
import { SupervisionError } from './supervision-error.ts';

export interface SessionTableOptions {
  /** How many sessions may be open at once: an integer of at least 0, or `Infinity`. 10 by default. */
  readonly maxSessions?: number;
  /** Whether a project can be open in one session only. True by default. */
  readonly onePerProject?: boolean;
  /** The wall clock, in ms since the Unix epoch: the `updatedAt` of an update that brings none of its own. */
  readonly now?: () => number;
}

export type RegisterRefusal = 'session_limit_reached' | 'session_exists' | 'project_already_open';
export type UpdateRefusal = 'not_found' | 'immutable_field';

class Entry<TConfig> extends Aged {
  constructor(
    public session: Session<TConfig>,
    serial: number,
  ) {
    super(session.createdAt, serial, session.id);
  }
}

/**
 * The open sessions, found by id, project path and name, and the rules on which may be open together.
 *
 * Plain data: it checks no session, that is up to who writes to it. Every operation is O(1), O(log n) where age decides
 * and sessions came out of the order of their age; listing is O(n), once after a change. What is refused changes
 * nothing.
 *
 * @example
 * const table = new SessionTable({ maxSessions: 3 });
 * const registered = table.register(session);
 * if (!registered.ok) console.log(registered.error.message);
 * table.lookupByPath('/home/me/shop');
 */
export class SessionTable<TConfig = Record<string, unknown>> {
  /** The table for readers: a window on it, not a copy. */
  readonly reads: SessionReads<TConfig> = new SessionReads(this);

  readonly #onePerProject: boolean;
  readonly #now: () => number;
  readonly #byId = new Map<string, Entry<TConfig>>();
  readonly #byPath = new OldestByKey<Entry<TConfig>>();
  readonly #byName = new OldestByKey<Entry<TConfig>>();
  readonly #byAge = new AgeOrder<Entry<TConfig>>();
  #maxSessions: number;
  #serial = 0;
  #version = 0;
  #list: readonly Session<TConfig>[] | undefined;
  #ids: readonly string[] | undefined;

  /** @throws TypeError, RangeError that names the bad option */
  constructor({ maxSessions = 10, onePerProject = true, now = () => Date.now() }: SessionTableOptions = {}) {
    requireMaxSessions(maxSessions);
    requireBoolean('onePerProject', onePerProject);
    requireFunction('now', now);
    this.#maxSessions = maxSessions;
    this.#onePerProject = onePerProject;
    this.#now = now;
  }

  /** Grows with each change. */
  get version(): number {
    return this.#version;
  }

  get count(): number {
    return this.#byId.size;
  }

  /** One below the count refuses new sessions, and harms none that is open. */
  get maxSessions(): number {
    return this.#maxSessions;
  }

  /** @throws TypeError, RangeError */
  set maxSessions(max: number) {
    requireMaxSessions(max);
    if (max === this.#maxSessions) return;
    this.#maxSessions = max;
    this.#version += 1;
  }

  lookup(id: string): Reply<Session<TConfig>, 'not_found'> {
    const entry = this.#byId.get(id);
    return entry === undefined ? notFound('id', id) : ok(entry.session);
  }

  /** The oldest of those that share the path. */
  lookupByPath(projectPath: string): Reply<Session<TConfig>, 'not_found'> {
    const entry = this.#byPath.get(projectPath);
    return entry === undefined ? notFound('project path', projectPath) : ok(entry.session);
  }

  /** Exact; the oldest of those that share the name. */
  lookupByName(name: string): Reply<Session<TConfig>, 'not_found'> {
    const entry = this.#byName.get(name);
    return entry === undefined ? notFound('name', name) : ok(entry.session);
  }

  /** The oldest of all. */
  defaultSession(): Reply<Session<TConfig>, 'no_sessions'> {
    const entry = this.#byAge.oldest;
    return entry === undefined
      ? refused(new SupervisionError('no_sessions', 'No session is open.', {}))
      : ok(entry.session);
  }

  /** By `createdAt`, then by registration: the same frozen array until something changes. */
  list(): readonly Session<TConfig>[] {
    return this.#list ?? (this.#list = Object.freeze(this.#inOrder()));
  }

  /** The ids, in the order of `list`: the same frozen array until it changes. */
  ids(): readonly string[] {
    return (this.#ids ??= Object.freeze(this.list().map((session) => session.id)));
  }

  /** Where a session stands in the order of registration: among those of its `createdAt`. */
  orderOf(id: string): number | undefined {
    return this.#byId.get(id)?.serial;
  }

  /**
   * Answers with the session as it is stored. The limit is checked first, then the id, then the path.
   *
   * @param order of a session that comes back: where it stood in the order of registration
   */
  register(session: Session<TConfig>, order: number = this.#serial): Reply<Session<TConfig>, RegisterRefusal> {
    const { id, projectPath } = session;
    const current = this.#byId.size;
    const max = this.#maxSessions;
    if (current >= max) {
      const message = `${current} sessions are open, and no more than ${max} may be`;
      return refused(new SupervisionError('session_limit_reached', message, { current, max }));
    }
    if (this.#byId.has(id)) {
      const message = `A session with the id ${describe(id)} is open already`;
      return refused(new SupervisionError('session_exists', message, { id }));
    }
    const rival = this.#onePerProject ? this.#byPath.get(projectPath) : undefined;
    if (rival !== undefined) {
      const message = `The project ${describe(projectPath)} is open already, in the session ${describe(rival.session.id)}`;
      return refused(new SupervisionError('project_already_open', message, { projectPath, id: rival.session.id }));
    }
    const entry = new Entry(frozen(session), order);
    this.#serial = Math.max(this.#serial, order + 1);
    this.#byId.set(id, entry);
    this.#byPath.add(projectPath, entry);
    this.#byName.add(session.name, entry);
    this.#byAge.add(entry);
    this.#changed();
    return ok(entry.session);
  }

  /**
   * Replaces a session; the last writer wins. Answers with the session as it is stored: its `updatedAt` is its own if
   * that is later than the stored one's, else the present, and strictly grows in any case.
   */
  update(session: Session<TConfig>): Reply<Session<TConfig>, UpdateRefusal> {
    const entry = this.#byId.get(session.id);
    if (entry === undefined) return notFound('id', session.id);
    const stored = entry.session;
    if (session.projectPath !== stored.projectPath) return immutable('projectPath', session, stored);
    if (session.createdAt !== stored.createdAt) return immutable('createdAt', session, stored);
    const next =
      session.updatedAt > stored.updatedAt
        ? frozen(session)
        : Object.freeze({ ...session, updatedAt: this.#laterThan(stored.updatedAt) });
    if (next.name !== stored.name) {
      this.#byName.remove(stored.name, entry);
      this.#byName.add(next.name, entry);
    }
    entry.session = next;
    this.#list = undefined;
    this.#version += 1;
    return ok(next);
  }

  /** Answers with the session that is gone. */
  unregister(id: string): Reply<Session<TConfig>, 'not_found'> {
    const entry = this.#byId.get(id);
    if (entry === undefined) return notFound('id', id);
    const { session } = entry;
    this.#byId.delete(id);
    this.#byPath.remove(session.projectPath, entry);
    this.#byName.remove(session.name, entry);
    this.#byAge.remove(entry);
    this.#changed();
    return ok(session);
  }

  clear(): void {
    if (this.#byId.size === 0) return;
    this.#byId.clear();
    this.#byPath.clear();
    this.#byName.clear();
    this.#byAge.clear();
    this.#changed();
  }

  #changed(): void {
    this.#list = undefined;
    this.#ids = undefined;
    this.#version += 1;
  }

  #inOrder(): Session<TConfig>[] {
    const entries = [...this.#byId.values()];
    // A `Map` keeps the order in which they came.
    if (!this.#byAge.isRun) entries.sort(byAge);
    return entries.map((entry) => entry.session);
  }

  #laterThan(time: number): number {
    let now: unknown;
    try {
      now = this.#now();
    } catch {
      // The clock is the host's: one that throws is as good as one that makes no sense.
    }
    const present = typeof now === 'number' ? Math.floor(now) : NaN;
    return Number.isSafeInteger(present) && present > time ? present : time + 1;
  }
}

function requireMaxSessions(max: unknown): asserts max is number {
  if (typeof max !== 'number') throw new TypeError(`maxSessions must be a number, not ${describe(max)}`);
  if (max !== Infinity && !(Number.isSafeInteger(max) && max >= 0)) {
    throw new RangeError(`maxSessions must be an integer of at least 0, or Infinity, not ${max}`);
  }
}

const frozen = <T extends object>(value: T): T =>
  isSealed(value) || Object.isFrozen(value) ? value : Object.freeze({ ...value });

const notFound = (what: string, key: unknown): Reply<never, 'not_found'> =>
  refused(new SupervisionError('not_found', `No session with the ${what} ${describe(key)} is open`, { key }));

function immutable<TConfig>(
  field: 'projectPath' | 'createdAt',
  session: Session<TConfig>,
  stored: Session<TConfig>,
): Reply<never, 'immutable_field'> {
  const message = `The ${field} of the session ${describe(stored.id)} cannot change from ${describe(stored[field])} to ${describe(session[field])}`;
  return refused(new SupervisionError('immutable_field', message, { field }));
}
