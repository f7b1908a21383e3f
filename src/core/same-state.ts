import { isSameJson } from './same-json.ts';
import type { SessionRecord, TimerRecord } from './session-record.ts';

/** Deadlines that differ by less, in milliseconds, are of one timer: each time it is taken, its deadline is found anew. */
const resolutionMs = 10;

/** Whether two records are of one state, whenever they were made. */
export function isSameState(a: SessionRecord, b: SessionRecord): boolean {
  return (
    isSameJson(a.snapshot, b.snapshot) &&
    isSameJson(a.session, b.session) &&
    a.incarnation === b.incarnation &&
    a.crashes === b.crashes &&
    a.order === b.order &&
    isSameJson(a.logic, b.logic) &&
    isSameJson(a.restarts, b.restarts) &&
    a.timers.length === b.timers.length &&
    a.timers.every((timer, index) => isSameTimer(timer, b.timers[index]!))
  );
}

const isSameTimer = ({ dueAt: a, ...one }: TimerRecord, { dueAt: b, ...other }: TimerRecord): boolean =>
  Math.round(a / resolutionMs) === Math.round(b / resolutionMs) && isSameJson(one, other);
