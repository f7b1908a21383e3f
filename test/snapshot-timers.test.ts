import { assign, cancel, createMachine, fromCallback, raise, sendParent, sendTo, setup } from 'xstate';
import type { AnyActorRef, AnyMachineSnapshot } from 'xstate';
import { scheduledIn } from '../src/xstate/internals.ts';
import type { TimerPolicy } from '../src/xstate/restored-timers.ts';
import { goOn, live } from './support/lone-life.ts';

const kettle = createMachine({
  id: 'kettle',
  initial: 'heating',
  states: { heating: { after: { 100: 'hot' }, on: { OFF: 'cold' } }, hot: {}, cold: { on: { ON: 'heating' } } },
});

const valueOf = (actor: AnyActorRef): unknown => (actor.getSnapshot() as AnyMachineSnapshot).value;

/** Logs what it is told, with the times of the clock. */
const logged = setup({
  types: { context: {} as { readonly log: readonly string[] } },
  actions: { log: assign({ log: ({ context, event }) => [...context.log, event.type] }) },
});

describe('What is taken of a timer', () => {
  it('is who scheduled it, for whom, what, and when it is due, on the wall clock', () => {
    const machine = setup({ actors: { kettle } }).createMachine({
      invoke: { src: 'kettle', id: 'k' },
      entry: [
        raise({ type: 'LATER', at: new Date(7) }, { delay: 50, id: 'later' }),
        sendTo('k', { type: 'OFF' }, { delay: 70, id: 'off' }),
        sendParent({ type: 'UP' }, { delay: 90, id: 'up' }),
      ],
    });
    const first = live(machine);
    first.clock.increment(20);
    expect(first.take(1_000_000)).toMatchObject({
      takenAt: 1_000_000,
      timers: [
        {
          source: 'k',
          target: 'k',
          event: { type: 'xstate.after.100.kettle.heating' },
          delayMs: 100,
          dueAt: 1_000_080,
        },
        {
          source: '',
          target: '',
          event: { type: 'LATER', at: { $saved: 'date', value: 7 } },
          id: 'later',
          delayMs: 50,
          dueAt: 1_000_030,
        },
        { source: '', target: 'k', event: { type: 'OFF' }, id: 'off', delayMs: 70, dueAt: 1_000_050 },
        { source: '', target: null, event: { type: 'UP' }, id: 'up', delayMs: 90, dueAt: 1_000_070 },
      ],
    });
  });

  it('is when it was due, however long it takes until all is taken', () => {
    const slow = fromCallback(() => {});
    const machine = setup({ actors: { slow } }).createMachine({
      invoke: { src: 'slow', id: 's' },
      after: { 100: {} },
    });
    const first = live(machine);
    first.clock.increment(20);
    slow.getPersistedSnapshot = (snapshot) => {
      first.clock.increment(30);
      return snapshot;
    };
    expect(first.take(1_000_000).timers).toMatchObject([{ dueAt: 1_000_080 }]);
  });

  it('is nothing once its target has ended', () => {
    const machine = setup({ actors: { kettle } }).createMachine({
      initial: 'with',
      states: {
        with: {
          invoke: { src: 'kettle', id: 'k' },
          entry: sendTo('k', { type: 'OFF' }, { delay: 70 }),
          on: { DROP: 'without' },
        },
        without: {},
      },
    });
    const first = live(machine);
    expect(first.take().timers).toHaveLength(2);
    first.actor.send({ type: 'DROP' });
    expect(first.take().timers).toEqual([]);
  });

  it('is refused where its event cannot be saved, or is for an actor outside', () => {
    const machine = createMachine({ entry: raise({ type: 'LATER', fn: () => {} } as { type: string }, { delay: 50 }) });
    expect(() => live(machine).take()).toThrow('event.LATER.fn is a function, and cannot be saved');
    const other = live(kettle).actor;
    const sending = createMachine({ entry: sendTo(other, { type: 'OFF' }, { delay: 5 }) });
    expect(() => live(sending).take()).toThrow(
      'the delayed OFF is for an actor outside of the session, and cannot be saved',
    );
  });
});

describe('A timer that was pending', () => {
  it('fires once, when it would have', () => {
    const first = live(kettle);
    first.clock.increment(60);
    const second = goOn(kettle, first, { now: 70 });
    second.clock.increment(29);
    expect(valueOf(second.actor)).toBe('heating');
    second.clock.increment(1);
    expect(valueOf(second.actor)).toBe('hot');
    expect(scheduledIn(second.actor)).toEqual([]);
  });

  it.each<[TimerPolicy | undefined, number]>([
    [undefined, 10],
    ['deadline', 10],
    ['remaining', 40],
    ['restart', 100],
  ])('waits, by the policy %s, for %d ms', (timers, ms) => {
    const first = live(kettle);
    first.clock.increment(60);
    const second = goOn(kettle, first, { timers, now: 90 });
    second.clock.increment(ms - 1);
    expect(valueOf(second.actor)).toBe('heating');
    second.clock.increment(1);
    expect(valueOf(second.actor)).toBe('hot');
  });

  it('never waits longer than its delay, where the computer’s clock was set back', () => {
    const second = goOn(kettle, live(kettle), { now: -5000 });
    second.clock.increment(100);
    expect(valueOf(second.actor)).toBe('hot');
  });

  it('is off once its state is left, and on again, once, where that is entered again', () => {
    const second = goOn(kettle, live(kettle));
    second.actor.send({ type: 'OFF' });
    expect(scheduledIn(second.actor)).toEqual([]);
    second.clock.increment(50);
    second.actor.send({ type: 'ON' });
    second.clock.increment(99);
    expect(valueOf(second.actor)).toBe('heating');
    second.clock.increment(1);
    expect(valueOf(second.actor)).toBe('hot');
  });

  it('is off where what is restored leaves its state as it starts', () => {
    const machine = setup({
      actors: { patient: fromCallback(() => {}) },
    }).createMachine({
      initial: 'heating',
      invoke: { src: 'patient' },
      states: { heating: { after: { 100: 'hot' }, on: { OFF: 'cold' } }, hot: {}, cold: {} },
    });
    const hasty = machine.provide({ actors: { patient: fromCallback(({ sendBack }) => sendBack({ type: 'OFF' })) } });
    const second = goOn(hasty, live(machine));
    expect(valueOf(second.actor)).toBe('cold');
    expect(scheduledIn(second.actor)).toEqual([]);
  });

  it('may be cancelled by its id', () => {
    const machine = logged.createMachine({
      context: { log: [] },
      entry: [raise({ type: 'A' }, { delay: 10, id: 'a' }), raise({ type: 'B' }, { delay: 20, id: 'b' })],
      on: { CANCEL: { actions: cancel('a') }, '*': { actions: 'log' } },
    });
    const second = goOn(machine, live(machine));
    second.actor.send({ type: 'CANCEL' });
    second.clock.increment(30);
    expect(second.actor.getSnapshot().context.log).toEqual(['B']);
  });

  it('goes to the parent of the session, too', () => {
    const machine = createMachine({ entry: sendParent({ type: 'UP' }, { delay: 10 }) });
    const second = goOn(machine, live(machine));
    second.clock.increment(10);
    expect(second.heard).toEqual([{ type: 'UP' }]);
  });

  it('leaves nothing behind where the start fails', () => {
    const other = createMachine({ id: 'other' });
    const second = goOn(other, live(kettle));
    expect(second.hasStarted).toBe(false);
    expect(scheduledIn(second.actor)).toEqual([]);
  });
});

describe('Timers that are overdue', () => {
  const machine = logged.createMachine({
    context: { log: [] },
    entry: [30, 10, 20, 10].map((delay, index) => raise({ type: `${delay}#${index}` }, { delay })),
    on: { '*': { actions: 'log' } },
  });

  it('fire at once, in the order in which they were due, each once', () => {
    const first = live(machine);
    first.clock.increment(5);
    const second = goOn(machine, first, { now: 1000 });
    expect(second.actor.getSnapshot().context.log).toEqual([]);
    second.clock.increment(0);
    expect(second.actor.getSnapshot().context.log).toEqual(['10#1', '10#3', '20#2', '30#0']);
    second.clock.increment(1000);
    expect(second.actor.getSnapshot().context.log).toHaveLength(4);
  });

  it('are off where one of them leaves the state of the others', () => {
    const hasty = createMachine({
      initial: 'a',
      states: { a: { after: { 10: 'b', 20: 'wrong' } }, b: { after: { 1: 'c' } }, c: {}, wrong: {} },
    });
    const second = goOn(hasty, live(hasty), { now: 1000 });
    second.clock.increment(0);
    expect(valueOf(second.actor)).toBe('b');
    second.clock.increment(100);
    expect(valueOf(second.actor)).toBe('c');
  });

  it('do not make the start fail: one that crashes it is a crash of the session', () => {
    const fragile = createMachine({
      after: {
        10: {
          actions: () => {
            throw new Error('crashed');
          },
        },
      },
    });
    const second = goOn(fragile, live(fragile), { now: 1000 });
    expect([second.hasStarted, second.exits]).toEqual([true, 0]);
    second.clock.increment(0);
    expect([second.life.exit?.reason, second.exits]).toEqual(['error', 1]);
  });

  it('of several actors are in the order in which they were due', () => {
    const child = setup({ delays: { due: ({ context }) => context.ms as number } }).createMachine({
      context: ({ input }) => ({ ms: input }),
      after: { due: { actions: sendParent(({ context }) => ({ type: `child ${context.ms}` })) } },
    });
    const many = setup({
      types: { context: {} as { readonly log: readonly string[] } },
      actors: { child },
      actions: { log: assign({ log: ({ context, event }) => [...context.log, event.type] }) },
    }).createMachine({
      context: { log: [] },
      invoke: [30, 10, 20].map((ms) => ({ src: 'child' as const, id: `c${ms}`, input: ms })),
      on: { '*': { actions: 'log' } },
    });
    const second = goOn(many, live(many), { now: 1000 });
    second.clock.increment(0);
    expect(second.actor.getSnapshot().context.log).toEqual(['child 10', 'child 20', 'child 30']);
  });
});

it('On a clock that does not tell the time, what is left of a timer is told by the computer’s', () => {
  jest.useFakeTimers({ now: 5000 });
  try {
    const clock = {
      setTimeout: (fn: () => void, ms: number) => setTimeout(fn, ms),
      clearTimeout: (id: never) => clearTimeout(id),
    };
    const first = live(kettle, { clock: clock as never });
    jest.advanceTimersByTime(60);
    const taken = first.take(Date.now());
    expect(taken.timers).toMatchObject([{ dueAt: 5100 }]);
    first.stop();
    const second = live(kettle, { clock: clock as never, from: taken, now: Date.now() });
    jest.advanceTimersByTime(39);
    expect(valueOf(second.actor)).toBe('heating');
    jest.advanceTimersByTime(1);
    expect(valueOf(second.actor)).toBe('hot');
  } finally {
    jest.useRealTimers();
  }
});
