import { BareCrowd } from '../crowds/bare-crowd.ts';
import { filled, stopping } from '../crowds/crowd.ts';
import type { Crowd } from '../crowds/crowd.ts';
import { EffectCrowd } from '../crowds/effect-crowd.ts';
import { Elixir, ElixirCrowd } from '../crowds/elixir-crowd.ts';
import { NactCrowd } from '../crowds/nact-crowd.ts';
import { SpawnedCrowd } from '../crowds/spawned-crowd.ts';
import { SupervisedCrowd } from '../crowds/supervised-crowd.ts';
import * as by from '../names.ts';
import { newPaths } from '../project-paths.ts';
import type { Row } from '../row.ts';
import { same } from '../same.ts';
import { timed } from '../timed.ts';
import type { Contestant } from '../timed.ts';

const open = 1_000;
const few = 100;

export const stopOne: Row = {
  name: 'stop a session, 1,000 open',
  goals: [{ of: by.ours, to: by.bare, atMost: 2 }],
  async measure(rounds) {
    const elixir = Elixir.open();
    return timed(
      {
        [by.ours]: stopping(await filled(new SupervisedCrowd(), open), few),
        [by.bare]: stopping(await filled(new BareCrowd(), open), few),
        [by.spawned]: stopping(await filled(new SpawnedCrowd(), open), few),
        [by.nact]: stopping(await filled(new NactCrowd(), open), few),
        [by.effect]: stopping(await filled(new EffectCrowd(), open), few),
        [by.elixir]: elixir && stopping(await filled(new ElixirCrowd(elixir), open), few),
      },
      rounds,
    );
  },
};

export const stopAll: Row = {
  name: 'stop all, 5,000 open',
  goals: [{ of: by.ours, to: by.bare, atMost: 2 }],
  measure: (rounds) =>
    timed(
      {
        [by.ours]: closing(() => new SupervisedCrowd()),
        [by.bare]: closing(() => new BareCrowd()),
        [by.nact]: closing(() => new NactCrowd()),
        [by.effect]: closing(() => new EffectCrowd()),
      },
      rounds,
    ),
};

function closing(create: () => Crowd): Contestant {
  const operations = 5_000;
  let crowd: Crowd;
  return {
    operations,
    before: async () => {
      crowd = create();
      await crowd.fill(newPaths(operations));
      same('open', await crowd.count(), operations);
    },
    run: () => crowd.close(),
    after: async () => same('open after all were stopped', await crowd.count(), 0),
  };
}
