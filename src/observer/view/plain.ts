import { types } from 'node:util';
import { standsFor } from './built-in.ts';
import type { ErrorInfo, Plain } from '../protocol.ts';
import { readable } from './readable.ts';
import { dataOf, isError, slotOf } from './untouched.ts';

/** What a host hides: given the path of a value, such as `context.user.password`, and the value; what it returns is shown. */
export type Redact = (path: string, value: unknown) => unknown;

/** How much of a value is shown. */
export interface PlainLimits {
  readonly depth: number;
  /** Characters of one text. */
  readonly text: number;
  /** Items of one array, object, map or set. */
  readonly items: number;
  /** Values in all. */
  readonly values: number;
  /** Characters in all. */
  readonly characters: number;
}

const defaults: PlainLimits = { depth: 8, text: 2_000, items: 100, values: 2_000, characters: 100_000 };

/** Of what is shown in a list of many: events, and the errors of crashes. */
export const brief: PlainLimits = { depth: 5, text: 1_000, items: 50, values: 200, characters: 4_000 };

/** A bigint of more digits would take its time to be written. */
const bigints = 10n ** 1_000n;

/**
 * Makes values of a host plain, to be shown: whatever they are, and however large, they become a little JSON. No code of
 * the host's runs for it but `redact`, and the traps of a proxy: a getter is shown as one.
 */
export class Plainer {
  constructor(
    private readonly redact: Redact | undefined,
    private readonly limits: PlainLimits = defaults,
  ) {}

  /** @param path what the value is called: `context`, `event`, `output` */
  plain(value: unknown, path: string): Plain {
    return new Walk(this.redact, this.limits).show(value, path, 0);
  }

  error(error: unknown, path = 'error'): ErrorInfo {
    return new Walk(this.redact, this.limits).error(error, path);
  }
}

type Json = Record<string, Plain>;

/** One value on its way. */
class Walk {
  private readonly above = new Map<object, string>();
  private values = 0;
  private characters = 0;

  constructor(
    private readonly redact: Redact | undefined,
    private readonly limits: PlainLimits,
  ) {}

  show(value: unknown, path: string, depth: number): Plain {
    return this.unredacted(this.redacted(value, path), path, depth);
  }

  error(error: unknown, path: string, depth = 0): ErrorInfo {
    return this.errorInfo(this.redacted(error, path), path, depth);
  }

  private unredacted(value: unknown, path: string, depth: number): Plain {
    this.values++;
    if (this.isSpent) return '…';
    try {
      return typeof value === 'object' && value !== null ? this.object(value, path, depth) : this.primitive(value);
    } catch (error) {
      return `[it cannot be read: ${this.messageOf(error)}]`;
    }
  }

  private get isSpent(): boolean {
    return this.values > this.limits.values || this.characters > this.limits.characters;
  }

  private errorInfo(error: unknown, path: string, depth: number): ErrorInfo {
    if (!isError(error)) return { name: 'Error', message: this.text(textOf(this.unredacted(error, path, depth))) };
    const seen = this.above.get(error);
    if (seen !== undefined) return { name: 'Error', message: this.circular(seen) };
    this.above.set(error, path);
    const parts = ['name', 'message', 'code', 'stack'].map((key) => this.errorPart(error, key, path, depth));
    const [name, message, code, stack] = parts;
    // It begins with them.
    const tellsStack = !name!.isRedacted && !message!.isRedacted && stack!.text !== undefined;
    const cause = depth < this.limits.depth ? readable(() => dataOf(error, 'cause'), undefined) : undefined;
    const info: ErrorInfo = {
      name: name!.text ?? 'Error',
      message: message!.text ?? '',
      ...(code!.text !== undefined && { code: code!.text }),
      ...(tellsStack && { stack: stack!.text }),
      ...(cause !== undefined && { cause: this.error(cause, `${path}.cause`, depth + 1) }),
    };
    this.above.delete(error);
    return info;
  }

  private errorPart(error: Error, key: string, path: string, depth: number) {
    const original = readable(() => dataOf(error, key), undefined);
    const value = this.redacted(original, `${path}.${key}`);
    const text =
      value === undefined ? undefined : this.text(textOf(this.unredacted(value, `${path}.${key}`, depth + 1)));
    return { text, isRedacted: value !== original };
  }

  // What fails to redact is not shown.
  private redacted(value: unknown, path: string): unknown {
    if (this.redact === undefined) return value;
    try {
      const shown = this.redact(path, value);
      if (!types.isPromise(shown) || shown === value) return shown;
      // Nobody waits for it, and its rejection would be the process's.
      shown.catch(() => {});
      return '[redact must not be asynchronous]';
    } catch {
      return '[redact threw]';
    }
  }

  private primitive(value: unknown): Plain {
    switch (typeof value) {
      case 'string':
        return this.text(value);
      case 'number':
        return Number.isFinite(value) ? value : String(value);
      case 'boolean':
        return value;
      case 'bigint':
        return value < bigints && value > -bigints ? `${this.text(String(value))}n` : 'a huge bigint';
      case 'function': {
        const name = dataOf(value, 'name');
        return this.text(`ƒ ${typeof name === 'string' ? name : ''}`);
      }
      default:
        return value === null ? null : this.text(String(value));
    }
  }

  private object(value: object, path: string, depth: number): Plain {
    const seen = this.above.get(value);
    if (seen !== undefined) return this.circular(seen);
    const special = this.special(value, path, depth);
    if (special !== undefined) return special;
    if (depth >= this.limits.depth) return Array.isArray(value) ? `[${value.length} items]` : '{…}';
    this.above.set(value, path);
    try {
      if (Array.isArray(value)) return this.list(value, path, depth);
      if (types.isMap(value)) return this.map(value, path, depth);
      if (types.isSet(value)) return this.set(value, path, depth);
      return this.fields(value, path, depth);
    } finally {
      this.above.delete(value);
    }
  }

  // Those that show nothing of themselves by their fields.
  private special(value: object, path: string, depth: number): Plain | undefined {
    if (types.isProxy(value)) return undefined;
    if (isError(value)) return this.errorInfo(value, path, depth + 1) as ErrorInfo & Json;
    const shown = standsFor(value);
    return shown === undefined ? undefined : this.primitive(shown);
  }

  // By its indices: an array of the host's may iterate as it likes.
  private list(list: readonly unknown[], path: string, depth: number): Plain[] {
    const { length } = list;
    const shown: Plain[] = [];
    while (shown.length < length && this.hasRoom(shown.length)) {
      const at = `${shown.length}`;
      const property = Object.getOwnPropertyDescriptor(list, at);
      shown.push(property === undefined ? '[empty]' : this.property(property, `${path}.${at}`, depth));
    }
    return withRest(shown, length);
  }

  private map(map: Map<unknown, unknown>, path: string, depth: number): Json {
    const size = slotOf<number>(Map.prototype, 'size', map);
    const shown: Plain[] = [];
    for (const [key, value] of Map.prototype.entries.call(map)) {
      if (!this.hasRoom(shown.length)) break;
      const below = `${path}.${typeof key === 'string' ? key : 'value'}`;
      shown.push([this.show(key, `${path}.key`, depth + 2), this.show(value, below, depth + 2)]);
    }
    return { [`Map(${size})`]: withRest(shown, size) };
  }

  private set(set: Set<unknown>, path: string, depth: number): Json {
    const size = slotOf<number>(Set.prototype, 'size', set);
    const shown: Plain[] = [];
    for (const item of Set.prototype.values.call(set)) {
      if (!this.hasRoom(shown.length)) break;
      shown.push(this.show(item, `${path}.${shown.length}`, depth + 2));
    }
    return { [`Set(${size})`]: withRest(shown, size) };
  }

  private fields(value: object, path: string, depth: number): Json {
    const shown: Json = {};
    const keys = Object.keys(value);
    let count = 0;
    for (const key of keys) {
      if (!this.hasRoom(count)) break;
      count++;
      const property = Object.getOwnPropertyDescriptor(value, key);
      if (property === undefined) continue;
      const plain = this.property(property, `${path}.${key}`, depth);
      // Not an assignment: `__proto__` is a name like any other.
      const name = this.text(key);
      Object.defineProperty(shown, name, { value: plain, enumerable: true, configurable: true, writable: true });
    }
    if (keys.length > count) shown['…'] = `${keys.length - count} more`;
    return shown;
  }

  private property({ get, set, value }: PropertyDescriptor, path: string, depth: number): Plain {
    return get === undefined && set === undefined ? this.show(value, path, depth + 1) : '[getter]';
  }

  private hasRoom(shown: number): boolean {
    return shown < this.limits.items && !this.isSpent;
  }

  private circular(path: string): string {
    return this.text(`[circular: ${path}]`);
  }

  private text(text: string): string {
    const { text: most } = this.limits;
    const shown = text.length > most ? `${text.slice(0, most)}… ${text.length - most} more characters` : text;
    this.characters += shown.length;
    return shown;
  }

  private messageOf(error: unknown): string {
    const message = readable(() => (isError(error) ? dataOf(error, 'message') : error), undefined);
    return this.text(typeof message === 'string' ? message : 'nobody can tell why');
  }
}

function withRest(shown: Plain[], size: number): Plain[] {
  if (size > shown.length) shown.push(`… ${size - shown.length} more`);
  return shown;
}

const textOf = (value: Plain): string => (typeof value === 'string' ? value : JSON.stringify(value));
