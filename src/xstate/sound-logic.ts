import type { ActorLogic, AnyActorLogic, Snapshot } from 'xstate';
import { describe } from '../core/arguments.ts';
import type { ActorInternals } from './internals.ts';

const unwrapped = Symbol('xstate-supervisor.unwrapped');

const wrappers = new WeakMap<AnyActorLogic, AnyActorLogic>();

/** A logic whose failure to return a snapshot is a failure of its own. One for each logic. */
export function sound(logic: AnyActorLogic): AnyActorLogic {
  let wrapper = wrappers.get(logic);
  if (wrapper === undefined) {
    wrapper = Object.assign(Object.create(logic) as AnyActorLogic, overrides(logic), { [unwrapped]: logic });
    wrappers.set(logic, wrapper);
  }
  return wrapper;
}

const overrides = (logic: AnyActorLogic): Partial<ActorLogic<any, any, any>> => ({
  getInitialSnapshot: (scope, input) => requireSnapshot(logic.getInitialSnapshot(scope, input as never)),
  transition: (snapshot, event, scope) => requireSnapshot(logic.transition(snapshot, event, scope as never)),
  // XState takes what is kept of a logic without it as its snapshot.
  restoreSnapshot: (kept, scope) =>
    requireSnapshot(logic.restoreSnapshot ? logic.restoreSnapshot(kept, scope as never) : kept),
});

/** The logic that a wrapper is of; any other logic itself. */
export const unwrap = (logic: AnyActorLogic & { readonly [unwrapped]?: AnyActorLogic }): AnyActorLogic =>
  logic[unwrapped] ?? logic;

/** The same for an actor that XState has created, and is about to start. That of a machine is sound. */
export function makeSound(actor: ActorInternals): void {
  if ('root' in actor.logic) return;
  actor.logic = sound(actor.logic);
  try {
    requireSnapshot(actor._snapshot);
  } catch (error) {
    actor._snapshot = { status: 'error', output: undefined, error };
  }
}

/**
 * @returns the snapshot
 * @throws TypeError for what is none: XState would throw at whoever sent the event, and the actor could never be stopped
 */
function requireSnapshot<T>(value: T): T {
  if (typeof (value as Partial<Snapshot<unknown>> | null | undefined)?.status === 'string') return value;
  throw new TypeError(`The logic returned ${describe(value)}, which is no snapshot`);
}
