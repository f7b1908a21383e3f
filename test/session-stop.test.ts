import { createMachine } from 'xstate';
import type { SessionHostEvent } from '../src/index.ts';
import { Answers, settled } from './support/answers.ts';
import { doing } from './support/doing.ts';
import { lingering } from './support/lingering.ts';
import { openHost, steadyBackoff } from './support/open-host.ts';
import { crashed, restarted, started, stopped, told } from './support/told.ts';

const done = { ok: true, value: undefined };
const refusedWith = (code: string) => ({ ok: false, error: expect.objectContaining({ code }) });

const boom = new Error('boom');
const crash = () => {
  throw boom;
};

describe('A session that waits for its restart', () => {
  const waiting = async () => {
    const test = openHost({ session: doing, backoff: steadyBackoff });
    const ref = await test.open('a');
    ref.send({ type: 'do', work: crash });
    expect(test.host.isRunning('a')).toBe(false);
    expect(test.clock.timers).toBe(1);
    test.events.length = 0;
    return { ...test, ref };
  };

  it('is stopped at once, and its restart is called off', async () => {
    const { host, clock, events, ref } = await waiting();
    const completed: string[] = [];
    ref.subscribe({ complete: () => completed.push('completed') });
    expect(await host.stopSession('a')).toEqual(done);
    expect(told(events)).toEqual([stopped('a', 'shutdown')]);
    expect([clock.timers, host.count(), completed]).toEqual([0, 0, ['completed']]);
    clock.increment(1_000);
    expect(told(events)).toEqual([stopped('a', 'shutdown')]);
    expect(ref.getSnapshot().status).toBe('stopped');
  });

  it('is stopped in the very millisecond in which its restart is due', async () => {
    const { host, clock, events } = await waiting();
    clock.increment(99);
    const stop = host.stopSession('a');
    clock.increment(1);
    expect(await stop).toEqual(done);
    expect(told(events)).toEqual([stopped('a', 'shutdown')]);
  });

  it('leaves what was sent to it as dead letters when it is stopped', async () => {
    const { host, events, ref } = await waiting();
    ref.send({ type: 'make.noise' });
    await host.stopSession('a');
    expect(told(events)).toEqual([
      { type: 'dead_letter', event: { type: 'make.noise' }, target: ref, reason: 'stopped' },
      stopped('a', 'shutdown'),
    ]);
  });

  it('is restarted by hand at once, free of charge, and not again when its back-off is over', async () => {
    const { host, clock, events } = await waiting();
    expect(await host.restartSession('a')).toEqual(done);
    expect([clock.timers, host.isRunning('a')]).toEqual([0, true]);
    clock.increment(1_000);
    expect(told(events)).toEqual([restarted('a', 2)]);
  });

  it('is stopped before its retry has its turn, where there is no back-off', async () => {
    let broken = false;
    const { host, events, open } = openHost({
      session: doing,
      input: ({ session }) => (broken ? crash() : { session }),
    });
    const ref = await open('a');
    broken = true;
    let stop: Promise<unknown> | undefined;
    host.on('session.crashed', () => (stop ??= host.stopSession('a')));
    ref.send({ type: 'do', work: crash });
    expect(await stop).toEqual(done);
    expect(told(events).slice(-1)).toEqual([stopped('a', 'shutdown')]);
    expect(host.count()).toBe(0);
  });
});

describe('A session that is stopped twice at once', () => {
  it('ends once, and the second is answered not_found', async () => {
    const { host, events, open } = openHost({ session: doing });
    await open('a');
    const both = [host.stopSession('a'), host.stopSession('a')];
    expect(await Promise.all(both)).toEqual([done, refusedWith('not_found')]);
    expect(told(events)).toEqual([started('a'), stopped('a', 'shutdown')]);
  });

  it('also where its end takes time: the second waits for it', async () => {
    const { host, events, open } = openHost({ session: lingering });
    const ref = await open('a');
    const answers = new Answers();
    const { given } = answers;
    answers.note('stop', host.stopSession('a'));
    answers.note('again', host.stopSession('a'));
    answers.note('restart', host.restartSession('a'));
    await settled();
    expect(given).toEqual([]);
    ref.send({ type: 'leave' });
    await settled();
    expect(given).toEqual([
      ['stop', true],
      ['again', 'not_found'],
      ['restart', 'not_found'],
    ]);
    expect(told(events)).toEqual([started('a'), stopped('a', 'shutdown', { output: 'shutdown' })]);
  });

  it('and keeps its slot, id, path and name until it has ended', async () => {
    const { host, open } = openHost({ session: lingering, maxSessions: 1 });
    const ref = await open('a');
    const stop = host.stopSession('a');
    expect(host.lookupByPath('/projects/a').ok).toBe(true);
    expect(await host.startSession({ projectPath: '/b' })).toEqual(refusedWith('session_limit_reached'));
    ref.send({ type: 'leave' });
    expect(await stop).toEqual(done);
    expect((await host.startSession({ projectPath: '/projects/a', id: 'a' })).ok).toBe(true);
  });
});

describe('A session that stops itself, by the host, in its own action', () => {
  const openDoing = async (restart: 'permanent' | 'transient' = 'transient') => {
    const test = openHost({ session: doing, restart });
    const ref = await test.open('a');
    test.events.length = 0;
    const results: unknown[] = [];
    const stop = () => void test.host.stopSession('a').then((result) => results.push(result));
    const restart_ = () => void test.host.restartSession('a').then((result) => results.push(result));
    return { ...test, ref, results, stop, restart: restart_ };
  };

  it('ends after the event that it is handling', async () => {
    const { host, events, ref, results, stop } = await openDoing('permanent');
    const steps: string[] = [];
    ref.send({
      type: 'do',
      work() {
        stop();
        steps.push(`${ref.getSnapshot().status} after the call`);
      },
    });
    await settled();
    expect(steps).toEqual(['active after the call']);
    expect(results).toEqual([done]);
    expect(told(events)).toEqual([stopped('a', 'shutdown')]);
    expect(host.count()).toBe(0);
  });

  it('ends for good where that action then throws: it crashed, and is stopped', async () => {
    const { host, events, ref, results, stop } = await openDoing('permanent');
    const work = () => {
      stop();
      crash();
    };
    ref.send({ type: 'do', work });
    await settled();
    expect(results).toEqual([done]);
    expect(told(events)).toEqual([crashed('a', 1, boom, { type: 'do', work }), stopped('a', 'error')]);
    expect(host.count()).toBe(0);
  });

  it('ends where that event also finishes it', async () => {
    const { events, ref, results, stop } = await openDoing('permanent');
    ref.send({ type: 'do.and.finish', work: stop });
    await settled();
    expect(results).toEqual([done]);
    expect(told(events)).toEqual([stopped('a', 'shutdown')]);
  });

  it('is restarted where it asks for that', async () => {
    const { events, ref, results, restart } = await openDoing();
    ref.send({ type: 'do', work: restart });
    await settled();
    expect(results).toEqual([done]);
    expect(told(events)).toEqual([restarted('a', 2)]);
  });

  it('is restarted once where it asks for that and then throws', async () => {
    const { events, ref, results, restart } = await openDoing();
    const work = () => {
      restart();
      crash();
    };
    ref.send({ type: 'do', work });
    await settled();
    expect(results).toEqual([done]);
    expect(told(events)).toEqual([crashed('a', 1, boom, { type: 'do', work }), restarted('a', 2)]);
  });

  it('stops where it asks for a restart, and then for a stop', async () => {
    const { events, ref, results, restart, stop } = await openDoing();
    ref.send({
      type: 'do',
      work() {
        restart();
        stop();
      },
    });
    await settled();
    expect(results).toEqual([done, done]);
    expect(told(events)).toEqual([restarted('a', 2), stopped('a', 'shutdown')]);
  });

  it('stops after its start, where the action is its first', async () => {
    const session = createMachine({ entry: () => act() });
    const { host, events, open } = openHost({ session });
    const results: unknown[] = [];
    const act = () => void host.stopSession('a').then((result) => results.push(result));
    await open('a');
    await settled();
    expect(results).toEqual([done]);
    expect(told(events)).toEqual([started('a'), stopped('a', 'shutdown')]);
  });

  it('is stopped for good by a request, too, where it takes one and then throws', async () => {
    const { host, events, open } = openHost({ session: lingering, restart: 'permanent' });
    const ref = await open('a');
    const results: unknown[] = [];
    const work = () => {
      void host.stopSession('a').then((result) => results.push(result));
      crash();
    };
    ref.send({ type: 'do', work });
    await settled();
    expect(results).toEqual([done]);
    expect(told(events)).toEqual([started('a'), crashed('a', 1, boom, { type: 'do', work }), stopped('a', 'error')]);
  });
});

describe('A session is stopped by a listener', () => {
  const stopOn = (type: SessionHostEvent['type'], options: { restart?: 'permanent' | 'temporary' } = {}) => {
    const test = openHost({ session: doing, ...options });
    const results: unknown[] = [];
    const subscription = test.host.on(type, () => {
      subscription.unsubscribe();
      void test.host.stopSession('a').then((result) => results.push(result));
    });
    return { ...test, results };
  };

  it('of session.started, which comes first', async () => {
    const { events, open, results } = stopOn('session.started');
    await open('a');
    await settled();
    expect(results).toEqual([done]);
    expect(told(events)).toEqual([started('a'), stopped('a', 'shutdown')]);
  });

  it('of session.crashed, after its restart at once', async () => {
    const { events, open, results } = stopOn('session.crashed');
    const ref = await open('a');
    ref.send({ type: 'do', work: crash });
    await settled();
    expect(results).toEqual([done]);
    expect(told(events).slice(2)).toEqual([restarted('a', 2), stopped('a', 'shutdown')]);
  });

  it('of session.crashed, without a restart where it waits for that', async () => {
    const { host, events, open, clock } = openHost({ session: doing, backoff: steadyBackoff });
    const ref = await open('a');
    host.on('session.crashed', () => void host.stopSession('a'));
    ref.send({ type: 'do', work: crash });
    clock.increment(1_000);
    expect(told(events).slice(2)).toEqual([stopped('a', 'shutdown')]);
  });

  it('of session.crashed, which was its end: not_found', async () => {
    const { events, open, results } = stopOn('session.crashed', { restart: 'temporary' });
    const ref = await open('a');
    ref.send({ type: 'do', work: crash });
    await settled();
    expect(results).toEqual([refusedWith('not_found')]);
    expect(told(events).slice(2)).toEqual([stopped('a', 'error')]);
  });

  it('of session.restarted', async () => {
    const { events, open, results } = stopOn('session.restarted');
    const ref = await open('a');
    ref.send({ type: 'do', work: crash });
    await settled();
    expect(results).toEqual([done]);
    expect(told(events).slice(2)).toEqual([restarted('a', 2), stopped('a', 'shutdown')]);
  });

  it('of session.updated, while the registry is still at it', async () => {
    const { host, events, open, results } = stopOn('session.updated');
    await open('a');
    expect(await host.updateSession({ ...host.list()[0]!, name: 'new' })).toMatchObject({ ok: true });
    await settled();
    expect(results).toEqual([done]);
    expect(told(events).slice(1)).toEqual([{ type: 'session.updated', id: 'a' }, stopped('a', 'shutdown')]);
    expect(host.count()).toBe(0);
  });

  it('of session.message', async () => {
    const { events, open, results } = stopOn('session.message');
    const ref = await open('a');
    ref.send({ type: 'tell.parent' });
    await settled();
    expect(results).toEqual([done]);
    expect(told(events).slice(2)).toEqual([stopped('a', 'shutdown')]);
  });

  it('of session.stopped: not_found, and its slot is free', async () => {
    const { host, open, results } = stopOn('session.stopped');
    await open('a');
    await host.stopSession('a');
    await settled();
    expect(results).toEqual([refusedWith('not_found')]);
  });

  it('of what it emits', async () => {
    const { host, events, open } = openHost({ session: doing });
    const ref = await open('a');
    ref.on('noise', () => void host.stopSession('a'));
    ref.send({ type: 'make.noise' });
    expect(told(events)).toEqual([started('a'), stopped('a', 'shutdown')]);
  });

  it('of its snapshots, also of the first of a new incarnation', async () => {
    const { host, events, open } = openHost({ session: doing });
    const ref = await open('a');
    const heard: string[] = [];
    ref.subscribe({
      next({ status }) {
        heard.push(status);
        void host.stopSession('a');
      },
      complete: () => heard.push('complete'),
    });
    ref.send({ type: 'do', work: crash });
    expect(told(events).slice(2)).toEqual([restarted('a', 2), stopped('a', 'shutdown')]);
    expect(heard).toEqual(['active', 'complete']);
  });
});
