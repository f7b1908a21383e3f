/**
 * What XState keeps to itself. Only the files of this folder touch it; the test suite checks them against the oldest and
 * the newest version of the peer range.
 */
import type { AnyActorLogic, AnyActorRef, AnyEventObject, EventObject, Snapshot } from 'xstate';
import type { SystemKeeper } from './kept-system.ts';
import type { Port } from './port.ts';

/** XState's clock; `now` where it has one, as `SimulatedClock` does. */
export interface Clock {
  setTimeout(fn: () => void, ms: number): unknown;
  // Whatever its own `setTimeout` returns, as in XState's type.
  clearTimeout(id: any): void;
  now?(): number;
}

// What this package keeps with actors and systems.
/** Called once the actor has ended. */
export const ending = Symbol('xstate-supervisor.ending');
/** The actors that it has started, and that have not ended. */
export const children = Symbol('xstate-supervisor.children');
export const isOver = Symbol('xstate-supervisor.isOver');
/** The port of the incarnation that the actor lives in. */
export const home = Symbol('xstate-supervisor.home');
/** The inspectors have been told that it has crashed. */
export const isCrashTold = Symbol('xstate-supervisor.isCrashTold');
/** It emits the dead letters of those below it. */
export const isCollector = Symbol('xstate-supervisor.isCollector');
/** It is the root of a session system. */
const isRuntime = Symbol('xstate-supervisor.isRuntime');
/** What a system did of itself, before it was supervised. */
export const unsupervised = Symbol('xstate-supervisor.unsupervised');
/** Actors that have been given a name lately: those that are never started keep it. */
export const unborn = Symbol('xstate-supervisor.unborn');
/** The collectors of dead letters in a system, and in those adopted into it. */
export const collectors = Symbol('xstate-supervisor.collectors');
/** How a system, and those adopted into it, tell their inspectors. */
export const inspection = Symbol('xstate-supervisor.inspection');
/** Who watches one system alone. */
export const watchers = Symbol('xstate-supervisor.watchers');
const isGuarded = Symbol('xstate-supervisor.isGuarded');
/** What the systems made of a system have in common. */
export const heirs = Symbol('xstate-supervisor.heirs');
/** The actors of a system by their `systemId`. */
export const names = Symbol('xstate-supervisor.names');
/** Who keeps the actors of a system. */
export const kept = Symbol('xstate-supervisor.kept');
/** What a system has to do later. */
export const timetable = Symbol('xstate-supervisor.timetable');
/** The timers of an actor. */
export const timersOf = Symbol('xstate-supervisor.timersOf');
/** The timers that XState keeps itself. */
export const scheduledBefore = Symbol('xstate-supervisor.scheduledBefore');

export interface ActorInternals extends Omit<AnyActorRef, 'system' | '_parent'> {
  _parent: unknown;
  _snapshot: (Snapshot<unknown> & { children?: Record<string, ActorInternals> }) | undefined;
  _processingStatus: 0 | 1 | 2;
  _send(event: EventObject): void;
  _stop(): void;
  _syncSnapshot: boolean | undefined;
  _actorScope: { emit(event: EventObject): void; actionExecutor(action: Action): void };
  _deferred: (() => void)[];
  eventListeners: Map<string, unknown>;
  logic: AnyActorLogic;
  mailbox: Mailbox;
  systemId: string | undefined;
  system: SystemInternals;
  [ending]?: () => void;
  [children]?: Set<ActorInternals>;
  [isOver]?: true;
  [home]?: Port | undefined;
  [isCollector]?: true;
  [isCrashTold]?: true;
  [isRuntime]?: true;
  [timersOf]?: Map<string, unknown>;
}

interface Action {
  readonly type: string;
  readonly info: unknown;
  readonly params: unknown;
  readonly exec?: (info: unknown, params: unknown) => void;
}

/** How a system takes note of its actors and their names. */
interface Book {
  _register(sessionId: string, actor: ActorInternals): string;
  _unregister(actor: ActorInternals): void;
  _set(systemId: string, actor: ActorInternals): void;
}

export interface SystemInternals extends Book {
  _clock: Clock;
  _logger: (...args: unknown[]) => void;
  _relay(source: unknown, target: unknown, event: EventObject): void;
  _sendInspectionEvent(event: InspectionEvent): void;
  readonly _snapshot: Timetable;
  readonly get: (systemId: string) => ActorInternals | undefined;
  readonly getAll: () => Record<string, ActorInternals>;
  readonly getSnapshot: () => Timetable;
  start(): void;
  scheduler: Scheduler;
  inspect: AnyActorRef['system']['inspect'];
  [unsupervised]?: Book;
  [unborn]?: Set<ActorInternals> | undefined;
  [collectors]?: Set<AnyActorRef>;
  [inspection]?: (event: InspectionEvent) => void;
  [watchers]?: Set<(event: InspectionEvent) => void>;
  [isGuarded]?: true;
  [heirs]?: SystemInternals;
  [names]?: Map<string, ActorInternals> | undefined;
  [kept]?: SystemKeeper | undefined;
  [timetable]?: Timetable | undefined;
  [scheduledBefore]?: { readonly scheduler: Scheduler; readonly sources: WeakSet<ActorInternals> };
}

interface Timetable {
  readonly _scheduledEvents: Record<string, ScheduledEvent>;
}

export interface ScheduledEvent {
  readonly source: ActorInternals;
  readonly target: ActorInternals;
  readonly event: EventObject;
  readonly delay: number;
  readonly id: string;
  readonly startedAt: number;
  /** On a clock that tells the time: `startedAt` is the computer's. */
  readonly dueAt?: number;
}

/** The delayed events of a system, each named by who sends it and an id of its own. */
export interface Scheduler {
  schedule(source: ActorInternals, target: ActorInternals, event: EventObject, delay: number, id?: string): void;
  cancel(source: ActorInternals, id: string): void;
  cancelAll(source: ActorInternals): void;
}

/** As XState sends it, to be given the id of the root. */
export interface InspectionEvent {
  readonly type: string;
  readonly actorRef: ActorInternals;
  readonly action?: object;
  readonly event?: EventObject;
  /** Who sent it, where that is known. */
  readonly sourceRef?: ActorInternals | undefined;
  readonly snapshot?: ActorInternals['_snapshot'];
}

interface Letter {
  readonly value: EventObject;
  readonly next: Letter | null;
}

/** An actor's queue of events; `_current` is the one being processed. */
export interface Mailbox {
  readonly _active: boolean;
  readonly _current: Letter | null;
}

export const notStarted = 0;
export const running = 1;
export const stopped = 2;

export const internals = (ref: AnyActorRef): ActorInternals => ref as unknown as ActorInternals;
export const systemOf = (ref: { readonly system: AnyActorRef['system'] }): SystemInternals =>
  ref.system as unknown as SystemInternals;

export const isStopped = (ref: AnyActorRef): boolean => internals(ref)._processingStatus === stopped;
export const clockOf = (ref: Pick<AnyActorRef, 'system'>): Clock => systemOf(ref)._clock;
export const systemLoggerOf = (ref: AnyActorRef): ((...args: unknown[]) => void) => systemOf(ref)._logger;
export const parentOf = (ref: AnyActorRef): unknown => internals(ref)._parent;
export const mailboxOf = (ref: AnyActorRef): Mailbox => internals(ref).mailbox;
/** The event that is being processed. */
export const eventIn = (mailbox: Mailbox): AnyEventObject | undefined => mailbox._current?.value;

/** The events that wait: behind the one being processed, or all, if the actor is still to start. */
export function* waitingIn({ _active, _current }: Mailbox): Generator<AnyEventObject> {
  for (let letter = _active ? _current?.next : _current; letter; letter = letter.next) yield letter.value;
}

/** The monotonic time, in ms, on which windows and back-offs are measured. */
export const timeOf = (clock: Clock): number => (clock.now === undefined ? performance.now() : clock.now());

/** The root of the tree that an actor is in, across the systems that were made for sessions. */
export function rootOf(ref: AnyActorRef): AnyActorRef {
  const keeper = keeperOf(ref);
  return keeper === undefined ? ref : rootOf(keeper);
}

/** The session runtime that an actor is, or is in; where there is none, the root of its tree. */
export function runtimeAround(ref: AnyActorRef): AnyActorRef {
  const keeper = internals(ref)[isRuntime] ? undefined : keeperOf(ref);
  return keeper === undefined ? ref : runtimeAround(keeper);
}

/** The supervisor of an actor, or else its parent. */
export function keeperOf(ref: AnyActorRef): AnyActorRef | undefined {
  const parent = parentOf(ref) as Port | AnyActorRef | undefined;
  return parent !== undefined && 'owner' in parent ? parent.owner : parent;
}

/** Marks the root of a session system. */
export function markRuntime(ref: AnyActorRef): void {
  internals(ref)[isRuntime] = true;
}

/** The actors that an actor has started itself, and that have not ended. */
export const startedBy = (ref: AnyActorRef): AnyActorRef[] => [...(internals(ref)[children] ?? [])] as never;

/** A delayed event that an actor of a system is to receive. */
export interface PendingTimer {
  readonly actor: AnyActorRef;
  readonly event: EventObject;
  readonly delayMs: number;
  /** In milliseconds since the Unix epoch. */
  readonly dueAt: number;
}

/** The delayed events that are pending in an actor's system, as they were scheduled. */
export const timersIn = (ref: AnyActorRef): PendingTimer[] =>
  Object.values(systemOf(ref)._snapshot._scheduledEvents).map(({ target, event, delay, startedAt }) => ({
    actor: target as never,
    event,
    delayMs: delay,
    dueAt: startedAt + delay,
  }));

/** The delayed events that are pending in an actor's system, in the order in which they were scheduled. */
export const scheduledIn = (ref: AnyActorRef): ScheduledEvent[] =>
  Object.values(systemOf(ref)._snapshot._scheduledEvents);

/** One moment: on the computer's clock, and on that of a system. */
export interface Moment {
  readonly wall: number;
  readonly time: number;
}

export const momentOn = (clock: Clock): Moment => ({ wall: Date.now(), time: timeOf(clock) });

/** How long a delayed event has to wait from a moment on, in milliseconds: on the clock that it waits on, where it can. */
export const remainingAt = ({ wall, time }: Moment, { dueAt, startedAt, delay }: ScheduledEvent): number =>
  dueAt === undefined ? startedAt + delay - wall : dueAt - time;

/** Stops an actor that has a parent. At once, or after the event that it is processing. */
export function stopActor(ref: AnyActorRef): void {
  internals(ref)._stop();
}

/** Sends as `source`, so that an inspector shows who spoke. */
export function relay(source: AnyActorRef | undefined, target: AnyActorRef, event: AnyEventObject): void {
  systemOf(target)._relay(source, target, event);
}

/** Sends to the parent, as `sendParent` does; where there is none, to nobody. */
export function sendToParent(ref: AnyActorRef, event: AnyEventObject): void {
  const parent = parentOf(ref);
  if (parent !== undefined) relay(ref, parent as AnyActorRef, event);
}

/** Puts an event into an actor's mailbox, where the inspector has already been told. */
export function deliver(target: AnyActorRef, event: AnyEventObject): void {
  systemOf(target)[kept]?.beforeEvent?.();
  internals(target)._send(event);
}

export function emitFrom(ref: AnyActorRef, event: AnyEventObject): void {
  internals(ref)._actorScope.emit(event);
}

/**
 * Has `ref` run its actions as plain code. XState's development build warns when a machine with a context is created in
 * an action, which it takes for a misuse of `assign`; it is what supervisors do.
 */
export function actPlainly(ref: AnyActorRef): void {
  const actor = internals(ref);
  actor._actorScope.actionExecutor = (action) => {
    const { type, info, params, exec } = action;
    const act = () => {
      actor.system._sendInspectionEvent({ type: '@xstate.action', actorRef: actor, action: { type, params } });
      exec?.(info, params);
    };
    // What a machine does at its start waits until it is in place.
    if (actor._processingStatus === running) act();
    else actor._deferred.push(act);
  };
}

/** Keeps what an inspector throws from the system of `ref`: once, whoever asks first. */
export function guardInspection(ref: AnyActorRef, failed: (error: unknown) => void): void {
  const system = systemOf(ref);
  if (system[isGuarded]) return;
  system[isGuarded] = true;
  const name = system[inspection] === undefined ? '_sendInspectionEvent' : inspection;
  const send = system[name]!;
  system[name] = (event) => {
    try {
      send(event);
    } catch (error) {
      failed(error);
    }
  };
}
