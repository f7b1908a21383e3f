import { createActor } from 'xstate';
import type {
  AnyActorLogic,
  AnyActorRef,
  AnyEventObject,
  InspectionEvent,
  Observer,
  Subscription,
  OutputFrom,
} from 'xstate';
import { runtimeOf, sessionRuntime } from '../machines/runtime.ts';
import type { Runtime, SessionRuntimeEvent, SessionRuntimeRef } from '../machines/runtime.ts';
import { describe, messageOf, requireEvent, requireFunction, requireNumber, requireObject } from './core/arguments.ts';
import { isCommandType } from './core/commands.ts';
import type { Reply } from './core/reply.ts';
import { ok, refused } from './core/result.ts';
import type { Result } from './core/result.ts';
import type {
  ChangeRefusal,
  DeadLetterEvent,
  HostFailedEvent,
  RestartRefusal,
  ResumeRefusal,
  SessionLifecycleEvent,
  SessionRejectedEvent,
  StartRefusal,
  StopRefusal,
  StoreFailedEvent,
} from './core/session-events.ts';
import type { SessionTable, UpdateRefusal } from './core/session-table.ts';
import type { Session, SessionInput } from './core/session.ts';
import { isOpen, notFound } from './core/store-refusals.ts';
import type { StoreRefusal } from './core/store-refusals.ts';
import { stopping } from './core/stopping.ts';
import type { SupervisionError } from './core/supervision-error.ts';
import { Commands } from './commands.ts';
import { harmless } from './harmless.ts';
import { consoleLogger, logThrown, safely } from './logger.ts';
import { reply } from './reply.ts';
import { startOf } from './session-input.ts';
import type { SessionRuntimeOptions } from './session-options.ts';
import type { SessionRef } from './session-ref.ts';
import type { SessionsActor } from './sessions-actor.ts';
import type { Clock } from './xstate/internals.ts';

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
export interface OpenedSession<TLogic extends AnyActorLogic, TConfig> {
  readonly session: Session<TConfig>;
  readonly ref: SessionRef<TLogic>;
}

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

  lookup(id: string): Reply<Session<TConfig>, 'not_found'>;
  lookupByPath(projectPath: string): Reply<Session<TConfig>, 'not_found'>;
  /** Exact; the oldest of that name. */
  lookupByName(name: string): Reply<Session<TConfig>, 'not_found'>;
  /** By `createdAt`, then by registration: the same frozen array until something changes. */
  list(): readonly Session<TConfig>[];
  ids(): readonly string[];
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

/**
 * Creates a session system and starts it.
 *
 * @throws TypeError, RangeError that name the bad option
 * @example
 * const host = createSessionHost({ session: chatMachine, maxSessions: 10 });
 * const opened = await host.startSession({ projectPath: '/home/me/shop' });
 * if (!opened.ok) return report(opened.error); // code: 'project_already_open', 'session_limit_reached', ...
 * opened.value.ref.send({ type: 'user.message', text: 'hello' });
 * host.on('session.crashed', ({ session, error }) => log(session.name, error));
 * await host.close();
 */
export function createSessionHost<TLogic extends AnyActorLogic, TConfig = Record<string, unknown>>(
  options: SessionHostOptions<TLogic, TConfig>,
): SessionHost<TLogic, TConfig> {
  requireObject('options', options);
  const { clock, inspect, logger = consoleLogger } = options;
  const logic = sessionRuntime<TLogic, TConfig>(options);
  const log = safely(logger);
  if (clock !== undefined) requireClock(clock);
  const actor = createActor(logic, {
    ...(clock !== undefined && { clock }),
    ...(inspect !== undefined && { inspect: safeInspector(inspect, log) }),
  });
  return new Host(actor as never, log) as unknown as SessionHost<TLogic, TConfig>;
}

type Listener = (event: AnyEventObject) => void;

/** What a `SessionHost` is, without its types. */
class Host {
  private readonly runtime: Runtime;
  private readonly table: SessionTable;
  private readonly commands = new Commands();
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly closed: Promise<void>;
  private isOver = false;
  private isClosing = false;

  constructor(
    readonly actor: AnyActorRef,
    private readonly log: (line: string, error?: unknown) => void,
  ) {
    this.runtime = runtimeOf(actor);
    this.table = this.runtime.table;
    this.runtime.listen((event) => this.emit(event));
    // It collects those of the whole tree.
    actor.on('dead_letter', (event: AnyEventObject) => this.emit(event));
    this.closed = new Promise((resolve) => {
      const end = () => {
        this.isOver = true;
        resolve(this.runtime.archive?.close());
      };
      actor.subscribe({
        complete: end,
        error: (error: unknown) => {
          end();
          this.log(`the session system failed: ${messageOf(error)}`, error);
          this.emit({ type: 'host.failed', error });
        },
      });
    });
    actor.start();
  }

  startSession(input: object): Promise<unknown> {
    requireObject('input', input);
    return this.toSessions(startOf(input));
  }

  stopSession(id: string): Promise<unknown> {
    return this.toSessions({ type: 'session.stop', id });
  }

  restartSession(id: string): Promise<unknown> {
    return this.toSessions({ type: 'session.restart', id });
  }

  renameSession(id: string, name: string): Promise<unknown> {
    return this.toSessions({ type: 'session.rename', id, name });
  }

  configureSession(id: string, config: object): Promise<unknown> {
    return this.toSessions({ type: 'session.configure', id, config });
  }

  updateSession(session: Session): Promise<unknown> {
    const isOpen = !this.runtime.supervisor.isStopping;
    return this.command(isOpen ? this.runtime.registry : undefined, { type: 'registry.update', session });
  }

  async savedSessions(): Promise<unknown> {
    return this.runtime.archive?.sessions() ?? ok(Object.freeze([]));
  }

  resumeSession(id: string): Promise<unknown> {
    return this.toSessions({ type: 'session.resume', id });
  }

  async resumeAll(): Promise<unknown> {
    const listed = (await this.runtime.archive?.list()) ?? ok({ records: [], unread: [] });
    // One that has closed has let go of its store.
    if (this.isOver || this.runtime.supervisor.isStopping) return refused(stopping());
    if (!listed.ok) return listed;
    const isShut = (id: string) => !this.table.lookup(id).ok;
    const ids = listed.value.records.map(({ session }) => session.id).filter(isShut);
    const results = await Promise.all(ids.map((id) => this.resumeSession(id)));
    const resumed: unknown[] = [];
    const failed: object[] = [];
    for (const [index, result] of (results as Result<unknown, SupervisionError>[]).entries()) {
      if (result.ok) resumed.push(result.value);
      else failed.push({ id: ids[index], error: result.error });
    }
    failed.push(...listed.value.unread.filter(({ id }) => isShut(id)));
    return ok({ resumed, refused: failed });
  }

  async forgetSession(id: string): Promise<unknown> {
    const { archive } = this.runtime;
    if (archive === undefined) return notFound(id);
    for (let arrival; (arrival = this.sessions?.arrivalOf(id)) !== undefined;) await arrival;
    if (!this.table.lookup(id).ok) return archive.forget(id);
    return isOpen(id);
  }

  async flush(): Promise<unknown> {
    return this.runtime.archive?.flush() ?? ok(undefined);
  }

  lookup(id: string): unknown {
    return this.table.lookup(id);
  }

  lookupByPath(projectPath: string): unknown {
    return this.table.lookupByPath(projectPath);
  }

  lookupByName(name: string): unknown {
    return this.table.lookupByName(name);
  }

  list(): readonly Session[] {
    return this.table.list();
  }

  ids(): readonly string[] {
    return this.table.ids();
  }

  count(): number {
    return this.table.count;
  }

  get maxSessions(): number {
    return this.table.maxSessions;
  }

  set maxSessions(maxSessions: number) {
    if (maxSessions !== Infinity) requireNumber('maxSessions', maxSessions, 0, 'integer');
    this.send({ type: 'registry.configure', maxSessions });
  }

  defaultSession(): unknown {
    return this.table.defaultSession();
  }

  session(id: string): unknown {
    return this.sessions?.get(id)?.ref;
  }

  whereis(id: string, childId: string): AnyActorRef | undefined {
    return this.sessions?.get(id)?.whereis(childId);
  }

  isRunning(id: string): boolean {
    return this.sessions?.get(id)?.ref.isRunning ?? false;
  }

  on(type: string, listener: Listener): Subscription {
    if (typeof type !== 'string') throw new TypeError(`type must be a string, not ${describe(type)}`);
    requireFunction('listener', listener);
    const own = harmless(listener, (error, event) => logThrown(this.log, `a listener of ${event.type}`, error));
    const listeners = this.listeners.get(type) ?? new Set();
    this.listeners.set(type, listeners.add(own));
    return { unsubscribe: () => void listeners.delete(own) };
  }

  send(event: AnyEventObject): void {
    requireEvent('event', event);
    if (!isCommandType(event.type)) throw new TypeError(`event must be a command, not ${describe(event.type)}`);
    if (this.isOver) reply(event, refused(stopping()), this.log);
    else if (this.runtime.supervisor.isStopping) this.runtime.answer(event);
    else this.actor.send(event);
  }

  close(): Promise<void> {
    // Once: a subscriber of the actor that closes at each snapshot would give itself another.
    if (!this.isOver && !this.isClosing) {
      this.isClosing = true;
      const stop = () => this.actor.send({ type: 'supervisor.stop' });
      // Whoever calls may be a session in the middle of an event: it is saved once it is at rest.
      if (this.runtime.archive === undefined) stop();
      else queueMicrotask(stop);
    }
    return this.closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private get sessions(): SessionsActor | undefined {
    return this.runtime.sessions?.getSnapshot().context.sessions;
  }

  private toSessions(event: AnyEventObject): Promise<unknown> {
    return this.command(this.runtime.sessions, event);
  }

  private command(target: AnyActorRef | undefined, event: AnyEventObject): Promise<unknown> {
    if (target === undefined) return Promise.resolve(refused(stopping()));
    return this.commands.give(target, event);
  }

  private emit(event: AnyEventObject): void {
    this.tell(this.listeners.get(event.type), event);
    this.tell(this.listeners.get('*'), event);
  }

  private tell(listeners: Set<Listener> | undefined, event: AnyEventObject): void {
    if (listeners !== undefined) for (const listener of listeners) listener(event);
  }
}

function requireClock(clock: Clock): void {
  requireObject('clock', clock);
  requireFunction('clock.setTimeout', clock.setTimeout);
  requireFunction('clock.clearTimeout', clock.clearTimeout);
  if (clock.now !== undefined) requireFunction('clock.now', clock.now);
}

// XState announces the runtime itself before anything can guard its system.
function safeInspector(
  inspect: unknown,
  log: (line: string, error?: unknown) => void,
): (event: InspectionEvent) => void {
  const next = typeof inspect === 'function' ? inspect : (inspect as Observer<InspectionEvent> | null)?.next;
  requireFunction('inspect', next);
  return harmless((next as (event: InspectionEvent) => void).bind(inspect), (error) =>
    logThrown(log, 'an inspector', error),
  );
}
