import { assign, createMachine, fromCallback, fromPromise, fromTransition, raise, sendTo } from 'xstate';
import type { AnyActorLogic, AnyActorRef, AnyStateMachine } from 'xstate';
import { ok } from '../src/index.ts';
import type { SessionHost, SessionHostOptions } from '../src/index.ts';
import { Alive } from './support/alive.ts';
import { createGate } from './support/gate.ts';
import { openHost } from './support/open-host.ts';
import { started, told } from './support/told.ts';

type AnyHost = SessionHost<any, any>;
type Options = SessionHostOptions<AnyActorLogic>;

/** A family of children of every kind, each with a name in the system and some with a timer that runs. */
function family(alive: Alive) {
  const child = createMachine({
    entry: alive.joins('child'),
    after: { 60_000: {} },
    invoke: { src: alive.callback('grandchild'), systemId: 'grandchild' },
  });
  return [
    { src: alive.callback('callback'), systemId: 'callback' },
    { src: alive.promise('promise'), systemId: 'promise' },
    { src: alive.observable('observable'), systemId: 'observable' },
    { src: child, systemId: 'child' },
  ];
}

const wholeFamily = ['callback', 'child', 'grandchild', 'observable', 'promise'];

/** A machine that has a family and a timer, and begins in a state of the test's. */
const withFamily = (alive: Alive, beginning: object, more: object = {}): AnyStateMachine =>
  createMachine({
    invoke: family(alive),
    after: { 30_000: {} },
    initial: 'beginning',
    states: { beginning },
    ...more,
  });

interface Failure {
  readonly when: string;
  /** A host whose sessions cannot start while `fail` throws. */
  readonly options: (alive: Alive, fail: () => void) => Options;
  readonly cause?: Error;
  /** Who lives once a session has started. */
  readonly lives?: readonly string[];
}

const boom = new Error('boom');
const throwBoom = () => {
  throw boom;
};

const failures: readonly Failure[] = [
  {
    when: 'the context factory throws',
    options: (alive, fail) => ({ session: withFamily(alive, {}, { context: () => (fail(), {}) }) }),
  },
  {
    when: 'the context factory throws after it has spawned a child',
    options: (alive, fail) => ({
      session: createMachine({
        context: ({ spawn }) => {
          const child = spawn(alive.callback('spawned'), { id: 'spawned', systemId: 'spawned' });
          fail();
          return { child };
        },
      }),
    }),
    lives: ['spawned'],
  },
  {
    when: 'an assign of the initial transition throws',
    options: (alive, fail) => ({ session: withFamily(alive, { entry: assign(() => (fail(), {})) }, { context: {} }) }),
  },
  {
    when: 'a guard of the initial transition throws',
    options: (alive, fail) => ({ session: withFamily(alive, { always: { guard: () => (fail(), false) } }) }),
  },
  {
    when: 'an entry action throws',
    options: (alive, fail) => ({ session: withFamily(alive, { entry: fail }) }),
  },
  {
    when: 'an event that the entry raises makes it throw',
    options: (alive, fail) => ({
      session: withFamily(alive, { entry: raise({ type: 'go' }), on: { go: { actions: fail } } }),
    }),
  },
  {
    when: 'an event that it sends to itself makes it throw',
    options: (alive, fail) => ({
      session: withFamily(alive, { entry: sendTo(({ self }) => self, { type: 'go' }), on: { go: { actions: fail } } }),
    }),
  },
  {
    when: 'an event that a child sends at its start makes it throw',
    options: (alive, fail) => ({
      session: withFamily(alive, {
        invoke: { src: fromCallback(({ sendBack }) => sendBack({ type: 'go' })) },
        on: { go: { actions: fail } },
      }),
    }),
  },
  {
    when: 'an invoked callback throws',
    options: (alive, fail) => ({ session: withFamily(alive, { invoke: { src: fromCallback(fail) } }) }),
  },
  {
    when: 'the function of an invoked promise throws',
    options: (alive, fail) => ({
      session: withFamily(alive, { invoke: { src: fromPromise(() => (fail(), new Promise(() => {}))) } }),
    }),
  },
  {
    when: 'the entry action of an invoked machine throws',
    options: (alive, fail) => {
      const src = createMachine({
        invoke: { src: alive.callback('deep'), systemId: 'deep' },
        initial: 'a',
        states: { a: { entry: fail } },
      });
      return { session: withFamily(alive, { invoke: { src } }) };
    },
    lives: [...wholeFamily, 'deep'].sort(),
  },
  {
    when: 'the context factory of an invoked machine throws',
    options: (alive, fail) => ({
      session: withFamily(alive, { invoke: { src: createMachine({ context: () => (fail(), {}) }) } }),
    }),
  },
  {
    when: 'the input of a child throws',
    options: (alive, fail) => ({
      session: withFamily(alive, { invoke: { src: alive.callback('late'), input: fail } }),
    }),
    lives: [...wholeFamily, 'late'].sort(),
  },
  {
    when: 'a child takes the system name of another',
    options: (alive, fail) => {
      const name = () => {
        try {
          fail();
          return 'free';
        } catch {
          return 'callback';
        }
      };
      const takeName = assign({
        late: ({ spawn }) => spawn(alive.callback('late'), { id: 'late', systemId: name() }) as AnyActorRef,
      });
      return { session: withFamily(alive, { entry: takeName as never }, { context: {} }) };
    },
    cause: new Error("Actor with system ID 'callback' already exists."),
    lives: [...wholeFamily, 'late'].sort(),
  },
  {
    when: 'the transition function of a logic that is no machine throws',
    options: (_alive, fail) => ({
      session: fromTransition(
        () => ({}),
        () => (fail(), {}),
      ),
    }),
    lives: [],
  },
  {
    when: 'the session is a callback, and throws',
    options: (_alive, fail) => ({ session: fromCallback(fail) }),
    lives: [],
  },
  {
    when: '`input` throws',
    options: (alive, fail) => ({ session: withFamily(alive, {}), input: () => fail() }),
  },
];

/** All that a host can be asked about sessions, in vain. */
function expectNothingOf(host: AnyHost, id: string, projectPath: string, name: string): void {
  expect({ count: host.count(), ids: host.ids(), list: host.list(), running: host.isRunning(id) }).toEqual({
    count: 0,
    ids: [],
    list: [],
    running: false,
  });
  expect(host.session(id)).toBeUndefined();
  const nowhere = { ok: false, error: { code: 'not_found' } };
  expect([host.lookup(id), host.lookupByPath(projectPath), host.lookupByName(name)]).toMatchObject([
    { ...nowhere, error: { key: id } },
    { ...nowhere, error: { key: projectPath } },
    { ...nowhere, error: { key: name } },
  ]);
  expect(host.defaultSession()).toMatchObject({ ok: false, error: { code: 'no_sessions' } });
}

/** Throws for as long as it is broken. */
function breakable() {
  const state = { isBroken: true };
  const fail = () => {
    if (state.isBroken) throw boom;
  };
  return { state, fail };
}

const input = { id: 's1', projectPath: '/projects/shop', name: 'shop' };

describe('A start that fails', () => {
  it.each(failures)('leaves nothing behind when $when', async ({ options, cause = boom, lives = wholeFamily }) => {
    const alive = new Alive();
    const { state, fail } = breakable();
    const { host, clock, events } = openHost({ ...options(alive, fail), maxSessions: 1 });

    const rejected = await host.startSession(input);

    expect(rejected).toEqual({ ok: false, error: expect.objectContaining({ code: 'start_failed', cause }) });
    expect(told(events)).toEqual([{ type: 'session.rejected', input, error: !rejected.ok && rejected.error }]);
    expectNothingOf(host, 's1', '/projects/shop', 'shop');
    expect(alive.names).toEqual([]);
    expect(clock.timers).toBe(0);

    state.isBroken = false;
    expect(await host.startSession(input)).toMatchObject({ ok: true, value: { session: input } });
    expect(told(events).slice(1)).toEqual([started('s1')]);
    expect(host.lookupByName('shop')).toEqual(host.lookupByPath('/projects/shop'));
    expect(host.isRunning('s1')).toBe(true);
    expect(alive.names).toEqual(lives);
    expect(await host.stopSession('s1')).toEqual(ok(undefined));
    expect(alive.names).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it('leaves nothing behind when the logic is done at once', async () => {
    const alive = new Alive();
    const { host, clock, events } = openHost({
      session: withFamily(alive, {}, { type: 'parallel', initial: undefined, states: { over: { type: 'final' } } }),
    });
    const rejected = await host.startSession(input);
    const cause = new Error('The logic of session s1 was done at once');
    expect(rejected).toEqual({ ok: false, error: expect.objectContaining({ code: 'start_failed', cause }) });
    expect(told(events)).toEqual([{ type: 'session.rejected', input, error: !rejected.ok && rejected.error }]);
    expectNothingOf(host, 's1', '/projects/shop', 'shop');
    expect(alive.names).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it('leaves the sessions that run as they are, and their names in the registry', async () => {
    const { state, fail } = breakable();
    state.isBroken = false;
    const { host, events } = openHost({ session: createMachine({ entry: fail }) });
    await host.startSession({ ...input, id: 'other', projectPath: '/projects/other' });
    const other = host.session('other')!;
    const before = { snapshot: other.getSnapshot(), list: host.list() };
    state.isBroken = true;
    const rejected = await host.startSession(input);
    expect({ snapshot: other.getSnapshot(), list: host.list() }).toEqual(before);
    expect(other.getSnapshot()).toBe(before.snapshot);
    expect(host.lookupByName('shop')).toMatchObject({ ok: true, value: { id: 'other' } });
    expect(told(events)).toEqual([
      started('other'),
      { type: 'session.rejected', input, error: !rejected.ok && rejected.error },
    ]);
  });

  it('gives its slot to the next in the queue', async () => {
    const { fail } = breakable();
    const session = fromTransition(
      () => ({}),
      ({ input }: { input: { session: { id: string } } }) => (input.session.id === 's1' && fail(), {}),
    );
    const { host, events } = openHost({ session, maxSessions: 1 });
    const results = await Promise.all([
      host.startSession(input),
      host.startSession({ ...input, id: 's2' }),
      host.startSession({ ...input, id: 's3' }),
    ]);
    expect(results.map((result) => (result.ok ? result.value.session.id : result.error.code))).toEqual([
      'start_failed',
      's2',
      'session_limit_reached',
    ]);
    expect(events.map(({ type }) => type)).toEqual(['session.rejected', 'session.started', 'session.rejected']);
  });

  it('is refused, and registers nothing, while the runtime stops', async () => {
    const { host, clock, events } = openHost({
      session: createMachine({ on: { 'supervisor.shutdown': {} } }),
      shutdown: 1_000,
    });
    await host.startSession({ ...input, id: 'slow', projectPath: '/projects/slow' });
    const closed = host.close();
    const rejected = await host.startSession(input);
    expect(rejected).toEqual({ ok: false, error: expect.objectContaining({ code: 'stopping' }) });
    expect(host.ids()).toEqual(['slow']);
    clock.increment(1_000);
    await closed;
    expect(told(events)).toEqual([
      started('slow'),
      { type: 'session.rejected', input, error: !rejected.ok && rejected.error },
      { type: 'session.stopped', id: 'slow', reason: 'killed' },
    ]);
    expect(await host.startSession(input)).toMatchObject({ ok: false, error: { code: 'stopping' } });
    expectNothingOf(host, 's1', '/projects/shop', 'shop');
    expect(clock.timers).toBe(0);
  });

  it('is refused while the runtime stops, also where its directory was still being checked', async () => {
    const gate = createGate<ReturnType<typeof ok<string>>>();
    const { host, events } = openHost({ session: createMachine({}), projectPaths: () => gate.promise });
    const rejected = host.startSession(input);
    await host.close();
    gate.open(ok('/projects/shop'));
    expect(await rejected).toMatchObject({ ok: false, error: { code: 'stopping' } });
    await gate.promise;
    expect(events.map(({ type }) => type)).toEqual(['session.rejected']);
    expectNothingOf(host, 's1', '/projects/shop', 'shop');
  });
});

describe('An entry', () => {
  it('is there before the first transition of its session', async () => {
    const seen: unknown[] = [];
    const look = () => {
      seen.push(host.lookup('s1'), host.lookupByPath('/projects/shop'), host.lookupByName('shop'), host.count());
    };
    const { host } = openHost({
      session: createMachine({
        context: () => (look(), {}),
        entry: look,
        invoke: { src: fromCallback(look) },
      }),
      input: ({ session }) => (look(), { session }),
    });
    const opened = await host.startSession(input);
    const entry = ok(opened.ok && opened.value.session);
    expect(seen).toEqual(Array.from({ length: 4 }, () => [entry, entry, entry, 1]).flat());
  });

  it('is there while its session restarts', async () => {
    const seen: unknown[] = [];
    const { host, open } = openHost({
      session: createMachine({ entry: () => seen.push(host.ids()), on: { crash: { actions: throwBoom } } }),
    });
    const ref = await open('s1');
    ref.send({ type: 'crash' });
    expect(seen).toEqual([['s1'], ['s1']]);
  });
});
