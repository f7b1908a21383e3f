/** Checks for what only a programmer's mistake can bring: each throws an error that names the argument and its value. */

/** A short, printable form of any value, for a message. */
export function describe(value: unknown): string {
  let text: string;
  try {
    if (typeof value === 'string') text = JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value);
    else if (typeof value === 'function') text = `function ${value.name}`;
    else if (typeof value === 'object' && value !== null) text = JSON.stringify(value, atMost(50)) ?? 'an object';
    else text = String(value);
  } catch {
    text = 'an object';
  }
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

// A hostile object may be small and yet have no end of paths through it.
function atMost(values: number): (key: string, value: unknown) => unknown {
  return (_key, value) => {
    if (values-- === 0) throw new RangeError('too many values');
    return value;
  };
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return 'an unprintable value';
  }
}

export function requireFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw new TypeError(`${name} must be a function, not ${describe(value)}`);
}

export function requireObject(name: string, value: unknown): asserts value is object {
  if (typeof value !== 'object' || value === null || !isNoArray(value)) {
    throw new TypeError(`${name} must be an object, not ${describe(value)}`);
  }
}

// Of a revoked proxy nobody can tell.
function isNoArray(value: object): boolean {
  try {
    return !Array.isArray(value);
  } catch {
    return false;
  }
}

export function requireBoolean(name: string, value: unknown): void {
  if (typeof value !== 'boolean') throw new TypeError(`${name} must be true or false, not ${describe(value)}`);
}

export function requireOneOf<T extends string>(name: string, value: unknown, values: readonly T[]): asserts value is T {
  if (!values.includes(value as T)) {
    throw new TypeError(`${name} must be one of ${values.map((v) => `'${v}'`).join(', ')}, not ${describe(value)}`);
  }
}

/** A number of at least `min`: `TypeError` for what is no number, `RangeError` for one out of range. */
export function requireNumber(name: string, value: unknown, min: number, kind: 'integer' | 'finite' = 'finite'): void {
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number, not ${describe(value)}`);
  const fits = kind === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value);
  if (!fits || value < min) {
    throw new RangeError(
      `${name} must be ${kind === 'integer' ? 'an integer' : 'a number'} of at least ${min}, not ${value}`,
    );
  }
}

const longestTimer = 2 ** 31 - 1;

/** Timers fire at once when they are to wait longer than this. */
export function requireTimer(name: string, ms: number): void {
  if (ms > longestTimer) throw new RangeError(`${name} must be at most ${longestTimer} ms, not ${ms}`);
}

/** Whether a condition holds of a value that may throw when it is looked at: if it does, it does not hold. */
export function holds(condition: () => boolean): boolean {
  try {
    return condition();
  } catch {
    return false;
  }
}

/** Whether a value can be sent to an actor. XState keeps `*` for its transitions. */
export function isEvent(value: unknown): value is { readonly type: string } {
  if (typeof value !== 'object' || value === null) return false;
  // Not by `holds`: every event comes this way.
  try {
    const { type } = value as { type?: unknown };
    return typeof type === 'string' && type !== '*';
  } catch {
    return false;
  }
}

export function requireEvent(name: string, value: unknown): asserts value is { readonly type: string } {
  if (!isEvent(value)) {
    throw new TypeError(`${name} must be an object with a type (a string other than '*'), not ${describe(value)}`);
  }
}
