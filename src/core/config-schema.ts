import { describe, messageOf, requireObject } from './arguments.ts';
import { EMPTY_JSON, equalJson, freezeJson, isJsonObject, kindOf, mergeJson } from './json-value.ts';
import type { JsonFault, JsonObject } from './json-value.ts';
import { ok, refused, type Result } from './result.ts';
import { summaryOf, type Issue } from './supervision-error.ts';

/**
 * What zod, valibot, arktype and others have in common: version 1 of Standard Schema, as far as it is used here
 * (https://standardschema.dev).
 */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

export type StandardResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly StandardIssue[] };

export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * The type of a session's config, from its schema.
 *
 * @example
 * const schema = z.object({ model: z.string() });
 * type Config = InferConfig<typeof schema>; // { model: string }
 */
export type InferConfig<TSchema extends StandardSchemaV1> = NonNullable<TSchema['~standard']['types']>['output'];

/** What a host says about the `config` of its sessions. */
export interface ConfigOptions<TConfig = Record<string, unknown>> {
  /** A Standard Schema: synchronous, and accepting its own output. What it puts out is what is stored. */
  readonly schema?: StandardSchemaV1<unknown, TConfig>;
  /** What a new session's config is merged over, key by key. */
  readonly default?: Partial<TConfig>;
}

type Checked = Result<JsonObject, readonly Issue[]>;

/**
 * Checks the `config` option once, where it is passed, rather than at the first session: what it returns is the same,
 * with its default already copied and frozen, and costs less at each session.
 *
 * Throws a `TypeError` that names `config.schema` or `config.default`. A schema that is asynchronous only for some
 * values, or refuses its own output only for some, shows itself when such a value comes: as the same `TypeError`.
 */
export function validateConfigOptions<TConfig = Record<string, unknown>>(
  options: ConfigOptions<TConfig> = {},
): ConfigOptions<TConfig> {
  requireObject('config', options);
  const { schema } = options;
  const base = defaultOf(options);
  const checked = checkConfig(base, schema);
  if (!checked.ok && options.default !== undefined) {
    throw new TypeError(`config.default is refused by config.schema: ${summaryOf(checked.error)}`);
  }
  return Object.freeze({
    ...(schema !== undefined && { schema }),
    // What the schema makes of the default depends on what is merged over it, so it is kept as it was given.
    ...(options.default !== undefined && { default: base as Partial<TConfig> }),
  });
}

const noConfig: Checked = ok(EMPTY_JSON);

/** The config of a new session. */
export function createConfig(given: unknown, options: ConfigOptions<unknown> = {}): Checked {
  if (given === undefined && options.default === undefined && options.schema === undefined) return noConfig;
  return patchConfig(defaultOf(options), given === undefined ? EMPTY_JSON : given, options);
}

/** A config with some of its keys replaced. */
export function patchConfig(previous: unknown, patch: unknown, options: ConfigOptions<unknown> = {}): Checked {
  const base = toJson(previous);
  const over = toJson(patch);
  if (!base.ok || !over.ok) return refused([...(base.ok ? [] : base.error), ...(over.ok ? [] : over.error)]);
  const merged = mergeJson(base.value, over.value);
  return merged.ok ? checkConfig(merged.value, options.schema) : refused(merged.error.map(toIssue));
}

/** A config as it must be: a JSON object that the schema, if there is one, accepts; what comes back is its output. */
export function checkConfig(config: unknown, schema: StandardSchemaV1<unknown, unknown> | undefined): Checked {
  const json = toJson(config);
  if (!json.ok || schema === undefined) return json;
  const output = runSchema(schema, json.value);
  if (!output.ok) return output;
  if (equalJson(output.value, json.value)) return json;
  const again = runSchema(schema, output.value);
  if (!again.ok || !equalJson(again.value, output.value)) {
    const what = again.ok ? `made ${describe(again.value)} of it` : `refused it: ${again.error[0]?.message}`;
    throw new TypeError(`config.schema must accept its own output ${describe(output.value)}, but ${what}`);
  }
  return output;
}

function runSchema(schema: StandardSchemaV1<unknown, unknown>, config: JsonObject): Checked {
  requireSchema(schema);
  let answer: unknown;
  try {
    // Not the frozen one: some schemas change what they are given, and arktype's copy of it would be as read-only.
    answer = schema['~standard'].validate(JSON.parse(JSON.stringify(config)));
    if (!isPromise(answer)) return fromAnswer(answer);
  } catch (error) {
    return refuse(messageOf(error));
  }
  // Nobody waits for it, and its rejection would be the process's.
  Promise.resolve(answer).catch(() => {});
  throw new TypeError('config.schema must be synchronous, but it returned a promise');
}

function requireSchema(schema: unknown): void {
  // An arktype is a function.
  if ((typeof schema === 'object' && schema !== null) || typeof schema === 'function') {
    const standard = (schema as Partial<StandardSchemaV1>)['~standard'];
    if (standard?.version === 1 && typeof standard.validate === 'function') return;
  }
  throw new TypeError(`config.schema must be a Standard Schema (version 1), not ${describe(schema)}`);
}

const isPromise = (value: unknown): boolean =>
  typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';

function fromAnswer(answer: unknown): Checked {
  if (typeof answer !== 'object' || answer === null) {
    return refuse(`config.schema must return a value or issues, not ${kindOf(answer)}`);
  }
  const { value, issues } = answer as { value?: unknown; issues?: Iterable<StandardIssue> };
  if (!issues) return toJson(value);
  const found = Array.from(issues, fromSchema);
  return found.length > 0 ? refused(found) : refuse('config is refused by config.schema');
}

function defaultOf(options: ConfigOptions<unknown>): JsonObject {
  if (options.default === undefined) return EMPTY_JSON;
  const json = toJson(options.default);
  if (json.ok) return json.value;
  throw new TypeError(`config.default must survive JSON, but ${summaryOf(json.error)}`);
}

function toJson(value: unknown): Checked {
  const json = freezeJson(value);
  if (!json.ok) return refused(json.error.map(toIssue));
  return isJsonObject(json.value) ? ok(json.value) : refuse(`config must be an object, not ${kindOf(json.value)}`);
}

const toIssue = ({ path, problem }: JsonFault): Issue => ({
  code: 'invalid_config',
  ...(path.length > 0 && { path }),
  message: `config${path.map(toAccess).join('')} ${problem}: it would not survive JSON`,
});

function fromSchema({ message, path }: StandardIssue): Issue {
  return {
    code: 'invalid_config',
    ...(path && path.length > 0 && { path: path.map((part) => (typeof part === 'object' ? part.key : part)) }),
    message: String(message),
  };
}

const refuse = (message: string): Checked => refused([{ code: 'invalid_config', message }]);

function toAccess(key: PropertyKey): string {
  if (typeof key === 'string' && /^[A-Za-z_$][\w$]{0,99}$/.test(key)) return `.${key}`;
  return `[${describe(key)}]`;
}
