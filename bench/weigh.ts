/** The process of one contestant: weighs its sessions, and what is left of them when they have been stopped. */
import { setImmediate } from 'node:timers/promises';
import { BareCrowd } from './crowds/bare-crowd.ts';
import type { Crowd } from './crowds/crowd.ts';
import { EffectCrowd } from './crowds/effect-crowd.ts';
import { NactCrowd } from './crowds/nact-crowd.ts';
import { SpawnedCrowd } from './crowds/spawned-crowd.ts';
import { SupervisedCrowd } from './crowds/supervised-crowd.ts';
import * as by from './names.ts';
import { newPaths } from './project-paths.ts';
import { same } from './same.ts';
import { collectGarbage } from './timed.ts';

/** Bytes for each session, round by round. */
export interface Weights {
  readonly open: number[];
  readonly left: number[];
}

const crowds: Readonly<Record<string, () => Crowd>> = {
  [by.ours]: () => new SupervisedCrowd(),
  [by.bare]: () => new BareCrowd(),
  [by.spawned]: () => new SpawnedCrowd(),
  [by.nact]: () => new NactCrowd(),
  [by.effect]: () => new EffectCrowd(),
};

async function heap(): Promise<number> {
  for (let n = 0; n < 3; n++) {
    await setImmediate();
    collectGarbage('major');
  }
  return process.memoryUsage().heapUsed;
}

async function weigh(create: () => Crowd, sessions: number, weights: Weights): Promise<void> {
  const paths = newPaths(sessions);
  const crowd = create();
  // Code that has not run yet weighs, too.
  await crowd.fill(newPaths(1_000));
  await crowd.stop(1_000);
  const before = await heap();
  await crowd.fill(paths);
  same('open', await crowd.count(), sessions);
  weights.open.push(((await heap()) - before) / sessions);
  // It would take hours to stop so many children of one machine, and they are garbage soon.
  if (crowd instanceof SpawnedCrowd) return;
  await crowd.stop(sessions);
  same('open after all were stopped', await crowd.count(), 0);
  weights.left.push(((await heap()) - before) / sessions);
  await crowd.close();
}

const [who, sessions, rounds] = process.argv.slice(2);
const weights: Weights = { open: [], left: [] };
for (let round = 0; round < Number(rounds); round++) await weigh(crowds[who!]!, Number(sessions), weights);
process.send!(weights, () => process.exit());
