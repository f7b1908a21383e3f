import { kindOf } from './json-value.ts';
import { ok, refused } from './result.ts';
import type { Refused } from './result.ts';
import type { Reply } from './reply.ts';
import { isTime } from './session-draft.ts';
import { validateSession } from './session.ts';
import type { Session } from './session.ts';
import { summaryOf, SupervisionError } from './supervision-error.ts';

/** The format of the records that this version writes. */
export const RECORD_FORMAT = 1;

/** What is kept of a session, so that it goes on in another process: a plain value that JSON can say. */
export interface SessionRecord {
  readonly format: typeof RECORD_FORMAT;
  readonly session: Session;
  /** Which logic the snapshot is of. */
  readonly logic: { readonly id: string; readonly version: string };
  /** What its actor goes on from; null: it begins afresh. */
  readonly snapshot: unknown;
  readonly timers: readonly TimerRecord[];
  /** Which life of the session the snapshot is of: they count from 1. */
  readonly incarnation: number;
  /** When it was restarted, as far as its intensity still counts that. Milliseconds since the Unix epoch. */
  readonly restarts: readonly number[];
  /** How often it has crashed since the snapshot was taken. By default never. */
  readonly crashes?: number;
  /** Which of its host's sessions it was, in the order of their registration: that of those of one `createdAt`. */
  readonly order?: number;
  /** Integer milliseconds since the Unix epoch. */
  readonly savedAt: number;
}

/** A delayed event that was under way. */
export interface TimerRecord {
  /** Who sends it: the ids of the actors below the session's own, joined by `/`; `''` is that. */
  readonly source: string;
  /** Who is to receive it; null: the supervisor of the session. */
  readonly target: string | null;
  readonly event: { readonly type: string };
  /** By which it is cancelled. */
  readonly id: string;
  /** How long it was to wait from the beginning, in milliseconds. */
  readonly delayMs: number;
  /** When it is due: milliseconds since the Unix epoch. */
  readonly dueAt: number;
}

/**
 * Checks a record from elsewhere, field by field. Gives a copy without the fields that a record does not have; the
 * snapshot is the logic's own, and taken as it is.
 *
 * @param id of the session under whose name it was found
 * @returns `record_too_new` for a format of a later version, of which nothing else is looked at; `record_corrupt` with a
 *   `reason` that names the field and what it is
 */
export function checkRecord(value: unknown, id: string): Reply<SessionRecord, 'record_corrupt' | 'record_too_new'> {
  if (!isObject(value)) return corrupt(id, `it is ${kindOf(value)}, not an object`);
  const { format, session: given, logic, snapshot, timers, incarnation, restarts, crashes, order, savedAt } = value;
  if (Number.isSafeInteger(format) && (format as number) > RECORD_FORMAT) return tooNew(id, format as number);
  if (format !== RECORD_FORMAT) return wrong(id, 'format', String(RECORD_FORMAT), format);

  const session = validateSession(given);
  if (!session.ok) return corrupt(id, summaryOf(session.error.issues));
  if (session.value.id !== id) return corrupt(id, `it is of the session ${session.value.id}`);
  if (!isObject(logic)) return wrong(id, 'logic', 'an object', logic);
  if (typeof logic.id !== 'string') return wrong(id, 'logic.id', 'a string', logic.id);
  if (typeof logic.version !== 'string') return wrong(id, 'logic.version', 'a string', logic.version);
  if (snapshot === undefined) return corrupt(id, 'snapshot is missing');
  if (!Array.isArray(timers)) return wrong(id, 'timers', 'an array', timers);
  for (const [index, timer] of timers.entries()) {
    const fault = faultOfTimer(timer);
    if (fault !== undefined) return corrupt(id, `timers[${index}]${fault}`);
  }
  if (!isCount(incarnation)) return wrong(id, 'incarnation', 'an integer of at least 1', incarnation);
  if (!Array.isArray(restarts)) return wrong(id, 'restarts', 'an array', restarts);
  const odd = restarts.findIndex((time) => !isAmount(time));
  if (odd !== -1) return wrong(id, `restarts[${odd}]`, 'a number of milliseconds', restarts[odd]);
  if (crashes !== undefined && !isNatural(crashes)) return wrong(id, 'crashes', 'an integer of at least 0', crashes);
  if (order !== undefined && !isNatural(order)) return wrong(id, 'order', 'an integer of at least 0', order);
  if (!isTime(savedAt)) return wrong(id, 'savedAt', 'an integer of milliseconds since the Unix epoch', savedAt);

  return ok({
    format: RECORD_FORMAT,
    session: session.value,
    logic: { id: logic.id, version: logic.version },
    snapshot,
    timers: timers.map(copyOfTimer),
    incarnation,
    restarts: [...restarts],
    ...(crashes !== undefined && { crashes }),
    ...(order !== undefined && { order }),
    savedAt,
  });
}

/**
 * A record as JSON that can be loaded again, or why there is none.
 *
 * @throws what JSON throws
 */
export function recordJson(record: SessionRecord): Reply<string, 'record_corrupt' | 'record_too_new'> {
  const { id } = record.session;
  // What is written is what is checked. To read it once more for that takes as long as to write it, and most say as JSON
  // what they are: only the logic's own values may not.
  const asItIs = saysWhatItIs(record) ? checkRecord(record, id) : undefined;
  const checked = asItIs?.ok ? asItIs : checkRecord(JSON.parse(JSON.stringify(record)), id);
  return checked.ok ? ok(JSON.stringify(checked.value)) : checked;
}

const saysWhatItIs = ({ snapshot, timers }: SessionRecord): boolean =>
  typeof snapshot === 'object' &&
  (snapshot as { toJSON?: unknown } | null)?.toJSON === undefined &&
  timers?.length === 0;

/** The refusal of a record that cannot be what was saved. */
export const corrupt = (id: string, reason: string): Refused<SupervisionError<'record_corrupt'>> =>
  refused(
    new SupervisionError('record_corrupt', `The record of the session ${id} is corrupt: ${reason}`, { id, reason }),
  );

const tooNew = (id: string, format: number) =>
  refused(
    new SupervisionError(
      'record_too_new',
      `The record of the session ${id} has the format ${format}: this version knows up to ${RECORD_FORMAT}`,
      { id, format },
    ),
  );

const wrong = (id: string, field: string, rule: string, value: unknown) =>
  corrupt(id, value === undefined ? `${field} is missing` : `${field} must be ${rule}, not ${kindOf(value)}`);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isNatural = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const isCount = (value: unknown): value is number => isNatural(value) && value >= 1;

// A clock may count in fractions of a millisecond.
const isAmount = (value: unknown): value is number => Number.isFinite(value) && (value as number) >= 0;

/** What follows the name of the timer in a sentence. */
function faultOfTimer(timer: unknown): string | undefined {
  if (!isObject(timer)) return ` must be an object, not ${kindOf(timer)}`;
  for (const field of ['source', 'target', 'id'] as const) {
    const value = timer[field];
    if (typeof value === 'string' || (field === 'target' && value === null)) continue;
    return `.${field} must be a string, not ${kindOf(value)}`;
  }
  const { event } = timer;
  if (!isObject(event) || typeof event.type !== 'string') return '.event must be an object with a type';
  for (const field of ['delayMs', 'dueAt'] as const) {
    if (!isAmount(timer[field])) return `.${field} must be a number of milliseconds, not ${kindOf(timer[field])}`;
  }
  return undefined;
}

const copyOfTimer = ({ source, target, event, id, delayMs, dueAt }: TimerRecord): TimerRecord => ({
  source,
  target,
  event,
  id,
  delayMs,
  dueAt,
});
