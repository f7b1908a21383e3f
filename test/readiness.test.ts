import { createMachine, fromObservable, fromPromise, fromTransition } from 'xstate';
import { BehaviorSubject } from 'rxjs';
import { supervisor } from '../src/index.ts';
import type { ChildSpec, SupervisorOptions } from '../src/index.ts';
import { Scene } from './support/scene.ts';
import { hasNoted, Journal, scripted, worker } from './support/workers.ts';

const src = worker();

describe('a child with ready', () => {
  const scene = (children: ChildSpec[], options: SupervisorOptions = {}) =>
    new Scene((logger) => supervisor({ logger, ...options, children }));
  const slow = { id: 'slow', src, ready: hasNoted } satisfies ChildSpec;
  const note = (it: Scene, id = 'slow') => it.anyRef(id).send({ type: 'note' });

  it('counts as started at once if it is ready by then', () => {
    const it = scene([{ ...slow, ready: () => true, startTimeoutMs: 100 }]);
    expect(it.take()).toEqual(['slow started 1']);
    expect(it.timers).toBe(0);
  });

  it('counts as started once it is ready, and the next one starts then', () => {
    const journal = new Journal();
    const recorded = worker({ journal });
    const it = scene([
      { ...slow, id: 'a', src: recorded },
      { ...slow, id: 'b', src: recorded },
      { id: 'c', src: recorded },
    ]);
    expect([journal.take(), it.take(), it.table()]).toEqual(['+a', [], 'a stopped 0, b stopped 0, c stopped 0']);
    note(it, 'a');
    expect([journal.take(), it.take(), it.state]).toEqual(['+b', ['a started 1'], 'starting']);
    note(it, 'b');
    expect([journal.take(), it.take(), it.state]).toEqual(['+c', ['b started 1', 'c started 1'], 'running']);
  });

  it('may take as long as it takes, where there is no time-out', () => {
    const it = scene([slow]);
    it.clock.increment(1e9);
    expect([it.state, it.timers]).toEqual(['starting', 0]);
    note(it);
    expect(it.state).toBe('running');
  });

  it('is in time in the last millisecond', () => {
    const it = scene([{ ...slow, startTimeoutMs: 100 }]);
    it.pass(99);
    note(it);
    expect([it.take(), it.timers]).toEqual([['slow started 1'], 0]);
    it.pass(100);
    expect(it.state).toBe('running');
  });

  it('has failed to start, and is killed, when its time is over', () => {
    const journal = new Journal();
    const it = scene([{ ...slow, src: worker({ journal, closing: 50 }), startTimeoutMs: 100 }]);
    it.pass(100);
    expect(it.take()).toEqual(['slow start_failed', 'stopped start_failed']);
    expect(it.error.cause).toEqual(new Error('Child slow was not ready within 100 ms'));
    expect([journal.take(), it.timers]).toEqual(['+slow -slow', 0]);
  });

  it('has no time at all with a time-out of 0', () => {
    const it = scene([{ ...slow, startTimeoutMs: 0 }]);
    it.clock.increment(0);
    expect(it.error.cause).toEqual(new Error('Child slow was not ready within 0 ms'));
  });

  it('has failed to start when it crashes before it is ready, with what it crashed with', () => {
    const it = scene([{ ...slow, startTimeoutMs: 100 }]);
    it.crash('slow');
    expect(it.take()).toEqual(['slow start_failed', 'stopped start_failed']);
    expect(it.error.cause).toEqual(new Error('crashed as told'));
    expect(it.timers).toBe(0);
  });

  it('has failed to start when it ends before it is ready', () => {
    const it = scene([slow]);
    it.finish('slow');
    expect(it.take()).toEqual(['slow start_failed', 'stopped start_failed']);
    expect(it.error.cause).toEqual(new Error('Child slow ended (normal) before it was ready'));
  });

  it('has failed to start when it is done at once, and was never ready', () => {
    const it = scene([{ ...slow, ...scripted('end') }]);
    expect(it.take()).toEqual(['slow start_failed', 'stopped start_failed']);
    expect(it.error.cause).toEqual(new Error('Child slow ended (normal) before it was ready'));
  });

  it('has started, and ended, when it ends after it was ready, though its supervisor was busy', () => {
    const it = scene([{ ...slow, restart: 'transient' }]);
    it.meanwhile(() => {
      note(it);
      it.finish('slow');
    });
    expect(it.take()).toEqual(['slow started 1', 'slow exited 1 normal']);
    expect(it.table()).toBe('slow stopped 1');
  });

  it('has failed to start when ready throws, at once or later', () => {
    const doubtful = (snapshot: { context: { notes: unknown[] } }) => {
      if (hasNoted(snapshot)) throw new Error('doubtful');
      return false;
    };
    const it = scene([{ ...slow, ready: doubtful }]);
    expect(it.state).toBe('starting');
    note(it);
    expect(it.take()).toEqual(['slow start_failed', 'stopped start_failed']);
    expect(it.error.cause).toEqual(new Error('doubtful'));
  });

  it('is not asked again once it has started', () => {
    let asked = 0;
    const it = scene([{ ...slow, ready: (snapshot: never) => ++asked > 0 && hasNoted(snapshot) }]);
    note(it);
    const before = asked;
    note(it);
    expect(asked).toBe(before);
  });

  it('is waited for at a restart too, and its whole group with it', () => {
    const it = scene([slow, { id: 'b', src }], { strategy: 'one_for_all' });
    note(it);
    it.take();
    it.crash('b');
    expect(it.take()).toEqual(['b exited 1 error', 'b restarting in 0', 'slow exited 1 shutdown']);
    expect([it.table(), it.state]).toEqual(['slow stopped 1, b stopped 1', 'restarting']);
    note(it);
    expect(it.take()).toEqual(['slow started 2', 'b started 2']);
    expect(it.state).toBe('running');
  });

  it('is waited for when it is started by hand, and all else with it', () => {
    const it = scene([{ id: 'a', src }]);
    const started = it.ask({ type: 'child.start', spec: slow });
    const terminated = it.ask({ type: 'child.terminate', id: 'a' });
    expect([started, terminated]).toEqual([[], []]);
    note(it);
    expect(started).toEqual([{ ok: true, value: { id: 'slow', ref: it.ref('slow') } }]);
    expect(terminated).toEqual([{ ok: true, value: undefined }]);
  });

  it('is answered start_failed when it is started by hand and too late', () => {
    const it = scene([]);
    const started = it.ask({ type: 'child.start', spec: { ...slow, startTimeoutMs: 10 } });
    it.pass(10);
    expect(started).toMatchObject([{ ok: false, error: { code: 'start_failed', cause: { message: /not ready/ } } }]);
    expect(it.table()).toBe('');
  });

  it('that another dies while it is waited for is known when it is ready', () => {
    const it = scene([{ id: 'a', src }, slow, { id: 'c', src }]);
    it.crash('a');
    expect([it.take(), it.counts().active]).toEqual([['a started 1'], 0]);
    note(it);
    expect(it.take()).toEqual([
      'slow started 1',
      'c started 1',
      'a exited 1 error',
      'a restarting in 0',
      'a started 2',
    ]);
  });

  it('tries again after a failed restart, a charge each', () => {
    const it = scene([{ ...slow, startTimeoutMs: 10 }], { intensity: { maxRestarts: 2 } });
    note(it);
    it.crash('slow');
    it.pass(20);
    expect(it.take()).toEqual([
      'slow started 1',
      'slow exited 1 error',
      'slow restarting in 0',
      'slow start_failed',
      'slow restarting in 0',
      'slow start_failed',
      'gave up',
      'stopped gave_up',
    ]);
    expect(it.timers).toBe(0);
  });

  it('is killed though it is in the middle of an event when its time is over', () => {
    const busy = createMachine({ on: { work: { actions: () => it.clock.increment(100) } } });
    const it = scene([{ id: 'busy', src: busy, ready: () => false, startTimeoutMs: 100 }]);
    it.anyRef('busy').send({ type: 'work' });
    expect(it.take()).toEqual(['busy start_failed', 'stopped start_failed']);
    expect(it.error.cause).toEqual(new Error('Child busy was not ready within 100 ms'));
  });

  it('may be any logic with snapshots', async () => {
    const subject = new BehaviorSubject(1);
    const it = scene([
      {
        id: 'observable',
        src: fromObservable(() => subject),
        ready: ({ context }: { context: number }) => context === 2,
      },
      {
        id: 'transition',
        src: fromTransition((_, { n }: { type: string; n: number }) => n, 1),
        ready: ({ context }: { context: number }) => context === 2,
      },
      {
        id: 'promise',
        src: fromPromise(async () => 2),
        ready: ({ output }: { output?: number }) => output === 2,
        restart: 'temporary',
      },
    ]);
    expect(it.take()).toEqual([]);
    subject.next(2);
    expect(it.take()).toEqual(['observable started 1']);
    it.anyRef('transition').send({ type: 'set', n: 2 });
    expect(it.take()).toEqual(['transition started 1']);
    await Promise.resolve();
    expect(it.take()).toEqual(['promise started 1', 'promise exited 1 normal']);
    it.actor.stop();
  });
});
