import { describe, messageOf } from './arguments.ts';
import { ok, refused, type Result } from './result.ts';

/** A plain object that survives JSON, deep-frozen. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Why a value would come back changed from JSON, and where in it. */
export interface JsonFault {
  readonly path: readonly PropertyKey[];
  /** What follows the name of the value in a sentence: `is a function`. */
  readonly problem: string;
}

/** How deep arrays and objects may nest: far below where `JSON.stringify` runs out of stack. */
export const MAX_JSON_DEPTH = 100;

/** How many values there may be. References that share an object can stand for a text that is exponentially longer. */
export const MAX_JSON_VALUES = 100_000;

const MAX_FAULTS = 20;

/** The one empty object. */
export const EMPTY_JSON: JsonObject = Object.freeze({});

// The values that `freezeJson` returned, and how many values each holds. Only whole results are here, never their
// parts, or depth and size could grow beyond the limits by putting one result into the next.
const sizes = new WeakMap<object, number>([[EMPTY_JSON, 1]]);

/**
 * A deep-frozen copy of a value, or the first 20 reasons why it would come back changed from JSON: `undefined`,
 * functions, symbols, bigints, `NaN`, infinities, `-0`, holes, accessors, hidden properties, instances of classes,
 * cycles, more than {@link MAX_JSON_DEPTH} levels, more than {@link MAX_JSON_VALUES} values. Never throws, calls no
 * getter, and copies nothing twice: what it returned before is returned as it is.
 *
 * A key named `__proto__` is data like any other. References that share an object become copies, as in JSON.
 */
export function freezeJson(value: unknown): Result<unknown, readonly JsonFault[]> {
  if (typeof value === 'object' && value !== null && sizes.has(value)) return ok(value);
  const copying = new Copying();
  const copy = copying.copy(value);
  if (copying.faults.length > 0) return refused(copying.faults);
  if (typeof copy === 'object' && copy !== null) sizes.set(copy, copying.values);
  return ok(copy);
}

/** One object over another, key by key; both from `freezeJson`. What the patch leaves alone keeps its identity. */
export function mergeJson(base: JsonObject, patch: JsonObject): Result<JsonObject, readonly JsonFault[]> {
  if (patch === EMPTY_JSON) return ok(base);
  if (base === EMPTY_JSON) return ok(patch);
  const merged = { ...base, ...patch };
  const size = (sizes.get(base) ?? Infinity) + (sizes.get(patch) ?? Infinity);
  // The sum counts replaced values too, so that only a real count may refuse.
  if (size > MAX_JSON_VALUES) return freezeJson(merged) as Result<JsonObject, readonly JsonFault[]>;
  sizes.set(merged, size);
  return ok(Object.freeze(merged));
}

/** Whether two values from `freezeJson` hold the same, whatever the order of their keys. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equalJson((a as JsonObject)[key], (b as JsonObject)[key]))
  );
}

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a value is, in words that need no look into an object: those may be huge, or throw. */
export function kindOf(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint') return 'a bigint';
  if (Object.is(value, -0)) return '-0';
  if (typeof value !== 'object' || value === null) return describe(value);
  try {
    if (Array.isArray(value)) return isPlainArray(value) ? 'an array' : 'an instance of a subclass of Array';
    return isPlainObject(value) ? 'an object' : `an instance of ${nameOfClass(value)}`;
  } catch {
    return 'an object that cannot be read';
  }
}

class Copying {
  readonly faults: JsonFault[] = [];
  values = 0;
  private readonly path: PropertyKey[] = [];
  private readonly ancestors: object[] = [];

  copy(value: unknown): unknown {
    this.values += 1;
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
    if (typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0)) return value;
    if (typeof value !== 'object') return this.fault(`is ${kindOf(value)}`);
    if (this.ancestors.includes(value)) return this.fault('contains itself');
    if (this.ancestors.length === MAX_JSON_DEPTH) return this.fault(`is more than ${MAX_JSON_DEPTH} levels deep`);
    const depth = this.path.length;
    this.ancestors.push(value);
    try {
      return Array.isArray(value) ? this.copyArray(value) : this.copyObject(value);
    } catch (error) {
      this.path.length = depth;
      return this.fault(`cannot be read (${messageOf(error)})`);
    } finally {
      this.path.length = depth;
      this.ancestors.pop();
    }
  }

  private copyArray(array: readonly unknown[]): unknown {
    if (!isPlainArray(array)) return this.fault(`is ${kindOf(array)}`);
    const { length } = array;
    if (this.outOfRoom(length)) return;
    const copy: unknown[] = [];
    for (let index = 0; index < length && !this.full; index += 1) copy.push(this.property(array, index));
    if (!this.full && Reflect.ownKeys(array).length > length + 1) this.fault('is an array with properties of its own');
    return Object.freeze(copy);
  }

  private copyObject(object: object): unknown {
    if (!isPlainObject(object)) return this.fault(`is ${kindOf(object)}`);
    const keys = Reflect.ownKeys(object);
    if (keys.length === 0) return EMPTY_JSON;
    if (this.outOfRoom(keys.length)) return;
    const copy: Record<PropertyKey, unknown> = {};
    for (const key of keys) {
      if (this.full) break;
      const value = this.property(object, key);
      if (key === '__proto__') Object.defineProperty(copy, key, { value, enumerable: true });
      else copy[key] = value;
    }
    return Object.freeze(copy);
  }

  private property(owner: object, key: PropertyKey): unknown {
    this.path.push(key);
    const value = this.valueIn(Reflect.getOwnPropertyDescriptor(owner, key), key);
    this.path.pop();
    return value;
  }

  private valueIn(property: PropertyDescriptor | undefined, key: PropertyKey): unknown {
    if (typeof key === 'symbol') return this.fault('is under a symbol');
    if (property === undefined) return this.fault('is a hole');
    if (!('value' in property)) return this.fault('is a getter or setter');
    if (!property.enumerable) return this.fault('is not enumerable');
    return this.copy(property.value);
  }

  private outOfRoom(more: number): boolean {
    if (this.values + more <= MAX_JSON_VALUES) return false;
    this.fault(`brings the number of values to more than ${MAX_JSON_VALUES}`);
    return true;
  }

  private get full(): boolean {
    return this.faults.length >= MAX_FAULTS;
  }

  private fault(problem: string): void {
    if (!this.full) this.faults.push({ path: [...this.path], problem });
  }
}

// Both also know an object from another realm: an iframe, a worker's `structuredClone`, node:vm.

export function isPlainObject(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype === Object.prototype || prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'isPrototypeOf');
}

// `Array.prototype` is itself an array; the prototype of a subclass is not.
export function isPlainArray(array: readonly unknown[]): boolean {
  return Array.isArray(Object.getPrototypeOf(array));
}

function nameOfClass(object: object): string {
  const name: unknown = Object.getPrototypeOf(object).constructor?.name;
  return typeof name === 'string' && name !== '' ? name.slice(0, 100) : 'a class';
}
