import { isDeepStrictEqual } from 'node:util';
import type { Event, Observation, Op, Scenario, Setting } from './scenario.ts';

/** Something that supervises, one scenario long. */
export interface Engine {
  /** Does one operation, and looks at what there is to be seen once all has gone quiet. */
  perform(op: Op): Observation | Promise<Observation>;
}

export type CreateEngine = (setting: Setting) => Engine;

/** A step that was seen to go otherwise than recorded. */
export interface Mismatch {
  readonly kind: string;
  readonly seed: number;
  readonly step: number;
  readonly op: Op;
  readonly expected: Partial<Observation>;
  /** What was seen of the same fields; an error if the engine threw one. */
  readonly got: Partial<Observation> | Error;
}

export interface Comparison {
  readonly scenarios: number;
  readonly steps: number;
  readonly mismatches: readonly Mismatch[];
}

/** Replays every scenario on an engine of its own, and compares all that was recorded at each step. */
export async function compare(scenarios: readonly Scenario[], createEngine: CreateEngine): Promise<Comparison> {
  const mismatches: Mismatch[] = [];
  let steps = 0;
  for (const { kind, seed, steps: recorded, ...setting } of scenarios) {
    const engine = createEngine({ kind, ...setting });
    for (const [step, { op, ...expected }] of recorded.entries()) {
      steps++;
      const got = await perform(engine, op);
      const difference = got instanceof Error ? { expected, got } : differenceOf(kind, op, expected, got);
      if (difference !== undefined) mismatches.push({ kind, seed, step, op, ...difference });
    }
  }
  return { scenarios: scenarios.length, steps, mismatches };
}

async function perform(engine: Engine, op: Op): Promise<Observation | Error> {
  try {
    return await engine.perform(op);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

type Difference = Pick<Mismatch, 'expected' | 'got'>;

function differenceOf(kind: string, op: Op, expected: Observation, got: Observation): Difference | undefined {
  const free = kind === 'dynamic' && expected.sup_exit !== null;
  const fields = (['reply', 'events', 'children', 'counts', 'sup_exit'] as const).filter((field) => {
    if (field !== 'events' || !free) return !isDeepStrictEqual(expected[field], got[field]);
    return !isDeepStrictEqual(withEndSorted(op, expected.events), withEndSorted(op, got.events));
  });
  if (fields.length === 0) return undefined;
  const only = (seen: Observation) => Object.fromEntries(fields.map((field) => [field, seen[field]]));
  return { expected: only(expected), got: only(got) };
}

// A dynamic supervisor that ends stops its children all at once: the order in which they go is free. What came before
// that, and what ended by itself, is not.
function withEndSorted(op: Op, events: readonly Event[]): Event[] {
  const lastOther = events.findLastIndex(([type, , reason]) => type !== 'exit' || reason !== 'shutdown');
  const end = Math.max(lastOther + 1, ownExits(op));
  return [...events.slice(0, end), ...events.slice(end).sort(([, a], [, b]) => (a < b ? -1 : 1))];
}

function ownExits(op: Op): number {
  if (op.at(-1) === 'kill') return 0;
  return op[0] === 'exit' ? 1 : op[0] === 'exit2' ? 2 : 0;
}
