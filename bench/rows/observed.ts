import { setImmediate } from 'node:timers/promises';
import { filled } from '../crowds/crowd.ts';
import { SupervisedCrowd } from '../crowds/supervised-crowd.ts';
import { watching } from '../crowds/watching.ts';
import { newPaths } from '../project-paths.ts';
import type { Row } from '../row.ts';
import { same } from '../same.ts';
import { timed } from '../timed.ts';
import type { Contestant } from '../timed.ts';

const open = 1_000;
const laps = 100;
const alone = 'nobody looks';
const observed = 'a page is open';
const stalled = 'and 50 more that have stalled';

// A host goes on with its work, whoever looks at it: it looks at its own tree four times a second.
export const observing: Row = {
  name: 'the work of a host: 20 starts and stops, 1,000 events, 10 crashes',
  goals: [
    { of: observed, to: alone, atMost: 1.05 },
    { of: stalled, to: alone, atMost: 1.05 },
  ],
  measure: async (rounds) =>
    timed({ [alone]: await working(), [observed]: await working(0), [stalled]: await working(50) }, rounds),
};

/** @param pages how many have stalled, beside one that reads; undefined: nobody looks */
async function working(pages?: number): Promise<Contestant> {
  const crowd = await filled(new SupervisedCrowd(), open);
  if (pages !== undefined) await watching(crowd.host, pages);
  return {
    operations: laps,
    async run() {
      for (let lap = 0; lap < laps; lap++) {
        await crowd.start(newPaths(20));
        crowd.send(1_000);
        crowd.crash(10);
        await crowd.stop(20);
        // The event loop turns, and so do its timers and sockets.
        await setImmediate();
      }
    },
    after: () => same('open', crowd.count(), open),
  };
}
