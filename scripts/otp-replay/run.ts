import { ActorEngine } from './actor-engine.ts';
import { compare } from './compare.ts';
import type { Comparison, CreateEngine, Mismatch } from './compare.ts';
import { PlanEngine } from './plan-engine.ts';
import { readScenarios } from './scenario.ts';
import type { Scenario } from './scenario.ts';

const engines: Record<string, CreateEngine> = {
  '--plan': (setting) => new PlanEngine(setting),
  '--actors': (setting) => new ActorEngine(setting),
};

export interface Output {
  readonly log: (line: string) => void;
  readonly error: (line: string) => void;
}

/**
 * The command line: `otp-replay --plan FILE` replays through the pure rules, `--actors` through live actors.
 *
 * @returns the exit status: 0 without a mismatch, 1 with any, 2 if there is nothing to replay
 */
export async function run(args: readonly string[], { log, error }: Output): Promise<number> {
  const [flag = '', file = ''] = args;
  const createEngine = Object.hasOwn(engines, flag) ? engines[flag] : undefined;
  if (createEngine === undefined || file === '' || args.length !== 2) {
    error(`Usage: npm run otp-replay -- ${Object.keys(engines).join('|')} FILE (.jsonl or .jsonl.gz)`);
    return 2;
  }
  let scenarios: Scenario[];
  try {
    scenarios = readScenarios(file);
  } catch (cause) {
    error(`Cannot replay ${file}: ${(cause as Error).message}`);
    return 2;
  }
  const comparison = await compare(scenarios, createEngine);
  print(comparison, log);
  return comparison.mismatches.length === 0 ? 0 : 1;
}

function print({ scenarios, steps, mismatches }: Comparison, log: Output['log']): void {
  for (const mismatch of mismatches.slice(0, 10)) log(describe(mismatch));
  if (mismatches.length > 10) log(`... and ${mismatches.length - 10} more`);
  log(`${scenarios} scenarios, ${steps} steps, ${mismatches.length} mismatches`);
}

function describe({ kind, seed, step, op, expected, got }: Mismatch): string {
  const seen = got instanceof Error ? got.stack : JSON.stringify(got);
  return `${kind} scenario ${seed}, step ${step}, ${JSON.stringify(op)}
  expected ${JSON.stringify(expected)}
  got      ${seen}`;
}
