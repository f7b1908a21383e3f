import { requireNumber } from './arguments.ts';

/** A number of milliseconds that must pass: finite, above 0. */
export function requireDuration(name: string, value: unknown): void {
  requireNumber(name, value, 0);
  if (value === 0) throw new RangeError(`${name} must be above 0, not 0`);
}
