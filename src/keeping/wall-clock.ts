import { timeOf } from '../xstate/internals.ts';
import type { Clock } from '../xstate/internals.ts';

/** By how much, in milliseconds, the two clocks may part before it is the wall clock that counts. */
const resolutionMs = 10;

/** The wall clock of a host, by which times are kept that another process is to read; beside the clock of its timers. */
export class WallClock {
  // Found once, and not at each time: each reading of two clocks is another by fractions of a millisecond, and what has
  // not changed would be written again for that.
  private offset = NaN;

  /** @param given the host's own */
  constructor(
    private readonly given: () => number,
    private readonly clock: Clock,
  ) {}

  /** In milliseconds since the Unix epoch. */
  now(): number {
    return this.toWall(timeOf(this.clock));
  }

  /** A time of the clock, in milliseconds since the Unix epoch. */
  toWall(time: number): number {
    const offset = this.read() - timeOf(this.clock);
    if (!(Math.abs(offset - this.offset) < resolutionMs)) this.offset = offset;
    return Math.max(0, time + this.offset);
  }

  /** Times since the Unix epoch that are over, on the clock: none is later than now, also where the wall clock was set back. */
  toClock(times: readonly number[]): number[] {
    const now = timeOf(this.clock);
    const offset = this.now() - now;
    return times.map((time) => Math.min(now, time - offset));
  }

  private read(): number {
    try {
      const now = this.given();
      if (Number.isFinite(now) && now >= 0) return now;
    } catch {
      // One that throws is as good as one that makes no sense.
    }
    return Date.now();
  }
}
