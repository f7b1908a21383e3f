import type { Counters } from '../../protocol.ts';

/** What was added from each to the next, of a counter that only grows. */
export function growth(history: readonly Counters[], of: (counters: Counters) => number): number[] {
  return history.slice(1).map((counters, at) => Math.max(0, of(counters) - of(history[at]!)));
}
