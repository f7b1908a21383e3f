import { assign, createActor, createMachine, sendTo } from 'xstate';
import type { AnyActorLogic } from 'xstate';
import { fromTask, sessionTree, supervisor } from '../src/index.ts';
import type { TaskScope } from '../src/index.ts';
import { settled } from './support/answers.ts';
import { CountingClock } from './support/counting-clock.ts';
import { boom, go, throwBoom } from './support/crash-ways.ts';
import { openHost } from './support/open-host.ts';
import { Scene } from './support/scene.ts';
import { failingOnce, idle, provoke, rejection, taskWays, toldToEnd } from './support/tasks.ts';
import type { TaskWay } from './support/tasks.ts';
import { crashed, failed, restarted, started, stopped, told } from './support/told.ts';

const scene = (src: AnyActorLogic) => new Scene((logger) => supervisor({ logger, children: [{ id: 'task', src }] }));

/** A machine that runs a task, and passes on to it what makes it fail. */
const withTask = (src: AnyActorLogic, more: object = {}) =>
  createMachine({ invoke: { id: 'task', src, ...more }, on: { go: { actions: sendTo('task', go) } } } as never);

const errorOfTask = (error: unknown) => ({ type: 'xstate.error.actor.task', error, actorId: 'task' });

// Where a task fails, and what becomes of that.
const places: Record<string, (way: TaskWay) => Promise<void>> = {
  async 'by itself'(way) {
    const clock = new CountingClock();
    const actor = createActor(failingOnce(way), { clock });
    const errors: unknown[] = [];
    actor.subscribe({ error: (error) => errors.push(error) });
    await provoke(actor.start(), way, clock);
    expect(errors).toEqual([boom]);
    expect(actor.getSnapshot()).toMatchObject({ status: 'error', error: boom });
    expect(clock.timers).toBe(0);
  },

  async 'as a child of a supervisor'(way) {
    const it = scene(failingOnce(way));
    await provoke(it.anyRef('task'), way, it.clock);
    expect(it.all('child.exited')).toMatchObject([{ reason: 'error', error: boom }]);
    expect([it.table(), it.timers]).toEqual(['task running 2', 0]);
  },

  async 'as a session'(way) {
    const { event = rejection(boom) } = way;
    const { clock, events, open } = openHost({ session: failingOnce(way) });
    await provoke(await open('s1'), way, clock);
    expect(told(events)).toEqual([started('s1'), crashed('s1', 1, boom, event), restarted('s1', 2)]);
    expect(clock.timers).toBe(0);
  },

  async 'invoked by a session'(way) {
    const { clock, events, open } = openHost({ session: withTask(failingOnce(way)) });
    await provoke(await open('s1'), way, clock);
    expect(told(events)).toEqual([started('s1'), crashed('s1', 1, boom, errorOfTask(boom)), restarted('s1', 2)]);
    expect(clock.timers).toBe(0);
  },

  async 'invoked by a session that handles it'(way) {
    const onError = { actions: assign({ error: ({ event }) => event.error }) };
    const { clock, events, open } = openHost({ session: withTask(failingOnce(way), { onError }) });
    const ref = await open('s1');
    await provoke(ref, way, clock);
    expect(ref.getSnapshot().context).toEqual({ error: boom });
    expect(told(events)).toEqual([started('s1')]);
    expect(clock.timers).toBe(0);
  },

  async 'as a child of a session tree'(way) {
    const lines: string[] = [];
    const children = () => [{ id: 'task', src: failingOnce(way) }];
    const session = sessionTree({ logger: (line) => lines.push(line), children });
    const { host, clock, events, open } = openHost({ session });
    await open('s1');
    await provoke(host.whereis('s1', 'task')!, way, clock);
    expect(lines).toEqual(['child task of s1 crashed: Error: boom', 'child task of s1 restarted as incarnation 2']);
    expect(told(events)).toEqual([started('s1')]);
    expect(clock.timers).toBe(0);
  },
};

describe.each(Object.entries(places))('A task %s crashes by', (_place, crashes) => {
  it.each(taskWays)('$by', crashes);
});

describe('A task that throws before it has returned a promise', () => {
  const signals: AbortSignal[] = [];
  const stillborn = fromTask(({ signal, schedule }) => {
    signals.push(signal);
    schedule(() => {}, 10);
    return throwBoom();
  });

  afterEach(() => {
    expect(signals.splice(0).every(({ aborted }) => aborted)).toBe(true);
  });

  it('has that as its error, and leaves nothing', () => {
    const clock = new CountingClock();
    const actor = createActor(stillborn, { clock });
    actor.subscribe({ error() {} });
    expect(actor.start().getSnapshot()).toMatchObject({ status: 'error', error: boom });
    expect(clock.timers).toBe(0);
  });

  it('has failed to start as a child, as its supervisor has', () => {
    const it = scene(stillborn);
    expect(it.all('child.start_failed')).toMatchObject([{ id: 'task', error: boom }]);
    expect([it.status, it.timers]).toEqual(['error', 0]);
  });

  it('is refused as a session', async () => {
    const { host, clock, open } = openHost({ session: stillborn });
    await expect(open()).rejects.toMatchObject({ code: 'start_failed', cause: boom });
    expect([host.count(), clock.timers]).toEqual([0, 0]);
  });

  it('at each restart is given up', async () => {
    let isGood = true;
    const session = fromTask(({ signal, receive }) => {
      if (!isGood) throw boom;
      receive(throwBoom);
      return toldToEnd(signal);
    });
    const { events, open } = openHost({ session, intensity: { maxRestarts: 1 } });
    const ref = await open('s1');
    isGood = false;
    ref.send(go);
    await settled();
    expect(told(events)).toEqual([
      started('s1'),
      crashed('s1', 1, boom, go),
      crashed('s1', 1, boom),
      failed('s1', 1, 5_000, boom),
    ]);
  });
});

describe('The error of a task is whatever was thrown:', () => {
  it.each([undefined, null, 0, '', false, 'a word', { code: 1 }])('%p', async (error: unknown) => {
    const throwIt = () => {
      throw error;
    };
    for (const { fails, event } of [
      { fails: async () => throwIt(), event: rejection(error) },
      { fails: (scope: TaskScope) => (scope.receive(throwIt), idle(scope)), event: go },
      { fails: (scope: TaskScope) => (scope.receive(async () => throwIt()), idle(scope)), event: rejection(error) },
    ]) {
      const { clock, events, open } = openHost({ session: failingOnce({ fails }) });
      await provoke(await open('s1'), {}, clock);
      expect(told(events)).toEqual([started('s1'), crashed('s1', 1, error, event), restarted('s1', 2)]);
    }
  });
});

describe('A mistake that a task makes is its crash, by an error that names the argument:', () => {
  const mistakes: [name: string, make: (scope: TaskScope) => void, type: typeof Error, argument: string][] = [
    ['a listener that is none', ({ receive }) => receive({} as never), TypeError, 'listener'],
    ['a scheduled function that is none', ({ schedule }) => schedule(undefined as never, 1), TypeError, 'fn'],
    ['no time to schedule for', ({ schedule }) => schedule(() => {}, undefined as never), TypeError, 'ms'],
    ['a time that is text', ({ schedule }) => schedule(() => {}, '10' as never), TypeError, 'ms'],
    ['a time in the past', ({ schedule }) => schedule(() => {}, -1), RangeError, 'ms'],
    ['a time that is no number', ({ schedule }) => schedule(() => {}, NaN), RangeError, 'ms'],
    ['a time that never comes', ({ schedule }) => schedule(() => {}, Infinity), RangeError, 'ms'],
    ['a time that no timer can wait for', ({ schedule }) => schedule(() => {}, 2 ** 31), RangeError, 'ms'],
    ['a message that is no event', ({ send }) => send('hello' as never), TypeError, 'event'],
    ['a message of no type', ({ send }) => send({} as never), TypeError, 'event'],
  ];
  it.each(mistakes)('%s', async (_name, make, type, argument) => {
    const { clock, events, open } = openHost({
      session: failingOnce({
        fails: (scope) => {
          scope.receive(() => make(scope));
          return idle(scope);
        },
      }),
    });
    await provoke(await open('s1'), {}, clock);
    const error = expect.objectContaining({
      constructor: type,
      message: expect.stringMatching(`^${argument} must be`),
    });
    expect(told(events)).toEqual([started('s1'), crashed('s1', 1, error, go), restarted('s1', 2)]);
    expect(clock.timers).toBe(0);
  });
});

describe('A task that has crashed', () => {
  it('has what it began told to end, also where nothing is waited for', async () => {
    let signal: AbortSignal | undefined;
    const actor = createActor(
      fromTask(async (scope) => {
        ({ signal } = scope);
        await Promise.all([toldToEnd(scope.signal), Promise.reject(boom)]);
      }),
    );
    actor.subscribe({ error() {} });
    actor.start();
    expect(signal!.aborted).toBe(false);
    await settled();
    expect(signal!.aborted).toBe(true);
  });

  it('crashes once, whatever else fails of the same event', async () => {
    const { clock, events, log, open } = openHost({
      session: failingOnce({
        fails({ receive, signal }) {
          receive(() => Promise.reject(boom));
          receive(() => Promise.reject(new Error('too late')));
          return toldToEnd(signal);
        },
      }),
    });
    await provoke(await open('s1'), {}, clock);
    expect(told(events)).toEqual([started('s1'), crashed('s1', 1, boom, rejection(boom)), restarted('s1', 2)]);
    expect(log).toContain('the clean-up of s1 threw: Error: too late');
  });

  it('is not restarted where it is temporary', async () => {
    const { events, open } = openHost({ session: fromTask(async () => throwBoom()), restart: 'temporary' });
    await open('s1');
    await settled();
    expect(told(events)).toEqual([started('s1'), crashed('s1', 1, boom, rejection(boom)), stopped('s1', 'error')]);
  });

  it('by itself, without an observer, is XState’s to report, as any actor is', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    try {
      createActor(fromTask(async () => throwBoom())).start();
      await settled();
      expect(() => jest.runAllTimers()).toThrow(boom);
    } finally {
      jest.useRealTimers();
    }
  });
});
