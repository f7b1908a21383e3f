import { createActor, createMachine, fromCallback, fromPromise, setup, stopChild } from 'xstate';
import type { ActorLogic, Snapshot } from 'xstate';
import { dynamicSupervisor, monitor, supervisor } from '../src/index.ts';
import type { ChildSpec, Exit, RestartType, SupervisorOptions } from '../src/index.ts';
import { Scene } from './support/scene.ts';
import { hasNoted, Journal, worker } from './support/workers.ts';
import type { Closing } from './support/workers.ts';

const src = worker();

const scene = (children: ChildSpec[], options: SupervisorOptions = {}) =>
  new Scene((logger) => supervisor({ logger, ...options, children }));

const child = (closing: Closing | undefined, spec: Partial<ChildSpec> = {}): ChildSpec => ({
  id: 'a',
  src: worker({ closing }),
  ...spec,
});

const restarts: RestartType[] = ['permanent', 'transient', 'temporary'];

// What the child does when it is asked to end, after how many ms it has ended, and how.
const ends: [name: string, spec: ChildSpec, act: (it: Scene) => void, after: number, reason: string][] = [
  ['complies', child('at_once'), () => {}, 0, 'shutdown'],
  ['is slow', child(100), () => {}, 100, 'shutdown'],
  ['takes all its time', child(300, { shutdown: 301 }), () => {}, 300, 'shutdown'],
  ['never ends', child('never', { shutdown: 300 }), () => {}, 300, 'killed'],
  ['is too slow', child(301, { shutdown: 300 }), () => {}, 300, 'killed'],
  ['never ends, by default', child('never'), () => {}, 5000, 'killed'],
  ['takes an hour of infinity', child(3_600_000, { shutdown: 'infinity' }), () => {}, 3_600_000, 'shutdown'],
  ['has no time', child(1, { shutdown: 0 }), () => {}, 0, 'killed'],
  ['needs no time', child('at_once', { shutdown: 0 }), () => {}, 0, 'shutdown'],
  ['crashes meanwhile', child('never'), crashAfter(50), 50, 'error'],
  ['is done meanwhile', child('never'), finishAfter(50), 50, 'shutdown'],
  ['does not take the event', child(undefined), () => {}, 0, 'shutdown'],
  ['takes it, says its spec not', child(100, { graceful: false }), () => {}, 0, 'shutdown'],
  ['is not asked', child(100, { shutdown: 'brutal_kill' }), () => {}, 0, 'killed'],
];

function crashAfter(ms: number): (it: Scene) => void {
  return (it) => void it.clock.setTimeout(() => it.crash('a'), ms);
}

function finishAfter(ms: number): (it: Scene) => void {
  return (it) => void it.clock.setTimeout(() => it.finish('a'), ms);
}

describe.each(restarts)('a %s child that is stopped', (restart) => {
  it.each(ends)('%s', (_name, spec, act, after, reason) => {
    for (const how of ['child.terminate', 'supervisor.stop'] as const) {
      const it = scene([{ ...spec, restart }]);
      it.take();
      const answers = it.ask({ type: how, id: 'a' });
      act(it);
      if (after > 0) it.clock.increment(after - 1);
      if (after > 0) expect([it.take(), answers]).toEqual([[], []]);
      it.clock.increment(after > 0 ? 1 : 0);
      expect(it.all('child.exited')).toMatchObject([{ id: 'a', reason, incarnation: 1 }]);
      expect(answers).toEqual([{ ok: true, value: undefined }]);
      if (how === 'child.terminate') expect(it.table()).toBe(restart === 'temporary' ? '' : 'a stopped 1');
      else expect([it.status, it.state]).toEqual(['done', 'stopped']);
      expect(it.timers).toBe(0);
      it.pass(10);
      expect(it.all('child.started')).toHaveLength(1);
    }
  });

  it.each([
    ['finish', 'normal'],
    ['crash', 'error'],
  ] as const)('and ends by itself in the same tick, has ended by itself: %s', (act, reason) => {
    for (const how of ['child.terminate', 'supervisor.stop'] as const) {
      const it = scene([child('never', { restart })]);
      it.take();
      // The order to stop it is in the mailbox when it ends, and the end comes after.
      it.meanwhile(() => {
        it.actor.send({ type: how, id: 'a' } as never);
        it[act]('a');
      });
      expect(it.all('child.exited')).toMatchObject([{ id: 'a', reason }]);
      if (how === 'child.terminate') expect(it.table()).toBe(restart === 'temporary' ? '' : 'a stopped 1');
      else expect(it.status).toBe('done');
      expect(it.timers).toBe(0);
    }
  });

  it('and ends in the tick in which its time is over, has ended as it did first', () => {
    const it = scene([child(300, { shutdown: 300, restart })]);
    it.tell({ type: 'child.terminate', id: 'a' });
    it.clock.increment(300);
    expect(it.all('child.exited')).toHaveLength(1);
    expect(it.timers).toBe(0);
  });
});

describe('what a child is sent when it is to end', () => {
  const heard: unknown[] = [];
  const states = { up: { on: { 'supervisor.shutdown': 'over' } }, over: { type: 'final' } } as const;

  it('is supervisor.shutdown, with the reason', () => {
    const listening = setup({ actions: { hear: ({ event }) => void heard.push(event) } }).createMachine({
      on: { 'supervisor.shutdown': { actions: 'hear' } },
    });
    const it = scene([{ id: 'a', src: listening }]);
    it.actor.send({ type: 'child.terminate', id: 'a' });
    expect(heard).toEqual([{ type: 'supervisor.shutdown', reason: 'shutdown' }]);
    it.actor.stop();
  });

  it.each([
    ['in the root', createMachine({ on: { 'supervisor.shutdown': {} } }), true],
    ['deep inside', createMachine({ initial: 'x', states: { x: { initial: 'up', states } } }), true],
    ['in a state it is not in', createMachine({ initial: 'x', states: { x: {}, ...states } }), true],
    ['only as a wildcard', createMachine({ on: { '*': {} } }), false],
    ['only as part of a wildcard', createMachine({ on: { 'supervisor.*': {} } }), false],
    ['nowhere', createMachine({}), false],
  ])('is sent to a machine that names it %s: %#', (_where, machine, isAsked) => {
    const it = scene([{ id: 'a', src: machine }]);
    it.actor.send({ type: 'child.terminate', id: 'a' });
    expect(it.take()).toEqual(['a started 1', ...(isAsked ? [] : ['a exited 1 shutdown'])]);
    it.actor.stop();
  });

  it('is sent to another logic only if its spec says that it is graceful', () => {
    for (const graceful of [undefined, true, false]) {
      const it = scene([{ id: 'a', src: patient, graceful }]);
      it.actor.send({ type: 'child.terminate', id: 'a' });
      expect(it.take()).toEqual(['a started 1', 'a exited 1 shutdown']);
      expect(it.anyRef('a').getSnapshot().status).toBe(graceful ? 'done' : 'stopped');
    }
  });

  it('by another may make it end as well: that is an end of its own', () => {
    const it = scene([child('at_once', { restart: 'transient' })]);
    it.ref('a').send({ type: 'supervisor.shutdown', reason: 'shutdown' });
    expect(it.take()).toEqual(['a started 1', 'a exited 1 normal']);
  });

  // A logic of one's own: done when it is asked to end.
  const patient: ActorLogic<Snapshot<undefined>, { type: string }> = {
    transition: (snapshot, { type }) => {
      if (type === 'xstate.stop') return { ...snapshot, status: 'stopped' } as never;
      if (type === 'supervisor.shutdown') return { ...snapshot, status: 'done', output: undefined } as never;
      return snapshot;
    },
    getInitialSnapshot: () => ({ status: 'active', output: undefined, error: undefined }),
    getPersistedSnapshot: (snapshot) => snapshot,
  };
});

describe('a supervisor that stops', () => {
  const slow = (id: string, ms: number) => ({ id, src: worker({ closing: ms }) });

  it('takes the sum of the times of its children, in reverse order', () => {
    const it = scene([slow('a', 30), slow('b', 20), slow('c', 10)]);
    it.take();
    it.ask({ type: 'supervisor.stop' });
    const exits: [number, string[]][] = [];
    for (; it.status === 'active'; it.pass(1)) {
      const news = it.take();
      if (news.length > 0) exits.push([it.clock.now(), news]);
    }
    expect(exits).toEqual([
      [10, ['c exited 1 shutdown']],
      [30, ['b exited 1 shutdown']],
    ]);
    expect([it.clock.now(), it.take()]).toEqual([60, ['a exited 1 shutdown', 'stopped shutdown']]);
  });

  it('takes the longest time of its children, if it is dynamic', () => {
    const it = new Scene((logger) => dynamicSupervisor({ logger }));
    for (const spec of [
      slow('a', 30),
      slow('b', 20),
      slow('c', 10),
      { ...slow('d', 99), shutdown: 25 },
      { id: 'e', src },
    ]) {
      it.tell({ type: 'child.start', spec });
    }
    it.take();
    it.ask({ type: 'supervisor.stop' });
    expect(it.take()).toEqual(['e exited 1 shutdown']);
    it.pass(10);
    expect(it.take()).toEqual(['c exited 1 shutdown']);
    it.pass(10);
    expect(it.take()).toEqual(['b exited 1 shutdown']);
    it.pass(5);
    expect(it.take()).toEqual(['d exited 1 killed']);
    it.pass(5);
    expect(it.take()).toEqual(['a exited 1 shutdown', 'stopped shutdown']);
    expect([it.status, it.timers]).toEqual(['done', 0]);
  });

  it('restarts none of its children that crashes meanwhile, and reports each when its turn comes', () => {
    const it = scene([{ id: 'a', src }, { id: 'b', src, restart: 'temporary' }, slow('c', 10)]);
    it.take();
    it.ask({ type: 'supervisor.stop' });
    it.crash('b');
    it.crash('a');
    expect([it.take(), it.counts().active]).toEqual([[], 1]);
    it.pass(10);
    expect(it.take()).toEqual(['c exited 1 shutdown', 'b exited 1 error', 'a exited 1 error', 'stopped shutdown']);
  });

  it('has a nested one stop its own children first, with all the time that they need', () => {
    const journal = new Journal();
    const recorded = (id: string) => ({ id, src: worker({ journal, closing: 4000 }) });
    const inner = supervisor({ logger: () => {}, children: [recorded('x'), recorded('y')] });
    const it = scene([recorded('a'), { id: 'inner', src: inner }, recorded('b')]);
    journal.take();
    it.ask({ type: 'supervisor.stop' });
    it.pass(16_000);
    expect(journal.take()).toBe('-b -y -x -a');
    expect(it.all('child.exited').map(({ id, reason }) => `${id} ${reason}`)).toEqual([
      'b shutdown',
      'inner shutdown',
      'a shutdown',
    ]);
    expect([it.status, it.timers]).toEqual(['done', 0]);
  });

  it('kills a nested one whose time is over, and all that is in it', () => {
    const journal = new Journal();
    const recorded = (id: string) => ({ id, src: worker({ journal, closing: 'never' as const }) });
    const inner = supervisor({ logger: () => {}, children: [recorded('x'), recorded('y')] });
    const it = scene([{ id: 'inner', src: inner, shutdown: 100 }]);
    it.ask({ type: 'supervisor.stop' });
    it.pass(99);
    expect(journal.alive).toBe('x y');
    it.pass(1);
    expect([journal.alive, it.timers]).toEqual(['', 0]);
    expect(it.all('child.exited')).toMatchObject([{ id: 'inner', reason: 'killed' }]);
  });

  it('takes supervisor.shutdown as an order of its parent, whoever that is', () => {
    const it = scene([{ id: 'a', src }]);
    it.actor.send({ type: 'supervisor.shutdown' });
    expect(it.take()).toEqual(['a started 1', 'a exited 1 shutdown', 'stopped shutdown']);
    expect([it.status, it.state]).toEqual(['done', 'stopped']);
  });

  it('while it starts has started first', () => {
    const it = scene([
      { id: 'a', src, ready: hasNoted },
      { id: 'b', src },
    ]);
    const stopped = it.ask({ type: 'supervisor.stop' });
    expect([it.state, stopped]).toEqual(['starting', []]);
    it.anyRef('a').send({ type: 'note' });
    expect(it.take()).toEqual([
      'a started 1',
      'b started 1',
      'b exited 1 shutdown',
      'a exited 1 shutdown',
      'stopped shutdown',
    ]);
    expect([it.status, stopped]).toEqual(['done', [{ ok: true, value: undefined }]]);
  });

  it('while it starts, and fails to, has failed to start', () => {
    const it = scene([
      { id: 'a', src, ready: hasNoted },
      { id: 'b', src },
    ]);
    const stopped = it.ask({ type: 'supervisor.stop' });
    it.crash('a');
    expect(it.take()).toEqual(['a start_failed', 'stopped start_failed']);
    expect([it.state, stopped]).toEqual(['start_failed', [{ ok: true, value: undefined }]]);
  });

  it('in the middle of an event of its child waits until that has been handled', () => {
    const order: string[] = [];
    const busy = setup({
      actions: {
        stopAll: () => {
          it.actor.send({ type: 'supervisor.stop' });
          order.push(`the supervisor is ${String(it.state)}`);
        },
      },
      actors: { life: fromCallback(() => () => order.push('the child has ended')) },
    }).createMachine({ invoke: { src: 'life' }, on: { work: { actions: 'stopAll' } } });
    const it: Scene = scene([{ id: 'busy', src: busy }]);
    it.ref('busy').send({ type: 'work' });
    expect(order).toEqual(['the supervisor is stopping', 'the child has ended']);
    expect(it.take()).toEqual(['busy started 1', 'busy exited 1 shutdown', 'stopped shutdown']);
    expect(it.status).toBe('done');
  });
});

describe('a supervisor that is stopped by force', () => {
  const journal = new Journal();
  const recorded = (id: string, spec: Partial<ChildSpec> = {}): ChildSpec => ({
    id,
    src: worker({ journal, closing: 'never' }),
    ...spec,
  });

  it('takes its children along at once, in reverse, with nothing left alive and no timer', () => {
    const inner = supervisor({ logger: () => {}, children: [recorded('x'), recorded('y')] });
    const it = scene([recorded('a'), { id: 'inner', src: inner }, recorded('b')]);
    journal.take();
    it.actor.stop();
    expect(journal.take()).toBe('-b -y -x -a');
    expect([it.status, it.timers]).toEqual(['stopped', 0]);
  });

  it('has its children watched: each was killed', () => {
    const it = scene([recorded('a')]);
    const exits: Exit[] = [];
    monitor(it.ref('a'), (exit) => exits.push(exit));
    it.actor.stop();
    expect(exits).toEqual([{ reason: 'killed', incarnation: 1 }]);
  });

  it.each<[string, ChildSpec[], (it: Scene) => void]>([
    ['it starts', [recorded('a'), recorded('b', { ready: () => false, startTimeoutMs: 100 })], () => {}],
    ['it stops', [recorded('a'), recorded('b')], (it) => it.ask({ type: 'supervisor.stop' })],
    [
      'it waits for a child to end',
      [recorded('a'), recorded('b')],
      (it) => it.ask({ type: 'child.terminate', id: 'a' }),
    ],
    ['it restarts a group', [recorded('a'), recorded('b')], (it) => it.crash('b')],
  ])('while %s', (_what, children, act) => {
    const it = scene(children, { strategy: 'one_for_all' });
    act(it);
    expect(it.timers).toBeGreaterThan(0);
    it.actor.stop();
    expect([journal.alive, it.timers, it.status]).toEqual(['', 0, 'stopped']);
    it.pass(10_000);
    expect(journal.alive).toBe('');
    journal.take();
  });

  it('aborts what its children do', async () => {
    let isAborted = false;
    const promise = fromPromise(({ signal }) => {
      signal.addEventListener('abort', () => (isAborted = true));
      return new Promise(() => {});
    });
    const it = scene([{ id: 'a', src: promise }]);
    it.actor.stop();
    expect(isAborted).toBe(true);
  });
});

describe('a supervisor inside a machine', () => {
  const journal = new Journal();
  const logic = supervisor({
    logger: () => {},
    intensity: { maxRestarts: 0 },
    children: ['a', 'b'].map((id) => ({ id, src: worker({ journal }) })),
  });

  function invoking() {
    const machine = setup({ actors: { logic } }).createMachine({
      initial: 'on',
      states: {
        on: { invoke: { src: 'logic', id: 'sup', onDone: 'done', onError: 'failed' }, on: { leave: 'off' } },
        off: {},
        done: {},
        failed: { entry: ({ event }) => void (error = (event as unknown as { error: unknown }).error) },
      },
    });
    let error: unknown;
    const actor = createActor(machine).start();
    journal.take();
    return { actor, sup: actor.getSnapshot().children.sup!, error: () => error };
  }

  it('stops with the state that invokes it', () => {
    const { actor } = invoking();
    actor.send({ type: 'leave' });
    expect(journal.take()).toBe('-b -a');
  });

  it('is done when it is told to stop', () => {
    const { actor, sup } = invoking();
    sup.send({ type: 'supervisor.stop' });
    expect([actor.getSnapshot().value, journal.take()]).toEqual(['done', '-b -a']);
  });

  it('fails when it gives up', () => {
    const { actor, sup, error } = invoking();
    let child: { send(event: { type: string }): void } | undefined;
    const replyTo = {
      send: (answer: { value?: unknown }) => (child = (answer.value as { ref: typeof child }[])[0]!.ref),
    };
    sup.send({ type: 'supervisor.which_children', replyTo } as never);
    child!.send({ type: 'crash' });
    expect(actor.getSnapshot().value).toBe('failed');
    expect(error()).toMatchObject({ code: 'gave_up' });
    expect(journal.take()).toBe('-a -b');
  });

  it('goes when the machine crashes', () => {
    const crashing = setup({ actors: { logic }, actions: { crash: boom } }).createMachine({
      invoke: { src: 'logic' },
      on: { crash: { actions: 'crash' } },
    });
    const actor = createActor(crashing);
    actor.subscribe({ error() {} });
    actor.start();
    journal.take();
    actor.send({ type: 'crash' });
    expect(journal.take()).toBe('-b -a');
  });

  it('may be spawned, and stopped by its parent', () => {
    const spawning = createMachine({
      context: ({ spawn }) => ({ sup: spawn(logic, { id: 'sup' }) }),
      on: { drop: { actions: stopChild('sup') } },
    });
    const actor = createActor(spawning).start();
    expect(journal.take()).toBe('+a +b');
    actor.send({ type: 'drop' });
    expect(journal.take()).toBe('-b -a');
  });

  function boom(): never {
    throw new Error('boom');
  }
});
