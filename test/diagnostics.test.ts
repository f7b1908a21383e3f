import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel';
import { createActor, createMachine } from 'xstate';
import { ask, ok, sessionRuntime, sessionTree, supervisor } from '../src/index.ts';
import type { AskTrace, LifecycleMessage, SessionRestartTrace, SessionStartTrace } from '../src/index.ts';
import { asking, sessionRestart, sessionStart } from '../src/diagnostics.ts';
import { childrenOf, sabotage } from './support/break-actor.ts';
import { crash } from './support/counter.ts';
import { desk } from './support/desk.ts';
import { Document } from './support/document.ts';
import { boom, fragile, thrown } from './support/fragile.ts';
import { createGate } from './support/gate.ts';
import { hostEvents } from './support/host-events.ts';
import { openHost, steadyBackoff } from './support/open-host.ts';
import { crashed, failed, restarted, started, stopped, told } from './support/told.ts';

const cleanUps: (() => void)[] = [];

/** What is published from now on, of whatever type, until the test is over. */
function listen(): LifecycleMessage[] {
  const messages: LifecycleMessage[] = [];
  const subscriber = (message: unknown) => void messages.push(message as LifecycleMessage);
  for (const type of hostEvents) {
    subscribe(`xstate-supervisor:${type}`, subscriber);
    cleanUps.push(() => unsubscribe(`xstate-supervisor:${type}`, subscriber));
  }
  return messages;
}

interface Followed<T> {
  readonly phase: 'start' | 'error' | 'asyncEnd';
  readonly trace: T;
}

/** What is published of one kind of operation, until the test is over. */
function follow<T>(operation: string): Followed<T>[] {
  const followed: Followed<T>[] = [];
  const channel = tracingChannel(`xstate-supervisor:${operation}`);
  const hear = (phase: Followed<T>['phase']) => (trace: unknown) => void followed.push({ phase, trace: trace as T });
  const subscribers = { start: hear('start'), error: hear('error'), asyncEnd: hear('asyncEnd') };
  channel.subscribe(subscribers as never);
  cleanUps.push(() => channel.unsubscribe(subscribers as never));
  return followed;
}

const phases = (followed: readonly Followed<unknown>[]) => followed.map(({ phase }) => phase);

const sessionIn = ({ phase, trace }: Followed<SessionRestartTrace>) =>
  `${phase} ${trace.session.id} ${trace.incarnation} ${trace.cause}`;

afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

describe('The channels of the lifecycle events', () => {
  it('are all documented', () => {
    const names = new Document('docs/telemetry.md').namesUnder('Channels');
    expect(names).toEqual(hostEvents.map((type) => `xstate-supervisor:${type}`));
  });

  it('have what a listener of the host hears, in the same order, and which host it was', async () => {
    const messages = listen();
    const { host, events, open } = openHost({ session: fragile, intensity: { maxRestarts: 1, withinMs: 1000 } });
    const ref = await open('s1');
    await host.renameSession('s1', 'shop');
    ref.send(thrown);
    await host.startSession({ projectPath: 'shop' });
    ref.send(thrown);
    ref.send({ type: 'count' });
    expect(messages.map(({ event }) => event)).toEqual(events);
    expect(messages.map(({ event }) => event.type)).toEqual([
      'session.started',
      'session.updated',
      'session.crashed',
      'session.restarted',
      'session.rejected',
      'session.crashed',
      'session.failed',
      'dead_letter',
    ]);
    expect(messages.every(({ actor }) => actor === host.actor)).toBe(true);
  });

  it('have the dead letters of actors inside a session', async () => {
    const leaf = createMachine({});
    const { host, events, open } = openHost({ session: sessionTree({ children: () => [{ id: 'leaf', src: leaf }] }) });
    await open('s1');
    const messages = listen();
    const child = host.whereis('s1', 'leaf')!;
    await host.stopSession('s1');
    child.send({ type: 'too.late' });
    const letters = events.filter(({ type }) => type === 'dead_letter');
    expect(letters).toHaveLength(1);
    expect(messages.filter(({ event }) => event.type === 'dead_letter').map(({ event }) => event)).toEqual(letters);
  });

  it('say when the whole tree has given up', async () => {
    const messages = listen();
    const { host, events } = openHost({ session: fragile });
    for (let i = 0; i < 4; i++) {
      const { registry } = await childrenOf(host);
      sabotage(registry);
      registry.send({ type: 'any.event' });
    }
    expect(events.at(-1)).toMatchObject({ type: 'host.failed' });
    expect(messages.at(-1)).toEqual({ event: events.at(-1), actor: host.actor });
    expect(messages.map(({ event }) => event)).toEqual(events);
  });

  it('tell two hosts apart', async () => {
    const messages = listen();
    const hosts = [openHost({ session: fragile }), openHost({ session: fragile })];
    for (const { open } of hosts) (await open('s1')).send(thrown);
    for (const { host, events } of hosts) {
      expect(events).toHaveLength(3);
      expect(messages.filter(({ actor }) => actor === host.actor).map(({ event }) => event)).toEqual(events);
    }
  });

  it('work without a host, and under a supervisor', async () => {
    const messages = listen();
    const src = sessionRuntime({ session: fragile, projectPaths: 'text', logger() {} });
    const bare = createActor(src).start();
    const tree = createActor(supervisor({ children: [{ id: 'runtime', src }] })).start();
    const children = await ask(tree, { type: 'supervisor.which_children' });
    if (!children.ok) throw new Error('it did not answer');
    const supervised = children.value[0]!.ref as typeof bare;
    for (const runtime of [bare, supervised]) {
      messages.length = 0;
      await ask(runtime, { type: 'session.start', projectPath: '/p', id: 's1' });
      await ask(runtime, { type: 'session.stop', id: 's1' });
      expect(told(messages.map(({ event }) => event))).toEqual([started('s1'), stopped('s1', 'shutdown')]);
      expect(messages.every(({ actor }) => actor === runtime)).toBe(true);
    }
    await ask(bare, { type: 'supervisor.stop' });
    await ask(tree, { type: 'supervisor.stop' });
  });
});

describe('A start is traced', () => {
  it('from its command to its answer, the check of the directory included', async () => {
    const followed = follow<SessionStartTrace>('session.start');
    const checked = createGate<ReturnType<typeof ok<string>>>();
    const { host } = openHost({ session: fragile, projectPaths: () => checked.promise });
    const opening = host.startSession({ projectPath: '/p', name: 'shop', id: 's1' });
    expect(followed).toEqual([
      { phase: 'start', trace: { actor: host.actor, input: { projectPath: '/p', name: 'shop', id: 's1' } } },
    ]);
    checked.open(ok('/p'));
    const opened = await opening;
    expect(phases(followed)).toEqual(['start', 'asyncEnd']);
    expect(followed[1]!.trace).toBe(followed[0]!.trace);
    expect(followed[1]!.trace.result).toBe(opened.ok && opened.value);
    expect(followed[1]!.trace).not.toHaveProperty('error');
  });

  it('and ends with the refusal: of the path, of the registry, of the start itself, of the end of the host', async () => {
    const followed = follow<SessionStartTrace>('session.start');
    const session = createMachine({
      context: ({ input }) => {
        if ((input as { session: { id: string } }).session.id === 'bad') throw boom;
        return {};
      },
    });
    const never = createGate<ReturnType<typeof ok<string>>>();
    const { host, open } = openHost({
      session,
      maxSessions: 2,
      projectPaths: (path) => (path === '/slow' ? never.promise : ok(path)),
    });
    await open('s1');
    await host.startSession({ projectPath: '/projects/s1', id: 's2' });
    await host.startSession({ projectPath: '/bad', id: 'bad' });
    const slow = host.startSession({ projectPath: '/slow', id: 's3' });
    await host.close();
    await slow;
    await host.startSession({ projectPath: '/q' });
    const errors = followed.flatMap(({ phase, trace }) => (phase === 'error' ? [trace.error?.code] : []));
    expect(errors).toEqual(['project_already_open', 'start_failed', 'stopping']);
    expect(followed.filter(({ phase }) => phase === 'start')).toHaveLength(4);
    expect(followed.filter(({ phase }) => phase === 'asyncEnd')).toHaveLength(4);
    expect(phases(followed).slice(2, 5)).toEqual(['start', 'error', 'asyncEnd']);
  });

  it('and is within the ask that it was commanded by', async () => {
    const starts = follow<SessionStartTrace>('session.start');
    const asks = follow<AskTrace>('ask');
    const order: string[] = [];
    for (const [name, of] of [['start', starts] as const, ['ask', asks] as const]) {
      of.push = (...items: Followed<unknown>[]) => order.push(...items.map(({ phase }) => `${name} ${phase}`));
    }
    const { host } = openHost({ session: fragile });
    await ask(host.actor, { type: 'session.start', projectPath: '/p' });
    expect(order).toEqual(['ask start', 'start start', 'start asyncEnd', 'ask asyncEnd']);
  });
});

describe('A restart is traced', () => {
  it('from the crash until the next incarnation runs', async () => {
    const { host, open } = openHost({ session: fragile });
    const ref = await open('s1');
    const followed = follow<SessionRestartTrace>('session.restart');
    const messages = listen();
    ref.send(thrown);
    ref.send(thrown);
    expect(followed.map(sessionIn)).toEqual([
      'start s1 1 crash',
      'asyncEnd s1 1 crash',
      'start s1 2 crash',
      'asyncEnd s1 2 crash',
    ]);
    expect(followed[1]!.trace).toBe(followed[0]!.trace);
    const session = host.list()[0];
    expect(followed[1]!.trace).toEqual({
      actor: host.actor,
      session,
      cause: 'crash',
      incarnation: 1,
      result: { incarnation: 2 },
    });
    expect(told(messages.map(({ event }) => event)).slice(0, 2)).toEqual([
      crashed('s1', 1, boom, thrown),
      restarted('s1', 2),
    ]);
  });

  it('through its back-off', async () => {
    const { clock, open } = openHost({ session: fragile, backoff: steadyBackoff });
    const ref = await open('s1');
    const followed = follow<SessionRestartTrace>('session.restart');
    ref.send(thrown);
    clock.increment(99);
    expect(phases(followed)).toEqual(['start']);
    clock.increment(1);
    expect(phases(followed)).toEqual(['start', 'asyncEnd']);
  });

  it('once, however many starts fail on its way', async () => {
    let starts = 0;
    const session = createMachine({
      context: () => {
        if ([2, 3].includes(++starts)) throw boom;
        return {};
      },
      on: {
        crash: {
          actions: () => {
            throw boom;
          },
        },
      },
    });
    const { open } = openHost({ session });
    const ref = await open('s1');
    const followed = follow<SessionRestartTrace>('session.restart');
    ref.send(crash);
    expect(starts).toBe(4);
    expect(followed.map(sessionIn)).toEqual(['start s1 1 crash', 'asyncEnd s1 1 crash']);
    expect(followed[1]!.trace.result).toEqual({ incarnation: 2 });
  });

  it('until the session fails, with that as its error', async () => {
    const { open } = openHost({ session: fragile, intensity: { maxRestarts: 1, withinMs: 1000 } });
    const ref = await open('s1');
    const followed = follow<SessionRestartTrace>('session.restart');
    const messages = listen();
    ref.send(thrown);
    ref.send(thrown);
    expect(phases(followed)).toEqual(['start', 'asyncEnd', 'start', 'error', 'asyncEnd']);
    expect(followed.at(-1)!.trace.error).toMatchObject({ code: 'gave_up', restarts: 1, cause: boom });
    expect(told(messages.map(({ event }) => event)).at(-1)).toEqual(failed('s1', 1, 1000, boom));
  });

  it('until it is stopped while it waits: with neither a result nor an error', async () => {
    const { host, open } = openHost({ session: fragile, backoff: steadyBackoff });
    const ref = await open('s1');
    const followed = follow<SessionRestartTrace>('session.restart');
    ref.send(thrown);
    await host.stopSession('s1');
    expect(phases(followed)).toEqual(['start', 'asyncEnd']);
    expect([followed[1]!.trace.result, followed[1]!.trace.error]).toEqual([undefined, undefined]);
  });

  it('by hand, and by one that cuts a back-off short', async () => {
    const { host, open } = openHost({ session: fragile, backoff: steadyBackoff });
    const ref = await open('s1');
    const followed = follow<SessionRestartTrace>('session.restart');
    await host.restartSession('s1');
    ref.send(thrown);
    await host.restartSession('s1');
    expect(followed.map(sessionIn)).toEqual([
      'start s1 1 command',
      'asyncEnd s1 1 command',
      'start s1 2 crash',
      'asyncEnd s1 2 crash',
    ]);
  });

  it('of a permanent session that is done', async () => {
    const { open } = openHost({ session: fragile, restart: 'permanent' });
    const ref = await open('s1');
    const followed = follow<SessionRestartTrace>('session.restart');
    ref.send({ type: 'finish' });
    expect(followed.map(sessionIn)).toEqual(['start s1 1 exit', 'asyncEnd s1 1 exit']);
  });

  it.each(['temporary', 'transient'] as const)('but not the end of a %s session that stays down', async (restart) => {
    const { open } = openHost({ session: fragile, restart });
    const ref = await open('s1');
    const followed = follow<SessionRestartTrace>('session.restart');
    ref.send(restart === 'temporary' ? thrown : { type: 'finish' });
    expect(followed).toEqual([]);
  });
});

describe('An ask is traced', () => {
  const open = async () => {
    const opened = openHost({ session: desk, backoff: steadyBackoff });
    return { ...opened, ref: await opened.open('s1'), followed: follow<AskTrace>('ask') };
  };

  it('from the question to the answer, at once or later', async () => {
    const { host, ref, followed } = await open();
    const question = { type: 'ask.length', text: 'hello' } as const;
    await ask(ref, question);
    expect(followed[0]!.trace).toEqual({ actor: host.actor, ref, event: question, result: 5 });
    expect(phases(followed)).toEqual(['start', 'asyncEnd']);
    const later = ask(ref, { type: 'ask.kept' });
    expect(phases(followed).slice(2)).toEqual(['start']);
    ref.send({ type: 'answer', text: 'yes' });
    expect(phases(followed).slice(2)).toEqual(['start', 'asyncEnd']);
    expect([followed.at(-1)!.trace.result, await later]).toEqual(['yes', 'yes']);
  });

  it('to its time-out, on the clock of the receiver', async () => {
    const { clock, ref, followed } = await open();
    const answer = ask(ref, { type: 'ask.kept' }, { timeoutMs: 1000 }).catch((error: unknown) => error);
    clock.increment(999);
    expect(phases(followed)).toEqual(['start']);
    clock.increment(1);
    expect(phases(followed)).toEqual(['start', 'error', 'asyncEnd']);
    expect(followed[1]!.trace.error).toBe(await answer);
    expect(followed[1]!.trace.error).toMatchObject({ code: 'ask_timeout' });
    // An answer that comes too late ends nothing.
    ref.send({ type: 'answer', text: 'late' });
    expect(followed).toHaveLength(3);
  });

  it('to the end of the receiver, before it or at once', async () => {
    const { host, ref, followed } = await open();
    const answers = [ask(ref, { type: 'ask.kept' })];
    ref.send({ type: 'crash' });
    // It waits for the next incarnation.
    answers.push(ask(ref, { type: 'ask.kept' }));
    await host.stopSession('s1');
    answers.push(ask(ref, { type: 'ask.kept' }));
    await Promise.allSettled(answers);
    const errors = followed.flatMap(({ phase, trace }) => (phase === 'error' ? [trace.error] : []));
    expect(errors).toEqual(Array.from({ length: 3 }, () => expect.objectContaining({ code: 'actor_stopped' })));
    expect(followed.filter(({ phase }) => phase === 'asyncEnd')).toHaveLength(3);
  });

  it('by its error alone, for whoever listens to nothing else', async () => {
    const opened = openHost({ session: desk });
    const ref = await opened.open('s1');
    const failed: unknown[] = [];
    const end = asking.subscribe({ error: (trace) => void failed.push(trace) });
    expect(asking.isFollowed).toBe(false);
    await ask(ref, { type: 'ask.length', text: 'hello' });
    const answer = ask(ref, { type: 'ask.kept' }, { timeoutMs: 10 }).catch((error: unknown) => error);
    opened.clock.increment(10);
    const error = await answer;
    end();
    expect(failed).toEqual([{ actor: opened.host.actor, ref, event: { type: 'ask.kept' }, error }]);
  });

  it('with the root of the tree that was asked, where that is no session system', async () => {
    const followed = follow<AskTrace>('ask');
    const tree = createActor(supervisor({ children: [{ id: 'inner', src: supervisor() }] })).start();
    const children = await ask(tree, { type: 'supervisor.which_children' });
    if (!children.ok) throw new Error('it did not answer');
    await ask(children.value[0]!.ref as typeof tree, { type: 'supervisor.count_children' });
    expect(followed.map(({ trace }) => trace.actor)).toEqual([tree, tree, tree, tree]);
    await ask(tree, { type: 'supervisor.stop' });
  });

  it('also where the question cannot be put', async () => {
    const followed = follow<AskTrace>('ask');
    const { ref } = await open();
    const question = Object.defineProperty({ type: 'ask.length', text: '' } as const, 'bad', {
      enumerable: true,
      get: () => {
        throw boom;
      },
    });
    await expect(ask(ref, question)).rejects.toBe(boom);
    expect(phases(followed)).toEqual(['start', 'error', 'asyncEnd']);
    await expect(ask(ref, {} as never)).rejects.toThrow(TypeError);
    expect(followed).toHaveLength(3);
  });
});

describe('Where nobody listens', () => {
  it('no trace is made, also of what began before', async () => {
    const { host, clock, open } = openHost({ session: fragile, backoff: steadyBackoff });
    const begun = [asking, sessionRestart, sessionStart].map((operation) => jest.spyOn(operation, 'begin'));
    const ref = await open('s1');
    ref.send(thrown);
    const followed = follow<SessionRestartTrace>('session.restart');
    clock.increment(100);
    await ask(host.actor, { type: 'registry.count' });
    expect(begun.map(({ mock }) => mock.calls)).toEqual([[], [], []]);
    expect(followed).toEqual([]);
  });

  it('and where there are no channels, as in a browser, all goes on', async () => {
    const { getBuiltinModule } = process;
    (process as Partial<typeof process>).getBuiltinModule = undefined;
    try {
      await jest.isolateModulesAsync(async () => {
        const isolated = await import('../src/index.ts');
        expect((await import('../src/diagnostics.ts')).hasChannels).toBe(false);
        const messages = listen();
        const host = isolated.createSessionHost({
          session: fragile,
          projectPaths: 'text',
          logger() {},
        });
        const opened = await host.startSession({ projectPath: '/p', id: 's1' });
        expect(opened.ok).toBe(true);
        host.session('s1')!.send(thrown);
        expect(host.isRunning('s1')).toBe(true);
        await host.close();
        expect(messages).toEqual([]);
      });
    } finally {
      process.getBuiltinModule = getBuiltinModule;
    }
  });
});
