import { Actor } from 'xstate';
import type { AnyActor, AnyActorRef, AnyEventObject, Observer, Subscription } from 'xstate';
import { harmless, harmlessObserver } from '../harmless.ts';
import { home, internals } from './internals.ts';
import type { ActorInternals } from './internals.ts';

/**
 * Keeps what the observers and listeners of a supervised actor throw from the process, and its crash too, where an
 * observer has no handler for errors: its supervisor knows. The logics of this package guard themselves.
 */
export function guardAudience(actor: ActorInternals): void {
  if (Object.hasOwn(actor, 'subscribe')) return;
  // The same functions for all: an actor is to cost little.
  actor.subscribe = subscribe as typeof actor.subscribe;
  actor.on = on as typeof actor.on;
}

function subscribe(
  this: ActorInternals,
  first: Observer<unknown> | ((snapshot: unknown) => void),
  error?: (error: unknown) => void,
  complete?: () => void,
): Subscription {
  const subscribeTo = Actor.prototype.subscribe as (this: unknown, observer: Observer<unknown>) => Subscription;
  return subscribeTo.call(this, harmlessObserver(first, error, complete, failedBy(this)));
}

function on(this: ActorInternals, type: string, listener: (event: AnyEventObject) => void): Subscription {
  return Actor.prototype.on.call(this as unknown as AnyActor, type, harmless(listener, failedBy(this)));
}

const failedBy = (actor: ActorInternals) => (error: unknown) =>
  actor[home]?.failed(`an observer of ${actor.id}`, error);

/**
 * Keeps those who listen to what `ref` emits when it ends, where XState forgets them: it may have more to say.
 *
 * @returns forgets them
 */
export function keepListeners(ref: AnyActorRef): () => void {
  const { eventListeners } = internals(ref);
  eventListeners.clear = () => {};
  return () => {
    Map.prototype.clear.call(eventListeners);
  };
}
