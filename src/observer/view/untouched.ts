/**
 * Reads of a host's objects that run no code of the host's, but the traps of a proxy: a getter may count, change things,
 * or take its time. What is built in is read through the getters of its own prototype, whatever an object has put before.
 */
import { types } from 'node:util';

/** How far up a property is looked for: a proxy may have no end of prototypes. */
const highest = 100;

/** The value of a property, its own or inherited; undefined for a getter, unless that is built in. */
export function dataOf(value: object, key: string): unknown {
  let at: object | null = value;
  for (let height = 0; at !== null && height < highest; height++) {
    const property = Object.getOwnPropertyDescriptor(at, key);
    if (property === undefined) at = Object.getPrototypeOf(at) as object | null;
    else if (property.get === undefined) return property.value;
    else return builtIn.has(property.get) ? property.get.call(value) : undefined;
  }
  return undefined;
}

/** What the getter of a prototype says of a value, which must be of that kind. */
export const slotOf = <T>(prototype: object, key: PropertyKey, value: object): T =>
  Reflect.get(prototype, key, value) as T;

/** Of another realm, too, and of those that only inherit from `Error`. */
export function isError(value: unknown): value is Error {
  if (types.isNativeError(value)) return true;
  try {
    return !types.isProxy(value) && (value instanceof Error || value instanceof DOMException);
  } catch {
    return false;
  }
}

// Those of an `AbortError`; and V8 is about to make `stack` a getter.
const captured: { readonly stack?: unknown } = {};
Error.captureStackTrace(captured);
const builtIn = new Set<unknown>([
  ...['name', 'message', 'code'].map((key) => Object.getOwnPropertyDescriptor(DOMException.prototype, key)?.get),
  Object.getOwnPropertyDescriptor(captured, 'stack')?.get,
]);
builtIn.delete(undefined);
