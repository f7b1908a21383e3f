import { createActor } from 'xstate';
import type { AnyActorLogic, AnyActorRef, AnyEventObject, InspectionEvent, Observer, Subscription } from 'xstate';
import { runtimeOf, sessionRuntime } from '../machines/runtime.ts';
import type { Runtime } from '../machines/runtime.ts';
import { describe, messageOf, requireEvent, requireFunction, requireNumber, requireObject } from './core/arguments.ts';
import { isCommandType } from './core/commands.ts';
import { ok, refused } from './core/result.ts';
import type { Result } from './core/result.ts';
import type { SessionTable } from './core/session-table.ts';
import type { Session } from './core/session.ts';
import { isOpen, notFound } from './core/store-refusals.ts';
import { stopping } from './core/stopping.ts';
import type { SupervisionError } from './core/supervision-error.ts';
import { Commands } from './commands.ts';
import { harmless } from './harmless.ts';
import { consoleLogger, logThrown, safely } from './logger.ts';
import { reply } from './reply.ts';
import { startOf } from './session-input.ts';
import type { SessionHost, SessionHostOptions } from './session-host.ts';
import type { SessionsActor } from './sessions/sessions-actor.ts';
import type { Clock } from './xstate/internals.ts';

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
