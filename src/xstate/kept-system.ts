import type { AnyActorRef, EventObject } from 'xstate';
import { kept, systemOf } from './internals.ts';
import type { SystemInternals } from './internals.ts';
import { watchSystem } from './watch-system.ts';

/** Who keeps the actors of a system. */
export interface SystemKeeper {
  /** One of them may have changed. */
  changed(): void;
  /** One of them is about to be sent an event. */
  readonly beforeEvent: (() => void) | undefined;
  /** Calls back once what they are now, and `of` above all, is kept; or tells why it is not. */
  whenKept(written: (error?: unknown) => void, of: AnyActorRef): void;
}

/**
 * Has the system that `ref` is the root of kept.
 *
 * @param ref an actor with a system of its own, made by `createOwnSystem`
 * @returns ends it
 */
export function keepSystem(ref: AnyActorRef, keeper: SystemKeeper): () => void {
  const system = systemOf(ref);
  system[kept] = keeper;
  const { beforeEvent } = keeper;
  if (beforeEvent !== undefined) {
    const { _relay } = system;
    system._relay = (source, target, event) => {
      if (!tellsOfEnd(event)) beforeEvent();
      _relay(source, target, event);
    };
  }
  const unwatch = watchSystem(ref, ({ type }) => {
    if (type === '@xstate.snapshot') keeper.changed();
  });
  return () => {
    system[kept] = undefined;
    if (beforeEvent !== undefined) delete (system as Partial<SystemInternals>)._relay;
    unwatch();
  };
}

// Between the end of an actor and the moment when its parent is told, the state is that of neither before nor after.
const tellsOfEnd = ({ type }: EventObject): boolean =>
  type.startsWith('xstate.done.actor.') || type.startsWith('xstate.error.actor.');

/** Has answers of a system that was kept refused: what it is from here on is not. */
export function refuseAnswers(ref: AnyActorRef, error: () => unknown): void {
  const whenKept: SystemKeeper['whenKept'] = (written) => queueMicrotask(() => written(error()));
  systemOf(ref)[kept] = { changed() {}, beforeEvent: undefined, whenKept };
}

/** Who keeps the system of an actor, if anybody does. */
export const keeperOfSystem = (ref: { readonly system: AnyActorRef['system'] }): SystemKeeper | undefined =>
  systemOf(ref)[kept];
