import { Bench } from 'tinybench';
import type { FnOptions } from 'tinybench';
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

// A turn takes at least so long, so that single figures are stable. A run that takes longer is a turn by itself.
const turnMs = 50;
// With its preparation it may take so many times as long.
const patience = 2;
// V8 takes thousands of operations to compile what it runs, and compiles it anew for what it had not seen yet.
const warmUp = { operations: 10_000, atLeastMs: 300, atMostMs: 2_000 };

/**
 * Times contestants side by side: in each round every one of them has its turn, without the garbage of the one before it,
 * so that what disturbs a round disturbs them all.
 */
export async function timed(contestants: Contestants, rounds: number): Promise<Rounds> {
  const bench = new Bench({ time: turnMs, iterations: 1, warmupTime: turnMs, warmupIterations: 1, throws: true });
  const entries = Object.entries(contestants).flatMap(([name, contestant]) => {
    if (contestant === undefined) return [];
    const work = workOf(contestant);
    bench.add(name, work.fn, work.options);
    return { name, contestant, work, task: bench.getTask(name)!, perRound: [] as number[] };
  });
  for (const { work, task } of entries) {
    const begun = performance.now();
    let ms = 0;
    do {
      await task.warmup();
      ms = performance.now() - begun;
    } while (ms < warmUp.atMostMs && (ms < warmUp.atLeastMs || work.operations < warmUp.operations));
  }
  collectGarbage('major');
  // The first round is not kept: all that they share has now been compiled for all of them.
  for (let round = -1; round < rounds; round++) {
    // Nobody always comes after the same one.
    const order = round % 2 === 0 ? entries : entries.toReversed();
    for (const { name, contestant, task, perRound } of order) {
      task.reset();
      collectGarbage('minor');
      const { result } = await task.run();
      if (result.state !== 'completed') throw new Error(`${name} was not measured: ${result.state}`);
      if (round >= 0) perRound.push((result.latency.mean * 1e6) / contestant.operations);
    }
  }
  return Object.fromEntries(entries.map(({ name, perRound }) => [name, perRound]));
}

/** What a contestant is to tinybench. A run tells how much of its turn it has used up, preparation included. */
function workOf({ operations, before, run, after }: Contestant) {
  let begun = 0;
  const work = {
    /** How many there have been so far. */
    operations: 0,
    fn: async (): Promise<object> => {
      const ready = performance.now();
      const own = (await run()) as object | undefined;
      const now = performance.now();
      work.operations += operations;
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
    } satisfies FnOptions,
  };
  return work;
}

/**
 * @param type between turns `minor`: a major one takes along what V8 has compiled for objects of which none lives just
 *   then, and every turn would begin with cold code
 */
export function collectGarbage(type: 'minor' | 'major'): void {
  if (globalThis.gc === undefined) throw new Error('There is no gc: run node with --expose-gc');
  // Without an option it collects all that there is, which with `type: 'major'` it does not.
  if (type === 'major') globalThis.gc();
  else void globalThis.gc({ type });
}
