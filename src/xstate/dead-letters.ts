import type { AnyActorRef, AnyEventObject, EventObject } from 'xstate';
import { isEvent } from '../core/arguments.ts';
import { collectors, emitFrom, home, internals, isCollector, isStopped } from './internals.ts';
import type { ActorInternals } from './internals.ts';

/** Has `ref` emit the dead letters of those below it, and of those in its system that are below nobody. */
export function collectDeadLetters(ref: AnyActorRef): void {
  const actor = internals(ref);
  actor[isCollector] = true;
  (actor.system[collectors] ??= new Set()).add(ref);
}

/** A collector has ended. */
export function stopCollecting(ref: AnyActorRef): void {
  internals(ref).system[collectors]?.delete(ref);
}

/** Emits a letter to an actor, or of one that asked it. */
export function deadLetter(actor: AnyActorRef, letter: AnyEventObject): void {
  const collector = collectorOf(internals(actor));
  if (collector !== undefined) emitFrom(collector, letter);
}

/** What takes the place of an ended actor's `_send`: XState drops what it is sent, but for a warning. */
export function lost(this: ActorInternals, event: EventObject): void {
  // What XState sends of itself, such as the end of a child to a parent that has ended first, is no letter.
  if (isEvent(event) && event.type.startsWith('xstate.')) return;
  deadLetter(this as never, { type: 'dead_letter', event, target: this, reason: 'stopped' });
}

// The topmost that lives: what happens in a tree shows at its root.
function collectorOf(actor: ActorInternals): AnyActorRef | undefined {
  let found: AnyActorRef | undefined;
  for (let port = actor[home]; port !== undefined; port = internals(port.owner)[home]) {
    if (internals(port.owner)[isCollector] && !isStopped(port.owner)) found = port.owner;
  }
  return found ?? actor.system[collectors]?.values().next().value;
}
