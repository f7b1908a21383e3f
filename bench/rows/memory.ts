import { inOwnProcess } from '../in-own-process.ts';
import * as by from '../names.ts';
import type { Row } from '../row.ts';
import type { Weights } from '../weigh.ts';

const left = 'left of it when all have been stopped';

export const memory: Row = {
  name: 'memory of a session, of 100,000',
  unit: 'bytes',
  goals: [
    { of: by.ours, to: by.bare, atMost: 1.3 },
    { of: left, to: by.ours, atMost: 0.02 },
  ],
  async measure(rounds) {
    const weigh = (who: string) => inOwnProcess<Weights>('weigh.ts', who, 100_000, Math.min(rounds, 5));
    const ours = await weigh(by.ours);
    return {
      [by.ours]: ours.open,
      [left]: ours.left,
      [by.bare]: (await weigh(by.bare)).open,
      [by.spawned]: (await weigh(by.spawned)).open,
      [by.nact]: (await weigh(by.nact)).open,
      [by.effect]: (await weigh(by.effect)).open,
    };
  },
};
