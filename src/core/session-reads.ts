import type { Reply } from './reply.ts';
import type { SessionTable } from './session-table.ts';
import type { Session } from './session.ts';

let writable: <TConfig>(reads: SessionReads<TConfig>) => SessionTable<TConfig>;

/** A session table for readers: always as the table is now, and nothing in it is copied. */
export class SessionReads<TConfig = Record<string, unknown>> {
  readonly #table: SessionTable<TConfig>;

  static {
    writable = (reads) => reads.#table;
  }

  constructor(table: SessionTable<TConfig>) {
    this.#table = table;
  }

  get count(): number {
    return this.#table.count;
  }

  get maxSessions(): number {
    return this.#table.maxSessions;
  }

  lookup(id: string): Reply<Session<TConfig>, 'not_found'> {
    return this.#table.lookup(id);
  }

  /** The oldest of those that share the path. */
  lookupByPath(projectPath: string): Reply<Session<TConfig>, 'not_found'> {
    return this.#table.lookupByPath(projectPath);
  }

  /** Exact; the oldest of those that share the name. */
  lookupByName(name: string): Reply<Session<TConfig>, 'not_found'> {
    return this.#table.lookupByName(name);
  }

  /** The oldest of all. */
  defaultSession(): Reply<Session<TConfig>, 'no_sessions'> {
    return this.#table.defaultSession();
  }

  /** By `createdAt`, then by registration: the same frozen array until something changes. */
  list(): readonly Session<TConfig>[] {
    return this.#table.list();
  }

  /** The ids, in the order of `list`: the same frozen array until it changes. */
  ids(): readonly string[] {
    return this.#table.ids();
  }

  /** For a log or an inspector. */
  toJSON(): { readonly maxSessions: number | null; readonly sessions: readonly Session<TConfig>[] } {
    const { maxSessions } = this;
    return { maxSessions: maxSessions === Infinity ? null : maxSessions, sessions: this.list() };
  }
}

/** The table itself, for who writes to it. */
export const tableOf = <TConfig>(reads: SessionReads<TConfig>): SessionTable<TConfig> => writable(reads);
