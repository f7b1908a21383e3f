import { createActor, createMachine, fromTransition, sendTo, setup } from 'xstate';
import type { AnyActorRef, InspectionEvent } from 'xstate';
import { createSessionHost, inspect, sessionRuntime, sessionTree, supervisor } from '../src/index.ts';

const told = (line: InspectionEvent) => {
  const { id } = line.actorRef as AnyActorRef;
  if (line.type === '@xstate.actor') return `actor ${id}`;
  if (line.type === '@xstate.snapshot')
    return `${id} ${line.event.type}: ${(line.snapshot as { status: string }).status}`;
  return line.type === '@xstate.event' ? `event ${line.event.type} to ${id}` : line.type;
};

/** An inspector, and what it has heard. */
function recorder() {
  const events: InspectionEvent[] = [];
  return {
    events,
    inspector: (event: InspectionEvent) => void events.push(event),
    of: (...types: InspectionEvent['type'][]) => events.filter(({ type }) => types.includes(type)).map(told),
  };
}

const parentOf = (ref: AnyActorRef): AnyActorRef | undefined => (ref as { _parent?: AnyActorRef })._parent;

const helper = setup({
  actions: {
    fail: () => {
      throw new Error('boom');
    },
  },
}).createMachine({ on: { crash: { actions: 'fail' } } });

const session = setup({ actors: { helper } }).createMachine({
  context: ({ input }) => input as object,
  invoke: { src: 'helper', id: 'helper' },
  on: {
    crash: {
      actions: () => {
        throw new Error('boom');
      },
    },
    'crash.helper': { actions: sendTo('helper', { type: 'crash' }) },
  },
});

const options = { session, projectPaths: 'text', logger: () => {} } as const;

describe('The inspector of a host', () => {
  it('sees one tree: parent and root of each actor are right from the first event', async () => {
    const names = new Map<string | undefined, string>();
    const lines: string[] = [];
    const host = createSessionHost({
      ...options,
      inspect: ({ type, actorRef, rootId }) => {
        const { id, sessionId } = actorRef as AnyActorRef;
        names.set(sessionId, id);
        const parent = parentOf(actorRef as AnyActorRef);
        if (type === '@xstate.actor') lines.push(`${names.get(parent?.sessionId)} > ${id} in ${names.get(rootId)}`);
      },
    });
    await host.startSession({ projectPath: '/p', id: 's1' });
    const { id: runtime } = host.actor;
    expect(lines).toEqual([
      `undefined > ${runtime} in ${runtime}`,
      `${runtime} > registry in ${runtime}`,
      `${runtime} > sessions in ${runtime}`,
      `sessions > s1 in ${runtime}`,
      `s1 > helper in ${runtime}`,
    ]);
    await host.close();
  });

  it('sees a crash as a snapshot with the status error, once, before the incarnation that follows', async () => {
    const { inspector, of, events } = recorder();
    const host = createSessionHost({ ...options, inspect: inspector });
    await host.startSession({ projectPath: '/p', id: 's1' });
    events.length = 0;
    host.session('s1')!.send({ type: 'crash' });
    expect(of('@xstate.actor', '@xstate.snapshot').filter((line) => line.includes('s1'))).toEqual([
      's1 crash: error',
      'actor s1',
      's1 xstate.init: active',
    ]);
    await host.close();
  });

  it('sees the crash of an actor that a session has invoked, and that of the session, which follows from it', async () => {
    const { inspector, of, events } = recorder();
    const host = createSessionHost({ ...options, inspect: inspector });
    await host.startSession({ projectPath: '/p', id: 's1' });
    events.length = 0;
    host.session('s1')!.send({ type: 'crash.helper' });
    expect(of('@xstate.snapshot').filter((line) => line.endsWith('error'))).toEqual([
      'helper xstate.error.actor.helper: error',
      's1 xstate.error.actor.helper: error',
    ]);
    await host.close();
  });

  it('sees a failed start, and an error that a logic returns, once each', async () => {
    const { inspector, of } = recorder();
    const failing = fromTransition(
      (snapshot) => snapshot,
      () => {
        throw new Error('no');
      },
    );
    const returning = {
      ...failing,
      getInitialSnapshot: () => ({ status: 'active' as const, output: undefined, error: undefined, context: {} }),
      transition: (snapshot: object, { type }: { type: string }) =>
        (type === 'fail' ? { ...snapshot, status: 'error', error: new Error('returned') } : snapshot) as never,
    };
    const actor = createActor(
      supervisor({
        logger: () => {},
        intensity: { maxRestarts: 0 },
        children: [{ id: 'returning', src: returning as never, restart: 'temporary' }],
      }),
      { inspect: inspector },
    ).start();
    let child: AnyActorRef | undefined;
    actor.send({
      type: 'supervisor.which_children',
      replyTo: { send: (answer) => void (child = answer.ok ? answer.value[0]!.ref : undefined) },
    });
    child!.send({ type: 'fail' });
    actor.send({ type: 'child.start', spec: { id: 'failing', src: failing } });
    expect(of('@xstate.snapshot').filter((line) => line.endsWith('error'))).toEqual([
      'returning fail: error',
      'failing xstate.error.actor.failing: error',
    ]);
    actor.send({ type: 'supervisor.stop' });
  });

  it('sees a stop as a stop', async () => {
    const { inspector, of, events } = recorder();
    const host = createSessionHost({ ...options, inspect: inspector });
    await host.startSession({ projectPath: '/p', id: 's1' });
    events.length = 0;
    await host.stopSession('s1');
    expect(of('@xstate.snapshot').filter((line) => /^(s1|helper)/.test(line))).toEqual([
      'helper xstate.stop: stopped',
      's1 xstate.stop: stopped',
    ]);
    await host.close();
  });

  it('is the same for a runtime that is an actor of its own', () => {
    const { inspector, of } = recorder();
    const actor = createActor(sessionRuntime(options), { id: 'runtime', inspect: inspector }).start();
    actor.send({ type: 'session.start', projectPath: '/p', id: 's1' });
    expect(of('@xstate.actor')).toEqual([
      'actor runtime',
      'actor registry',
      'actor sessions',
      'actor s1',
      'actor helper',
    ]);
    actor.send({ type: 'supervisor.stop' });
  });
});

describe('inspect', () => {
  const tree = sessionTree({ logger: () => {}, children: () => [{ id: 'leaf', src: helper }] });

  it('tells first of the actors that there are, parents first, and then of what happens', async () => {
    const host = createSessionHost({ ...options, session: tree });
    await host.startSession({ projectPath: '/p', id: 's1' });
    const { inspector, of, events } = recorder();
    const watching = inspect(host, inspector);
    expect(of('@xstate.actor', '@xstate.snapshot')).toEqual(
      [host.actor.id, 'registry', 'sessions', 's1', 'leaf'].flatMap((id) => [
        `actor ${id}`,
        `${id} xstate.init: active`,
      ]),
    );
    expect(new Set(events.map(({ rootId }) => rootId))).toEqual(new Set([host.actor.sessionId]));
    events.length = 0;
    await host.startSession({ projectPath: '/q', id: 's2' });
    host.whereis('s1', 'leaf')!.send({ type: 'crash' });
    expect(of('@xstate.actor')).toEqual(['actor s2', 'actor leaf', 'actor leaf']);
    expect(of('@xstate.event')).toContain('event crash to leaf');
    watching.unsubscribe();
    await host.close();
  });

  it('leaves nothing behind when it is detached', async () => {
    const host = createSessionHost(options);
    await host.startSession({ projectPath: '/p', id: 's1' });
    const { inspector, events } = recorder();
    inspect(host, inspector).unsubscribe();
    events.length = 0;
    await host.startSession({ projectPath: '/q', id: 's2' });
    host.session('s1')!.send({ type: 'crash' });
    await host.close();
    expect(events).toEqual([]);
  });

  it('tells each of several inspectors, and one that is given twice twice', async () => {
    const host = createSessionHost(options);
    const { inspector, events } = recorder();
    const both = [inspect(host, inspector), inspect(host, { next: inspector })];
    events.length = 0;
    await host.startSession({ projectPath: '/p', id: 's1' });
    expect(
      events.filter(({ type, actorRef }) => type === '@xstate.actor' && (actorRef as AnyActorRef).id === 's1'),
    ).toHaveLength(2);
    both[0]!.unsubscribe();
    events.length = 0;
    await host.startSession({ projectPath: '/q', id: 's2' });
    expect(
      events.filter(({ type, actorRef }) => type === '@xstate.actor' && (actorRef as AnyActorRef).id === 's2'),
    ).toHaveLength(1);
    await host.close();
  });

  it('logs what an inspector throws, and works on', async () => {
    const log: string[] = [];
    const host = createSessionHost({ ...options, logger: (line) => log.push(line) });
    inspect(host, () => {
      throw new Error('bad inspector');
    });
    expect((await host.startSession({ projectPath: '/p', id: 's1' })).ok).toBe(true);
    expect(new Set(log)).toEqual(new Set(['an inspector threw: Error: bad inspector']));
    await host.close();
  });

  it('shows where each event comes from', async () => {
    const host = createSessionHost(options);
    await host.startSession({ projectPath: '/p', id: 's1' });
    const { inspector, events } = recorder();
    inspect(host, inspector);
    host.session('s1')!.send({ type: 'crash.helper' });
    const sources = events.flatMap((event) =>
      event.type === '@xstate.event'
        ? [
            `${event.event.type}: ${event.sourceRef?.sessionId === undefined ? 'outside' : (event.sourceRef as AnyActorRef).id}`,
          ]
        : [],
    );
    expect(sources.slice(0, 2)).toEqual(['crash.helper: outside', 'crash: s1']);
    await host.close();
  });

  it.each([undefined, {}, { actor: createMachine({}) }])('refuses %p, which is no host', (host) => {
    expect(() => inspect(host as never, () => {})).toThrow(TypeError);
  });

  it.each([undefined, 1, {}, { next: 1 }])('refuses %p, which is no observer', async (observer) => {
    const host = createSessionHost(options);
    expect(() => inspect(host, observer as never)).toThrow(/^inspector must be a function, not/);
    await host.close();
  });
});
