import { Bench } from 'tinybench';
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
// V8 compiles what is run often, and compiles it anew for what it had not seen yet.
const warmupMs = 300;

/**
 * Times contestants side by side: in each round every one of them has its turn, on a heap without garbage, so that what
 * disturbs a round disturbs them all.
 */
export async function timed(contestants: Contestants, rounds: number): Promise<Rounds> {
  const bench = new Bench({ time: roundMs, iterations: 1, warmupTime: warmupMs, warmupIterations: 1, throws: true });
  const entries = Object.entries(contestants).flatMap(([name, contestant]) =>
    contestant === undefined ? [] : [{ name, contestant, perRound: [] as number[] }],
  );
  for (const { name, contestant } of entries) {
    // Asynchronous, all of them: each pays for the same one await a run.
    bench.add(name, () => contestant.run(), {
      async: true,
      beforeEach: async () => void (await contestant.before?.()),
      afterEach: async () => void (await contestant.after?.()),
    });
  }
  for (const { name } of entries) await bench.getTask(name)!.warmup();
  // The first round warms up, too, now that everybody has been there, and is not kept.
  for (let round = -1; round < rounds; round++) {
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

export function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error('There is no gc: run node with --expose-gc');
  globalThis.gc();
}
