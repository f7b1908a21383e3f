import { assign, createActor, createMachine, setup, toPromise, waitFor } from 'xstate';
import type { AnyActorRef, AnyEventObject, InspectionEvent } from 'xstate';
import { ask, fromTask, sessionTree, supervisor } from '../src/index.ts';
import type { ReplyTo, TaskScope } from '../src/index.ts';
import { settled } from './support/answers.ts';
import { CountingClock } from './support/counting-clock.ts';
import { go } from './support/crash-ways.ts';
import { createGate } from './support/gate.ts';
import { nonsense } from './support/nonsense.ts';
import { openHost } from './support/open-host.ts';
import { Scene } from './support/scene.ts';
import { elapse, toldToEnd, wait } from './support/tasks.ts';
import { started, stopped, told } from './support/told.ts';

/** Runs a task on a clock of its own. */
function run(task: (scope: TaskScope) => unknown, clock = new CountingClock()) {
  const actor = createActor(fromTask(task), { clock });
  return { clock, actor: actor.start() };
}

const active = { status: 'active', output: undefined, error: undefined, input: undefined, progress: undefined };

it.each(Object.entries(nonsense).filter(([, value]) => typeof value !== 'function'))(
  'A task that is no function is a TypeError that names it: %s',
  (_name, value) => {
    expect(() => fromTask(value as never)).toThrow(/^task must be a function/);
  },
);

describe('What a task returns is its output:', () => {
  const ways: [name: string, task: (scope: TaskScope<number>) => unknown][] = [
    ['of an asynchronous function', async ({ input }) => input + 1],
    ['after a while', async ({ input }) => (await settled(), input + 1)],
    ['of a function that is not asynchronous', ({ input }) => input + 1],
    ['of a promise that it did not make', ({ input }) => Promise.resolve(input + 1)],
    ['of a thenable', ({ input }) => ({ then: (resolve: (value: number) => void) => resolve(input + 1) })],
    [
      'the first, of a thenable that settles more than once',
      ({ input }) => ({
        then(resolve: (value: number) => void, reject: (error: unknown) => void) {
          resolve(input + 1);
          resolve(0);
          reject(0);
          throw new Error('too late');
        },
      }),
    ],
  ];

  it.each(ways)('%s', async (_name, task) => {
    const actor = createActor(fromTask(task), { input: 1 });
    const output = toPromise(actor);
    expect(actor.start().getSnapshot()).toMatchObject({ ...active, input: 1 });
    expect(await output).toBe(2);
    expect(actor.getSnapshot()).toEqual({ ...active, status: 'done', output: 2 });
  });

  const task = fromTask(async ({ input }: TaskScope<number>) => input + 1);

  it('for a supervisor', async () => {
    const it = new Scene((logger) =>
      supervisor({ logger, children: [{ id: 'a', src: task, input: 1, restart: 'transient' }] }),
    );
    await settled();
    expect(it.all('child.exited')).toMatchObject([{ reason: 'normal', output: 2 }]);
  });

  it('for a host', async () => {
    const { events, open } = openHost({ session: task, input: () => 1 });
    await open('s1');
    await settled();
    expect(told(events)).toEqual([started('s1'), stopped('s1', 'normal', { output: 2 })]);
  });

  it('for a machine that invokes it', async () => {
    const onDone = { target: 'done', actions: assign({ output: ({ event }) => event.output }) };
    const machine = createMachine({
      initial: 'at',
      states: { at: { invoke: { src: task, input: 1, onDone } }, done: { type: 'final' } },
    });
    const ref = await openHost({ session: machine }).open();
    await toPromise(ref);
    expect(ref.getSnapshot()).toMatchObject({ value: 'done', context: { output: 2 } });
  });

  it('and leaves the signal alone, on which it may hang', async () => {
    let signal: AbortSignal | undefined;
    const { actor } = run(async (scope) => void ({ signal } = scope));
    await toPromise(actor);
    expect(signal!.aborted).toBe(false);
  });
});

describe('What a task is sent', () => {
  it('is heard by all its listeners, in their order, from its start to its end', async () => {
    const heard: string[] = [];
    const gate = createGate<void>();
    const { actor } = run(async ({ receive, self }) => {
      self.send({ type: 'to itself' });
      receive(({ type }) => heard.push(`first ${type}`));
      receive(({ type }) => heard.push(`second ${type}`));
      await gate.promise;
      receive(({ type }) => heard.push(`third ${type}`));
      await settled();
    });
    expect(heard.splice(0)).toEqual(['first to itself', 'second to itself']);
    actor.send(go);
    expect(heard.splice(0)).toEqual(['first go', 'second go']);
    gate.open();
    await gate.promise;
    actor.send(go);
    expect(heard.splice(0)).toEqual(['first go', 'second go', 'third go']);
    await toPromise(actor);
    actor.send({ type: 'too late' });
    expect(heard).toEqual([]);
  });

  it('is not heard by a listener that came of it', () => {
    let listeners = 0;
    const { actor } = run(({ receive }) => {
      const another = () => {
        listeners++;
        receive(another.bind(undefined));
      };
      receive(another);
      return new Promise(() => {});
    });
    actor.send(go);
    expect(listeners).toBe(1);
    actor.send(go);
    expect(listeners).toBe(3);
  });

  it('is lost before it listens', async () => {
    const heard: AnyEventObject[] = [];
    const { actor } = run(async ({ receive }) => {
      await settled();
      receive((event) => heard.push(event));
      await settled();
    });
    actor.send(go);
    await toPromise(actor);
    expect(heard).toEqual([]);
  });

  type Double = { readonly type: 'double'; readonly n: number; readonly replyTo: ReplyTo<number> };
  const doubling = fromTask(({ receive, signal }: TaskScope<unknown, Double>) => {
    receive(async ({ n, replyTo }) => {
      await settled();
      replyTo.send(2 * n);
    });
    return toldToEnd(signal);
  });

  it('may be a question', async () => {
    expect(await ask(createActor(doubling).start(), { type: 'double', n: 1 })).toBe(2);
    const ref = await openHost({ session: doubling }).open();
    const answers = [1, 2, 3].map((n) => ask(ref, { type: 'double', n }));
    expect(await Promise.all(answers)).toEqual([2, 4, 6]);
  });
});

describe('What a task schedules', () => {
  it('is done on the clock, in the order of time', async () => {
    const clock = new CountingClock();
    const rung: [string, number][] = [];
    const { actor } = run(async ({ schedule }) => {
      const note = (name: string) => () => rung.push([name, clock.now()]);
      schedule(note('late'), 20);
      schedule(note('at once'), 0);
      schedule(note('first'), 10);
      schedule(note('second'), 10);
      await wait({ schedule }, 30);
    }, clock);
    for (const ms of [0, 10, 10, 10]) await elapse(clock, ms);
    await toPromise(actor);
    expect(rung).toEqual([
      ['at once', 0],
      ['first', 10],
      ['second', 10],
      ['late', 20],
    ]);
    expect(clock.timers).toBe(0);
  });

  it('may be called off, more than once, and by another that falls due at the same time', () => {
    const rung: string[] = [];
    const { clock } = run(({ schedule, signal }) => {
      const cancel = schedule(() => rung.push('cancelled'), 10);
      cancel();
      cancel();
      schedule(() => cancelOther(), 10);
      const cancelOther = schedule(() => rung.push('other'), 10);
      const cancelSelf = schedule(() => (rung.push('self'), cancelSelf()), 10);
      return toldToEnd(signal);
    });
    expect(clock.timers).toBe(3);
    clock.increment(10);
    expect([rung, clock.timers]).toEqual([['self'], 0]);
  });

  it('may be more of the same, until it has returned', async () => {
    let beats = 0;
    const gate = createGate<void>();
    const { actor, clock } = run(async ({ schedule }) => {
      schedule(function beat() {
        beats++;
        schedule(beat, 10);
      }, 10);
      await gate.promise;
    });
    for (let beat = 0; beat < 3; beat++) clock.increment(10);
    expect([beats, clock.timers]).toEqual([3, 1]);
    gate.open();
    await toPromise(actor);
    expect(clock.timers).toBe(0);
    clock.increment(100);
    expect(beats).toBe(3);
  });

  it('is nothing, once it has returned', async () => {
    let schedule: TaskScope['schedule'] | undefined;
    let rung = false;
    const { actor, clock } = run(async (scope) => void ({ schedule } = scope));
    await toPromise(actor);
    const cancel = schedule!(() => (rung = true), 10);
    expect(clock.timers).toBe(0);
    clock.increment(10);
    cancel();
    expect(rung).toBe(false);
  });

  it('is called off with the task that is stopped, where nothing goes on', async () => {
    const { actor, clock } = run(({ schedule, signal }) => {
      schedule(() => {}, 100);
      return toldToEnd(signal);
    });
    actor.stop();
    await settled();
    expect(clock.timers).toBe(0);
  });
});

describe('The progress of a task', () => {
  const counting = fromTask(async ({ progress }: TaskScope<unknown, AnyEventObject, number>) => {
    progress(1);
    await settled();
    progress(2);
    progress(3);
    return progress;
  });

  it('is in its snapshot, and its observers see each step', async () => {
    const seen: unknown[] = [];
    const actor = createActor(counting);
    actor.subscribe(({ status, progress }) => seen.push([status, progress]));
    expect(actor.getSnapshot().progress).toBeUndefined();
    expect(actor.start().getSnapshot().progress).toBe(1);
    await toPromise(actor);
    expect(seen).toEqual([['active', undefined], ['active', 1], ['active', 2], ['active', 3], ['done', 3]]); // prettier-ignore
  });

  it('is no more told once it has returned', async () => {
    const actor = createActor(counting).start();
    const progress = await toPromise(actor);
    const seen: unknown[] = [];
    actor.system.inspect({ next: (event) => seen.push(event) });
    progress(4);
    expect([actor.getSnapshot().progress, seen]).toEqual([3, []]);
  });

  it('is what a machine that invokes it sees, by onSnapshot', async () => {
    const seen: unknown[] = [];
    const machine = setup({ actors: { counting } }).createMachine({
      initial: 'at',
      states: {
        at: {
          invoke: {
            src: 'counting',
            onSnapshot: { actions: ({ event }) => seen.push(event.snapshot.progress) },
            onDone: 'done',
          },
        },
        done: { type: 'final' },
      },
    });
    await toPromise(createActor(machine).start());
    expect(seen).toEqual([undefined, 1, 2, 3]);
  });

  it('is what is waited for, of a session and by a supervisor', async () => {
    const gate = createGate<void>();
    const src = fromTask(async ({ progress, signal }: TaskScope<unknown, AnyEventObject, 'ready'>) => {
      await gate.promise;
      progress('ready');
      await toldToEnd(signal);
    });
    const it = new Scene((logger) =>
      supervisor({
        logger,
        children: [
          { id: 'a', src, ready: ({ progress }: { progress?: 'ready' }) => progress === 'ready' },
          { id: 'b', src },
        ],
      }),
    );
    const ref = await openHost({ session: src }).open();
    expect(it.table()).not.toContain('b running');
    gate.open();
    expect(await waitFor(ref, ({ progress }) => progress === 'ready')).toMatchObject({ status: 'active' });
    expect(it.table()).toBe('a running 1, b running 1');
    it.actor.stop();
  });
});

describe('What a task tells', () => {
  it('its parent, a machine hears as an event', async () => {
    const task = fromTask(async ({ send }) => {
      send({ type: 'told', by: 'task' });
      await settled();
      send({ type: 'told', by: 'task', again: true });
      await settled();
    });
    const heard: unknown[] = [];
    const machine = createMachine({
      initial: 'at',
      states: {
        at: { invoke: { src: task, onDone: 'done' }, on: { told: { actions: ({ event }) => heard.push(event) } } },
        done: { type: 'final' },
      },
    });
    await toPromise(createActor(machine).start());
    expect(heard).toEqual([
      { type: 'told', by: 'task' },
      { type: 'told', by: 'task', again: true },
    ]);
  });

  const telling = fromTask(({ send, receive, signal }) => {
    receive((event) => send({ ...event, type: 'told' }));
    return toldToEnd(signal);
  });

  it('its parent, the host of a session hears as a message', async () => {
    const { host, events, open } = openHost({ session: telling });
    const tree = sessionTree({ logger: () => {}, children: () => [{ id: 'task', src: telling }] });
    const inTree = openHost({ session: tree });
    (await open('s1')).send({ type: 'session.stop', id: 's1' });
    await inTree.open('s1');
    inTree.host.whereis('s1', 'task')!.send(go);
    expect(told(events)).toEqual([
      started('s1'),
      { type: 'session.message', id: 's1', event: { type: 'told', id: 's1' } },
    ]);
    expect(told(inTree.events)).toContainEqual({ type: 'session.message', id: 's1', event: { type: 'told' } });
    expect(host.isRunning('s1')).toBe(true);
  });

  it('its parent, nobody hears where it has none', async () => {
    const { actor } = run(async ({ send }) => send(go));
    await toPromise(actor);
  });

  it('everybody, those hear who listen', async () => {
    const heard: unknown[] = [];
    const session = fromTask(
      async ({ emit, receive, signal }: TaskScope<unknown, AnyEventObject, unknown, { type: 'noise' }>) => {
        receive(() => emit({ type: 'noise' }));
        await toldToEnd(signal);
      },
    );
    const actor = createActor(session).start();
    const ref = await openHost({ session }).open();
    for (const each of [actor, ref] as AnyActorRef[]) {
      each.on('noise', (event: unknown) => heard.push(event));
      each.send(go);
    }
    expect(heard).toEqual([{ type: 'noise' }, { type: 'noise' }]);
  });

  it('of itself, is who it is', () => {
    let known: unknown[] = [];
    const { actor } = run(({ self, system, signal }) => {
      known = [self, system];
      return toldToEnd(signal);
    });
    expect(known).toEqual([actor, actor.system]);
    expect(known[0]).toBe(actor);
  });
});

describe('A snapshot of a task that is kept as JSON', () => {
  let lives: unknown[];
  const gate = createGate<string>();
  const task = fromTask(async ({ input, progress }: TaskScope<{ readonly n: number }, AnyEventObject, string>) => {
    lives.push(input);
    progress(`half of ${input.n}`);
    return gate.promise;
  });
  const kept = <T>(actor: { getPersistedSnapshot(): T }): T => JSON.parse(JSON.stringify(actor.getPersistedSnapshot()));

  beforeEach(() => {
    lives = [];
  });

  it('runs again with its input, if it was at work', async () => {
    const first = createActor(task, { input: { n: 1 } }).start();
    const snapshot = kept(first);
    first.stop();
    expect(snapshot).toEqual({ status: 'active', input: { n: 1 }, progress: 'half of 1' });
    const second = createActor(task, { snapshot, input: { n: 2 } });
    expect(second.getSnapshot().progress).toBe('half of 1');
    second.start();
    gate.open('output');
    expect(await toPromise(second)).toBe('output');
    expect(lives).toEqual([{ n: 1 }, { n: 1 }]);
  });

  it('runs again inside a machine', () => {
    const machine = setup({ actors: { task } }).createMachine({ invoke: { src: 'task', id: 'task', input: { n: 3 } } });
    const first = createActor(machine).start();
    const snapshot = kept(first);
    first.stop();
    createActor(machine, { snapshot }).start().stop();
    expect(lives).toEqual([{ n: 3 }, { n: 3 }]);
  });

  it('does not run again, if it had ended', async () => {
    gate.open('output');
    const done = createActor(task, { input: { n: 1 } }).start();
    await toPromise(done);
    const stopped = createActor(task, { input: { n: 1 } })
      .start()
      .stop();
    lives = [];
    for (const [first, status] of [
      [done, 'done'],
      [stopped, 'stopped'],
    ] as const) {
      const again = createActor(task, { snapshot: kept(first), input: { n: 1 } }).start();
      expect(again.getSnapshot()).toEqual({ ...kept(first), status });
    }
    expect(lives).toEqual([]);
  });
});

describe('An inspector of a task', () => {
  it('sees what it is sent, what it tells itself, and each snapshot', async () => {
    const seen: InspectionEvent[] = [];
    const failing = fromTask(async ({ receive, schedule, progress }) => {
      const heard = new Promise((resolve) => receive(resolve));
      progress('listening');
      await heard;
      await wait({ schedule }, 10);
      throw new Error('failed');
    });
    const { clock, host, open } = openHost({
      session: failing,
      restart: 'temporary',
      inspect: (event) => seen.push(event),
    });
    (await open('s1')).send(go);
    await elapse(clock, 10);
    expect(host.count()).toBe(0);
    const own = seen.filter(({ actorRef }) => (actorRef as AnyActorRef).id === 's1');
    const events = own.filter((event) => event.type === '@xstate.event').map(({ event }) => event.type);
    expect(events).toEqual(['xstate.init', 'xstate.task.progress', 'go', 'xstate.task.timer', 'xstate.task.throw']);
    const progress = own
      .filter((event) => event.type === '@xstate.snapshot')
      .map(({ snapshot }) => (snapshot as { progress?: unknown }).progress);
    expect(progress).toEqual([undefined, 'listening', 'listening', 'listening', 'listening']);
    expect(own.at(-1)).toMatchObject({ snapshot: { status: 'error', error: new Error('failed') } });
  });

  it('sees its return', async () => {
    const seen: unknown[] = [];
    const actor = createActor(
      fromTask(async () => 'output'),
      {
        inspect: (event) => event.type === '@xstate.event' && seen.push(event.event),
      },
    );
    await toPromise(actor.start());
    expect(seen).toContainEqual({ type: 'xstate.task.return', output: 'output' });
  });
});
