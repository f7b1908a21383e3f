import type { AnyActorLogic, AnyEventObject } from 'xstate';
import type { Session } from '../src/index.ts';
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

describe('A restart by hand', () => {
  it('is free of charge, however often', async () => {
    const { host, events, open } = openHost({ session: doing, intensity: { maxRestarts: 1, withinMs: 5_000 } });
    const ref = await open('a');
    for (let time = 0; time < 10; time += 1) expect(await host.restartSession('a')).toEqual(done);
    ref.send({ type: 'do', work: crash });
    expect(told(events).slice(-1)).toEqual([restarted('a', 12)]);
    expect(host.isRunning('a')).toBe(true);
  });

  it('of a session that nobody knows is answered not_found', async () => {
    const { host } = openHost({ session: doing });
    expect(await host.restartSession('a')).toEqual(refusedWith('not_found'));
  });

  it('asks for a graceful end first, and says why', async () => {
    const { host, events, open } = openHost({ session: lingering });
    const ref = await open('a');
    const restart = host.restartSession('a');
    expect(ref.getSnapshot()).toMatchObject({ value: 'lingering', context: { reason: 'restart' } });
    ref.send({ type: 'leave' });
    expect(await restart).toEqual(done);
    expect(told(events)).toEqual([started('a'), restarted('a', 2)]);
    expect(ref.getSnapshot().value).toBe('working');
  });

  it('kills what does not end in time', async () => {
    const { host, clock, events, open } = openHost({ session: lingering, shutdown: 100 });
    await open('a');
    const restart = host.restartSession('a');
    clock.increment(99);
    expect(told(events)).toEqual([started('a')]);
    clock.increment(1);
    expect(await restart).toEqual(done);
    expect(told(events)).toEqual([started('a'), restarted('a', 2)]);
    expect(clock.timers).toBe(0);
  });

  it('goes on where the session crashes meanwhile', async () => {
    const { host, events, open } = openHost({ session: lingering, intensity: { maxRestarts: 0, withinMs: 5_000 } });
    const ref = await open('a');
    const restart = host.restartSession('a');
    ref.send({ type: 'crash' });
    expect(await restart).toEqual(done);
    expect(told(events)).toEqual([started('a'), crashed('a', 1, boom, { type: 'crash' }), restarted('a', 2)]);
  });

  it('is start_failed, and counts as a crash, where the new start fails', async () => {
    let broken = false;
    const input = ({ session }: { readonly session: Session }) => (broken ? crash() : { session });
    const { host, clock, events, open } = openHost({ session: doing, backoff: steadyBackoff, input });
    await open('a');
    broken = true;
    expect(await host.restartSession('a')).toMatchObject({ error: { code: 'start_failed', cause: boom } });
    expect(told(events).slice(1)).toEqual([crashed('a', 1, boom, undefined, { delayMs: 100 })]);
    expect(host.isRunning('a')).toBe(false);
    broken = false;
    clock.increment(100);
    expect(told(events).slice(2)).toEqual([restarted('a', 2)]);
  });

  it('waits where one is under way, and is made after it', async () => {
    const { host, events, open } = openHost({ session: lingering });
    const ref = await open('a');
    const answers = new Answers();
    const { given } = answers;
    answers.note('first', host.restartSession('a'));
    answers.note('second', host.restartSession('a'));
    ref.send({ type: 'leave' });
    await settled();
    expect(given).toEqual([['first', true]]);
    ref.send({ type: 'leave' });
    await settled();
    expect(given.slice(1)).toEqual([['second', true]]);
    expect(told(events)).toEqual([started('a'), restarted('a', 2), restarted('a', 3)]);
  });

  it.each([
    [doing as AnyActorLogic, () => {}],
    [lingering as AnyActorLogic, (send: (event: AnyEventObject) => void) => send({ type: 'leave' })],
  ])('and a stop, at once, are made in their order (%#)', async (session, leave) => {
    const { host, events, open } = openHost({ session });
    const [a, b] = [await open('a'), await open('b')];
    events.length = 0;
    const answers = new Answers();
    const { given } = answers;
    answers.note('restart a', host.restartSession('a'));
    answers.note('stop a', host.stopSession('a'));
    answers.note('stop b', host.stopSession('b'));
    answers.note('restart b', host.restartSession('b'));
    leave((event) => a.send(event));
    leave((event) => a.send(event));
    leave((event) => b.send(event));
    await settled();
    expect(given.sort()).toEqual([
      ['restart a', true],
      ['restart b', 'not_found'],
      ['stop a', true],
      ['stop b', true],
    ]);
    const ofA = told(events).filter((event) => (event as { id: string }).id === 'a');
    expect(ofA).toMatchObject([restarted('a', 2), stopped('a', 'shutdown')]);
    const ofB = told(events).filter((event) => (event as { id: string }).id === 'b');
    expect(ofB).toMatchObject([stopped('b', 'shutdown')]);
  });
});
