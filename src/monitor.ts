import type { AnyActorRef, Subscription } from 'xstate';
import { describe, requireFunction } from './core/arguments.ts';
import type { Exit } from './core/exit.ts';
import { loggerOf } from './guarded.ts';
import { incarnationOf } from './incarnation.ts';
import { contain } from './logger.ts';
import { StableRef } from './session-ref.ts';
import { isStopped } from './xstate/internals.ts';

/**
 * Reports the exit of one incarnation of an actor: of the one that runs now or, if it has already gone, of the last.
 * OTP's monitor.
 *
 * @param listener called once; what it throws is logged
 * @throws `TypeError` for what is no actor ref, or no function
 *
 * @example
 * const watch = monitor(ref, ({ reason, error }) => console.log(`it ended: ${reason}`, error));
 * watch.unsubscribe();
 */
export function monitor(ref: AnyActorRef | StableRef, listener: (exit: Exit) => void): Subscription {
  requireActorRef('ref', ref);
  requireFunction('listener', listener);
  const life = ref instanceof StableRef ? ref.incarnation : incarnationOf(ref);
  // A new function, or one listener that is given twice would be one.
  const own = (exit: Exit) => listener(exit);
  return { unsubscribe: life === undefined ? watchActor(ref as AnyActorRef, own) : life.watch(own) };
}

// An actor that no supervisor runs has one life.
function watchActor(ref: AnyActorRef, listener: (exit: Exit) => void): () => void {
  let isWatching = true;
  const report = () => {
    if (!isWatching) return;
    isWatching = false;
    contain(loggerOf(ref), 'a listener of an exit', () => listener(exitOf(ref)));
  };
  if (isStopped(ref)) {
    report();
    return () => {};
  }
  const subscription = ref.subscribe({ error: report, complete: report });
  return () => {
    isWatching = false;
    subscription.unsubscribe();
  };
}

function exitOf(ref: AnyActorRef): Exit {
  const { status, output, error } = ref.getSnapshot();
  if (status === 'done') return { reason: 'normal', ...(output !== undefined && { output }), incarnation: 1 };
  if (status === 'error') return { reason: 'error', error, incarnation: 1 };
  return { reason: 'shutdown', incarnation: 1 };
}

export function requireActorRef(name: string, value: unknown): void {
  if (!isActorRef(value)) throw new TypeError(`${name} must be an actor ref, not ${describe(value)}`);
}

function isActorRef(value: unknown): value is AnyActorRef {
  if (typeof value !== 'object' || value === null) return false;
  // Not by `holds`: every question comes this way.
  try {
    const { system, send, subscribe } = value as Partial<AnyActorRef>;
    return typeof system === 'object' && typeof send === 'function' && typeof subscribe === 'function';
  } catch {
    return false;
  }
}
