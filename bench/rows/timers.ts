import { sendTo, setup } from 'xstate';
import type { AnyActorRef } from 'xstate';
import { filled, stopping } from '../crowds/crowd.ts';
import { SpawnedCrowd } from '../crowds/spawned-crowd.ts';
import { SupervisedCrowd } from '../crowds/supervised-crowd.ts';
import * as by from '../names.ts';
import type { Row } from '../row.ts';
import { same } from '../same.ts';
import { timed } from '../timed.ts';
import type { Contestant } from '../timed.ts';

const hour = 3_600_000;

const job = setup({ types: { events: {} as { readonly type: 'finish' } } }).createMachine({
  initial: 'busy',
  states: { busy: { on: { finish: 'over' } }, over: { type: 'final' } },
});

/** A session in which a timer is always pending, and that can invoke a job. */
const waitingMachine = setup({
  types: { events: {} as { readonly type: 'work' } | { readonly type: 'finish' } },
  actors: { job },
}).createMachine({
  context: ({ input }) => input as object,
  after: { [hour]: '.over' },
  initial: 'idle',
  states: {
    idle: { on: { work: 'working' } },
    working: {
      invoke: { src: 'job', id: 'job', onDone: 'idle' },
      on: { finish: { actions: sendTo('job', { type: 'finish' }) } },
    },
    over: { type: 'final' },
  },
});

// Whenever an actor ends, XState looks for its timers among all of its system.
export const timers: Row = {
  name: 'a pending timer in each of 10,000 sessions',
  goals: [
    { of: `stop one, ${by.spawned}`, to: `stop one, ${by.ours}`, atLeast: 300 },
    { of: `finish one invoke, ${by.spawned}`, to: `finish one invoke, ${by.ours}`, atLeast: 300 },
  ],
  async measure(rounds) {
    const apart = await filled(new SupervisedCrowd({ session: waitingMachine }), 10_000);
    const together = await filled(new SpawnedCrowd(waitingMachine), 10_000);
    return timed(
      {
        [`stop one, ${by.ours}`]: stopping(apart, 100),
        [`stop one, ${by.spawned}`]: stopping(together, 5),
        [`finish one invoke, ${by.ours}`]: finishing(apart, 100),
        [`finish one invoke, ${by.spawned}`]: finishing(together, 5),
      },
      rounds,
    );
  },
};

function finishing(crowd: { refs(): readonly AnyActorRef[] }, operations: number): Contestant {
  const some = crowd.refs().slice(0, operations);
  const all = (state: string) => some.filter((ref) => ref.getSnapshot().value === state).length;
  return {
    operations,
    before: () => {
      for (const ref of some) ref.send({ type: 'work' });
      same('working', all('working'), operations);
    },
    run: () => {
      for (const ref of some) ref.send({ type: 'finish' });
    },
    after: () => same('done with it', all('idle'), operations),
  };
}
