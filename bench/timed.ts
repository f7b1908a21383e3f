import { Bench } from 'tinybench';
import type { Fn, FnOptions } from 'tinybench';
import type { Rounds } from './row.ts';

export interface Contestant {
  /** How many operations one run makes. */
  readonly operations: number;
  /** Outside of the time: prepares one run. */
  before?(): unknown;
  /** What is timed; a peer in another process gives the time that it took itself as `overriddenDuration`. */
  run(): unknown;
  /** Outside of the time: throws unless the run has done what it should, and cleans up. */
  after?(): unknown;
}

/** Those that are not there, because a peer is not installed, are left out. */
export type Contestants = Readonly<Record<string, Contestant | undefined>>;

// A round takes at least so long, so that single figures are stable. A run that takes longer is a round by itself.
const roundMs = 50;
// With its preparation it may take so many times as long.
const patience = 4;
// V8 compiles what is run often, and compiles it anew for what it had not seen yet.
const warmupMs = 2_000;

/**
 * Times contestants side by side: in each round every one of them has its turn, without the garbage of the one before it,
 * so that what disturbs a round disturbs them all.
 *
 * @param unkept how many rounds come before those that count; a run that takes long by itself needs none
 */
export async function timed(
  contestants: Contestants,
  rounds: number,
  { unkept = 2 }: { readonly unkept?: number } = {},
): Promise<Rounds> {
  const bench = new Bench({ time: roundMs, iterations: 1, warmupTime: warmupMs, warmupIterations: 1, throws: true });
  const entries = Object.entries(contestants).flatMap(([name, contestant]) =>
    contestant === undefined ? [] : [{ name, contestant, perRound: [] as number[] }],
  );
  for (const { name, contestant } of entries) {
    const { fn, options } = taskOf(contestant);
    bench.add(name, fn, options);
  }
  for (const { name } of entries) await bench.getTask(name)!.warmup();
  collectGarbage('major');
  // The first rounds warm up, too, now that everybody has been there.
  for (let round = -unkept; round < rounds; round++) {
    // Nobody always comes after the same one.
    const order = round % 2 === 0 ? entries : entries.toReversed();
    for (const { name, contestant, perRound } of order) {
      const task = bench.getTask(name)!;
      task.reset();
      collectGarbage('minor');
      const { result } = await task.run();
      if (result.state !== 'completed') throw new Error(`${name} was not measured: ${result.state}`);
      if (round >= 0) perRound.push((result.latency.mean * 1e6) / contestant.operations);
    }
  }
  return Object.fromEntries(entries.map(({ name, perRound }) => [name, perRound]));
}

/** The same as a task, whose runs tell how much of the time of their round they have used up, preparation included. */
function taskOf({ before, run, after }: Contestant): { readonly fn: Fn; readonly options: FnOptions } {
  let begun = 0;
  return {
    fn: async () => {
      const ready = performance.now();
      const own = (await run()) as object | undefined;
      const now = performance.now();
      return { ...own, overriddenIterationCost: Math.max(now - ready, (now - begun) / patience) };
    },
    options: {
      // All of them are asynchronous, so that each pays for the same one await a run.
      async: true,
      beforeEach: async () => {
        begun = performance.now();
        await before?.();
      },
      afterEach: async () => void (await after?.()),
    },
  };
}

/**
 * @param type between turns `minor`: a major one takes along what V8 has compiled for objects of which none lives just
 *   then, and every turn would begin with cold code
 */
export function collectGarbage(type: 'minor' | 'major'): void {
  if (globalThis.gc === undefined) throw new Error('There is no gc: run node with --expose-gc');
  globalThis.gc({ type });
}
