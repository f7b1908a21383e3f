import type { ErrorInfo, Plain } from '../protocol.ts';

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
    return new Walk(this.redact, this.limits).error(error, path, 0);
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

  private unredacted(value: unknown, path: string, depth: number): Plain {
    if (++this.values > this.limits.values || this.characters > this.limits.characters) return '…';
    try {
      return typeof value === 'object' && value !== null ? this.object(value, path, depth) : this.primitive(value);
    } catch (error) {
      return `[it cannot be read: ${this.messageOf(error)}]`;
    }
  }

  error(given: unknown, path: string, depth: number): ErrorInfo {
    const error = this.redacted(given, path);
    if (!isError(error)) return { name: 'Error', message: this.text(textOf(this.unredacted(error, path, depth))) };
    const part = (key: string) => {
      const value = this.redacted(read(error, key), `${path}.${key}`);
      return value === undefined ? undefined : this.text(textOf(this.unredacted(value, `${path}.${key}`, depth + 1)));
    };
    const cause = depth < this.limits.depth ? read(error, 'cause') : undefined;
    const [name = 'Error', message = '', code, stack] = ['name', 'message', 'code', 'stack'].map(part);
    return {
      name,
      message,
      ...(code !== undefined && { code }),
      ...(stack !== undefined && { stack }),
      ...(cause !== undefined && { cause: this.error(cause, `${path}.cause`, depth + 1) }),
    };
  }

  // What fails to redact is not shown.
  private redacted(value: unknown, path: string): unknown {
    if (this.redact === undefined) return value;
    try {
      return this.redact(path, value);
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
        return `${this.text(String(value))}n`;
      case 'function':
        return this.text(`ƒ ${value.name}`);
      default:
        return value === null ? null : String(value);
    }
  }

  private object(value: object, path: string, depth: number): Plain {
    const seen = this.above.get(value);
    if (seen !== undefined) return `[circular: ${seen}]`;
    const special = this.special(value, path, depth);
    if (special !== undefined) return special;
    if (depth >= this.limits.depth) return Array.isArray(value) ? `[${value.length} items]` : '{…}';
    this.above.set(value, path);
    try {
      if (Array.isArray(value)) return this.list(value, path, depth);
      if (value instanceof Map) return { [`Map(${value.size})`]: this.pairs(value, path, depth) };
      if (value instanceof Set) return { [`Set(${value.size})`]: this.firsts(value, path, depth) };
      return this.fields(value, path, depth);
    } finally {
      this.above.delete(value);
    }
  }

  // Those that show nothing of themselves by their fields.
  private special(value: object, path: string, depth: number): Plain | undefined {
    if (isError(value)) return this.error(value, path, depth + 1) as ErrorInfo & Json;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
    if (value instanceof RegExp || value instanceof URL) return this.text(String(value));
    if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${value.byteLength} bytes)`;
    if (value instanceof ArrayBuffer) return `ArrayBuffer(${value.byteLength} bytes)`;
    if (value instanceof Promise) return 'Promise';
    if (value instanceof WeakMap || value instanceof WeakSet || value instanceof WeakRef) return 'Weak…';
    return isActorRef(value) ? `actor ${this.text(String(read(value, 'id')))}` : undefined;
  }

  private list(list: readonly unknown[], path: string, depth: number): Plain[] {
    return this.each(list, list.length, (item, index) => this.show(item, `${path}.${index}`, depth + 1));
  }

  private pairs(map: Map<unknown, unknown>, path: string, depth: number): Plain[] {
    return this.each(map, map.size, ([key, value]) => [
      this.show(key, `${path}.key`, depth + 2),
      this.show(value, `${path}.${typeof key === 'string' ? key : 'value'}`, depth + 2),
    ]);
  }

  private firsts(set: Set<unknown>, path: string, depth: number): Plain[] {
    return this.each(set, set.size, (item, index) => this.show(item, `${path}.${index}`, depth + 2));
  }

  private each<T>(values: Iterable<T>, size: number, show: (value: T, index: number) => Plain): Plain[] {
    const { items } = this.limits;
    const shown: Plain[] = [];
    for (const value of values) {
      if (shown.length === items) break;
      shown.push(show(value, shown.length));
    }
    if (size > items) shown.push(`… ${size - items} more`);
    return shown;
  }

  private fields(value: object, path: string, depth: number): Json {
    const shown: Json = {};
    const keys = Object.keys(value);
    for (const key of keys.slice(0, this.limits.items)) {
      const property = Object.getOwnPropertyDescriptor(value, key);
      if (property === undefined) continue;
      const name = this.text(key);
      const field = property.get === undefined ? property.value : undefined;
      // Not an assignment: `__proto__` is a name like any other.
      const plain = property.get === undefined ? this.show(field, `${path}.${key}`, depth + 1) : '[getter]';
      Object.defineProperty(shown, name, { value: plain, enumerable: true, configurable: true, writable: true });
    }
    if (keys.length > this.limits.items) shown['…'] = `${keys.length - this.limits.items} more`;
    return shown;
  }

  private text(text: string): string {
    const { text: most } = this.limits;
    const shown = text.length > most ? `${text.slice(0, most)}… ${text.length - most} more characters` : text;
    this.characters += shown.length;
    return shown;
  }

  private messageOf(error: unknown): string {
    try {
      return this.text(String(isError(error) ? read(error, 'message') : error));
    } catch {
      return 'nobody can tell why';
    }
  }
}

// Of another realm, too. Of a revoked proxy nobody can tell.
function isError(value: unknown): value is Error {
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
  } catch {
    return false;
  }
}

const isActorRef = (value: object): boolean =>
  ['send', 'getSnapshot', 'subscribe'].every((name) => typeof read(value, name) === 'function');

const textOf = (value: Plain): string => (typeof value === 'string' ? value : JSON.stringify(value));

function read(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}
