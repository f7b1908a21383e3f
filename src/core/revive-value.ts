import { errorOf } from './saved-error.ts';
import { tag } from './save-value.ts';
import type { SavedOutside } from './save-value.ts';

/** An actor that a value refers to: its place in the value is filled by `put`, once the actor stands. */
export type ActorAt = (path: string, put: (ref: unknown) => void) => void;

/** What a value refers to that is not part of what was saved. */
export type Outside = (saved: SavedOutside) => unknown;

interface Refs {
  readonly actorAt: ActorAt;
  readonly outside: Outside;
}

/**
 * What `saveValue` made, as it was; nothing of the JSON itself is part of it.
 *
 * @param actorAt told of each actor; its place holds undefined until it is filled
 * @param outside asked for what is elsewhere
 * @throws TypeError for what `saveValue` does not make
 */
export function reviveValue(json: unknown, actorAt: ActorAt = () => {}, outside: Outside = () => undefined): unknown {
  return revive(json, () => {}, { actorAt, outside });
}

/** @param put replaces the value where it is */
function revive(json: unknown, put: (value: unknown) => void, refs: Refs): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return reviveArray(json, refs);
  if (Object.hasOwn(json, tag)) return untag(json as Tagged, put, refs);
  return reviveObject(json, refs);
}

interface Tagged {
  readonly [tag]: unknown;
  readonly value?: unknown;
}

function untag({ [tag]: kind, value }: Tagged, put: (value: unknown) => void, refs: Refs): unknown {
  switch (kind) {
    case 'undefined':
      return undefined;
    case 'number':
      return Number(value);
    case 'bigint':
      return BigInt(value as string);
    case 'date':
      return new Date((value as number | null) ?? NaN);
    case 'map':
      return reviveMap(value as [unknown, unknown][], refs);
    case 'set':
      return reviveSet(value as unknown[], refs);
    case 'error':
      return errorOf(reviveObject(value as object, refs));
    case 'object':
      return reviveObject(value as object, refs);
    case 'actor':
      if (value !== undefined) refs.actorAt(value as string, put);
      return undefined;
    case 'reply':
      return refs.outside({ [tag]: 'reply' });
    case 'session':
      return refs.outside({ [tag]: 'session', value: value as string });
    default:
      throw new TypeError(`What is saved holds a value of an unknown kind, ${JSON.stringify(kind)}`);
  }
}

function reviveArray(json: readonly unknown[], refs: Refs): unknown[] {
  const array: unknown[] = [];
  json.forEach((value, index) => array.push(revive(value, (now) => (array[index] = now), refs)));
  return array;
}

function reviveObject(json: object, refs: Refs): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [key, saved] of Object.entries(json)) {
    const put = (value: unknown) =>
      Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
    put(revive(saved, put, refs));
  }
  return object;
}

// The entries keep their order, whenever an actor among them comes to stand.

function reviveMap(json: readonly [unknown, unknown][], refs: Refs): Map<unknown, unknown> {
  const map = new Map<unknown, unknown>();
  const entries: [unknown, unknown][] = [];
  const refill = () => {
    map.clear();
    for (const [key, value] of entries) map.set(key, value);
  };
  json.forEach(([key, value], index) => {
    const entry: [unknown, unknown] = (entries[index] = [undefined, undefined]);
    const at = (side: 0 | 1) => (now: unknown) => {
      entry[side] = now;
      refill();
    };
    entry[0] = revive(key, at(0), refs);
    entry[1] = revive(value, at(1), refs);
  });
  refill();
  return map;
}

function reviveSet(json: readonly unknown[], refs: Refs): Set<unknown> {
  const set = new Set<unknown>();
  const values: unknown[] = [];
  const refill = () => {
    set.clear();
    for (const value of values) set.add(value);
  };
  json.forEach((value, index) => {
    values[index] = revive(
      value,
      (now) => {
        values[index] = now;
        refill();
      },
      refs,
    );
  });
  refill();
  return set;
}
