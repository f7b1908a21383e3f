import type { AnyActorRef } from 'xstate';
import { inspection, systemOf, watchers } from './internals.ts';
import type { InspectionEvent, SystemInternals } from './internals.ts';

/**
 * Tells what happens in the system that `ref` is the root of, as an inspector is told. An inspector hears of the whole
 * tree, which costs all of it; this costs only who is watched.
 *
 * @param ref an actor with a system of its own, made by `createOwnSystem`
 * @param listener must not throw
 * @returns ends it
 */
export function watchSystem(ref: AnyActorRef, listener: (event: InspectionEvent) => void): () => void {
  const system = systemOf(ref);
  const listeners = (system[watchers] ??= new Set()).add(listener);
  const tell = (event: InspectionEvent) => {
    for (const watcher of listeners) watcher(event);
    // Whatever that is by now: an inspector may have been attached meanwhile.
    (Object.getPrototypeOf(system) as SystemInternals)[inspection]!(event);
  };
  system[inspection] = tell;
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    delete system[inspection];
    delete system[watchers];
  };
}
