import { holds, messageOf } from './arguments.ts';
import type { ExitReason } from './exit.ts';

/** One thing wrong with a session or a child spec. */
export interface Issue {
  /** Such as `invalid_name`. */
  readonly code: string;
  /** Where it is, from the session or the spec down; it may be of the whole. */
  readonly path?: readonly PropertyKey[];
  readonly message: string;
}

/** What is wrong, as part of a sentence: the first three things. */
export function summaryOf(issues: readonly Issue[]): string {
  const messages = issues.slice(0, 3).map((issue) => issue.message);
  const more = issues.length > 3 ? `; and ${issues.length - 3} more` : '';
  return `${messages.join('; ')}${more}`;
}

interface OfProjectPath {
  readonly projectPath: unknown;
}

interface OfChild {
  readonly id: string;
}

interface OfRecord {
  readonly id: string;
}

/** What each refusal carries besides its `code` and `message`. */
export interface SupervisionErrorFields {
  session_limit_reached: { readonly current: number; readonly max: number };
  session_exists: { readonly id: string };
  project_already_open: { readonly projectPath: string; readonly id: string };
  not_found: { readonly key: unknown };
  no_sessions: {};
  immutable_field: { readonly field: 'projectPath' | 'createdAt' };
  invalid_session: { readonly issues: readonly Issue[] };
  missing_project_path: OfProjectPath;
  invalid_project_path: OfProjectPath;
  path_too_long: OfProjectPath;
  path_traversal_detected: OfProjectPath;
  path_not_absolute: OfProjectPath;
  path_not_found: OfProjectPath;
  path_not_directory: OfProjectPath;
  path_permission_denied: OfProjectPath;
  start_failed: { readonly cause: unknown };
  already_started: OfChild & { readonly ref: unknown };
  already_present: OfChild;
  max_children: OfChild;
  running: OfChild;
  restarting: OfChild;
  gave_up: { readonly restarts: number; readonly withinMs: number; readonly cause: unknown };
  invalid_spec: { readonly issues: readonly Issue[] };
  managed: {};
  stopping: {};
  ask_timeout: { readonly timeoutMs: number };
  actor_stopped: { readonly reason: ExitReason };
  store_failed: { readonly cause: unknown };
  store_locked: { readonly pid: number };
  record_corrupt: OfRecord & { readonly reason: string };
  record_too_new: OfRecord & { readonly format: number };
}

/** What a refusal is of: its `code`. */
export type SupervisionErrorCode = keyof SupervisionErrorFields;

interface SupervisionErrorBase<C extends SupervisionErrorCode> extends Error {
  readonly name: 'SupervisionError';
  readonly code: C;
  /** A plain object for a log: no refs, and `cause` as its message. */
  toJSON(): Record<string, unknown>;
}

/**
 * An expected "no": returned in a `Result`, or rejected with by `ask`. A `switch` on `code` narrows the fields.
 *
 * @example
 * if (!opened.ok && opened.error.code === 'session_limit_reached') {
 *   console.log(`${opened.error.current} of ${opened.error.max} sessions are open`);
 * }
 */
export type SupervisionError<C extends SupervisionErrorCode = SupervisionErrorCode> = C extends SupervisionErrorCode
  ? SupervisionErrorBase<C> & SupervisionErrorFields[C]
  : never;

// In the registry of symbols, so that an ESM and a CommonJS copy of this package know each other's errors.
const brand: unique symbol = Symbol.for('xstate-supervisor.SupervisionError') as never;

class Refusal extends Error {
  readonly [brand] = true;

  static override [Symbol.hasInstance](value: unknown): boolean {
    return isSupervisionError(value);
  }

  constructor(
    readonly code: SupervisionErrorCode,
    message: string,
    fields: object,
  ) {
    super(message);
    Object.assign(this, fields);
  }

  toJSON(): Record<string, unknown> {
    const { ref: _ref, cause, ...fields } = this as unknown as Record<string, unknown>;
    const json: Record<string, unknown> = { name: this.name, message: this.message, ...fields };
    if (cause !== undefined) json.cause = messageOf(cause);
    return json;
  }
}
Object.defineProperty(Refusal.prototype, 'name', { value: 'SupervisionError' });
Object.defineProperty(Refusal, 'name', { value: 'SupervisionError' });

/** The class of every refusal: `error instanceof SupervisionError`. */
export const SupervisionError = Refusal as unknown as {
  new <C extends SupervisionErrorCode>(
    code: C,
    message: string,
    fields: SupervisionErrorFields[C],
  ): SupervisionError<C>;
  readonly prototype: SupervisionError;
};

/**
 * Whether a value is a refusal of this package, whichever copy of it made the value.
 *
 * @example
 * try {
 *   await ask(ref, { type: 'count' });
 * } catch (error) {
 *   if (isSupervisionError(error, 'ask_timeout')) retry(error.timeoutMs);
 *   else throw error;
 * }
 */
export function isSupervisionError<C extends SupervisionErrorCode = SupervisionErrorCode>(
  value: unknown,
  code?: C,
): value is SupervisionError<C> {
  if (typeof value !== 'object' || value === null) return false;
  return holds(() => brand in value && (code === undefined || (value as Refusal).code === code));
}
