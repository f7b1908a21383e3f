import type { SessionRecord, TimerRecord } from './session-record.ts';

/** Deadlines that differ by less, in milliseconds, are of one timer: each time it is taken, its deadline is found anew. */
const resolutionMs = 10;

/** Whether two records are of one state, whenever they were made. */
export function isSameState(a: SessionRecord, b: SessionRecord): boolean {
  return (
    isSame(a.snapshot, b.snapshot) &&
    isSame(a.session, b.session) &&
    a.incarnation === b.incarnation &&
    a.crashes === b.crashes &&
    a.order === b.order &&
    isSame(a.logic, b.logic) &&
    isSame(a.restarts, b.restarts) &&
    a.timers.length === b.timers.length &&
    a.timers.every((timer, index) => isSameTimer(timer, b.timers[index]!))
  );
}

const isSameTimer = ({ dueAt: a, ...one }: TimerRecord, { dueAt: b, ...other }: TimerRecord): boolean =>
  Math.round(a / resolutionMs) === Math.round(b / resolutionMs) && isSame(one, other);

// Of values that JSON can say. The order of keys is part of them: it would come back as it was.
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  const others = Object.keys(b);
  if (keys.length !== others.length) return false;
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index]!;
    if (key !== others[index] || !isSame((a as Values)[key], (b as Values)[key])) return false;
  }
  return true;
}

type Values = Readonly<Record<string, unknown>>;
