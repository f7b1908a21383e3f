import type { AnyActorRef } from 'xstate';
import { kept, systemOf } from './internals.ts';
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
  const unwatch = watchSystem(ref, ({ type }) => {
    if (type === '@xstate.snapshot') keeper.changed();
    else if (type === '@xstate.event') keeper.beforeEvent?.();
  });
  return () => {
    system[kept] = undefined;
    unwatch();
  };
}

/** Has answers of a system that was kept refused: what it is from here on is not. */
export function refuseAnswers(ref: AnyActorRef, error: () => unknown): void {
  const whenKept: SystemKeeper['whenKept'] = (written) => queueMicrotask(() => written(error()));
  systemOf(ref)[kept] = { changed() {}, beforeEvent: undefined, whenKept };
}

/** Who keeps the system of an actor, if anybody does. */
export const keeperOfSystem = (ref: { readonly system: AnyActorRef['system'] }): SystemKeeper | undefined =>
  systemOf(ref)[kept];
