import { createActor } from 'xstate';
import type { ActorLogic, AnyActorLogic, AnyActorRef, Snapshot } from 'xstate';
import { describe } from '../core/arguments.ts';
import { collectors, internals, systemOf } from './internals.ts';
import type { ActorInternals } from './internals.ts';
import { findOwnTimers } from './own-timers.ts';
import type { Port } from './port.ts';
import { superviseSystem } from './supervised-system.ts';

/** Creates an actor in the system of its supervisor. */
export function createChild(logic: AnyActorLogic, id: string, input: unknown, port: Port): AnyActorRef {
  superviseSystem(systemOf(port));
  findOwnTimers(systemOf(port));
  return createActor(sound(logic), { id, input, src: logic, parent: port as unknown as AnyActorRef } as never);
}

/**
 * Creates an actor that is the root of a system of its own, and yet a child of `port`.
 *
 * In one shared system every actor that ends scans every pending timer of it, and the `systemId`s of two sessions
 * collide.
 */
export function createAdopted(logic: AnyActorLogic, id: string, input: unknown, port: Port): AnyActorRef {
  const { _clock: clock, _logger: logger } = systemOf(port);
  return createActor(adoptable(logic), { id, input, src: logic, clock, logger, port } as never);
}

type Overrides = Partial<ActorLogic<any, any, any>>;

/** Makes a wrapper of each logic, once. */
function wrapping(overrides: (logic: AnyActorLogic) => Overrides): (logic: AnyActorLogic) => AnyActorLogic {
  const wrappers = new WeakMap<AnyActorLogic, AnyActorLogic>();
  return (logic) => {
    let wrapper = wrappers.get(logic);
    if (wrapper === undefined) {
      wrapper = Object.assign(Object.create(logic) as AnyActorLogic, overrides(logic));
      wrappers.set(logic, wrapper);
    }
    return wrapper;
  };
}

/** A logic whose failure to return a snapshot is a failure of its own. */
const sound = wrapping((logic) => ({
  getInitialSnapshot: (scope, input) => requireSnapshot(logic.getInitialSnapshot(scope, input as never)),
  transition: (snapshot, event, scope) => requireSnapshot(logic.transition(snapshot, event, scope as never)),
}));

// `_parent` must stand before the first entry action runs, or `sendParent` in it fails: so the adoption happens in the
// first thing that the constructor asks of the logic.
const adoptable = wrapping((logic) => ({
  getInitialSnapshot(scope, input) {
    adopt(internals(scope.self));
    return requireSnapshot(logic.getInitialSnapshot(scope, input as never));
  },
  transition: (snapshot, event, scope) => requireSnapshot(logic.transition(snapshot, event, scope as never)),
  restoreSnapshot(snapshot, scope) {
    adopt(internals(scope.self));
    return logic.restoreSnapshot === undefined ? snapshot : logic.restoreSnapshot(snapshot, scope);
  },
}));

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
  system[collectors] = home[collectors];
  system._sendInspectionEvent({ type: '@xstate.actor', actorRef: actor });
}
