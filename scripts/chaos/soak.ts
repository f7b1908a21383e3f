import fc from 'fast-check';
import type { RunDetails, Scheduler } from 'fast-check';
import { print } from './print.ts';
import { run, scenario } from './run.ts';
import type { Scenario } from './run.ts';

/** What a soak has been through. */
export interface Tally {
  trees: number;
  faults: number;
  restarts: number;
  violations: number;
}

/** Where a soak stands when it has drawn so many trees from one seed: then it takes the next. */
const treesOfOneSeed = 50;

/** No seed of one soak is drawn by that of its neighbour. */
const seedsOfOneSoak = 10_000;

const shrinkingMs = 30_000;

const shown = 10;

/** How a violation is shown again. */
export interface Place {
  readonly seed: number;
  readonly path?: string;
}

/**
 * Runs random trees through random faults.
 *
 * @param goesOn asked now and then, with what has been done so far
 * @param log told of each violation, and of how to see it again
 */
export async function soak(
  seed: number,
  goesOn: (tally: Tally) => boolean,
  log: (line: string) => void,
): Promise<Tally> {
  const tally: Tally = { trees: 0, faults: 0, restarts: 0, violations: 0 };
  for (let nth = 0; goesOn(tally); nth++) {
    await draw({ seed: seed * seedsOfOneSoak + nth }, tally, log);
  }
  return tally;
}

/** Runs the tree of a place, and those that come after it. */
export async function draw(place: Place, tally: Tally, log: (line: string) => void): Promise<void> {
  let isShrinking = false;
  const property = fc.asyncProperty(scenario, fc.scheduler(), async (one, scheduler) => {
    const { faults, restarts, violations } = await run(one, scheduler);
    if (!isShrinking) {
      tally.trees++;
      tally.faults += faults;
      tally.restarts += restarts;
    }
    if (violations.length === 0) return;
    isShrinking = true;
    throw new Error(violations.join('\n'));
  });
  const details = await fc.check(property, {
    ...place,
    numRuns: place.path === undefined ? treesOfOneSeed : 1,
    interruptAfterTimeLimit: shrinkingMs,
  });
  if (!details.failed) return;
  tally.violations++;
  if (tally.violations <= shown) log(report(details));
}

function report({
  seed,
  counterexamplePath,
  counterexample,
  errorInstance,
}: RunDetails<[Scenario, Scheduler]>): string {
  const [one, scheduler] = counterexample!;
  return [
    `violation: ${(errorInstance as Error).message}`,
    print(one),
    ...scheduler.report().map(({ label, status }) => `settled: ${label} ${status}`),
    `to see it again: npm run chaos -- --again ${seed}:${counterexamplePath}`,
  ].join('\n');
}
