import { BareCrowd } from '../crowds/bare-crowd.ts';
import { crashing } from '../crowds/crashing.ts';
import { filled } from '../crowds/crowd.ts';
import { EffectCrowd } from '../crowds/effect-crowd.ts';
import { NactCrowd } from '../crowds/nact-crowd.ts';
import { SupervisedCrowd } from '../crowds/supervised-crowd.ts';
import * as by from '../names.ts';
import type { Row } from '../row.ts';
import { timed } from '../timed.ts';

const alone = 'alone';
const among = 'among 10,000';

export const crash: Row = {
  name: 'a crash, until the session runs again',
  goals: [
    { of: `${by.ours}, ${alone}`, to: `${by.bare} by hand, ${alone}`, atMost: 1.3 },
    { of: `${by.ours}, ${among}`, to: `${by.bare} by hand, ${among}`, atMost: 1.3 },
    { of: `${by.ours}, ${among}`, to: `${by.ours}, ${alone}`, atMost: 1.3 },
  ],
  measure: async (rounds) =>
    timed(
      {
        [`${by.ours}, ${alone}`]: crashing(await filled(new SupervisedCrowd(), 1), 100, 1),
        [`${by.bare} by hand, ${alone}`]: crashing(await filled(new BareCrowd(), 1), 100, 1),
        [`${by.ours}, ${among}`]: crashing(await filled(new SupervisedCrowd(), 10_001), 100, 1),
        [`${by.bare} by hand, ${among}`]: crashing(await filled(new BareCrowd(), 10_001), 100, 1),
        [`${by.nact}, ${alone}`]: crashing(await filled(new NactCrowd(), 1), 100, 1),
        [`${by.effect}, ${alone}`]: crashing(await filled(new EffectCrowd(), 1), 100, 1),
      },
      rounds,
    ),
};
