import { describe } from '../core/arguments.ts';

/** The system takes no NUL byte in a path. */
export function requirePath(name: string, value: unknown): asserts value is string {
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return;
  throw new TypeError(`${name} must be the path of a directory, not ${describe(value)}`);
}
