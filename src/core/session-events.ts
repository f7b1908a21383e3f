import type { ExitReason } from './exit.ts';
import type { Replying, Reply } from './reply.ts';
import type { Session, SessionInput } from './session.ts';
import type { SupervisionError } from './supervision-error.ts';

/** Why a project path was refused, in the order in which it is checked. */
export type ProjectPathRefusal =
  | 'missing_project_path'
  | 'invalid_project_path'
  | 'path_too_long'
  | 'path_traversal_detected'
  | 'path_not_absolute'
  | 'path_not_found'
  | 'path_not_directory'
  | 'path_permission_denied';

export type StartRefusal =
  | ProjectPathRefusal
  | 'invalid_session'
  | 'session_limit_reached'
  | 'session_exists'
  | 'project_already_open'
  | 'start_failed'
  | 'stopping';

export type StopRefusal = 'not_found' | 'stopping';
export type RestartRefusal = 'not_found' | 'start_failed' | 'stopping';
export type ChangeRefusal = 'not_found' | 'invalid_session' | 'stopping';

/** A session that has been started, and the way to it. */
export interface Opened<TConfig, TRef> {
  readonly session: Session<TConfig>;
  readonly ref: TRef;
}

/** The commands to the supervisor of the sessions. */
export type SessionCommand<TConfig = Record<string, unknown>, TRef = unknown> =
  | ({ readonly type: 'session.start' } & SessionInput<TConfig> & Replying<Reply<Opened<TConfig, TRef>, StartRefusal>>)
  | ({ readonly type: 'session.stop'; readonly id: string } & Replying<Reply<void, StopRefusal>>)
  | ({ readonly type: 'session.restart'; readonly id: string } & Replying<Reply<void, RestartRefusal>>)
  | ({ readonly type: 'session.rename'; readonly id: string; readonly name: string } & Replying<
      Reply<void, ChangeRefusal>
    >)
  | ({ readonly type: 'session.configure'; readonly id: string; readonly config: Partial<TConfig> } & Replying<
      Reply<void, ChangeRefusal>
    >);

/** What a running session receives when its value has changed. */
export interface SessionUpdatedEvent<TConfig = Record<string, unknown>> {
  readonly type: 'session.updated';
  readonly session: Session<TConfig>;
}

/** What happens to sessions, as it is emitted. The product's own record: XState's inspection shows no crash. */
export type SessionLifecycleEvent<TConfig = Record<string, unknown>, TRef = unknown, TOutput = unknown> = {
  readonly session: Session<TConfig>;
} & (
  | { readonly type: 'session.started'; readonly ref: TRef }
  | { readonly type: 'session.updated' }
  | {
      readonly type: 'session.crashed';
      readonly incarnation: number;
      readonly error: unknown;
      /** The event that it was handling. */
      readonly event?: { readonly type: string };
      /** How long it waits for its restart, where there is a back-off. */
      readonly delayMs?: number;
    }
  | { readonly type: 'session.restarted'; readonly incarnation: number }
  | { readonly type: 'session.stopped'; readonly reason: ExitReason; readonly output?: TOutput }
  | { readonly type: 'session.failed'; readonly error: SupervisionError<'gave_up'>; readonly restarts: number }
  | { readonly type: 'session.message'; readonly event: { readonly type: string } }
);

/** A start that was refused. */
export interface SessionRejectedEvent {
  readonly type: 'session.rejected';
  readonly input: unknown;
  readonly error: SupervisionError<StartRefusal>;
}

/** An event that nobody will handle. */
export interface DeadLetterEvent<TRef = unknown> {
  readonly type: 'dead_letter';
  readonly event: unknown;
  readonly target: TRef;
  /** The receiver is gone, its stash is full, it asked and no longer waits, or what was sent is no event. */
  readonly reason: 'stopped' | 'stash_full' | 'late_reply' | 'invalid';
}

/** The whole tree has given up: no session runs any more. */
export interface HostFailedEvent {
  readonly type: 'host.failed';
  readonly error: unknown;
}
