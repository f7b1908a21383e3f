import { messageOf, requireObject } from './arguments.ts';
import { checkConfig, createConfig, patchConfig, type ConfigOptions } from './config-schema.ts';
import { ok } from './result.ts';
import type { Result } from './result.ts';
import { isSealed } from './sealed.ts';
import { isTime, sealSession } from './session-draft.ts';
import { generateSessionId } from './session-id.ts';
import { defaultSessionName } from './session-name.ts';
import type { SupervisionError } from './supervision-error.ts';

/** A piece of work bound to one project directory: a frozen plain value that survives JSON. */
export interface Session<TConfig = Record<string, unknown>> {
  /** A UUID v4, unless the host gave its own: 1-128 of `[A-Za-z0-9._-]`, not starting with a dot. */
  readonly id: string;
  /** 1-50 characters (Unicode code points), not all blank, no control characters, no lone surrogates. */
  readonly name: string;
  /** Absolute and canonical: no `.` or `..` segments, no double or trailing slashes. */
  readonly projectPath: string;
  /** A deep-frozen object that survives JSON. */
  readonly config: TConfig;
  /** Integer milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /** Integer milliseconds since the Unix epoch. Grows with each change, also where the clock stands or goes back. */
  readonly updatedAt: number;
}

/** What a session is made of. */
export interface SessionInput<TConfig = Record<string, unknown>> {
  /** The project directory. A host makes it canonical; `createSession` takes no other. */
  readonly projectPath: string;
  /** The name of the directory unless given. */
  readonly name?: string;
  /** Merged key by key over the default of the options. */
  readonly config?: Partial<TConfig>;
  /** Generated unless given. */
  readonly id?: string;
}

/** How sessions are made and changed. */
export interface SessionOptions<TConfig = Record<string, unknown>> {
  /** The wall clock, in milliseconds since the Unix epoch; a fraction is cut off. `Date.now` unless given. */
  readonly now?: () => number;
  /** `crypto.randomUUID` unless given. */
  readonly generateId?: () => string;
  /** The schema and the default of their `config`. */
  readonly config?: ConfigOptions<TConfig>;
}

type InvalidSession = SupervisionError<'invalid_session'>;

/**
 * Makes a session. Throws for no value, whatever it is; all that is wrong with it is in `error.issues`, in the order
 * of the fields of a session. The input is neither changed nor kept.
 *
 * The path is checked as text only, and must be canonical already: `checkProjectPath` makes it so.
 *
 * Throws a `TypeError` for a mistake in the options: a `config.schema` that is no Standard Schema, is asynchronous or
 * refuses its own output, or a `config.default` that does not survive JSON. What else a callback throws or returns is
 * an issue of the field it is for.
 *
 * @example
 * const created = createSession({ projectPath: '/home/me/shop' });
 * if (created.ok) console.log(created.value.name); // 'shop'
 */
export function createSession<TConfig = Record<string, unknown>>(
  input: SessionInput<TConfig>,
  options?: SessionOptions<TConfig>,
): Result<Session<TConfig>, InvalidSession> {
  requireOptions(options);
  const projectPath = read(input, 'projectPath');
  const name = read(input, 'name');
  const id = read(input, 'id');
  const createdAt = timeFrom(options);
  return sealSession({
    id: id === undefined ? answerOf(options?.generateId ?? generateSessionId) : id,
    name: name === undefined ? defaultSessionName(projectPath) : name,
    projectPath,
    config: createConfig(read(input, 'config'), options?.config),
    createdAt,
    // A new session has one time; if it is wrong, that is one issue.
    updatedAt: isTime(createdAt) ? createdAt : 0,
  });
}

/**
 * The session under another name. Refuses and throws as `createSession` does.
 *
 * @example
 * renameSession(session, ''); // error.issues: [{ code: 'invalid_name', ... }]
 */
export function renameSession<TConfig = Record<string, unknown>>(
  session: Session<TConfig>,
  name: string,
  options?: SessionOptions<TConfig>,
): Result<Session<TConfig>, InvalidSession> {
  requireOptions(options);
  const fields = fieldsOf(session);
  const config = checkConfig(fields.config, options?.config?.schema);
  return sealSession({ ...fields, name, config, updatedAt: timeAfter(fields.updatedAt, options) });
}

/**
 * The session with some keys of its config replaced; the whole is then checked by the schema. Refuses and throws as
 * `createSession` does.
 *
 * @example
 * configureSession(session, { model: 'small' }); // every other key stays
 */
export function configureSession<TConfig = Record<string, unknown>>(
  session: Session<TConfig>,
  patch: Partial<TConfig>,
  options?: SessionOptions<TConfig>,
): Result<Session<TConfig>, InvalidSession> {
  requireOptions(options);
  const fields = fieldsOf(session);
  const config = patchConfig(fields.config, patch, options?.config);
  return sealSession({ ...fields, config, updatedAt: timeAfter(fields.updatedAt, options) });
}

/**
 * A session from elsewhere: a file, a store, another process. Gives a copy without the fields that a session does not
 * have; one that this package made, and that no schema is to check, is given back as it is. Refuses and throws as `createSession` does, but no field has a default.
 *
 * @example
 * const restored = validateSession(JSON.parse(text));
 */
export function validateSession<TConfig = Record<string, unknown>>(
  value: unknown,
  options?: SessionOptions<TConfig>,
): Result<Session<TConfig>, InvalidSession> {
  requireOptions(options);
  const schema = options?.config?.schema;
  if (schema === undefined && isSealed(value)) return ok(value as Session<TConfig>);
  const fields = fieldsOf(value);
  return sealSession({ ...fields, config: checkConfig(fields.config, schema) });
}

function requireOptions(options: SessionOptions<unknown> | undefined): void {
  if (options === undefined) return;
  requireObject('options', options);
  if (options.config !== undefined) requireObject('config', options.config);
}

function fieldsOf(value: unknown) {
  return {
    id: read(value, 'id'),
    name: read(value, 'name'),
    projectPath: read(value, 'projectPath'),
    config: read(value, 'config'),
    createdAt: read(value, 'createdAt'),
    updatedAt: read(value, 'updatedAt'),
  };
}

/** A field of any value, read once: a getter may throw, or answer something else the next time. */
const read = (value: unknown, field: keyof Session): unknown =>
  answerOf(() => (value as Partial<Session> | null | undefined)?.[field]);

/** What a callback returns; where it throws a symbol, which no field can be, so that it becomes an issue. */
function answerOf(callback: () => unknown): unknown {
  try {
    return callback();
  } catch (error) {
    return Symbol(`thrown: ${messageOf(error)}`);
  }
}

function timeFrom(options: SessionOptions<unknown> | undefined): unknown {
  const now = answerOf(options?.now ?? Date.now);
  return typeof now === 'number' ? Math.trunc(now) : now;
}

function timeAfter(previous: unknown, options: SessionOptions<unknown> | undefined): unknown {
  if (!isTime(previous)) return previous;
  const now = timeFrom(options);
  return isTime(now) ? Math.max(now, previous + 1) : now;
}
