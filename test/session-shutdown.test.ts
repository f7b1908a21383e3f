import { createMachine, fromCallback, fromPromise, fromTransition, setup } from 'xstate';
import type { AnyActorLogic, AnyEventObject } from 'xstate';
import type { Shutdown, ShutdownEvent } from '../src/index.ts';
import { Answers, settled } from './support/answers.ts';
import { doing } from './support/doing.ts';
import { createGate } from './support/gate.ts';
import { lingering } from './support/lingering.ts';
import { openHost } from './support/open-host.ts';
import { crashed, started, stopped, told } from './support/told.ts';

const done = { ok: true, value: undefined };
const refusedWith = (code: string) => ({ ok: false, error: expect.objectContaining({ code }) });

const boom = new Error('boom');
const crash = () => {
  throw boom;
};

describe('A graceful end', () => {
  const requests: AnyEventObject[] = [];
  const note = ({ event }: { event: AnyEventObject }) => void requests.push(event);
  beforeEach(() => void (requests.length = 0));

  const stopOne = async (session: AnyActorLogic, shutdown?: Shutdown) => {
    const test = openHost({ session, shutdown });
    const ref = await test.open('a');
    test.events.length = 0;
    const stop = test.host.stopSession('a');
    return { ...test, ref, stop };
  };

  it('is asked for by supervisor.shutdown, with the reason', async () => {
    const session = createMachine({
      initial: 'on',
      states: { on: { on: { 'supervisor.shutdown': { target: 'off', actions: note } } }, off: { type: 'final' } },
    });
    const { events, stop, clock } = await stopOne(session);
    expect(await stop).toEqual(done);
    expect(requests).toEqual([{ type: 'supervisor.shutdown', reason: 'shutdown' }]);
    expect(told(events)).toEqual([stopped('a', 'shutdown')]);
    expect(clock.timers).toBe(0);
  });

  it('may come late, but in time', async () => {
    const { clock, events, ref, stop } = await stopOne(lingering, 100);
    clock.increment(99);
    expect(events).toEqual([]);
    ref.send({ type: 'leave' });
    expect(await stop).toEqual(done);
    expect(told(events)).toEqual([stopped('a', 'shutdown', { output: 'shutdown' })]);
    expect(clock.timers).toBe(0);
  });

  it('is given up when the shutdown time has passed, to the millisecond: killed', async () => {
    const { clock, events, stop, host } = await stopOne(lingering, 100);
    clock.increment(99);
    expect([events.length, host.isRunning('a')]).toEqual([0, true]);
    clock.increment(1);
    expect(await stop).toEqual(done);
    expect(told(events)).toEqual([stopped('a', 'killed')]);
  });

  it('may take 5000 ms by default', async () => {
    const { clock, events } = await stopOne(lingering);
    clock.increment(4_999);
    expect(events).toEqual([]);
    clock.increment(1);
    expect(told(events)).toEqual([stopped('a', 'killed')]);
  });

  it('may take for ever with infinity', async () => {
    const { clock, events, ref, stop } = await stopOne(lingering, 'infinity');
    expect(clock.timers).toBe(0);
    clock.increment(1e9);
    expect(events).toEqual([]);
    ref.send({ type: 'leave' });
    expect(await stop).toEqual(done);
    expect(told(events)).toEqual([stopped('a', 'shutdown', { output: 'shutdown' })]);
  });

  it('is not asked for with brutal_kill', async () => {
    const session = createMachine({ on: { 'supervisor.shutdown': { actions: note } } });
    const { events, stop } = await stopOne(session, 'brutal_kill');
    expect(await stop).toEqual(done);
    expect(told(events)).toEqual([stopped('a', 'killed')]);
    expect(requests).toEqual([]);
  });

  it('is asked for with 0 ms too, and may come at once', async () => {
    const session = createMachine({
      initial: 'on',
      states: { on: { on: { 'supervisor.shutdown': 'off' } }, off: { type: 'final' } },
    });
    const { events, stop } = await stopOne(session, 0);
    expect(await stop).toEqual(done);
    expect(told(events)).toEqual([stopped('a', 'shutdown')]);
  });

  it('is not waited for with 0 ms', async () => {
    const { clock, events, stop } = await stopOne(lingering, 0);
    clock.increment(0);
    expect(await stop).toEqual(done);
    expect(told(events)).toEqual([stopped('a', 'killed')]);
  });

  it('may be a crash: the session crashed, and is stopped', async () => {
    const { clock, events, ref, stop } = await stopOne(lingering, 100);
    clock.increment(50);
    ref.send({ type: 'crash' });
    expect(await stop).toEqual(done);
    expect(told(events)).toEqual([crashed('a', 1, boom, { type: 'crash' }), stopped('a', 'error')]);
    expect(clock.timers).toBe(0);
    clock.increment(1_000);
    expect(events).toHaveLength(2);
  });

  it('may be a crash by the request itself', async () => {
    const session = createMachine({ on: { 'supervisor.shutdown': { actions: crash } } });
    const { events, stop } = await stopOne(session, 100);
    expect(await stop).toEqual(done);
    const event = { type: 'supervisor.shutdown', reason: 'shutdown' };
    expect(told(events)).toEqual([crashed('a', 1, boom, event), stopped('a', 'error')]);
  });

  it('does not come twice where the session ends by itself in the same turn', async () => {
    const { host, events, open } = openHost({ session: lingering });
    const ref = await open('a');
    events.length = 0;
    ref.send({ type: 'leave' });
    const stop = host.stopSession('a');
    expect(await stop).toEqual(refusedWith('not_found'));
    expect(told(events)).toEqual([stopped('a', 'normal', { output: 'none' })]);
  });

  it('is what it was where the time runs out in the same moment', async () => {
    const session = setup({}).createMachine({
      initial: 'on',
      states: {
        on: { on: { 'supervisor.shutdown': 'leaving' } },
        leaving: { after: { 100: 'off' } },
        off: { type: 'final' },
      },
    });
    const { clock, events, stop } = await stopOne(session, 100);
    clock.increment(100);
    expect(await stop).toEqual(done);
    expect(told(events)).toEqual([stopped('a', 'shutdown')]);
  });

  it('leaves the session at work meanwhile', async () => {
    const { events, ref, stop } = await stopOne(lingering);
    const work = jest.fn();
    ref.send({ type: 'do', work });
    expect(work).toHaveBeenCalledTimes(1);
    ref.send({ type: 'leave' });
    await stop;
    expect(told(events)).toEqual([stopped('a', 'shutdown', { output: 'shutdown' })]);
  });

  it.each<[string, Parameters<typeof createMachine>[0]]>([
    ['at its root', { on: { 'supervisor.shutdown': { actions: note } } }],
    ['by {} alone', { on: { 'supervisor.shutdown': {} } }],
    ['in a list', { on: { 'supervisor.shutdown': [{ guard: () => false, actions: note }] } }],
    [
      'in a nested state, which it is not in',
      {
        initial: 'idle',
        states: {
          idle: {},
          deep: { initial: 'deeper', states: { deeper: { on: { 'supervisor.shutdown': 'off' } }, off: {} } },
        },
      },
    ],
  ])('is waited for where a machine names the event %s', async (_where, config) => {
    const { clock, events, stop } = await stopOne(createMachine(config), 100);
    clock.increment(99);
    expect(events).toEqual([]);
    clock.increment(1);
    expect(await stop).toEqual(done);
    expect(told(events)).toEqual([stopped('a', 'killed')]);
  });

  it.each<[string, AnyActorLogic]>([
    ['a machine that does not name the event', createMachine({ on: { other: { actions: note } } })],
    ['a machine with a wildcard', createMachine({ on: { '*': { actions: note } } })],
    ['a machine with a partial wildcard', createMachine({ on: { 'supervisor.*': { actions: note } } })],
    ['a callback', fromCallback(({ receive }) => receive((event) => void requests.push(event)))],
    ['a promise', fromPromise(() => new Promise(() => {}))],
    [
      'a transition function',
      fromTransition((state, event) => (event.type.startsWith('xstate.') || requests.push(event), state), {}),
    ],
  ])('is not asked for, and there is no wait, for %s', async (_what, session) => {
    const { clock, events, stop } = await stopOne(session, 100);
    expect(told(events)).toEqual([stopped('a', 'shutdown')]);
    expect(await stop).toEqual(done);
    expect(clock.timers).toBe(0);
    expect(requests).toEqual([]);
  });

  it('waits for no other session: each has its own time', async () => {
    const { host, clock, events, open } = openHost({ session: lingering, shutdown: 100 });
    const [, b] = [await open('a'), await open('b')];
    const answers = new Answers();
    const { given } = answers;
    answers.note('a', host.stopSession('a'));
    clock.increment(60);
    answers.note('b', host.stopSession('b'));
    expect((await open('c')).getSnapshot().value).toBe('working');
    b.send({ type: 'leave' });
    await settled();
    expect(given).toEqual([['b', true]]);
    clock.increment(40);
    await settled();
    expect(given).toEqual([
      ['b', true],
      ['a', true],
    ]);
    expect(told(events).slice(3)).toEqual([stopped('b', 'shutdown', { output: 'shutdown' }), stopped('a', 'killed')]);
  });
});

describe('session.stopped tells', () => {
  it('the output of a session that finished', async () => {
    const session = setup({ types: { events: {} as { type: 'finish' } | ShutdownEvent } }).createMachine({
      initial: 'on',
      states: { on: { on: { finish: 'off', 'supervisor.shutdown': 'off' } }, off: { type: 'final' } },
      output: { lines: 42 },
    });
    const { host, events, open } = openHost({ session });
    const [finished] = [await open('a'), await open('b')];
    events.length = 0;
    finished.send({ type: 'finish' });
    await host.stopSession('b');
    expect(told(events)).toEqual([
      stopped('a', 'normal', { output: { lines: 42 } }),
      stopped('b', 'shutdown', { output: { lines: 42 } }),
    ]);
  });

  it('the output of a promise', async () => {
    const gate = createGate<string>();
    const { host, events, open } = openHost({ session: fromPromise(() => gate.promise) });
    await open('a');
    gate.open('all done');
    await settled();
    expect(told(events)).toEqual([started('a'), stopped('a', 'normal', { output: 'all done' })]);
    expect(host.count()).toBe(0);
  });

  it('of no output where there is none', async () => {
    const { host, events, open } = openHost({ session: doing });
    await open('a');
    await host.stopSession('a');
    expect(Object.keys(events.at(-1)!).sort()).toEqual(['reason', 'session', 'type']);
  });
});
