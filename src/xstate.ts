/**
 * The only file that touches what XState keeps to itself. Checked against the oldest and the newest version of the
 * peer range by the test suite.
 */
import { createActor } from 'xstate';
import { isEvent } from './core/arguments.ts';
import type { ActorLogic, AnyActorLogic, AnyActorRef, AnyEventObject, EventObject, Snapshot } from 'xstate';

/** XState's clock; `now` where it has one, as `SimulatedClock` does. */
export interface Clock {
  setTimeout(fn: (...args: never[]) => void, ms: number): unknown;
  clearTimeout(id: unknown): void;
  now?(): number;
}

interface ActorInternals extends Omit<AnyActorRef, 'system' | '_parent'> {
  _parent: unknown;
  _snapshot: (Snapshot<unknown> & { children?: Record<string, ActorInternals> }) | undefined;
  _processingStatus: 0 | 1 | 2;
  _send(event: EventObject): void;
  _stop(): void;
  _actorScope: { emit(event: EventObject): void };
  mailbox: Mailbox;
  options: { port?: Port; inspect?: unknown };
  system: SystemInternals;
  [ending]?: () => void;
  /** The actors below it that are not gone yet. */
  [below]?: Set<ActorInternals>;
}

interface SystemInternals {
  _bookId(): string;
  _clock: Clock;
  _snapshot: { readonly _scheduledEvents: Record<string, { readonly source: ActorInternals }> };
  _logger: (...args: unknown[]) => void;
  _register(sessionId: string, actor: ActorInternals): string;
  _relay(source: unknown, target: unknown, event: EventObject): void;
  _sendInspectionEvent(event: object): void;
  _unregister(actor: ActorInternals): void;
  getAll(): Record<string, ActorInternals>;
  inspect: AnyActorRef['system']['inspect'];
  scheduler: Scheduler;
  [freeName]?: (actor: ActorInternals) => void;
  [enlist]?: (sessionId: string, actor: ActorInternals) => string;
  [deadLetters]?: AnyActorRef;
  [isGuarded]?: true;
}

/** The delayed events of a system, each named by who sent it and an id of its own. */
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
  /** The supervisor. */
  readonly owner: AnyActorRef;
  _send(event: AnyEventObject): void;
  /** The actor has ended: done, crashed or stopped. Called before its observers hear of it. */
  ended(): void;
  /** All that was below the actor has ended as well. Called once, after `ended`. */
  gone(): void;
}

const stopped = 2;
const ending = Symbol('xstate-supervisor.ending');
const below = Symbol('xstate-supervisor.below');
const freeName = Symbol('xstate-supervisor.freeName');
const enlist = Symbol('xstate-supervisor.enlist');
const isGuarded = Symbol('xstate-supervisor.isGuarded');
const deadLetters = Symbol('xstate-supervisor.deadLetters');

const internals = (ref: AnyActorRef): ActorInternals => ref as unknown as ActorInternals;
const systemOf = (ref: { readonly system: AnyActorRef['system'] }): SystemInternals =>
  ref.system as unknown as SystemInternals;

export const isStopped = (ref: AnyActorRef): boolean => internals(ref)._processingStatus === stopped;
/** Whether it has ended, and all below it: one that is at an event when it is to stop is first through with that event. */
export const isGone = (ref: AnyActorRef): boolean => isStopped(ref) && !internals(ref)[below]?.size;
export const clockOf = (ref: Pick<AnyActorRef, 'system'>): Clock => systemOf(ref)._clock;
export const loggerOf = (ref: AnyActorRef): ((...args: unknown[]) => void) => systemOf(ref)._logger;
export const mailboxOf = (ref: AnyActorRef): Mailbox => internals(ref).mailbox;
export const parentOf = (ref: AnyActorRef): unknown => internals(ref)._parent;

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
  return createActor(logic, { id, input, parent: port as unknown as AnyActorRef } as never) as unknown as AnyActorRef;
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
  } as never) as unknown as AnyActorRef;
}

const wrappers = new WeakMap<AnyActorLogic, AnyActorLogic>();

// `_parent` must stand before the first entry action runs, or `sendParent` in it fails: so the adoption happens in the
// first thing that the constructor asks of the logic.
function adoptable(logic: AnyActorLogic): AnyActorLogic {
  let wrapper = wrappers.get(logic);
  if (wrapper === undefined) {
    const overrides: Pick<ActorLogic<any, any, any>, 'getInitialSnapshot' | 'restoreSnapshot'> = {
      getInitialSnapshot(scope, input) {
        adopt(internals(scope.self));
        return logic.getInitialSnapshot(scope, input as never);
      },
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
 * Lets crashes take what belongs to them, at every level of a system. XState leaves the children of a crashed machine
 * running (statelyai/xstate#5153), and the names of children that it had created but not started taken.
 */
function superviseSystem(system: SystemInternals): void {
  if (system[freeName] === undefined) {
    system[freeName] = system._unregister;
    system[enlist] = system._register;
    system._unregister = unregister;
    system._register = register;
    ownTimers(system);
  }
}

/**
 * Lets each actor find its own timers. XState goes through all those of the system whenever one of its actors ends:
 * 1 ms beside 10,000 timers.
 */
function ownTimers(system: SystemInternals): void {
  const { scheduler, _clock: clock } = system;
  const { cancel, cancelAll } = scheduler;
  const timersOf = new WeakMap<ActorInternals, Map<string, unknown>>();
  // What was scheduled before stays with XState.
  const before = new WeakSet(Object.values(system._snapshot._scheduledEvents).map(({ source }) => source));
  scheduler.schedule = (source, target, event, delay, id = Math.random().toString(36).slice(2)) => {
    const timers = timersOf.get(source) ?? new Map<string, unknown>();
    timersOf.set(source, timers);
    const timer = clock.setTimeout(() => {
      // Unless it has been scheduled anew meanwhile.
      if (timers.get(id) === timer) timers.delete(id);
      system._relay(source, target, event);
    }, delay);
    timers.set(id, timer);
  };
  scheduler.cancel = (source, id) => {
    const timers = timersOf.get(source);
    if (timers?.has(id)) {
      clock.clearTimeout(timers.get(id));
      timers.delete(id);
    } else if (before.has(source)) {
      cancel(source, id);
    }
  };
  scheduler.cancelAll = (source) => {
    for (const timer of timersOf.get(source)?.values() ?? []) clock.clearTimeout(timer);
    timersOf.delete(source);
    if (before.has(source)) cancelAll(source);
  };
}

function register(this: SystemInternals, sessionId: string, actor: ActorInternals): string {
  const above = superior(actor);
  if (above !== undefined) (above[below] ??= new Set()).add(actor);
  return this[enlist]!(sessionId, actor);
}

function unregister(this: SystemInternals, actor: ActorInternals): void {
  this[freeName]!(actor);
  // XState also frees names early, of actors that it is about to stop.
  if (actor._processingStatus !== stopped) return;
  if (actor._snapshot?.status === 'error') stopDescendants(actor);
  actor._send = lost;
  actor[ending]?.();
  (actor._parent as Port | undefined)?.ended?.();
  leave(actor);
}

// Nobody can stop an actor that is at an event: it ends after that, and whoever was above it is gone only then.
function leave(actor: ActorInternals): void {
  if (!isGone(actor as never)) return;
  (actor._parent as Port | undefined)?.gone?.();
  const above = superior(actor);
  if (above?.[below]?.delete(actor)) leave(above);
}

function superior({ _parent }: ActorInternals): ActorInternals | undefined {
  return ((_parent as Port | undefined)?.owner ?? _parent) as ActorInternals | undefined;
}

// XState drops what a stopped actor is sent, but for a warning. What it sends of itself, such as the end of a child to a
// parent that has ended first, is no letter.
function lost(this: ActorInternals, event: EventObject): void {
  if (isEvent(event) && event.type.startsWith('xstate.')) return;
  deadLetter(this.system as never, { type: 'dead_letter', event, target: this, reason: 'stopped' });
}

function stopDescendants(actor: ActorInternals): void {
  for (const child of Object.values(actor._snapshot?.children ?? {})) child?._stop();
  const { system } = actor;
  for (const named of Object.values(system.getAll())) {
    if (isDescendant(named, actor)) {
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
