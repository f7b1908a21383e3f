/**
 * The only file that touches what XState keeps to itself. Checked against the oldest and the newest version of the
 * peer range by the test suite.
 */
import { createActor } from 'xstate';
import { isEvent } from './core/arguments.ts';
import type { ActorLogic, AnyActorLogic, AnyActorRef, AnyEventObject, EventObject, Snapshot } from 'xstate';
import { describe } from './core/arguments.ts';

/** XState's clock; `now` where it has one, as `SimulatedClock` does. */
export interface Clock {
  setTimeout(fn: () => void, ms: number): unknown;
  // Whatever its own `setTimeout` returns, as in XState's type.
  clearTimeout(id: any): void;
  now?(): number;
}

interface ActorInternals extends Omit<AnyActorRef, 'system' | '_parent'> {
  _parent: unknown;
  _snapshot: (Snapshot<unknown> & { children?: Record<string, ActorInternals> }) | undefined;
  _processingStatus: 0 | 1 | 2;
  _send(event: EventObject): void;
  _stop(): void;
  _actorScope: { emit(event: EventObject): void; actionExecutor(action: Action): void };
  _deferred: (() => void)[];
  logic: AnyActorLogic;
  mailbox: Mailbox;
  options: { port?: Port; inspect?: unknown };
  system: SystemInternals;
  [ending]?: () => void;
  [children]?: Set<ActorInternals>;
  [isOver]?: true;
  [home]?: Port;
}

interface Action {
  readonly type: string;
  readonly info: unknown;
  readonly params: unknown;
  readonly exec?: (info: unknown, params: unknown) => void;
}

interface SystemInternals {
  _bookId(): string;
  _clock: Clock;
  _logger: (...args: unknown[]) => void;
  _relay(source: unknown, target: unknown, event: EventObject): void;
  _sendInspectionEvent(event: object): void;
  _register(sessionId: string, actor: ActorInternals): string;
  _unregister(actor: ActorInternals): void;
  _snapshot: { readonly _scheduledEvents: Record<string, ScheduledEvent> };
  getAll(): Record<string, ActorInternals>;
  scheduler: Scheduler;
  inspect: AnyActorRef['system']['inspect'];
  [enlist]?: (sessionId: string, actor: ActorInternals) => string;
  [freeName]?: (actor: ActorInternals) => void;
  [deadLetters]?: AnyActorRef;
  [isGuarded]?: true;
  [timersOf]?: WeakMap<ActorInternals, Map<string, unknown>>;
}

interface ScheduledEvent {
  readonly source: ActorInternals;
  readonly target: ActorInternals;
  readonly event: EventObject;
  readonly delay: number;
  readonly id: string;
  readonly startedAt: number;
}

/** The delayed events of a system, each named by who sends it and an id of its own. */
interface Scheduler {
  schedule(source: ActorInternals, target: ActorInternals, event: EventObject, delay: number, id?: string): void;
  cancel(source: ActorInternals, id: string): void;
  cancelAll(source: ActorInternals): void;
}

/** Where an actor's queue of events stands; `_current` is the event being processed. */
export interface Mailbox {
  readonly _current: { readonly value: EventObject } | null;
}

/**
 * What stands in for a supervisor as the parent of one incarnation of a child: it knows who speaks, and which life of
 * it. XState sends to it as to the parent itself.
 */
export interface Port {
  readonly sessionId: string;
  readonly system: AnyActorRef['system'];
  readonly _parent: AnyActorRef | undefined;
  _send(event: AnyEventObject): void;
  /** The actor has ended: done, crashed or stopped. Called before its observers hear of it. */
  ended(): void;
  /** An actor began within it: its own, or one of its descendants. */
  joined(): void;
  /** One that had begun has ended. */
  left(): void;
}

const notStarted = 0;
const running = 1;
const stopped = 2;
const ending = Symbol('xstate-supervisor.ending');
const children = Symbol('xstate-supervisor.children');
const isOver = Symbol('xstate-supervisor.isOver');
const home = Symbol('xstate-supervisor.home');
const enlist = Symbol('xstate-supervisor.enlist');
const freeName = Symbol('xstate-supervisor.freeName');
const timersOf = Symbol('xstate-supervisor.timersOf');
const isGuarded = Symbol('xstate-supervisor.isGuarded');
const deadLetters = Symbol('xstate-supervisor.deadLetters');

const internals = (ref: AnyActorRef): ActorInternals => ref as unknown as ActorInternals;
const systemOf = (ref: { readonly system: AnyActorRef['system'] }): SystemInternals =>
  ref.system as unknown as SystemInternals;

export const isStopped = (ref: AnyActorRef): boolean => internals(ref)._processingStatus === stopped;
export const clockOf = (ref: Pick<AnyActorRef, 'system'>): Clock => systemOf(ref)._clock;
export const systemLoggerOf = (ref: AnyActorRef): ((...args: unknown[]) => void) => systemOf(ref)._logger;
export const mailboxOf = (ref: AnyActorRef): Mailbox => internals(ref).mailbox;
/** The event that is being processed. */
export const eventIn = (mailbox: Mailbox): AnyEventObject | undefined => mailbox._current?.value;
export const parentOf = (ref: AnyActorRef): unknown => internals(ref)._parent;
/** The port of the incarnation that a running actor lives in: its own, or that of an ancestor. */
export const homeOf = (ref: AnyActorRef): Port | undefined => internals(ref)[home];

/** The monotonic time, in ms, on which windows and back-offs are measured. */
export const timeOf = (clock: Clock): number => (clock.now === undefined ? performance.now() : clock.now());

/** Stops an actor that has a parent. At once, or after the event that it is processing. */
export function stopActor(ref: AnyActorRef): void {
  internals(ref)._stop();
}

/** Sends as `source`, so that an inspector shows who spoke. */
export function relay(source: AnyActorRef | undefined, target: AnyActorRef, event: AnyEventObject): void {
  systemOf(target)._relay(source, target, event);
}

/** Puts an event into an actor's mailbox, where the inspector has already been told. */
export function deliver(target: AnyActorRef, event: AnyEventObject): void {
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

/** Runs `fn` once `ref` has ended, in whichever way: done, crashed or stopped. */
export function onEnding(ref: AnyActorRef, fn: () => void): void {
  superviseSystem(internals(ref).system);
  internals(ref)[ending] = fn;
}

/** Keeps what an inspector throws from the system of `ref`: once, whoever asks first. */
export function guardInspection(ref: AnyActorRef, failed: (error: unknown) => void): void {
  const system = systemOf(ref);
  if (system[isGuarded]) return;
  system[isGuarded] = true;
  const send = system._sendInspectionEvent;
  system._sendInspectionEvent = (event) => {
    try {
      send(event);
    } catch (error) {
      failed(error);
    }
  };
}

/** Has the dead letters of a system, and of those adopted into it, emitted by `ref`, unless another does so already. */
export function collectDeadLetters(ref: AnyActorRef): void {
  const system = systemOf(ref);
  const collector = system[deadLetters];
  if (collector === undefined || isStopped(collector)) system[deadLetters] = ref;
}

export function deadLetter(system: AnyActorRef['system'], letter: AnyEventObject): void {
  const collector = (system as unknown as SystemInternals)[deadLetters];
  if (collector !== undefined) emitFrom(collector, letter);
}

/** Creates an actor in the system of its supervisor. */
export function createChild(logic: AnyActorLogic, id: string, input: unknown, port: Port): AnyActorRef {
  superviseSystem(systemOf(port));
  findOwnTimers(systemOf(port));
  return createActor(logic, { id, input, parent: port as unknown as AnyActorRef } as never);
}

/**
 * Creates an actor that is the root of a system of its own, and yet a child of `port`.
 *
 * In one shared system every actor that ends scans every pending timer of it, and the `systemId`s of two sessions
 * collide.
 */
export function createAdopted(logic: AnyActorLogic, id: string, input: unknown, port: Port): AnyActorRef {
  const home = systemOf(port);
  return createActor(adoptable(logic), {
    id,
    input,
    src: logic,
    clock: home._clock,
    logger: home._logger,
    port,
  } as never);
}

const wrappers = new WeakMap<AnyActorLogic, AnyActorLogic>();

// `_parent` must stand before the first entry action runs, or `sendParent` in it fails: so the adoption happens in the
// first thing that the constructor asks of the logic.
function adoptable(logic: AnyActorLogic): AnyActorLogic {
  let wrapper = wrappers.get(logic);
  if (wrapper === undefined) {
    const overrides: Pick<ActorLogic<any, any, any>, 'getInitialSnapshot' | 'restoreSnapshot' | 'transition'> = {
      getInitialSnapshot(scope, input) {
        adopt(internals(scope.self));
        return requireSnapshot(logic.getInitialSnapshot(scope, input as never));
      },
      transition: (snapshot, event, scope) => requireSnapshot(logic.transition(snapshot, event, scope as never)),
      restoreSnapshot(snapshot, scope) {
        adopt(internals(scope.self));
        return logic.restoreSnapshot === undefined ? snapshot : logic.restoreSnapshot(snapshot, scope);
      },
    };
    wrapper = Object.assign(Object.create(logic) as AnyActorLogic, overrides);
    wrappers.set(logic, wrapper);
  }
  return wrapper;
}

// Without one, XState would throw at whoever sent the event, and the actor could never be stopped.
function requireSnapshot<T>(value: T): T {
  if (typeof (value as Partial<Snapshot<unknown>> | null | undefined)?.status === 'string') return value;
  throw new TypeError(`The logic returned ${describe(value)}, which is no snapshot`);
}

function adopt(actor: ActorInternals): void {
  const port = actor.options.port as Port;
  const { system } = actor;
  const home = systemOf(port);
  actor._parent = port;
  superviseSystem(system);
  // One tree for the inspector. XState announced the actor to its own system, which nobody inspects: announce it here.
  system._sendInspectionEvent = home._sendInspectionEvent;
  system.inspect = home.inspect;
  system[deadLetters] = home[deadLetters];
  system._sendInspectionEvent({ type: '@xstate.actor', actorRef: actor });
}

/**
 * Lets whoever ends take along what belongs to it, at every level of a system. XState leaves the children of a crashed
 * machine running (statelyai/xstate#5153), and those of any machine that its snapshot has lost; it does not clean up a
 * callback that threw; and it leaves the names of children that it had created but not started taken.
 */
function superviseSystem(system: SystemInternals): void {
  if (system[freeName] !== undefined) return;
  system[enlist] = system._register;
  system[freeName] = system._unregister;
  Object.assign(system, { _register: register, _unregister: unregister });
}

/**
 * Lets each actor of a system find its own timers. XState goes through all those of the system whenever one of its
 * actors ends: 1 ms beside 10,000 timers.
 */
function findOwnTimers(system: SystemInternals): void {
  if (system[timersOf] !== undefined) return;
  const { scheduler, _clock: clock } = system;
  const { cancel, cancelAll } = scheduler;
  const own = (system[timersOf] = new WeakMap<ActorInternals, Map<string, unknown>>());
  const listed = () => system._snapshot._scheduledEvents;
  const keyOf = (source: ActorInternals, id: string) => `${source.sessionId}.${id}`;
  // What was scheduled before stays with XState.
  const before = new WeakSet(Object.values(listed()).map(({ source }) => source));
  scheduler.schedule = (source, target, event, delay, id = Math.random().toString(36).slice(2)) => {
    const timers = own.get(source) ?? new Map<string, unknown>();
    own.set(source, timers);
    const timer = clock.setTimeout(() => {
      // Unless it has been scheduled anew meanwhile.
      if (timers.get(id) === timer) {
        timers.delete(id);
        delete listed()[keyOf(source, id)];
      }
      system._relay(source, target, event);
    }, delay);
    timers.set(id, timer);
    listed()[keyOf(source, id)] = { source, target, event, delay, id, startedAt: Date.now() };
  };
  scheduler.cancel = (source, id) => {
    const timers = own.get(source);
    if (timers?.has(id)) {
      clock.clearTimeout(timers.get(id));
      timers.delete(id);
      delete listed()[keyOf(source, id)];
    } else if (before.has(source)) {
      cancel(source, id);
    }
  };
  scheduler.cancelAll = (source) => {
    for (const id of own.get(source)?.keys() ?? []) scheduler.cancel(source, id);
    if (before.has(source)) cancelAll(source);
  };
}

function register(this: SystemInternals, sessionId: string, actor: ActorInternals): string {
  const parent = parentActor(actor);
  if (parent !== undefined) (parent[children] ??= new Set()).add(actor);
  actor[home] = parent === undefined ? (actor._parent as Port | undefined) : parent[home];
  actor[home]?.joined();
  return this[enlist]!(sessionId, actor);
}

function unregister(this: SystemInternals, actor: ActorInternals): void {
  this[freeName]!(actor);
  // XState also frees names early, of actors that it is about to stop, and again, of those that have ended.
  if (actor._processingStatus !== stopped || actor[isOver]) return;
  actor[isOver] = true;
  parentActor(actor)?.[children]?.delete(actor);
  const hasCrashed = actor._snapshot?.status === 'error';
  if (hasCrashed) release(actor);
  for (const child of actor[children] ?? []) child._stop();
  if (hasCrashed) freeNames(actor);
  actor._send = lost;
  actor[ending]?.();
  (actor._parent as Port | undefined)?.ended?.();
  actor[home]?.left();
}

// XState drops what a stopped actor is sent, but for a warning. What it sends of itself, such as the end of a child to a
// parent that has ended first, is no letter.
function lost(this: ActorInternals, event: EventObject): void {
  if (isEvent(event) && event.type.startsWith('xstate.')) return;
  deadLetter(this.system as never, { type: 'dead_letter', event, target: this, reason: 'stopped' });
}

/** The parent, unless that is a port. */
function parentActor({ _parent }: ActorInternals): ActorInternals | undefined {
  return (_parent as Port | undefined)?.ended === undefined ? (_parent as ActorInternals | undefined) : undefined;
}

// A callback, or a logic of the user's own, lets go of what it holds when it is told to stop.
function release({ logic, _snapshot, _actorScope }: ActorInternals): void {
  if (logic.start === undefined || 'children' in _snapshot!) return;
  try {
    logic.transition(_snapshot, { type: 'xstate.stop' }, _actorScope as never);
  } catch {
    // It has crashed already, of the error that counts.
  }
}

// Of those that it had created, but not started: the others end, each in its turn, and free their own.
function freeNames(ancestor: ActorInternals): void {
  const { system } = ancestor;
  for (const named of Object.values(system.getAll())) {
    if (named._processingStatus === notStarted && isDescendant(named, ancestor)) {
      named._stop();
      system[freeName]!(named);
    }
  }
}

function isDescendant(actor: ActorInternals, ancestor: ActorInternals): boolean {
  let parent = actor._parent;
  while (parent !== undefined && parent !== ancestor) parent = (parent as ActorInternals)._parent;
  return parent === ancestor;
}
