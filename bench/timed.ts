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

// A round takes at least so long, so that single figures are stable. A run that takes longer is a round by itself.
const roundMs = 50;
// With its preparation it may take so many times as long.
const patience = 4;
// V8 takes thousands of operations to compile what it runs, and compiles it anew for what it had not seen yet.
const warmOperations = 10_000;
const longestWarmupMs = 2_000;

/**
 * Times contestants side by side: in each round every one of them has its turn, on a heap without garbage, so that what
 * disturbs a round disturbs them all.
 *
 * @param unkept how many rounds come before those that count; a run that takes long by itself needs none
 */
export async function timed(
  contestants: Contestants,
  rounds: number,
  { unkept = 3 }: { readonly unkept?: number } = {},
): Promise<Rounds> {
  const bench = new Bench({ time: roundMs, iterations: 1, warmupTime: roundMs, warmupIterations: 1, throws: true });
  const entries = Object.entries(contestants).flatMap(([name, contestant]) =>
    contestant === undefined ? [] : [{ name, contestant, task: taskOf(contestant), perRound: [] as number[] }],
  );
  for (const { name, task } of entries) bench.add(name, task.fn, task.options);
  for (const { name, task } of entries) {
    const end = performance.now() + longestWarmupMs;
    while (task.operations() < warmOperations && performance.now() < end) await bench.getTask(name)!.warmup();
  }
  // The first rounds warm up, too, now that everybody has been there.
  for (let round = -unkept; round < rounds; round++) {
    // Nobody always comes after the same one.
    const order = round % 2 === 0 ? entries : entries.toReversed();
    for (const { name, contestant, perRound } of order) {
      const task = bench.getTask(name)!;
      task.reset();
      collectGarbage();
      const { result } = await task.run();
      if (result.state !== 'completed') throw new Error(`${name} was not measured: ${result.state}`);
      if (round >= 0) perRound.push((result.latency.mean * 1e6) / contestant.operations);
    }
  }
  return Object.fromEntries(entries.map(({ name, perRound }) => [name, perRound]));
}

/** The same as a task, whose runs tell how much of the time of their round they have used up, preparation included. */
function taskOf({ operations, before, run, after }: Contestant) {
  let begun = 0;
  let runs = 0;
  return {
    operations: () => runs * operations,
    fn: async (): Promise<object> => {
      runs += 1;
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
    } satisfies FnOptions,
  };
}

export function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error('There is no gc: run node with --expose-gc');
  globalThis.gc();
}
