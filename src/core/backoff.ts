import { requireNumber, requireObject, requireOneOf, requireTimer } from './arguments.ts';
import { requireDuration } from './duration.ts';

/** How long a child that keeps crashing waits before it is started again: longer each time. */
export interface BackoffOptions {
  /** The first delay, in milliseconds: above 0. */
  readonly minMs: number;
  /** No delay is longer, in milliseconds: at most 2147483647, the longest that a timer waits. */
  readonly maxMs: number;
  /** What each delay is multiplied by to give the next: at least 1, by default 2. */
  readonly factor?: number;
  /**
   * `full` (the default): a delay is drawn from between 0 and its length, so that what crashed together does not
   * return together. `none`: it is taken as it is.
   */
  readonly jitter?: 'full' | 'none';
  /** A child that ran for so many milliseconds begins with `minMs` again. By default `maxMs`. */
  readonly resetAfterMs?: number;
}

/** A back-off whose every option is set and valid. */
export type Backoff = Required<BackoffOptions>;

/**
 * Checks a back-off and fills in its defaults.
 *
 * @throws TypeError, RangeError that name the option
 */
export function resolveBackoff(options: BackoffOptions): Backoff {
  requireObject('backoff', options);
  const { minMs, maxMs, factor = 2, jitter = 'full', resetAfterMs = maxMs } = options;
  requireDuration('backoff.minMs', minMs);
  requireDuration('backoff.maxMs', maxMs);
  if (maxMs < minMs)
    throw new RangeError(`backoff.maxMs must not be less than backoff.minMs, ${minMs}, but is ${maxMs}`);
  requireTimer('backoff.maxMs', maxMs);
  requireNumber('backoff.factor', factor, 1);
  requireOneOf('backoff.jitter', jitter, ['full', 'none']);
  requireNumber('backoff.resetAfterMs', resetAfterMs, 0);
  return { minMs, maxMs, factor, jitter, resetAfterMs };
}

/**
 * The delay before a restart, in milliseconds.
 *
 * @param attempt how many restarts went before it, since the last quiet time
 * @param random what draws the jitter; one that throws or returns nonsense counts as the whole delay
 */
export function backoffDelay(backoff: Backoff, attempt: number, random: () => number = Math.random): number {
  const { minMs, maxMs, factor, jitter } = backoff;
  const delay = Math.min(maxMs, minMs * factor ** attempt);
  return jitter === 'none' ? delay : share(random) * delay;
}

/** How many restarts count as having gone before, when a child crashes after it ran for so long. */
export function attemptAfter(backoff: Backoff, attempt: number, ranMs: number): number {
  return ranMs >= backoff.resetAfterMs ? 0 : attempt;
}

/** What the first so many delays add up to, without jitter, in milliseconds. */
export function sumOfDelays({ minMs, maxMs, factor }: Backoff, count: number): number {
  if (factor === 1) return count * minMs;
  const uncapped = Math.min(count, Math.ceil(Math.log(maxMs / minMs) / Math.log(factor)));
  return (minMs * (factor ** uncapped - 1)) / (factor - 1) + (count - uncapped) * maxMs;
}

function share(random: () => number): number {
  try {
    const drawn = random();
    return drawn >= 0 ? Math.min(drawn, 1) : drawn < 0 ? 0 : 1;
  } catch {
    return 1;
  }
}
