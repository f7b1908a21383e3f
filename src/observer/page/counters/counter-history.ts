import type { Counters } from '../../protocol.ts';

/** What was added from each to the next, of a counter that only grows. */
export function growth(history: readonly Counters[], of: (counters: Counters) => number): number[] {
  return history.slice(1).map((counters, at) => Math.max(0, of(counters) - of(history[at]!)));
}

/** How much a counter that only grows has grown in the minute that ends with the last: pauses make some of them older. */
export function grownLastMinute(history: readonly Counters[], of: (counters: Counters) => number): number {
  const since = (history.at(-1)?.at ?? 0) - 60_000;
  const lately = history.filter(({ at }) => at >= since);
  return growth(lately, of).reduce((all, each) => all + each, 0);
}
