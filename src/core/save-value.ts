import { messageOf } from './arguments.ts';
import { isPlainArray, isPlainObject, kindOf } from './json-value.ts';
import { fieldsOfError } from './saved-error.ts';

/** The key that marks what stands for a value that JSON does not know: `{ $saved: 'date', value: 0 }`. */
export const tag = '$saved';

/** What stands for an actor: by its path below the root; without one it has ended. */
export interface SavedRef {
  readonly [tag]: 'actor';
  value?: string;
}

/** What stands for whoever has asked and waits for an answer, or for another session: of that, by its id. */
export type SavedOutside = { readonly [tag]: 'reply' } | { readonly [tag]: 'session'; readonly value: string };

/** By this key an object tells what stands for it, that is not part of what is saved. */
export const savedAs = Symbol('xstate-supervisor.savedAs');

/** Already as it is to be saved. */
export class Saved {
  constructor(readonly json: unknown) {}
}

/** What cannot be saved, and why: `context.socket of chat is an instance of Socket, and cannot be saved`. */
export class UnsavableError extends TypeError {
  override readonly name = 'UnsavableError';

  constructor(
    /** Where it is, such as `context.socket`. */
    readonly subject: string,
    readonly problem: string,
    /** The path of the actor that it is of. */
    readonly owner?: string,
  ) {
    super(`${subject}${owner ? ` of ${owner}` : ''} ${problem}, and cannot be saved`);
  }
}

type Special = (value: object) => object | string | undefined;

export interface SaveOptions {
  /**
   * What stands for a value that only its owner knows, such as an actor, or in words why nothing can; undefined: it is a
   * value like any other.
   */
  readonly special?: Special;
  /** Where the value is. */
  readonly path?: readonly PropertyKey[];
}

/** How deep values may nest: far below where `JSON.stringify` runs out of stack. */
const maxDepth = 500;

/** How many values there may be: references that share an object become copies, and may stand for exponentially more. */
const maxValues = 1_000_000;

/**
 * A value as JSON, to come back by `reviveValue` as it was: also `undefined`, `NaN`, the infinities, `-0`, bigints,
 * dates, maps, sets and errors. Of an error what can be saved is. References that share an object become copies.
 *
 * @throws UnsavableError that names functions, symbols, holes, accessors, hidden properties, instances of other classes
 *   and cycles by their paths: they would come back as something else
 */
export function saveValue(value: unknown, { special = () => undefined, path = [] }: SaveOptions = {}): unknown {
  return new Saving(special, [...path]).save(value);
}

class Saving {
  private readonly ancestors: object[] = [];
  private values = 0;

  constructor(
    private readonly special: Special,
    private readonly path: PropertyKey[],
  ) {}

  save(value: unknown): unknown {
    if (++this.values > maxValues) this.refuse(`brings the number of values to more than ${maxValues}`);
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0) ? value : tagged('number', kindOfNumber(value));
      case 'undefined':
        return tagged('undefined');
      case 'bigint':
        return tagged('bigint', String(value));
      case 'object':
        return value === null ? null : this.object(value);
      default:
        return this.refuse(`is ${kindOf(value)}`);
    }
  }

  private object(value: object): unknown {
    if (value instanceof Saved) return value.json;
    const special = this.special(value);
    if (special !== undefined) return typeof special === 'string' ? this.refuse(special) : special;
    if (this.ancestors.includes(value)) this.refuse('contains itself');
    if (this.ancestors.length === maxDepth) this.refuse(`is more than ${maxDepth} levels deep`);
    const depth = this.path.length;
    this.ancestors.push(value);
    try {
      return this.known(value);
    } catch (error) {
      if (error instanceof UnsavableError) throw error;
      return this.refuse(`cannot be read (${messageOf(error)})`);
    } finally {
      this.path.length = depth;
      this.ancestors.pop();
    }
  }

  private known(value: object): unknown {
    if (Array.isArray(value)) return this.array(value);
    if (value instanceof Error) return tagged('error', this.error(value));
    if (isPlainObject(value)) return this.plain(value);
    switch (Object.getPrototypeOf(value)) {
      case Date.prototype: {
        const time = (this.bare(value) as Date).getTime();
        return tagged('date', Number.isNaN(time) ? null : time);
      }
      case Map.prototype:
        return tagged('map', this.array(Array.from(this.bare(value) as Map<unknown, unknown>)));
      case Set.prototype:
        return tagged('set', this.array(Array.from(this.bare(value) as Set<unknown>)));
      default:
        return this.refuse(`is ${kindOf(value)}`);
    }
  }

  private bare(value: object): object {
    return Reflect.ownKeys(value).length === 0 ? value : this.refuse(`is ${kindOf(value)} with properties of its own`);
  }

  private array(array: readonly unknown[]): unknown[] {
    if (!isPlainArray(array)) this.refuse(`is ${kindOf(array)}`);
    const { length } = array;
    // First of all: a hole is no value, and an array may be all holes.
    if (Reflect.ownKeys(array).length !== length + 1) this.refuse('has holes, or properties of its own');
    return Array.from({ length }, (_, index) => this.property(array, String(index)));
  }

  private plain(object: object): object {
    const copy: Record<string, unknown> = {};
    for (const key of Reflect.ownKeys(object)) {
      const value = this.property(object, key);
      if (key !== '__proto__') copy[key as string] = value;
      // Data like any other, if it is not assigned.
      else Object.defineProperty(copy, key, { value, enumerable: true, configurable: true, writable: true });
    }
    return Object.hasOwn(object, tag) ? tagged('object', copy) : copy;
  }

  // An error must not keep its actor from being saved: what of it cannot be, it is without.
  private error(error: Error): object {
    const saved: Record<string, unknown> = {};
    for (const [key, value] of fieldsOfError(error)) {
      const depth = this.path.length;
      try {
        this.path.push(key);
        saved[key] = this.save(value);
      } catch {
        if (key === 'cause') saved[key] = messageOf(value);
      } finally {
        this.path.length = depth;
      }
    }
    return saved;
  }

  private property(owner: object, key: PropertyKey): unknown {
    this.path.push(key);
    const property = Reflect.getOwnPropertyDescriptor(owner, key);
    if (typeof key === 'symbol') this.refuse('is under a symbol');
    if (property === undefined) return this.refuse('is a hole');
    if (!('value' in property)) this.refuse('is a getter or setter');
    if (!property.enumerable) this.refuse('is not enumerable');
    const saved = this.save(property.value);
    this.path.pop();
    return saved;
  }

  private refuse(problem: string): never {
    throw new UnsavableError(this.path.map(String).join('.') || 'the value', problem);
  }
}

const tagged = (kind: string, value?: unknown): object =>
  value === undefined ? { [tag]: kind } : { [tag]: kind, value };

const kindOfNumber = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));
