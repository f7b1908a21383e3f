import { describe, requireNumber, requireObject } from './arguments.ts';
import { sumOfDelays } from './backoff.ts';
import type { Backoff } from './backoff.ts';
import { requireDuration } from './duration.ts';
import { Queue } from './queue.ts';

/** How many restarts a supervisor makes within how many milliseconds. One more, and it gives up. */
export interface Intensity {
  /** An integer of at least 0: none at all. */
  readonly maxRestarts: number;
  /** The length of the window, which slides: a restart exactly so long ago still counts. Above 0. */
  readonly withinMs: number;
}

/** An intensity as it is given: what is left out is by default 3 restarts, in 5000 ms or, with a back-off, more. */
export type IntensityOptions = Partial<Intensity>;

/**
 * Checks an intensity and fills in its defaults: 3 restarts in 5000 ms. With a back-off, `withinMs` is by default 5000
 * more than the first `maxRestarts` delays take.
 *
 * @throws TypeError, RangeError that name the option; RangeError for a back-off so slow that no window ever holds more
 *   than `maxRestarts` restarts: a supervisor with that could never give up
 */
export function resolveIntensity(options: IntensityOptions = {}, backoff?: Backoff): Intensity {
  requireObject('intensity', options);
  const { maxRestarts = 3 } = options;
  requireNumber('intensity.maxRestarts', maxRestarts, 0, 'integer');
  const waiting = backoff === undefined ? 0 : sumOfDelays(backoff, maxRestarts);
  const { withinMs = waiting + 5000 } = options;
  requireDuration('intensity.withinMs', withinMs);
  const intensity = { maxRestarts, withinMs };
  if (waiting >= withinMs) {
    throw new RangeError(
      `intensity ${describe(intensity)} could never be exceeded with backoff ${describe(backoff)}: ` +
        `the first ${maxRestarts} delays take ${waiting} ms, so withinMs must be more`,
    );
  }
  return intensity;
}

/**
 * The restarts that one supervisor has made, and whether it may make another.
 *
 * A log that slides, as in OTP: no counter that resets, no windows side by side. OTP counts in whole seconds; here it
 * is the milliseconds of a monotonic clock, which the caller reads.
 *
 * @example
 * const budget = new RestartBudget({ maxRestarts: 1, withinMs: 5000 });
 * budget.charge(0); // true
 * budget.charge(5000); // false: the first still counts
 * budget.charge(5001); // true
 */
export class RestartBudget {
  // Made when it is needed: most supervisors of a session never restart anything.
  private stamps: Queue<number> | undefined;

  constructor(readonly intensity: Intensity) {}

  /** Pays for one restart, unless there have been `maxRestarts` in the window that ends now. */
  charge(now: number): boolean {
    if (this.restarts(now) >= this.intensity.maxRestarts) return false;
    this.stamps ??= new Queue();
    this.stamps.push(now);
    return true;
  }

  /** When the restarts were made that count in the window that ends now, the oldest first. */
  log(now: number): number[] {
    return this.restarts(now) === 0 ? [] : [...this.stamps!];
  }

  /** Counts restarts that were made before, the oldest first. */
  recall(stamps: readonly number[]): void {
    for (const stamp of stamps) (this.stamps ??= new Queue()).push(stamp);
  }

  /** How many restarts have been made in the window that ends now. */
  restarts(now: number): number {
    const { stamps } = this;
    if (stamps === undefined) return 0;
    const start = now - this.intensity.withinMs;
    for (let oldest = stamps.peek(); oldest !== undefined && oldest < start; oldest = stamps.peek()) stamps.shift();
    return stamps.size;
  }
}
