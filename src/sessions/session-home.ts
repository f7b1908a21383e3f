import type { AnyActorRef } from 'xstate';
import type { Outside } from '../core/revive-value.ts';
import type { Result } from '../core/result.ts';
import type { SessionLifecycleEvent, SessionRejectedEvent } from '../core/session-events.ts';
import type { SessionRecord } from '../core/session-record.ts';
import type { Session } from '../core/session.ts';
import type { SupervisionError } from '../core/supervision-error.ts';
import type { Incarnations } from '../incarnation.ts';
import type { ReadinessRule } from '../readiness.ts';
import type { SessionArchive } from '../keeping/session-archive.ts';
import type { KeptSession } from '../keeping/keeping-home.ts';
import type { SessionKeeping } from '../keeping/session-keeping.ts';
import type { ResolvedSessionOptions } from '../session-options.ts';
import type { SessionRefHome, StableRef } from '../session-ref.ts';
import type { Clock } from '../xstate/internals.ts';

/** What a supervised session needs of the actor that supervises it. */
export interface SessionHome extends Incarnations, SessionRefHome {
  /** The root of the session system. */
  readonly runtime: AnyActorRef;
  readonly options: ResolvedSessionOptions;
  readonly clock: Clock;
  /** Where sessions are kept, if they are. */
  readonly archive: SessionArchive | undefined;
  /**
   * Keeps a session that has been registered, or does as if.
   *
   * @param record what it comes back from
   */
  keep(session: KeptSession, record: SessionRecord | undefined): SessionKeeping;
  readonly readiness: ReadinessRule;
  /** Whether a session is asked to end before it is stopped. */
  readonly isGraceful: boolean;
  /** Frees the session's slot, path and name, then calls back. */
  release(id: string, then: () => void): void;
  emit(event: SessionLifecycleEvent | SessionRejectedEvent): void;
  log(line: string, error?: unknown): void;
  /** The ref that a session is to have: another one may have waited for it. */
  refOf(id: string): StableRef;
  /** What a session refers to outside of itself, as it comes back. */
  readonly outside: Outside;
  /** Makes a session, whatever the schema of its config does. */
  trySchema(
    make: () => Result<Session, SupervisionError<'invalid_session'>>,
  ): Result<Session, SupervisionError<'invalid_session'>>;
  /** Does something in the turn of the supervisor. */
  inTurn(act: () => void): void;
}
