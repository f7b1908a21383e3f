import { timeOf } from '../xstate/internals.ts';
import type { Clock } from '../xstate/internals.ts';

/** The wall clock of a host, by which times are kept that another process is to read; beside the clock of its timers. */
export class WallClock {
  /** @param given the host's own */
  constructor(
    private readonly given: () => number,
    private readonly clock: Clock,
  ) {}

  /** In milliseconds since the Unix epoch. */
  now(): number {
    try {
      const now = this.given();
      if (Number.isFinite(now) && now >= 0) return now;
    } catch {
      // One that throws is as good as one that makes no sense.
    }
    return Date.now();
  }

  /** Times of the clock, in milliseconds since the Unix epoch. */
  toWall(times: readonly number[]): number[] {
    if (times.length === 0) return [];
    const offset = this.now() - timeOf(this.clock);
    return times.map((time) => Math.max(0, time + offset));
  }

  /** Times since the Unix epoch that are over, on the clock: none is later than now, also where the wall clock was set back. */
  toClock(times: readonly number[]): number[] {
    const now = timeOf(this.clock);
    const offset = now - this.now();
    return times.map((time) => Math.min(now, time + offset));
  }
}
