import { createActor, createMachine, fromPromise, setup } from 'xstate';
import { ask, monitor } from '../src/index.ts';
import type { Exit } from '../src/index.ts';
import { counter, crash } from './support/counter.ts';
import { openCounter, openDown } from './support/open-counter.ts';
import { openHost } from './support/open-host.ts';

/** Keeps the exits that a monitor reports. */
function watch(ref: Parameters<typeof monitor>[0]) {
  const exits: Exit[] = [];
  const subscription = monitor(ref, (exit) => exits.push(exit));
  return { exits, unsubscribe: () => subscription.unsubscribe() };
}

const boom = new Error('boom');

/** It takes the request to end, and then its time. */
const slow = createMachine({
  initial: 'up',
  states: {
    up: { on: { 'supervisor.shutdown': 'ending' } },
    ending: { on: { end: 'down' } },
    down: { type: 'final' },
  },
});

describe('A monitor of a session reports', () => {
  it('a crash, with its error', async () => {
    const { ref } = await openCounter();
    const { exits } = watch(ref);
    ref.send(crash);
    expect(exits).toEqual([{ reason: 'error', error: boom, incarnation: 1 }]);
  });

  it('a normal end, with its output', async () => {
    const { ref } = await openCounter();
    const { exits } = watch(ref);
    ref.send({ type: 'add', by: 3 });
    ref.send({ type: 'finish' });
    expect(exits).toEqual([{ reason: 'normal', output: 3, incarnation: 1 }]);
  });

  it('that it was stopped', async () => {
    const { host, ref } = await openCounter();
    const { exits } = watch(ref);
    await host.stopSession('s1');
    expect(exits).toEqual([{ reason: 'shutdown', incarnation: 1 }]);
  });

  it('that it was killed, where that is how it is stopped', async () => {
    const { host, open } = openHost({ session: counter, shutdown: 'brutal_kill' });
    const { exits } = watch(await open());
    await host.stopSession('s1');
    expect(exits).toEqual([{ reason: 'killed', incarnation: 1 }]);
  });

  it('that it complied within its shutdown time, or was killed after it', async () => {
    const { clock, host, open } = openHost({ session: slow, shutdown: 100 });
    const quick = await open('quick');
    const [complied, killed] = [watch(quick), watch(await open('killed'))];
    const stopped = [host.stopSession('quick'), host.stopSession('killed')];
    expect(complied.exits).toEqual([]);
    quick.send({ type: 'end' });
    // Not even a key for an output that there is not.
    expect(complied.exits).toStrictEqual([{ reason: 'shutdown', incarnation: 1 }]);
    clock.increment(100);
    await Promise.all(stopped);
    expect(killed.exits).toEqual([{ reason: 'killed', incarnation: 1 }]);
  });

  it('one incarnation alone: the next is for the next monitor', async () => {
    const { host, ref } = await openCounter();
    const first = watch(ref);
    ref.send(crash);
    const second = watch(ref);
    await host.restartSession('s1');
    const third = watch(ref);
    ref.send({ type: 'finish' });
    expect(first.exits).toEqual([{ reason: 'error', error: boom, incarnation: 1 }]);
    expect(second.exits).toEqual([{ reason: 'shutdown', incarnation: 2 }]);
    expect(third.exits).toEqual([{ reason: 'normal', output: 0, incarnation: 3 }]);
  });

  it('at once what is down, and what is over', async () => {
    const { host, ref } = await openDown();
    expect(watch(ref).exits).toEqual([{ reason: 'error', error: boom, incarnation: 1 }]);
    await host.restartSession('s1');
    const running = watch(ref);
    await host.stopSession('s1');
    expect(watch(ref).exits).toEqual(running.exits);
    expect(running.exits).toEqual([{ reason: 'shutdown', incarnation: 2 }]);
  });

  it('the crash of which a session failed', async () => {
    const { ref } = await openCounter();
    for (let i = 0; i < 3; i++) ref.send(crash);
    const last = watch(ref);
    ref.send(crash);
    expect(last.exits).toEqual([{ reason: 'error', error: boom, incarnation: 4 }]);
  });

  it('when the host is closed', async () => {
    const { host, ref } = await openCounter();
    const [session, runtime] = [watch(ref), watch(host.actor)];
    await host.close();
    expect(session.exits).toEqual([{ reason: 'shutdown', incarnation: 1 }]);
    expect(runtime.exits).toStrictEqual([{ reason: 'normal', incarnation: 1 }]);
  });
});

describe('A monitor of a child of the runtime', () => {
  it('reports which life of it ended', async () => {
    const { host } = await openCounter();
    const children = await ask(host.actor, { type: 'supervisor.which_children' });
    const [registry] = children.ok ? children.value : [];
    const { exits } = watch(registry!.ref!);
    await host.close();
    expect(exits).toEqual([{ reason: 'shutdown', incarnation: 1 }]);
    expect(watch(registry!.ref!).exits).toEqual(exits);
  });
});

describe('A monitor of any XState actor', () => {
  const open = () => createActor(counter, { input: { session: {} as never } }).start();

  it('reports a normal end, a crash, and a stop', () => {
    const [finishing, crashing, stopping] = [open(), open(), open()];
    const watches = [finishing, crashing, stopping].map(watch);
    finishing.send({ type: 'add', by: 2 });
    finishing.send({ type: 'finish' });
    crashing.send(crash);
    stopping.stop();
    const exits = [
      [{ reason: 'normal', output: 2, incarnation: 1 }],
      [{ reason: 'error', error: boom, incarnation: 1 }],
      [{ reason: 'shutdown', incarnation: 1 }],
    ];
    expect(watches.map((watched) => watched.exits)).toEqual(exits);
    expect([finishing, crashing, stopping].map((actor) => watch(actor).exits)).toEqual(exits);
  });

  it('reports the end of one that is a child', async () => {
    const parent = setup({
      actors: { resolves: fromPromise(async () => 'well'), rejects: fromPromise(() => Promise.reject(boom)), slow },
    }).createMachine({
      invoke: [
        { id: 'resolves', src: 'resolves' },
        { id: 'rejects', src: 'rejects', onError: {} },
        { id: 'slow', src: 'slow' },
      ],
    });
    const actor = createActor(parent).start();
    const { resolves, rejects, slow: stops } = actor.getSnapshot().children;
    const watches = [resolves!, rejects!, stops!].map(watch);
    await new Promise((resolve) => setImmediate(resolve));
    actor.stop();
    expect(watches.map((watched) => watched.exits)).toEqual([
      [{ reason: 'normal', output: 'well', incarnation: 1 }],
      [{ reason: 'error', error: boom, incarnation: 1 }],
      [{ reason: 'shutdown', incarnation: 1 }],
    ]);
  });

  it('reports a start that failed', () => {
    const actor = createActor(
      createMachine({
        entry: () => {
          throw boom;
        },
      }),
    );
    const { exits } = watch(actor);
    actor.start();
    expect(exits).toEqual([{ reason: 'error', error: boom, incarnation: 1 }]);
  });

  it('reports a child inside a session, which its crash takes along', async () => {
    const parent = setup({
      types: { events: {} as { type: 'crash' } },
      actors: { slow },
    }).createMachine({
      invoke: { id: 'child', src: 'slow' },
      on: {
        crash: {
          actions: () => {
            throw boom;
          },
        },
      },
    });
    const { open: openParent } = openHost({ session: parent });
    const ref = await openParent();
    const { exits } = watch(ref.getSnapshot().children.child!);
    ref.send({ type: 'crash' });
    expect(exits).toEqual([{ reason: 'shutdown', incarnation: 1 }]);
  });
});

describe('The listener of a monitor', () => {
  it('hears nothing once it has unsubscribed', async () => {
    const { ref } = await openCounter();
    const actor = createActor(slow).start();
    const watches = [watch(ref), watch(actor)];
    for (const { unsubscribe } of watches) unsubscribe();
    for (const { unsubscribe } of watches) unsubscribe();
    ref.send(crash);
    actor.stop();
    expect(watches.map(({ exits }) => exits)).toEqual([[], []]);
  });

  it('is one of many, and unsubscribes for itself, also when it was given twice', async () => {
    const { ref } = await openCounter();
    const exits: Exit[] = [];
    const listener = (exit: Exit) => exits.push(exit);
    const first = monitor(ref, listener);
    monitor(ref, listener);
    const other = watch(ref);
    first.unsubscribe();
    ref.send(crash);
    expect(exits).toHaveLength(1);
    expect(other.exits).toEqual(exits);
  });

  it('is heard in the log when it throws or rejects, and disturbs nobody', async () => {
    const { host, log, ref } = await openCounter();
    monitor(ref, () => {
      throw new Error('listener broke');
    });
    const rejecting = (): unknown => Promise.reject(new Error('listener broke later'));
    monitor(ref, rejecting);
    const { exits } = watch(ref);
    ref.send(crash);
    await new Promise((resolve) => setImmediate(resolve));
    expect(log).toEqual(
      expect.arrayContaining([
        expect.stringContaining('listener broke'),
        expect.stringContaining('listener broke later'),
      ]),
    );
    expect(exits).toHaveLength(1);
    expect(host.isRunning('s1')).toBe(true);
  });

  it('is heard in the log of the actor’s system where there is no host', () => {
    const lines: string[] = [];
    const actor = createActor(slow, { logger: (line) => lines.push(line) }).start();
    const listener = () => {
      throw new Error('listener broke');
    };
    monitor(actor, listener);
    const { exits } = watch(actor);
    actor.stop();
    monitor(actor, listener);
    expect(lines).toEqual(Array(2).fill(expect.stringContaining('listener broke')));
    expect(exits).toHaveLength(1);
  });
});

describe('Nonsense given to monitor', () => {
  // Its types refuse all of this.
  const monitorAny = monitor as (...args: any[]) => unknown;

  it.each([undefined, null, 'ref', 5, {}, { send() {}, subscribe() {} }, () => {}])(
    'for a ref (%p) is a TypeError by name',
    (ref) => {
      expect(() => monitorAny(ref, () => {})).toThrow(TypeError);
      expect(() => monitorAny(ref, () => {})).toThrow('ref must be an actor ref');
    },
  );

  it.each([undefined, null, 'listener', 5, {}])('for a listener (%p) is a TypeError by name', (listener) => {
    const actor = createActor(slow).start();
    expect(() => monitorAny(actor, listener)).toThrow(TypeError);
    expect(() => monitorAny(actor, listener)).toThrow('listener must be a function');
  });
});
