import type { AnyActorRef } from 'xstate';
import { guardAudience } from './audience.ts';
import { lost } from './dead-letters.ts';
import {
  children,
  ending,
  home,
  inspection,
  isCrashTold,
  internals,
  isOver,
  notStarted,
  stopped,
  unborn,
  unsupervised,
} from './internals.ts';
import type { ActorInternals, InspectionEvent, SystemInternals } from './internals.ts';
import type { Port } from './port.ts';
import { makeSound, unwrap } from './sound-logic.ts';

/** Runs `fn` once `ref` has ended, in whichever way: done, crashed or stopped. */
export function onEnding(ref: AnyActorRef, fn: () => void): void {
  superviseSystem(internals(ref).system);
  internals(ref)[ending] = fn;
}

/** An actor that has been restored had ended before: XState would never start it, and keep what it is sent. */
export function endedBefore(ref: AnyActorRef, port: Port | undefined): void {
  const actor = internals(ref);
  actor._stop();
  actor[isOver] = true;
  actor[home] = port;
  actor._send = lost;
}

/**
 * Lets whoever ends take along what belongs to it, at every level of a system. XState leaves the children of a crashed
 * machine running (statelyai/xstate#5153), and those of any machine that its snapshot has lost; it does not clean up a
 * callback that threw; and it leaves the names of children that it had created but not started taken.
 */
export function superviseSystem(system: SystemInternals): void {
  if (system[unsupervised] !== undefined) return;
  const { _register, _unregister, _set } = system;
  system[unsupervised] = { _register, _unregister, _set };
  system[unborn] = new Set(Object.values(system.getAll()));
  system[inspection] = system._sendInspectionEvent;
  Object.assign(system, supervised);
}

const supervised = {
  _register: register,
  _unregister: unregister,
  _set: setName,
  _sendInspectionEvent: announce,
};

// An actor is announced when it is created: nobody can have subscribed to it before.
function announce(this: SystemInternals, event: InspectionEvent): void {
  if (event.type === '@xstate.actor') {
    const actor = event.actorRef;
    guardAudience(actor);
    // Told here, since each option of an actor costs as much as a small object.
    if (actor.src === actor.logic) actor.src = unwrap(actor.logic);
  } else if (event.type === '@xstate.snapshot' && event.snapshot?.status === 'error' && event.actorRef[isCrashTold]) {
    return;
  }
  this[inspection]!(event);
}

function register(this: SystemInternals, sessionId: string, actor: ActorInternals): string {
  const parent = parentActor(actor);
  if (parent !== undefined) (parent[children] ??= new Set()).add(actor);
  actor[home] = parent === undefined ? (actor._parent as Port | undefined) : parent[home];
  if (actor[home] !== undefined) {
    actor[home].joined();
    if (parent !== undefined) makeSound(actor);
  }
  return this[unsupervised]!._register(sessionId, actor);
}

function unregister(this: SystemInternals, actor: ActorInternals): void {
  this[unsupervised]!._unregister(actor);
  this[unborn]?.delete(actor);
  // XState also frees names early, of actors that it is about to stop, and again, of those that have ended.
  if (actor._processingStatus !== stopped || actor[isOver]) return;
  actor[isOver] = true;
  parentActor(actor)?.[children]?.delete(actor);
  const hasCrashed = actor._snapshot?.status === 'error';
  if (hasCrashed) {
    tellOfCrash(actor);
    release(actor);
  }
  if (actor[children] !== undefined) for (const child of actor[children]) child._stop();
  if (hasCrashed) freeNames(actor);
  actor._send = lost;
  actor[ending]?.();
  (actor._parent as Port | undefined)?.ended?.();
  actor[home]?.left();
}

function setName(this: SystemInternals, systemId: string, actor: ActorInternals): void {
  this[unsupervised]!._set(systemId, actor);
  (this[unborn] ??= new Set()).add(actor);
}

// XState tells its inspectors of an error that a logic returns, but not of one that it throws. They hear of both, once, and
// before anything follows from it.
function tellOfCrash(actor: ActorInternals): void {
  const { id, _snapshot: snapshot } = actor;
  const cause = (actor._parent as Port | undefined)?.processing?.();
  const event = cause ?? { type: `xstate.error.actor.${id}`, error: snapshot!.error, actorId: id };
  actor.system._sendInspectionEvent({ type: '@xstate.snapshot', actorRef: actor, event, snapshot });
  actor[isCrashTold] = true;
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
  for (const named of system[unborn] ?? []) {
    const isStillUnborn = named._processingStatus === notStarted;
    if (isStillUnborn && !isDescendant(named, ancestor)) continue;
    system[unborn]?.delete(named);
    if (!isStillUnborn) continue;
    named._stop();
    system[unsupervised]!._unregister(named);
  }
}

function isDescendant(actor: ActorInternals, ancestor: ActorInternals): boolean {
  let parent = actor._parent;
  while (parent !== undefined && parent !== ancestor) parent = (parent as ActorInternals)._parent;
  return parent === ancestor;
}
