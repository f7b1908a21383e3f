import { assign, createActor, createMachine, sendTo, setup, SimulatedClock } from 'xstate';
import type { ActorRefFrom, AnyActor, AnyActorRef } from 'xstate';
import { ask, sessionRegistry, sessionRuntime } from '../src/index.ts';
import type { SessionRuntimeEmitted, SessionRuntimeEvent, SessionStore } from '../src/index.ts';
import { Answers, settled } from './support/answers.ts';
import { sabotage } from './support/break-actor.ts';
import { CountingClock } from './support/counting-clock.ts';
import { doing } from './support/doing.ts';
import { FaultyStore } from './support/faulty-store.ts';
import { lingering } from './support/lingering.ts';
import { made } from './support/sessions.ts';
import { started, stopped, told } from './support/told.ts';

const options = { projectPaths: 'text', logger() {} } as const;

const begin = (id: string) => ({ type: 'session.start', projectPath: `/projects/${id}`, id }) as const;

describe('A runtime as an actor of its own', () => {
  const start = () => {
    const events: SessionRuntimeEmitted<typeof doing>[] = [];
    const runtime = createActor(sessionRuntime({ session: doing, ...options }));
    runtime.on('*', (event) => events.push(event));
    runtime.start();
    events.length = 0;
    return { runtime, events };
  };

  it('takes typed events and emits typed events', () => {
    const { runtime, events } = start();
    const names: string[] = [];
    runtime.on('session.started', ({ session, ref }) => {
      names.push(session.name satisfies string);
      ref.send({ type: 'make.noise' });
      // @ts-expect-error no such event
      ref.send({ type: 'make.nothing' });
    });
    runtime.on('session.failed', ({ error, restarts }) => [error.withinMs, restarts] satisfies number[]);
    // @ts-expect-error no such event
    runtime.on('session.begun', () => {});
    runtime.send(begin('a'));
    // @ts-expect-error the path is missing
    runtime.send({ type: 'session.start' });
    // @ts-expect-error no such command
    const wrong: SessionRuntimeEvent = { type: 'session.begin' };
    runtime.send({ type: 'session.rename', id: 'a', name: 'new' });
    runtime.send({ type: 'session.stop', id: 'a' });
    expect(names).toEqual(['a']);
    expect(told(events as never)).toEqual([
      started('a'),
      expect.objectContaining({ type: 'session.rejected' }),
      { type: 'session.updated', id: 'a' },
      stopped('a', 'shutdown'),
    ]);
    expect(wrong.type).toBe('session.begin');
    runtime.stop();
  });

  it('answers each command', async () => {
    const { runtime } = start();
    const opened = await ask(runtime, begin('a'));
    expect(opened.ok).toBe(true);
    expect(await ask(runtime, { type: 'registry.count' })).toEqual({ ok: true, value: 1 });
    expect(await ask(runtime, { type: 'registry.lookup', name: 'a' })).toMatchObject({ value: { id: 'a' } });
    expect(await ask(runtime, { type: 'session.stop', id: 'b' })).toMatchObject({ error: { code: 'not_found' } });
    expect(await ask(runtime, { type: 'registry.clear' })).toMatchObject({ error: { code: 'managed' } });
    expect(await ask(runtime, { type: 'supervisor.stop' })).toEqual({ ok: true, value: undefined });
    expect(runtime.getSnapshot().status).toBe('done');
  });

  it('tells of its own children as well', () => {
    const events: string[] = [];
    const runtime = createActor(sessionRuntime({ session: doing, ...options }));
    runtime.on('*', (event) => events.push('id' in event ? `${event.type} ${event.id}` : event.type));
    runtime.start();
    runtime.send({ type: 'supervisor.stop' });
    expect(events).toEqual([
      'child.started registry',
      'child.started sessions',
      'child.exited sessions',
      'child.exited registry',
      'supervisor.stopped',
    ]);
  });

  it('is done after supervisor.shutdown, as under a supervisor', () => {
    const { runtime, events } = start();
    runtime.send(begin('a'));
    runtime.send({ type: 'supervisor.shutdown', reason: 'shutdown' } as never);
    expect(runtime.getSnapshot().status).toBe('done');
    expect(events.map(({ type }) => type)).toEqual([
      'session.started',
      'session.stopped',
      'child.exited',
      'child.exited',
      'supervisor.stopped',
    ]);
  });

  it('stops all sessions when it is stopped', () => {
    const { runtime, events } = start();
    for (const id of ['a', 'b']) runtime.send(begin(id));
    runtime.stop();
    expect(runtime.getSnapshot().status).toBe('stopped');
    expect(told(events.slice(2) as never)).toEqual([stopped('a', 'killed'), stopped('b', 'killed')]);
  });
});

describe('A runtime in a user’s machine', () => {
  const clock = new CountingClock();

  const shell = setup({
    types: {
      context: {} as { readonly heard: readonly string[]; readonly answers: readonly boolean[] },
      events: {} as
        | { readonly type: 'open'; readonly id: string }
        | { readonly type: 'tell'; readonly event: SessionRuntimeEvent }
        | { readonly type: 'answered'; readonly ok: boolean }
        | { readonly type: 'leave' },
    },
    actors: { runtime: sessionRuntime({ session: lingering, shutdown: 50, ...options }) },
    actions: { hear: assign({ heard: ({ context }, what: string) => [...context.heard, what] }) },
  }).createMachine({
    context: { heard: [], answers: [] },
    initial: 'working',
    states: {
      working: {
        invoke: {
          src: 'runtime',
          id: 'runtime',
          systemId: 'runtime',
          onDone: { target: 'over', actions: { type: 'hear', params: 'done' } },
          onError: { target: 'over', actions: { type: 'hear', params: 'error' } },
        },
        on: {
          open: {
            actions: sendTo('runtime', ({ event, self }) => ({
              ...begin(event.id),
              replyTo: { send: ({ ok }: { ok: boolean }) => self.send({ type: 'answered', ok }) },
            })),
          },
          tell: { actions: sendTo('runtime', ({ event }) => event.event) },
          answered: { actions: assign({ answers: ({ context, event }) => [...context.answers, event.ok] }) },
          leave: 'over',
        },
      },
      over: {},
    },
  });

  const start = () => {
    const actor = createActor(shell, { clock }).start();
    const runtime = actor.system.get('runtime') as ActorRefFrom<ReturnType<typeof sessionRuntime<typeof lingering>>>;
    const events: SessionRuntimeEmitted<typeof lingering>[] = [];
    runtime.on('*', (event) => events.push(event));
    const sessions = () => events.filter(({ type }) => type.startsWith('session.'));
    return { actor, runtime, events, sessions };
  };

  it('is invoked, spoken to by sendTo, and answers the machine', () => {
    const { actor, sessions } = start();
    for (const id of ['a', 'b', 'a']) actor.send({ type: 'open', id });
    expect(actor.getSnapshot().context.answers).toEqual([true, true, false]);
    expect(told(sessions().slice(0, 2) as never)).toEqual([started('a'), started('b')]);
    actor.stop();
  });

  it('restarts its sessions, which the machine does not notice', () => {
    const { actor, sessions } = start();
    actor.send({ type: 'open', id: 'a' });
    const [opened] = sessions();
    if (opened?.type !== 'session.started') throw new Error('it has started');
    opened.ref.send({ type: 'crash' });
    expect(sessions().map(({ type }) => type)).toEqual(['session.started', 'session.crashed', 'session.restarted']);
    expect([actor.getSnapshot().status, actor.getSnapshot().context.heard]).toEqual(['active', []]);
    actor.stop();
  });

  it('stops all sessions when the machine stops, and when it leaves the state', () => {
    for (const end of ['stop', 'leave'] as const) {
      const { actor, runtime, sessions } = start();
      for (const id of ['a', 'b']) actor.send({ type: 'open', id });
      if (end === 'stop') actor.stop();
      else actor.send({ type: 'leave' });
      expect(runtime.getSnapshot().status).toBe('stopped');
      expect(told(sessions().slice(2) as never)).toEqual([stopped('a', 'killed'), stopped('b', 'killed')]);
      expect(clock.timers).toBe(0);
      expect(actor.getSnapshot().context.heard).toEqual([]);
    }
  });

  it('ends as done after supervisor.stop, when all sessions had their time', () => {
    const { actor, sessions } = start();
    actor.send({ type: 'open', id: 'a' });
    const answers = new Answers();
    actor.send({ type: 'tell', event: { type: 'supervisor.stop', replyTo: answers.to('stop') } });
    clock.increment(49);
    expect([actor.getSnapshot().value, answers.given]).toEqual(['working', []]);
    clock.increment(1);
    expect([actor.getSnapshot().value, answers.given]).toEqual(['over', [['stop', true]]]);
    expect(actor.getSnapshot().context.heard).toEqual(['done']);
    expect(told(sessions().slice(1) as never)).toEqual([stopped('a', 'killed')]);
  });

  it('ends as an error when it gives up, and the machine lives on', () => {
    const { actor, runtime } = start();
    actor.send({ type: 'open', id: 'a' });
    for (let time = 0; time < 4; time += 1) {
      runtime.send({
        type: 'supervisor.which_children',
        replyTo: {
          send(children) {
            const { ref } = children.ok ? children.value[1]! : {};
            sabotage(ref!);
            ref!.send({ type: 'any.event' });
          },
        },
      });
    }
    expect(actor.getSnapshot().context.heard).toEqual(['error']);
    expect([actor.getSnapshot().status, runtime.getSnapshot().status]).toEqual(['active', 'error']);
    expect(runtime.getSnapshot().error).toMatchObject({ code: 'gave_up' });
  });

  it('can be spawned, twice in one machine', async () => {
    const runtime = sessionRuntime({ session: doing, ...options });
    const twin = setup({
      types: {
        context: {} as { readonly one: ActorRefFrom<typeof runtime>; readonly two: ActorRefFrom<typeof runtime> },
      },
      actors: { runtime },
    }).createMachine({
      context: ({ spawn }) => ({ one: spawn('runtime', { id: 'one' }), two: spawn('runtime', { id: 'two' }) }),
    });
    const actor = createActor(twin).start();
    const { one, two } = actor.getSnapshot().context;
    expect((await ask(one, begin('a'))).ok).toBe(true);
    expect((await ask(two, begin('a'))).ok).toBe(true);
    one.send({ type: 'session.stop', id: 'a' });
    expect(await ask(one, { type: 'registry.count' })).toEqual({ ok: true, value: 0 });
    expect(await ask(two, { type: 'registry.count' })).toEqual({ ok: true, value: 1 });
    actor.stop();
    expect([one.getSnapshot().status, two.getSnapshot().status]).toEqual(['stopped', 'stopped']);
  });

  it('keeps its sessions’ names out of the machine’s own', () => {
    const named = setup({ actors: { part: lingering } }).createMachine({
      invoke: { src: 'part', systemId: 'runtime' },
    });
    const machine = setup({ actors: { runtime: sessionRuntime({ session: named, ...options }) } }).createMachine({
      invoke: { src: 'runtime', systemId: 'runtime' },
    });
    const actor = createActor(machine, { clock: new SimulatedClock() }).start();
    const answers = new Answers();
    for (const id of ['a', 'b']) actor.system.get('runtime').send({ ...begin(id), replyTo: answers.to(id) });
    expect(answers.given).toEqual([
      ['a', true],
      ['b', true],
    ]);
    actor.stop();
  });
});

describe('A runtime with a store', () => {
  const session = createMachine({ id: 'idle' });
  const begun = async (store: SessionStore) => {
    const runtime = createActor(sessionRuntime({ session, ...options, store })).start();
    const answers = new Answers();
    runtime.send({ ...begin('a'), replyTo: answers.to('start') });
    await settled();
    return { runtime, answers };
  };

  it('takes it as it starts: one that is only made holds nothing, and closes nothing', async () => {
    const store = new FaultyStore();
    const made = createActor(sessionRuntime({ session, ...options, store }));
    await settled();
    expect(store.calls).toEqual([]);
    const { runtime, answers } = await begun(store);
    expect(answers.given).toEqual([['start', true]]);
    made.stop();
    await settled();
    expect(store.calls).toEqual(['list', 'save a']);
    runtime.stop();
  });

  it.each([
    ['stopped in order', (runtime: AnyActorRef) => runtime.send({ type: 'supervisor.stop' })],
    ['stopped by force', (runtime: AnyActorRef) => (runtime as AnyActor).stop()],
  ])('closes it when it is %s, and leaves its sessions there', async (_, stop) => {
    const store = new FaultyStore();
    const { runtime } = await begun(store);
    stop(runtime);
    await settled();
    expect([store.calls.at(-1), [...store.records.keys()]]).toEqual(['close', ['a']]);
  });
});

describe('A registry beside a runtime', () => {
  it('is an actor of its own, in the same machine', async () => {
    const machine = setup({
      actors: { runtime: sessionRuntime({ session: doing, ...options }), registry: sessionRegistry() },
    }).createMachine({
      invoke: [
        { src: 'runtime', systemId: 'runtime' },
        { src: 'registry', systemId: 'registry' },
      ],
    });
    const actor = createActor(machine).start();
    const [runtime, registry] = [actor.system.get('runtime'), actor.system.get('registry')];
    const answers = new Answers();
    registry.send({ type: 'registry.register', session: made({ id: 'a' }), replyTo: answers.to('register') });
    runtime.send({ ...begin('a'), replyTo: answers.to('start') });
    expect(answers.given).toEqual([
      ['register', true],
      ['start', true],
    ]);
    expect(registry.getSnapshot().context.sessions.ids()).toEqual(['a']);
    actor.stop();
    expect([runtime.getSnapshot().status, registry.getSnapshot().status]).toEqual(['stopped', 'stopped']);
  });
});
