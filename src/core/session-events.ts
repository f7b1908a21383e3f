import type { ExitReason } from './exit.ts';
import type { ProjectPathRefusal } from './project-path.ts';
import type { Replying, Reply } from './reply.ts';
import type { Session, SessionInput } from './session.ts';
import type { StoreRefusal } from './store-refusals.ts';
import type { SupervisionError } from './supervision-error.ts';

/** Why a session was not started. */
export type StartRefusal =
  | ProjectPathRefusal
  | 'invalid_session'
  | 'session_limit_reached'
  | 'session_exists'
  | 'project_already_open'
  | 'start_failed'
  | 'stopping'
  | StoreRefusal;

/** Why a session that is saved did not come back. */
export type ResumeRefusal = StartRefusal | 'not_found' | 'record_corrupt' | 'record_too_new';

/** Why a stop was refused. With one of the store, the session has been stopped, and its record may still be there. */
export type StopRefusal = 'not_found' | 'stopping' | StoreRefusal;

/** Why a restart was refused. With one of the store, it has been made, and is not saved yet. */
export type RestartRefusal = 'not_found' | 'start_failed' | 'stopping' | StoreRefusal;

/** Why a change was refused. With one of the store, it has been made, and is not saved yet. */
export type ChangeRefusal = 'not_found' | 'invalid_session' | 'stopping' | StoreRefusal;

/** A session that has been started, and the way to it. */
export interface Opened<TConfig, TRef> {
  readonly session: Session<TConfig>;
  readonly ref: TRef;
}

/** The commands to the supervisor of the sessions. */
export type SessionCommand<TConfig = Record<string, unknown>, TRef = unknown> =
  | ({ readonly type: 'session.start' } & SessionInput<TConfig> & Replying<Reply<Opened<TConfig, TRef>, StartRefusal>>)
  | ({ readonly type: 'session.resume'; readonly id: string } & Replying<Reply<Opened<TConfig, TRef>, ResumeRefusal>>)
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
  | {
      readonly type: 'session.started';
      readonly ref: TRef;
      /** It has come back, and goes on from where it was. */
      readonly resumed?: true;
    }
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
  | {
      /** It begins afresh: it kept crashing on its last snapshot, which is set aside. */
      readonly type: 'session.poisoned';
      readonly crashes: number;
      /** Of the last crash. */
      readonly error: unknown;
    }
  | { readonly type: 'session.message'; readonly event: { readonly type: string } }
);

/** A start, or a resume, that was refused. */
export interface SessionRejectedEvent {
  readonly type: 'session.rejected';
  readonly input: unknown;
  readonly error: SupervisionError<ResumeRefusal>;
}

/** The store could not do what it was to do, or has a record that cannot be read. */
export interface StoreFailedEvent {
  readonly type: 'store.failed';
  /** Of the session, where it is of one. */
  readonly id?: string;
  readonly error: SupervisionError<StoreRefusal | 'record_corrupt' | 'record_too_new'>;
  /** When it is tried again. */
  readonly retryInMs?: number;
  /** Where the host has closed: the sessions that could not be saved as they were. */
  readonly unsaved?: readonly string[];
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
