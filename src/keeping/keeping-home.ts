import type { Outside } from '../core/revive-value.ts';
import type { SessionLifecycleEvent } from '../core/session-events.ts';
import type { Session } from '../core/session.ts';
import type { Keeping } from '../keeping-options.ts';
import type { SessionStore } from '../session-store.ts';
import type { Clock } from '../xstate/internals.ts';
import type { WallClock } from './wall-clock.ts';

/** What the keeper of a session needs of the archive, which keeps all of them. */
export interface KeepingHome {
  readonly keeping: Keeping;
  /** Where they are written, if anywhere. */
  readonly store: SessionStore | undefined;
  readonly clock: Clock;
  readonly wall: WallClock;
  /** Whether what is answered and told is on the disk before: with `persist: 'each'`. */
  readonly isEach: boolean;
  /** Whether the state is taken before each event: the last one before a crash is wanted. */
  readonly takesBeforeEvents: boolean;
  log(line: string, error?: unknown): void;
  /** The record of a session is about to be deleted. */
  deleted(id: string): void;
  /** The keeper of a session has nothing more to do, but for what is still to be written. */
  over(id: string): void;
}

/** What a keeper asks of its session. */
export interface KeptSession {
  /** Its value. */
  readonly session: Session;
  readonly home: { emit(event: SessionLifecycleEvent): void; readonly outside: Outside };
  /** When it was restarted, as far as that still counts: on the clock of its host. */
  readonly restarts: readonly number[];
}
