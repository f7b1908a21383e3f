import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export type Script = readonly ('ok' | 'fail' | 'ignore')[];

export interface RecordedSpec {
  readonly id: string;
  readonly restart: 'permanent' | 'transient' | 'temporary';
  readonly significant: boolean;
  /** What its n-th start does; past its end, `ok`. */
  readonly script: Script;
}

/** What a supervisor is made of; all that an engine gets to see of a scenario. */
export interface Setting {
  readonly kind: 'static' | 'dynamic';
  readonly strategy?: 'one_for_one' | 'one_for_all' | 'rest_for_one';
  readonly auto_shutdown?: 'never' | 'any_significant' | 'all_significant';
  readonly max_restarts: number;
  readonly max_children?: number;
  readonly children?: readonly RecordedSpec[];
  /** The spec that the operation `start` adds to a static supervisor. */
  readonly extra?: RecordedSpec;
}

export type Op =
  | readonly ['init' | 'stop']
  | readonly ['start', string | RecordedSpec]
  | readonly ['terminate' | 'restart' | 'delete', string]
  | readonly ['exit', string, string]
  | readonly ['exit2', string, string, string];

export type Event = readonly ['start' | 'start_fail' | 'start_ignore', string] | readonly ['exit', string, string];

/** What was to be seen once the supervisor had gone quiet. */
export interface Observation {
  readonly reply: string;
  readonly events: readonly Event[];
  /** Static: id and state, in start order; dynamic: the ids that run. */
  readonly children: readonly (string | readonly [id: string, state: string])[];
  readonly counts: { specs: number; active: number; supervisors: number; workers: number } | null;
  readonly sup_exit: string | null;
}

export interface Step extends Observation {
  readonly op: Op;
}

export interface Scenario extends Setting {
  readonly seed: number;
  readonly steps: readonly Step[];
}

/** The window of every recorded supervisor: no scenario takes that long. */
export const windowMs = 3_600_000;

/**
 * Reads a recording: one scenario a line, gzipped or not.
 *
 * @throws Error that says which line is ill-formed, and how
 */
export function readScenarios(file: string): Scenario[] {
  const bytes = readFileSync(file);
  const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8');
  const lines = text.split('\n').map((line, index) => ({ line, number: index + 1 }));
  const scenarios = lines.filter(({ line }) => line.trim() !== '').map(({ line, number }) => parse(line, number));
  if (scenarios.length === 0) throw new Error('it holds no scenario');
  return scenarios;
}

function parse(line: string, number: number): Scenario {
  try {
    const scenario = JSON.parse(line) as Scenario;
    checkScenario(scenario);
    return scenario;
  } catch (error) {
    throw new Error(`line ${number}: ${(error as Error).message}`);
  }
}

function checkScenario(scenario: Scenario): void {
  check(isObject(scenario), 'not an object', scenario);
  const { kind, strategy, auto_shutdown, max_restarts, max_children, children, extra, steps } = scenario;
  check(isOneOf(kind, ['static', 'dynamic']), 'kind', kind);
  check(Number.isInteger(max_restarts) && max_restarts >= 0, 'max_restarts', max_restarts);
  if (kind === 'static') {
    check(isOneOf(strategy, ['one_for_one', 'one_for_all', 'rest_for_one']), 'strategy', strategy);
    check(isOneOf(auto_shutdown, ['never', 'any_significant', 'all_significant']), 'auto_shutdown', auto_shutdown);
    check(Array.isArray(children), 'children', children);
    for (const spec of [...children!, ...(extra ? [extra] : [])]) checkSpec(spec);
  } else {
    check(max_children === undefined || Number.isInteger(max_children), 'max_children', max_children);
  }
  check(Array.isArray(steps), 'steps', steps);
  steps.forEach((step, index) => {
    check(isObject(step), `step ${index}`, step);
    checkOp(step.op, scenario, `op of step ${index}`);
    check(typeof step.reply === 'string', `reply of step ${index}`, step.reply);
    check(Array.isArray(step.events) && step.events.every(Array.isArray), `events of step ${index}`, step.events);
    check(Array.isArray(step.children), `children of step ${index}`, step.children);
    check(isObject(step.counts) || step.counts === null, `counts of step ${index}`, step.counts);
    check(isString(step.sup_exit) || step.sup_exit === null, `sup_exit of step ${index}`, step.sup_exit);
  });
}

const operands: Record<string, number> = {
  init: 0,
  stop: 0,
  start: 1,
  terminate: 1,
  restart: 1,
  delete: 1,
  exit: 2,
  exit2: 3,
};

function checkOp(op: Op, { kind, children = [], extra }: Scenario, what: string): void {
  check(Array.isArray(op) && isString(op[0]) && operands[op[0]] === op.length - 1, what, op);
  if (op[0] !== 'start') return check(op.every(isString), what, op);
  if (!isString(op[1])) return checkSpec(op[1]);
  const known = [...children, extra].some((spec) => spec?.id === op[1]);
  check(kind === 'static' && known, what, op);
}

function checkSpec(spec: RecordedSpec): void {
  check(isObject(spec) && isString(spec.id), 'spec', spec);
  check(isOneOf(spec.restart, ['permanent', 'transient', 'temporary']), `restart of ${spec.id}`, spec.restart);
  check(typeof spec.significant === 'boolean', `significant of ${spec.id}`, spec.significant);
  const { script } = spec;
  const isScript = Array.isArray(script) && script.every((word) => isOneOf(word, ['ok', 'fail', 'ignore']));
  check(isScript, `script of ${spec.id}`, script);
}

function check(holds: boolean, what: string, value: unknown): void {
  if (!holds) throw new Error(`${what} makes no sense: ${JSON.stringify(value)}`);
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
const isString = (value: unknown): value is string => typeof value === 'string';
const isOneOf = (value: unknown, words: readonly string[]): boolean => words.includes(value as string);
