import type { SimulatedClock } from 'xstate';

interface Timer {
  readonly start: number;
  readonly timeout: number;
}

/** When each timer that waits falls due, in virtual time. */
export function pendingTimers(clock: SimulatedClock): number[] {
  // The clock keeps them to itself.
  const { timeouts } = clock as unknown as { readonly timeouts: ReadonlyMap<unknown, Timer> };
  return Array.from(timeouts.values(), ({ start, timeout }) => start + timeout);
}
