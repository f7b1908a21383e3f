import type { AnyActorRef } from 'xstate';
import { keeperOf, parentOf } from './internals.ts';
import type { Port } from './port.ts';

/** The ids of the actors below `root` down to `ref`, joined by `/`; undefined: it is not below it. */
export function pathFrom(root: AnyActorRef, ref: AnyActorRef): string | undefined {
  const ids: string[] = [];
  for (let actor: AnyActorRef | undefined = ref; actor !== root; actor = keeperOf(actor)) {
    if (actor === undefined) return undefined;
    ids.unshift(escaped(actor.id));
  }
  return ids.join('/');
}

// As in a JSON pointer: an id may be any string. But an empty one would be the path of the root.
const escaped = (id: string): string => (id === '' ? '~' : id.replaceAll('~', '~0').replaceAll('/', '~1'));

/** The port that an actor lives behind: its own, or that of an ancestor. */
export function portOf(ref: AnyActorRef): Port | undefined {
  const parent = parentOf(ref) as Port | AnyActorRef | undefined;
  return parent === undefined || isPort(parent) ? parent : portOf(parent);
}

/** Whether the parent of an actor is its supervisor, behind a port. */
export const isPort = (parent: object): parent is Port => 'owner' in parent;
