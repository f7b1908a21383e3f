import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.ts';
import { faults } from './findings.ts';
import type { Fault } from './findings.ts';
import { flaws } from './protocol.ts';
import { Run } from './run.ts';
import type { Outcome, Plan } from './run.ts';

export interface Output {
  readonly log: (line: string) => void;
  readonly error: (line: string) => void;
}

/** So many are told in full. */
const manyFindings = 20;

/**
 * The command line: `crash-test --rounds N --store file|lmdb --seed S`. With `--flaw`, and one of the flaws, the store is
 * broken, and that is to be found.
 *
 * @returns the exit status: 0 if all is as it is to be, 1 if anything is not, 2 if there is nothing to do
 */
export async function crashTest(args: readonly string[], { log, error }: Output): Promise<number> {
  const plan = planIn(args);
  if (plan === undefined) {
    error('Usage: npm run crash-test -- --rounds N --store file|lmdb --seed S');
    return 2;
  }
  const directory = await mkdtemp(join(tmpdir(), 'xstate-supervisor-crash-'));
  try {
    const outcome = await new Run(plan, await bundle(directory), join(directory, 'sessions')).go();
    for (const line of linesOf(plan, outcome)) log(line);
    const { findings } = outcome.books;
    for (const { fault, text } of findings.slice(0, manyFindings)) error(`${faults[fault]}: ${text}`);
    if (findings.length > manyFindings) error(`and ${findings.length - manyFindings} more`);
    return Number(findings.length > 0);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function* linesOf({ store, seed }: Plan, { rounds, kills, closes, books }: Outcome): Generator<string> {
  yield `seed ${seed}, store ${store}`;
  yield `rounds: ${rounds}`;
  yield `kills: ${kills}`;
  yield `orderly stops: ${closes}`;
  yield `acknowledged: ${books.acknowledged}`;
  yield `timers fired: ${books.timersFired}, the latest ${books.latestMs} ms after its time`;
  for (const fault of Object.keys(faults) as Fault[]) {
    yield `${faults[fault]}: ${books.findings.filter((finding) => finding.fault === fault).length}`;
  }
}

function planIn(args: readonly string[]): Plan | undefined {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({ args: [...args], options: { rounds: text, store: text, seed: text, flaw: text } });
    const { rounds = '', store, seed = '' } = values;
    const flaw = flaws.find((name) => name === values.flaw);
    if (!/^[1-9]\d{0,4}$/.test(rounds) || !/^\d{1,9}$/.test(seed)) return undefined;
    if (store !== 'file' && store !== 'lmdb') return undefined;
    if (flaw !== values.flaw) return undefined;
    return { rounds: Number(rounds), store, seed: Number(seed), flaw };
  } catch {
    return undefined;
  }
}
