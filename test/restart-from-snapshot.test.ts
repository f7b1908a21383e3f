import { assign, createActor, createMachine, fromCallback, fromPromise, sendTo, setup } from 'xstate';
import type { AnyActorRef } from 'xstate';
import { ask, sessionTree } from '../src/index.ts';
import type { SessionRef } from '../src/index.ts';
import { done, settled } from './support/answers.ts';
import { notebook, write } from './support/notebook.ts';
import { openHost, steadyBackoff } from './support/open-host.ts';
import { SuccessiveHosts } from './support/successive-hosts.ts';
import { restarted, told } from './support/told.ts';

type Notebook = SessionRef<typeof notebook>;
const linesOf = (ref: Notebook) => ref.getSnapshot().context.lines;
const crash = { type: 'crash' } as const;
const fromSnapshot = { session: notebook, restartFrom: 'last_snapshot' } as const;

const stores: readonly [string, object | undefined][] = [
  ["persist 'each'", { persist: 'each' }],
  ['persist { everyMs }', { persist: { everyMs: 1000 } }],
  ["persist 'on_stop'", { persist: 'on_stop' }],
  ['no store', undefined],
];

describe.each(stores)('A session that goes on from its last snapshot, with %s,', (_name, persist) => {
  const begin = async (options: object = {}) => {
    const line = new SuccessiveHosts({ ...fromSnapshot, ...(persist ?? { store: undefined }), ...options });
    const ref = await line.begin().open('s1');
    return { line, ref, ...line.test };
  };

  it('has the state that it had before the event of which it crashed', async () => {
    const { ref, events } = await begin();
    ref.send(write('a'));
    await settled();
    ref.send(write('b'));
    ref.send(write('c'));
    ref.send(crash);
    expect(linesOf(ref)).toEqual(['a', 'b', 'c']);
    expect(told(events).at(-1)).toEqual(restarted('s1', 2));
    ref.send(write('d'));
    expect(linesOf(ref)).toEqual(['a', 'b', 'c', 'd']);
    ref.send(crash);
    expect(linesOf(ref)).toEqual(['a', 'b', 'c', 'd']);
    await settled();
    expect(linesOf(ref)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('has it in the next host as well', async () => {
    if (persist === undefined) return;
    const { ref, line } = await begin();
    ref.send(write('a'));
    ref.send(crash);
    ref.send(write('b'));
    await line.close();
    line.begin();
    expect(linesOf((await line.resume()).ref)).toEqual(['a', 'b']);
  });

  it('has the state before the crash where the events come by sendTo from another system', async () => {
    const { host, ref } = await begin();
    const events = [write('a'), write('b'), crash];
    const other = createActor(createMachine({ entry: events.map((event) => sendTo(ref, event)) })).start();
    other.stop();
    expect(linesOf(ref)).toEqual(['a', 'b']);
    expect(host.isRunning('s1')).toBe(true);
    await settled();
  });

  it('has its timers, that fire in their time', async () => {
    const { ref, line } = await begin();
    ref.send({ type: 'wait', ms: 100 });
    await line.elapse(60);
    ref.send(crash);
    await line.elapse(39);
    expect(linesOf(ref)).toEqual([]);
    await line.elapse(1);
    expect(linesOf(ref)).toEqual(['waited']);
    await line.elapse(1000);
    expect(linesOf(ref)).toEqual(['waited']);
  });

  it('has what remained of its timers as it crashed, where they wait for that', async () => {
    const { ref, line } = await begin({ timers: 'remaining', backoff: { ...steadyBackoff, minMs: 500 } });
    ref.send({ type: 'wait', ms: 100 });
    await line.elapse(60);
    ref.send(crash);
    await line.elapse(500);
    await line.elapse(39);
    expect(linesOf(ref)).toEqual([]);
    await line.elapse(1);
    expect(linesOf(ref)).toEqual(['waited']);
  });

  it('begins afresh where it is restarted by hand', async () => {
    const { ref, host } = await begin();
    ref.send(write('a'));
    expect(await host.restartSession('s1')).toEqual(done);
    expect(linesOf(ref)).toEqual([]);
    ref.send(write('b'));
    ref.send(crash);
    expect(linesOf(ref)).toEqual(['b']);
  });

  it('begins afresh where it is restarted by hand during its back-off', async () => {
    const { ref, host } = await begin({ backoff: steadyBackoff });
    ref.send(write('a'));
    ref.send(crash);
    expect(host.isRunning('s1')).toBe(false);
    expect(await host.restartSession('s1')).toEqual(done);
    expect(linesOf(ref)).toEqual([]);
  });

  it('is sent what waited after it has come back', async () => {
    const { ref, line } = await begin({ backoff: steadyBackoff });
    ref.send(write('a'));
    ref.send(crash);
    ref.send(write('b'));
    const answer = ask(ref, { type: 'write.asked', text: 'c' });
    await line.elapse(100);
    expect(await answer).toBe(3);
    expect(linesOf(ref)).toEqual(['a', 'b', 'c']);
  });

  it('has the same observers', async () => {
    const { ref } = await begin();
    const seen: number[] = [];
    ref.select(({ context }) => context.lines.length).subscribe((count) => seen.push(count));
    ref.send(write('a'));
    ref.send(crash);
    ref.send(write('b'));
    expect(seen).toEqual([1, 2]);
  });
});

/** A session that crashes of its own timer, the first time. */
function explosive(blasts: { left: number }) {
  return setup({ types: { context: {} as { readonly count: number } } }).createMachine({
    id: 'explosive',
    context: { count: 0 },
    initial: 'idle',
    on: { count: { actions: assign({ count: ({ context }) => context.count + 1 }) } },
    states: {
      idle: { on: { light: 'lit' } },
      lit: {
        after: {
          100: {
            target: 'out',
            actions: () => {
              if (blasts.left-- > 0) throw new Error('bang');
            },
          },
        },
      },
      out: {},
    },
  });
}

describe('A session that goes on, and whose value has changed while it was down', () => {
  const updated: unknown[] = [];
  const listening = createMachine({
    context: { crashes: 0 },
    on: {
      'session.updated': { actions: ({ event }) => void updated.push(event.session.name) },
      crash: {
        actions: () => {
          throw new Error('boom');
        },
      },
    },
  });
  const begin = async () => {
    updated.length = 0;
    const line = new SuccessiveHosts({ session: listening, ...goesOn });
    const ref = await line.begin().open('s1');
    ref.send(crash);
    await line.test.host.renameSession('s1', 'shop');
    expect(updated).toEqual([]);
    return { line, ref };
  };
  const goesOn = { restartFrom: 'last_snapshot', backoff: steadyBackoff } as const;

  it('is told once it is back, and once', async () => {
    const { line, ref } = await begin();
    await line.elapse(100);
    expect(updated).toEqual(['shop']);
    ref.send(crash);
    await line.elapse(1000);
    expect(updated).toEqual(['shop']);
  });

  it('is not told where it begins afresh', async () => {
    const { line } = await begin();
    await line.test.host.restartSession('s1');
    expect(updated).toEqual([]);
    expect(line.test.host.isRunning('s1')).toBe(true);
  });
});

describe.each(stores)('A session that crashes of its own timer, with %s,', (_name, persist) => {
  it.each(['in the same turn', 'later'])('has that timer fire again: %s', async (when) => {
    const session = explosive({ left: 1 });
    const line = new SuccessiveHosts({
      session,
      restartFrom: 'last_snapshot',
      ...(persist ?? { store: undefined }),
    });
    const ref = await line.begin().open('s1');
    await settled();
    ref.send({ type: 'light' });
    ref.send({ type: 'count' });
    if (when === 'later') await settled();
    line.test.clock.increment(100);
    await settled();
    expect(told(line.test.events).at(-1)).toEqual(restarted('s1', 2));
    await line.elapse(100);
    expect(ref.getSnapshot()).toMatchObject({ value: 'out', context: { count: 1 } });
  });
});

describe('A session that begins afresh after a crash', () => {
  it('is kept as that: a host that dies during its back-off has it begin afresh', async () => {
    const line = new SuccessiveHosts({ session: notebook, backoff: steadyBackoff });
    const ref = await line.begin().open('s1');
    ref.send(write('a'));
    await settled();
    ref.send(crash);
    await settled();
    expect(line.record()).toMatchObject({ snapshot: null, timers: [], incarnation: 1, crashes: 1 });
    expect(line.record().restarts).toHaveLength(1);
    line.kill();
    line.begin();
    const { ref: again } = await line.resume();
    expect(linesOf(again)).toEqual([]);
    await settled();
    expect(line.record()).toMatchObject({ incarnation: 2, snapshot: { value: 'open' } });
    expect(line.record().crashes).toBeUndefined();
  });

  it('is kept as it is from then on', async () => {
    const line = new SuccessiveHosts({ session: notebook });
    const ref = await line.begin().open('s1');
    ref.send(write('a'));
    ref.send(crash);
    ref.send(write('b'));
    await settled();
    line.kill();
    line.begin();
    expect(linesOf((await line.resume()).ref)).toEqual(['b']);
  });

  it('is kept as it began where the host dies before it changes', async () => {
    const line = new SuccessiveHosts({ session: notebook });
    const ref = await line.begin().open('s1');
    ref.send(write('a'));
    await settled();
    ref.send(crash);
    await settled();
    line.kill();
    line.begin();
    expect(linesOf((await line.resume()).ref)).toEqual([]);
  });
});

const worker = setup({ types: { context: {} as { readonly count: number } } }).createMachine({
  id: 'worker',
  context: { count: 0 },
  on: {
    count: { actions: assign({ count: ({ context }) => context.count + 1 }) },
    crash: {
      actions: () => {
        throw new Error('the child crashed');
      },
    },
  },
});

describe('The children of a session that goes on from its last snapshot', () => {
  const parent = setup({
    types: { context: {} as { readonly kids: readonly AnyActorRef[] } },
    actors: { worker },
  }).createMachine({
    id: 'parent',
    context: { kids: [] },
    invoke: { src: 'worker', id: 'first' },
    on: {
      spawn: { actions: assign({ kids: ({ context, spawn }) => [...context.kids, spawn('worker')] }) },
      crash: {
        actions: () => {
          throw new Error('the parent crashed');
        },
      },
    },
  });

  it.each(['the session', 'an invoked child', 'a spawned child'])(
    'come back with their own states after the crash of %s',
    async (which) => {
      const { open } = openHost({ session: parent, restartFrom: 'last_snapshot' });
      const ref = await open('s1');
      ref.send({ type: 'spawn' });
      const kids = () => [ref.getSnapshot().children.first!, ...ref.getSnapshot().context.kids];
      kids()[0]!.send({ type: 'count' });
      kids()[1]!.send({ type: 'count' });
      kids()[1]!.send({ type: 'count' });
      const before = kids();
      const target = { 'the session': ref, 'an invoked child': before[0]!, 'a spawned child': before[1]! }[which]!;
      (target as AnyActorRef).send({ type: 'crash' });
      expect(kids().map((kid) => (kid.getSnapshot() as { context: { count: number } }).context.count)).toEqual([1, 2]);
      expect(kids().map((kid) => kid.getSnapshot().status)).toEqual(['active', 'active']);
      expect(kids()[1]).not.toBe(before[1]);
      kids()[1]!.send({ type: 'count' });
      expect(kids()[1]!.getSnapshot()).toMatchObject({ context: { count: 3 } });
    },
  );

  it('come back as they were before they finished, where the session crashes of that', async () => {
    let crashes = 0;
    const brief = setup({}).createMachine({
      id: 'brief',
      initial: 'on',
      states: { on: { on: { finish: 'over' } }, over: { type: 'final' } },
    });
    const session = setup({ actors: { brief } }).createMachine({
      id: 'session',
      initial: 'waiting',
      states: {
        waiting: {
          invoke: {
            src: 'brief',
            id: 'brief',
            onDone: {
              target: 'over',
              actions: () => {
                if ((crashes += 1) === 1) throw new Error('boom');
              },
            },
          },
        },
        over: {},
      },
    });
    const { open } = openHost({ session, restartFrom: 'last_snapshot' });
    const ref = await open('s1');
    const finish = () => ref.getSnapshot().children.brief!.send({ type: 'finish' });
    finish();
    expect([crashes, ref.getSnapshot().value]).toEqual([1, 'waiting']);
    finish();
    expect([crashes, ref.getSnapshot().value]).toEqual([2, 'over']);
  });

  it('come back with their own states where the session is a tree that gave up', async () => {
    const tree = sessionTree({
      logger: () => {},
      intensity: { maxRestarts: 0 },
      children: () => [
        { id: 'a', src: worker },
        { id: 'b', src: worker },
      ],
    });
    const line = new SuccessiveHosts<typeof tree>({ session: tree, restartFrom: 'last_snapshot' });
    const { host, open } = line.begin();
    await open('s1');
    host.whereis('s1', 'a')!.send({ type: 'count' });
    await settled();
    host.whereis('s1', 'b')!.send({ type: 'crash' });
    await settled();
    expect(host.count()).toBe(0);
    await line.close();
    const { host: next } = line.begin();
    await line.resume();
    expect(next.whereis('s1', 'a')!.getSnapshot()).toMatchObject({ context: { count: 1 } });
    expect(next.whereis('s1', 'b')!.getSnapshot()).toMatchObject({ status: 'active' });
  });
});

describe('What runs in a session that goes on', () => {
  it('runs again, once more where it was pending, and not where it was done', async () => {
    const runs: string[] = [];
    let settle: (() => void) | undefined;
    const busy = setup({
      actors: {
        quick: fromPromise(async () => void runs.push('quick')),
        slow: fromPromise(
          () =>
            new Promise<void>((resolve) => {
              runs.push('slow');
              settle = resolve;
            }),
        ),
        callback: fromCallback(() => void runs.push('callback')),
      },
    }).createMachine({
      id: 'busy',
      invoke: [
        { src: 'quick', id: 'quick' },
        { src: 'slow', id: 'slow', onDone: '.over' },
        { src: 'callback', id: 'callback' },
      ],
      on: {
        crash: {
          actions: () => {
            throw new Error('boom');
          },
        },
      },
      initial: 'on',
      states: { on: {}, over: {} },
    });
    const line = new SuccessiveHosts({ session: busy, restartFrom: 'last_snapshot' });
    const ref = await line.begin().open('s1');
    await settled();
    expect(runs.splice(0)).toEqual(['quick', 'slow', 'callback']);
    ref.send({ type: 'crash' });
    await settled();
    expect(runs.splice(0)).toEqual(['slow', 'callback']);
    await line.close();
    line.begin();
    const { ref: again } = await line.resume();
    expect(runs.splice(0)).toEqual(['slow', 'callback']);
    settle!();
    await settled();
    expect(again.getSnapshot().value).toBe('over');
    await line.close();
    line.begin();
    expect((await line.resume()).ref.getSnapshot().value).toBe('over');
    expect(runs.splice(0)).toEqual(['callback']);
  });
});
