import type { AnyActorLogic, AnyActorRef, InspectionEvent, Observer, OutputFrom, Subscription } from 'xstate';
import type { SessionRuntimeEvent, SessionRuntimeRef } from '../machines/runtime.ts';
import type { Reply } from './core/reply.ts';
import type {
  ChangeRefusal,
  DeadLetterEvent,
  HostFailedEvent,
  Opened,
  RestartRefusal,
  ResumeRefusal,
  SessionLifecycleEvent,
  SessionRejectedEvent,
  StartRefusal,
  StopRefusal,
  StoreFailedEvent,
} from './core/session-events.ts';
import type { UpdateRefusal } from './core/session-table.ts';
import type { Session, SessionInput } from './core/session.ts';
import type { StoreRefusal } from './core/store-refusals.ts';
import type { SupervisionError } from './core/supervision-error.ts';
import type { SessionRuntimeOptions } from './session-options.ts';
import type { SessionRef } from './session-ref.ts';
import type { Clock } from './xstate/internals.ts';

/** Options of `createSessionHost`. */
export type SessionHostOptions<
  TLogic extends AnyActorLogic = AnyActorLogic,
  TConfig = Record<string, unknown>,
> = SessionRuntimeOptions<TLogic, TConfig> & {
  /** Drives every timer, and is what windows and back-offs are measured on. By default XState's. */
  readonly clock?: Clock;
  /** Watches the whole tree, as in XState's `createActor`. */
  readonly inspect?: Observer<InspectionEvent> | ((event: InspectionEvent) => void);
};

/** A session that has been started, and the way to it. */
export type OpenedSession<TLogic extends AnyActorLogic, TConfig> = Opened<TConfig, SessionRef<TLogic>>;

/** What has come back, and what has not. */
export interface ResumedSessions<TLogic extends AnyActorLogic, TConfig> {
  readonly resumed: readonly OpenedSession<TLogic, TConfig>[];
  readonly refused: readonly { readonly id: string; readonly error: SupervisionError<ResumeRefusal> }[];
}

/** What a host hears: what happens to its sessions, and its own end. */
export type SessionHostEvent<TLogic extends AnyActorLogic = AnyActorLogic, TConfig = Record<string, unknown>> =
  | SessionLifecycleEvent<TConfig, SessionRef<TLogic>, OutputFrom<TLogic>>
  | SessionRejectedEvent
  | StoreFailedEvent
  | DeadLetterEvent
  | HostFailedEvent;

type EventOf<TEvent extends { readonly type: string }, TType> = TType extends '*'
  ? TEvent
  : Extract<TEvent, { readonly type: TType }>;

/**
 * A session system embedded in a host application: sessions on project directories, found, limited, restarted and
 * stopped. Commands return promises of a `Result`; reads answer at once.
 */
export interface SessionHost<
  TLogic extends AnyActorLogic = AnyActorLogic,
  TConfig = Record<string, unknown>,
> extends AsyncDisposable {
  /** Opens a session on a project directory. */
  startSession(input: SessionInput<TConfig>): Promise<Reply<OpenedSession<TLogic, TConfig>, StartRefusal>>;
  /** Stops a session for good, gracefully if its logic takes `supervisor.shutdown`. */
  stopSession(id: string): Promise<Reply<void, StopRefusal>>;
  /** Restarts a session by hand: free of charge, also while it waits for its back-off. */
  restartSession(id: string): Promise<Reply<void, RestartRefusal>>;
  /** Gives a session another name. */
  renameSession(id: string, name: string): Promise<Reply<void, ChangeRefusal>>;
  /** Merges a patch into a session's config, key by key. */
  configureSession(id: string, patch: Partial<TConfig>): Promise<Reply<void, ChangeRefusal>>;
  /** Replaces a whole session; the last writer wins. Concurrent editors rename and configure. */
  updateSession(
    session: Session<TConfig>,
  ): Promise<Reply<Session<TConfig>, UpdateRefusal | 'invalid_session' | 'stopping' | StoreRefusal>>;

  /** The sessions that are in the store, open ones too, in the order of `list`. */
  savedSessions(): Promise<Reply<readonly Session<TConfig>[], StoreRefusal>>;
  /** Has a session that is saved go on: through the same checks as a start. What is refused stays in the store. */
  resumeSession(id: string): Promise<Reply<OpenedSession<TLogic, TConfig>, ResumeRefusal>>;
  /** The same for all that are saved and not open, in their order. */
  resumeAll(): Promise<Reply<ResumedSessions<TLogic, TConfig>, StoreRefusal | 'stopping'>>;
  /** Deletes what is saved of a session that is not open. */
  forgetSession(id: string): Promise<Reply<void, 'not_found' | 'running' | StoreRefusal>>;
  /** Has all that has changed written, whatever `persist` says; resolves when it is on the disk. */
  flush(): Promise<Reply<void, StoreRefusal>>;

  /** The session of an id, as it is now. */
  lookup(id: string): Reply<Session<TConfig>, 'not_found'>;
  /** Exact, and so by the canonical path; the oldest on it. */
  lookupByPath(projectPath: string): Reply<Session<TConfig>, 'not_found'>;
  /** Exact; the oldest of that name. */
  lookupByName(name: string): Reply<Session<TConfig>, 'not_found'>;
  /** By `createdAt`, then by registration: the same frozen array until something changes. */
  list(): readonly Session<TConfig>[];
  /** The same, their ids alone. */
  ids(): readonly string[];
  /** How many sessions are open. */
  count(): number;
  /** How many sessions may be open. Lowered below the count, it refuses new ones and harms none. */
  maxSessions: number;
  /** The oldest session. */
  defaultSession(): Reply<Session<TConfig>, 'no_sessions'>;
  /** The ref of a session; the same through all its restarts. */
  session(id: string): SessionRef<TLogic> | undefined;
  /** The ref of a child inside a session tree: of its present incarnation. */
  whereis(id: string, childId: string): AnyActorRef | undefined;
  /** Whether a session runs, and is not waiting for a restart. */
  isRunning(id: string): boolean;

  /** Listens to lifecycle events; `'*'` hears all. What the listener throws is logged. */
  on<TType extends SessionHostEvent<TLogic, TConfig>['type'] | '*'>(
    type: TType,
    listener: (event: EventOf<SessionHostEvent<TLogic, TConfig>, TType>) => void,
  ): Subscription;
  /** Sends a command as an event. Throws a `TypeError` for anything else. */
  send(event: SessionRuntimeEvent<TConfig>): void;
  /** The runtime's actor. It has a new snapshot, once a turn, after any change. */
  readonly actor: SessionRuntimeRef<TLogic, TConfig>;
  /**
   * Stops everything in order; resolves when it has. Sessions that are kept are saved as they are before they are asked
   * to end, and stay in the store, which is closed; of what could not be saved in its time a last `store.failed` tells.
   */
  close(): Promise<void>;
}
