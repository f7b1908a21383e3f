import { createActor } from 'xstate';
import type { AnyActorLogic, AnyActorRef } from 'xstate';
import { collectors, inspection, internals, systemOf } from './internals.ts';
import type { ActorInternals } from './internals.ts';
import { findOwnTimers } from './own-timers.ts';
import type { Port } from './port.ts';
import { requireSnapshot, sound, wrapping } from './sound-logic.ts';
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

function adopt(actor: ActorInternals): void {
  const port = actor.options.port as Port;
  const { system } = actor;
  const home = systemOf(port);
  actor._parent = port;
  superviseSystem(system);
  // One tree for the inspector. XState announced the actor to its own system, which nobody inspects: announce it here.
  system[inspection] = home[inspection];
  system.inspect = home.inspect;
  system[collectors] = home[collectors];
  system._sendInspectionEvent({ type: '@xstate.actor', actorRef: actor });
}
