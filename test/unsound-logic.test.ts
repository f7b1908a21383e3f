import { sendTo, setup } from 'xstate';
import type { AnyActorLogic } from 'xstate';
import { dynamicSupervisor, supervisor } from '../src/index.ts';
import { openHost } from './support/open-host.ts';
import { Scene } from './support/scene.ts';
import { crashed, started, stopped, told } from './support/told.ts';

const junk: readonly unknown[] = [undefined, null, 5, 'active', {}, { status: 1 }];
const active = { status: 'active', output: undefined, error: undefined };

/** A logic that returns junk at one type of event. */
const forgetting = (type: string, returned?: unknown): AnyActorLogic =>
  ({
    getInitialSnapshot: () => active,
    transition: (snapshot: object, event: { readonly type: string }) => (event.type === type ? returned : snapshot),
    getPersistedSnapshot: (snapshot: object) => snapshot,
  }) as never;

const mindless = (returned: unknown): AnyActorLogic =>
  ({ ...forgetting(''), getInitialSnapshot: () => returned }) as never;

const noSnapshot = expect.objectContaining({
  name: 'TypeError',
  message: expect.stringMatching(/^The logic returned .* which is no snapshot$/),
});

/** A machine that has such an actor inside, and hands on to it what it is sent. */
const around = (src: AnyActorLogic) =>
  setup({ actors: { src } }).createMachine({
    initial: 'up',
    states: { idle: {}, up: { invoke: { src: 'src', id: 'inside' } } },
    on: { forget: { actions: sendTo('inside', { type: 'forget' }) }, leave: '.idle', enter: '.up' },
  });

const scene = (src: AnyActorLogic) => new Scene((logger) => supervisor({ logger, children: [{ id: 'a', src }] }));

describe('A child whose logic returns no snapshot', () => {
  it.each(junk)('has crashed: %p', (returned) => {
    const it = scene(forgetting('forget', returned));
    it.ref('a').send({ type: 'forget' });
    expect(it.all('child.exited')).toMatchObject([{ id: 'a', reason: 'error', error: noSnapshot }]);
    expect(it.table()).toBe('a running 2');
  });

  it.each(['child.terminate', 'supervisor.stop'])('when it is stopped has crashed, and has ended: %s', (type) => {
    for (const returned of junk) {
      const it = scene(forgetting('xstate.stop', returned));
      expect(it.tell({ type, id: 'a' })).toBe('ok');
      expect(it.all('child.exited')).toMatchObject([{ id: 'a', reason: 'error', error: noSnapshot }]);
      expect([it.children().filter(({ status }) => status === 'running'), it.timers]).toEqual([[], 0]);
    }
  });

  it('ends with its supervisor, when that is stopped by force', () => {
    const it = scene(forgetting('xstate.stop'));
    const ref = it.ref('a');
    it.actor.stop();
    expect([it.status, ref.getSnapshot().status]).toEqual(['stopped', 'error']);
  });

  it('when it starts has failed to start', () => {
    for (const returned of junk) {
      const it = new Scene((logger) => dynamicSupervisor({ logger }));
      const error = it.refusal({ type: 'child.start', spec: { id: 'a', src: mindless(returned) } });
      expect(error).toMatchObject({ code: 'start_failed', cause: noSnapshot });
      expect(it.table()).toBe('');
    }
  });

  it('fails to come back where it only started well the first time', () => {
    let lives = 0;
    const src = { ...forgetting('forget'), getInitialSnapshot: () => (lives++ === 0 ? active : undefined) };
    const it = scene(src as never);
    it.ref('a').send({ type: 'forget' });
    expect(it.take().slice(-3)).toEqual(['a start_failed', 'gave up', 'stopped gave_up']);
  });
});

describe('A session whose logic returns no snapshot', () => {
  it('when it is stopped has crashed, and has ended', async () => {
    const { host, events, open } = openHost({ session: forgetting('xstate.stop') });
    await open('s1');
    expect(await host.stopSession('s1')).toEqual({ ok: true, value: undefined });
    expect(told(events)).toEqual([
      started('s1'),
      crashed('s1', 1, noSnapshot, { type: 'xstate.stop' }),
      stopped('s1', 'error'),
    ]);
  });
});

describe('A child that has an actor inside whose logic returns no snapshot', () => {
  it('has crashed', () => {
    const it = scene(around(forgetting('forget')));
    it.ref('a').send({ type: 'forget' });
    expect(it.table()).toBe('a running 2');
  });

  it('has crashed when it stops that actor', () => {
    const it = scene(around(forgetting('xstate.stop')));
    it.ref('a').send({ type: 'leave' });
    expect(it.table()).toBe('a running 2');
  });

  it('has crashed when it starts that actor', () => {
    const src = { ...forgetting(''), getInitialSnapshot: () => (lives++ === 1 ? undefined : active) };
    let lives = 0;
    const it = scene(around(src as never));
    it.ref('a').send({ type: 'leave' });
    it.ref('a').send({ type: 'enter' });
    expect(it.table()).toBe('a running 2');
  });

  it.each(['child.terminate', 'supervisor.stop'])('when it is stopped has ended: %s', (type) => {
    const it = scene(around(forgetting('xstate.stop')));
    expect(it.tell({ type, id: 'a' })).toBe('ok');
  });
});
