import { crashing } from '../crowds/crashing.ts';
import { filled, starting, stopping } from '../crowds/crowd.ts';
import { DynamicCrowd } from '../crowds/dynamic-crowd.ts';
import { SupervisedCrowd } from '../crowds/supervised-crowd.ts';
import type { Row } from '../row.ts';
import { same } from '../same.ts';
import { births } from '../session-machine.ts';
import { timed } from '../timed.ts';
import type { Contestant } from '../timed.ts';

const kinds = ['start', 'stop', 'crash and restart'] as const;

const growing = (few: string, many: string, atMost: number): Row['goals'] =>
  kinds.map((kind) => ({ of: `${kind}, ${many} open`, to: `${kind}, ${few} open`, atMost }));

/** Whether what a session costs depends on how many there are. */
export const growth: Row = {
  name: 'growth, from 1,000 to 100,000 sessions',
  goals: growing('1,000', '100,000', 2),
  async measure(rounds) {
    const few = await filled(new SupervisedCrowd(), 1_000);
    const many = await filled(new SupervisedCrowd(), 100_000);
    return timed(
      {
        'start, 1,000 open': starting(few, 100),
        'start, 100,000 open': starting(many, 100),
        'stop, 1,000 open': stopping(few, 100),
        'stop, 100,000 open': stopping(many, 100),
        'crash and restart, 1,000 open': crashing(few, 100),
        'crash and restart, 100,000 open': crashing(many, 100),
      },
      rounds,
    );
  },
};

export const growthOfDynamicSupervisor: Row = {
  name: 'growth of a dynamicSupervisor, from 100 to 10,000 children',
  goals: growing('100', '10,000', 2),
  async measure(rounds) {
    const few = await filled(new DynamicCrowd(), 100);
    const many = await filled(new DynamicCrowd(), 10_000);
    return timed(
      {
        'start, 100 open': starting(few, 100),
        'start, 10,000 open': starting(many, 100),
        'stop, 100 open': stopping(few, 100),
        'stop, 10,000 open': stopping(many, 100),
        'crash and restart, 100 open': crashingChildren(few, 50),
        'crash and restart, 10,000 open': crashingChildren(many, 50),
      },
      rounds,
    );
  },
};

function crashingChildren(crowd: DynamicCrowd, operations: number): Contestant {
  let victims: Awaited<ReturnType<DynamicCrowd['victims']>> = [];
  let born = 0;
  let open = 0;
  return {
    operations,
    before: async () => {
      victims = await crowd.victims(operations);
      open = await crowd.count();
      born = births.count;
    },
    run: () => {
      for (const ref of victims) ref.send({ type: 'crash' });
    },
    after: async () => {
      same('children that began again', births.count - born, operations);
      same('children that run', await crowd.count(), open);
    },
  };
}
