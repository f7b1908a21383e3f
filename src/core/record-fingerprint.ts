import type { SessionRecord } from './session-record.ts';

/** Deadlines that differ by less, in milliseconds, are of one timer: each time it is taken, its deadline is found anew. */
const resolutionMs = 10;

/** A text that is the same for two records of one state, whenever they were made. */
export function fingerprint(record: SessionRecord): string {
  const timers = record.timers.map((timer) => ({ ...timer, dueAt: Math.round(timer.dueAt / resolutionMs) }));
  return JSON.stringify({ ...record, timers, savedAt: 0 });
}
