import type { AnyActorRef, AnyEventObject } from 'xstate';
import { AwaitedSessions } from './awaited-sessions.ts';
import { describe, holds, messageOf } from '../core/arguments.ts';
import { field } from '../core/field.ts';
import type { Outside } from '../core/revive-value.ts';
import { ok, refused } from '../core/result.ts';
import type { Result } from '../core/result.ts';
import { configureSession, renameSession } from '../core/session.ts';
import type { SessionRecord } from '../core/session-record.ts';
import type { Session } from '../core/session.ts';
import { stopping } from '../core/stopping.ts';
import { SupervisionError } from '../core/supervision-error.ts';
import { readyOf } from '../readiness.ts';
import type { ReadinessRule } from '../readiness.ts';
import { incarnationIn, incarnationOf } from '../incarnation.ts';
import type { Incarnation } from '../incarnation.ts';
import { reply } from '../reply.ts';
import { RegistryWriter } from './registry-writer.ts';
import type { SessionArchive } from '../keeping/session-archive.ts';
import { SessionDoor } from './session-door.ts';
import type { SessionHome } from './session-home.ts';
import type { KeptSession } from '../keeping/keeping-home.ts';
import { notKept } from '../keeping/session-keeping.ts';
import type { SessionKeeping } from '../keeping/session-keeping.ts';
import type { ResolvedSessionOptions } from '../session-options.ts';
import type { StableRef } from '../session-ref.ts';
import type { Written } from '../keeping/session-writer.ts';
import { takesShutdown } from '../shutdown.ts';
import { SupervisedSession } from './supervised-session.ts';
import { isSupervisor } from '../logic.ts';
import { actPlainly, clockOf, emitFrom, isStopped, relay } from '../xstate/internals.ts';
import { onEnding } from '../xstate/supervised-system.ts';
import type { Clock } from '../xstate/internals.ts';

export interface SessionsInput {
  /** The root of the session system. */
  readonly runtime: AnyActorRef;
  /** Where sessions are registered before they start; its `writer` is this supervisor. */
  readonly registry: AnyActorRef;
  readonly writer: object;
  /** Where its sessions are kept, if they are. */
  readonly archive: SessionArchive | undefined;
  /** Tells what happens to the sessions; also once this supervisor itself has ended. */
  readonly tell: (event: AnyEventObject) => void;
}

/** The supervisor of the sessions at work: what its statechart does. */
export class SessionsActor implements SessionHome {
  private readonly sessions = new Map<string, SupervisedSession>();
  private readonly door: SessionDoor;
  private readonly awaited = new AwaitedSessions(this, (id) => this.sessions.get(id)?.ref);
  private readonly notKept = notKept((event) => this.emit(event));
  readonly clock: Clock;
  readonly readiness: ReadinessRule;
  readonly isGraceful: boolean;
  private readonly registry: RegistryWriter;
  private isStopping = false;

  constructor(
    readonly self: AnyActorRef,
    readonly options: ResolvedSessionOptions,
    private readonly input: SessionsInput,
  ) {
    this.clock = clockOf(self);
    this.isGraceful = takesShutdown(options.session);
    this.readiness = { ready: readyOf(options.session), startTimeoutMs: undefined };
    actPlainly(self);
    onEnding(self, () => this.ended());
    const { registry, writer } = input;
    this.registry = new RegistryWriter(self, registry, writer, (proceed) =>
      this.tell({ type: 'registry.answered', proceed }, registry),
    );
    this.door = new SessionDoor({
      home: this,
      registry: this.registry,
      later: (proceed) => this.tell({ type: 'path.checked', proceed }),
      isOpen: (id) => this.sessions.has(id),
      entered: (session) => void this.sessions.set(session.id, session),
    });
    registry.on('session.updated', ({ session }: { session: Session }) => this.updated(session));
  }

  get stashLimit(): number {
    return this.options.stashLimit;
  }

  get runtime(): AnyActorRef {
    return this.input.runtime;
  }

  get archive(): SessionArchive | undefined {
    return this.input.archive;
  }

  keep(session: KeptSession, record: SessionRecord | undefined): SessionKeeping {
    return this.archive?.keep(session, record) ?? this.notKept;
  }

  get outside(): Outside {
    return this.awaited.outside;
  }

  refOf(id: string): StableRef {
    return this.awaited.take(id);
  }

  get isEmpty(): boolean {
    return this.sessions.size === 0;
  }

  /** A session that has started. */
  get(id: string): SupervisedSession | undefined {
    const session = this.sessions.get(id);
    return session?.hasStarted ? session : undefined;
  }

  /** Those that have started, in the order of their starts. */
  get started(): SupervisedSession[] {
    return [...this.sessions.values()].filter((session) => session.hasStarted);
  }

  /** The actors of its sessions that live. */
  get actors(): AnyActorRef[] {
    return [...this.sessions.values()].flatMap(({ actor }) => actor ?? []);
  }

  start(event: AnyEventObject): void {
    this.door.start(event);
  }

  resume(event: AnyEventObject): void {
    this.door.resume(event);
  }

  /** Resolves once the session of this id is in, or has been refused; undefined: none is on its way. */
  arrivalOf(id: string): Promise<void> | undefined {
    return this.door.arrivalOf(id);
  }

  stop(event: AnyEventObject): void {
    this.withSession(event, (session, done) => session.stop(done));
  }

  restart(event: AnyEventObject): void {
    this.withSession(event, (session, done) => session.restart(done));
  }

  rename(event: AnyEventObject): void {
    this.change(event, (session) => renameSession(session, field(event, 'name') as string, this.options.values));
  }

  configure(event: AnyEventObject): void {
    this.change(event, (session) => configureSession(session, field(event, 'config') as object, this.options.values));
  }

  /** Calls back once what a session is now is kept; or tells why it is not. */
  whenKept(id: string, written: Written): void {
    const session = this.sessions.get(id);
    if (session === undefined) written();
    else session.keeper.whenKept(written);
  }

  /** Answers `supervisor.which_children`: each session is one. */
  list(event: AnyEventObject): void {
    this.reply(event, ok(this.started.map((session) => session.info)));
  }

  count(event: AnyEventObject): void {
    const { started } = this;
    const { length: specs } = started;
    const type = isSupervisor(this.options.session) ? 'supervisors' : 'workers';
    const active = started.filter(({ ref }) => ref.isRunning).length;
    this.reply(event, ok({ specs, active, supervisors: 0, workers: 0, [type]: specs }));
  }

  /** Answers a command that comes too late. */
  refuse(event: AnyEventObject): void {
    if (event.type === 'session.start') this.start(event);
    else if (event.type === 'session.resume') this.resume(event);
    else this.reply(event, refused(stopping()));
  }

  /** Ends all sessions, side by side, each within its shutdown time. */
  shutDown(event: AnyEventObject): void {
    this.isStopping = true;
    const failure = field(event, 'reason') === 'restart' ? this.treeFailed(undefined) : undefined;
    this.door.shut();
    this.awaited.end();
    for (const session of [...this.sessions.values()]) session.shutDown(failure);
  }

  exitOf(event: AnyEventObject): void {
    const life = incarnationIn(event);
    if (life !== undefined) this.sessions.get(life.actor.id)?.exitOf(life);
  }

  /** What a session sends to its parent is never taken as a command. */
  messageOf(event: AnyEventObject): void {
    const life = incarnationIn(event);
    const supervised = life && this.sessions.get(life.actor.id);
    supervised?.keeper.tell({ type: 'session.message', session: supervised.session, event: event.message });
  }

  retryDue(event: AnyEventObject): void {
    const session = field(event, 'session');
    if (holds(() => session instanceof SupervisedSession)) (session as SupervisedSession).retryDue(event.retry);
  }

  proceed(event: AnyEventObject): void {
    const proceed = field(event, 'proceed');
    if (typeof proceed === 'function') proceed();
  }

  // What a session needs of its home.

  inTurn(act: () => void): void {
    this.tell({ type: 'session.ready', proceed: act });
  }

  exited(incarnation: Incarnation): void {
    this.tell({ type: 'incarnation.exited', incarnation }, incarnation.actor);
  }

  said(incarnation: Incarnation, message: AnyEventObject): void {
    this.tell({ type: 'incarnation.said', incarnation, message }, incarnation.actor);
  }

  failed(what: string, error: unknown): void {
    this.log(`${what} threw: ${messageOf(error)}`, error);
  }

  log(line: string, error?: unknown): void {
    this.options.logger(line, error);
  }

  emit(event: AnyEventObject): void {
    emitFrom(this.self, event);
    this.input.tell(event);
  }

  deadLetter(event: AnyEventObject, target: StableRef, reason: string): void {
    this.emit({ type: 'dead_letter', event, target, reason });
  }

  release(id: string, then: () => void): void {
    this.sessions.delete(id);
    this.registry.write({ type: 'registry.unregister', id }, then);
  }

  // A schema that is asynchronous, or refuses its own output, is the host's mistake; it shall not end the tree.
  trySchema(
    fn: () => Result<Session, SupervisionError<'invalid_session'>>,
  ): Result<Session, SupervisionError<'invalid_session'>> {
    try {
      return fn();
    } catch (error) {
      const message = messageOf(error);
      this.log(message, error);
      return refused(
        new SupervisionError('invalid_session', message, { issues: [{ code: 'invalid_config', message }] }),
      );
    }
  }

  private withSession(
    event: AnyEventObject,
    act: (session: SupervisedSession, done: (result: Result<unknown, unknown>) => void) => void,
  ): void {
    const id = field(event, 'id') as string;
    const session = this.sessions.get(id);
    if (session?.isAtRest && !this.isStopping) {
      act(session, (result) => this.replyOf(session, event, result));
    } else if (session !== undefined) {
      session.whenAtRest((still) => {
        if (still !== undefined && !this.isStopping) act(still, (result) => this.replyOf(still, event, result));
        else this.reply(event, refused(this.absence(id)));
      });
    } else if (!this.door.whenIn(id, () => this.withSession(event, act))) {
      this.reply(event, refused(this.absence(id)));
    }
  }

  // Why a command finds no session to act on.
  private absence(id: unknown): SupervisionError<'stopping' | 'not_found'> {
    if (this.isStopping) return stopping();
    return new SupervisionError('not_found', `There is no session with the id ${describe(id)}`, { key: id });
  }

  private change(
    event: AnyEventObject,
    change: (session: Session) => Result<Session, SupervisionError<'invalid_session'>>,
  ): void {
    const id = field(event, 'id') as string;
    const supervised = this.sessions.get(id);
    if (supervised !== undefined) {
      const changed = this.trySchema(() => change(supervised.session));
      if (!changed.ok) return this.reply(event, changed);
      this.registry.write({ type: 'registry.update', session: changed.value }, (updated) =>
        this.replyOf(supervised, event, updated.ok ? ok(undefined) : updated),
      );
    } else if (!this.door.whenIn(id, () => this.change(event, change))) {
      this.reply(event, refused(this.absence(id)));
    }
  }

  private updated(session: Session): void {
    const supervised = this.sessions.get(session.id);
    if (supervised === undefined) return;
    supervised.updated(session);
    supervised.keeper.tell({ type: 'session.updated', session });
  }

  private tell(event: AnyEventObject, source: AnyActorRef = this.self): void {
    if (!isStopped(this.self)) relay(source, this.self, event);
  }

  // Not before it is on the disk, where that is promised.
  private replyOf(session: SupervisedSession, event: AnyEventObject, result: Result<unknown, unknown>): void {
    if (result.ok) session.keeper.whenKept((error) => this.reply(event, error === undefined ? result : refused(error)));
    else this.reply(event, result);
  }

  private reply(event: AnyEventObject, result: unknown): void {
    reply(event, result, this.options.logger);
  }

  private treeFailed(cause: unknown): SupervisionError<'gave_up'> {
    const { withinMs } = this.options.intensity;
    return new SupervisionError('gave_up', 'The session runtime restarted', { restarts: 0, withinMs, cause });
  }

  // Crashed, or stopped by force. After a shutdown in order nothing is left to do.
  private ended(): void {
    this.isStopping = true;
    const { status, error } = this.self.getSnapshot();
    // What the runtime did not ask for is followed by its restart.
    const isRestart = status === 'error' || incarnationOf(this.self)?.isAskedToEnd === false;
    const failure = isRestart ? this.treeFailed(error) : undefined;
    this.door.shut();
    this.awaited.end();
    for (const session of [...this.sessions.values()]) session.abandon(failure);
  }
}
