import fc from 'fast-check';
import { createActor } from 'xstate';
import { sessionRegistry } from '../src/index.ts';
import { hostInUse } from './support/host-in-use.ts';
import type { HostInUse } from './support/host-in-use.ts';
import { isAbsent, isId, isLimit, isName, isPath, isPlainObject } from './support/legal.ts';
import { anyNonsense, nonsense } from './support/nonsense.ts';
import { isRefused, told } from './support/outcome.ts';
import { made } from './support/sessions.ts';

type Refs = 'host' | 'host.actor' | 'registry' | 'sessions';
type Event = { readonly type: string; readonly [field: string]: unknown };

interface Case {
  readonly name: string;
  readonly refs: readonly Refs[];
  /** The event, with nonsense in one of its fields. */
  readonly event: (value: unknown, to: HostInUse) => Event;
  /** Whether that is not nonsense here. */
  readonly isLegal?: (value: unknown) => boolean;
}

const toSessions = ['host', 'host.actor', 'sessions'] as const;
const toRegistry = ['host', 'host.actor', 'registry'] as const;
const toRuntime = ['host', 'host.actor'] as const;

const cases: readonly Case[] = [
  {
    name: 'session.start { projectPath: … }',
    refs: toSessions,
    event: (projectPath) => ({ type: 'session.start', projectPath }),
    isLegal: isPath,
  },
  {
    name: 'session.start { name: … }',
    refs: toSessions,
    event: (name) => ({ type: 'session.start', projectPath: '/x', name }),
    isLegal: (v) => isAbsent(v) || isName(v),
  },
  {
    name: 'session.start { config: … }',
    refs: toSessions,
    event: (config) => ({ type: 'session.start', projectPath: '/x', config }),
    isLegal: (v) => isAbsent(v) || isPlainObject(v),
  },
  {
    name: 'session.start { id: … }',
    refs: toSessions,
    event: (id) => ({ type: 'session.start', projectPath: '/x', id }),
    isLegal: (v) => isAbsent(v) || isId(v),
  },
  { name: 'session.stop { id: … }', refs: toSessions, event: (id) => ({ type: 'session.stop', id }) },
  { name: 'session.restart { id: … }', refs: toSessions, event: (id) => ({ type: 'session.restart', id }) },
  {
    name: 'session.rename { id: … }',
    refs: toSessions,
    event: (id) => ({ type: 'session.rename', id, name: 'new' }),
  },
  {
    name: 'session.rename { name: … }',
    refs: toSessions,
    event: (name) => ({ type: 'session.rename', id: 'a', name }),
    isLegal: isName,
  },
  {
    name: 'session.configure { id: … }',
    refs: toSessions,
    event: (id) => ({ type: 'session.configure', id, config: { model: 'small' } }),
  },
  {
    name: 'session.configure { config: … }',
    refs: toSessions,
    event: (config) => ({ type: 'session.configure', id: 'a', config }),
    isLegal: isPlainObject,
  },
  { name: 'registry.register', refs: toRegistry, event: (session) => ({ type: 'registry.register', session }) },
  {
    name: 'registry.register { writer: … }',
    refs: toRegistry,
    event: (writer) => ({ type: 'registry.register', session: made(), writer }),
  },
  { name: 'registry.lookup { id: … }', refs: toRegistry, event: (id) => ({ type: 'registry.lookup', id }) },
  {
    name: 'registry.lookup { projectPath: … }',
    refs: toRegistry,
    event: (projectPath) => ({ type: 'registry.lookup', projectPath }),
  },
  { name: 'registry.lookup { name: … }', refs: toRegistry, event: (name) => ({ type: 'registry.lookup', name }) },
  { name: 'registry.update', refs: toRegistry, event: (session) => ({ type: 'registry.update', session }) },
  {
    name: 'registry.update { session.id: … }',
    refs: toRegistry,
    event: (id, { session }) => ({ type: 'registry.update', session: { ...session, id } }),
  },
  { name: 'registry.unregister', refs: toRegistry, event: (id) => ({ type: 'registry.unregister', id }) },
  { name: 'registry.clear { writer: … }', refs: toRegistry, event: (writer) => ({ type: 'registry.clear', writer }) },
  {
    name: 'registry.configure',
    refs: toRegistry,
    event: (maxSessions) => ({ type: 'registry.configure', maxSessions }),
    isLegal: isLimit,
  },
  { name: 'child.start', refs: toRuntime, event: (spec) => ({ type: 'child.start', spec }) },
  { name: 'child.terminate', refs: toRuntime, event: (id) => ({ type: 'child.terminate', id }) },
  { name: 'child.restart', refs: toRuntime, event: (id) => ({ type: 'child.restart', id }) },
  { name: 'child.delete', refs: toRuntime, event: (id) => ({ type: 'child.delete', id }) },
];

const refOf = (to: HostInUse, name: Refs) =>
  (name === 'host.actor' ? to.host.actor : to[name]) as unknown as { send(event: object): void };

const routes = cases.flatMap(({ refs, ...rest }) =>
  refs.map((ref) => ({ ...rest, ref, name: `${rest.name} to ${ref}` })),
);

/** What was answered, where it was not one refusal. */
function wrongs(to: HostInUse, { name, ref, event, isLegal }: (typeof routes)[number], what: string, value: unknown) {
  if (isLegal?.(value)) return [];
  const answers: unknown[] = [];
  refOf(to, ref).send({ ...event(value, to), replyTo: { send: (answer: unknown) => void answers.push(answer) } });
  const outcomes = answers.map((answer) => ({ type: 'answered', answer }) as const);
  const [first] = outcomes;
  if (outcomes.length === 1 && isRefused(first!)) return [];
  return [`${name} with ${what}: ${outcomes.length} answers, ${outcomes.map(told).join()}`];
}

describe('An event with nonsense in it is refused, and changes nothing', () => {
  it.each(routes)('$name', async (route) => {
    const to = await hostInUse();
    const found: string[] = [];
    for (const [what, value] of Object.entries(nonsense)) found.push(...wrongs(to, route, what, value));
    expect(found).toEqual([]);
    await to.expectUnchanged();
  });

  it('whatever it is', async () => {
    const to = await hostInUse();
    fc.assert(
      fc.property(fc.constantFrom(...routes), anyNonsense, (route, value) => {
        expect(wrongs(to, route, 'that', value)).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
    await to.expectUnchanged();
  });
});

describe('An event changes nothing', () => {
  const all = ['host.actor', 'registry', 'sessions'] as const;

  const commands = [
    { type: 'session.start', projectPath: 'nowhere' },
    { type: 'session.stop', id: 'nobody' },
    { type: 'session.restart', id: 'nobody' },
    { type: 'session.rename', id: 'a', name: '' },
    { type: 'session.configure', id: 'a', config: 5 },
    { type: 'registry.register' },
    { type: 'registry.lookup', id: 'a' },
    { type: 'registry.list' },
    { type: 'registry.count' },
    { type: 'registry.update' },
    { type: 'registry.unregister', id: 'a' },
    { type: 'registry.clear' },
    { type: 'registry.configure' },
    { type: 'child.start' },
    { type: 'child.terminate', id: 'sessions' },
    { type: 'child.restart', id: 'sessions' },
    { type: 'child.delete', id: 'sessions' },
    { type: 'supervisor.which_children' },
    { type: 'supervisor.count_children' },
  ];

  it('whatever its replyTo is', async () => {
    const to = await hostInUse();
    for (const replyTo of [...Object.values(nonsense), ...Object.values(nonsense).map((send) => ({ send }))]) {
      for (const event of commands) {
        for (const name of ['host', ...all] as const) refOf(to, name).send({ ...event, replyTo });
      }
    }
    await to.expectUnchanged();
  });

  it('whose fields cannot be read', async () => {
    const to = await hostInUse();
    const unreadable = (type: string) =>
      new Proxy(
        { type },
        {
          get(_, field) {
            if (field === 'type') return type;
            throw new Error(`nobody may read ${String(field)}`);
          },
        },
      );
    const own = ['incarnation.exited', 'incarnation.said', 'retry.due', 'path.checked', 'registry.answered'];
    for (const type of [...commands.map((command) => command.type), ...own]) {
      for (const name of all) refOf(to, name).send(unreadable(type));
    }
    await to.expectUnchanged();
  });

  it.each(all)('that %s does not know, or that is its own business', async (name) => {
    const to = await hostInUse();
    const own = {
      'incarnation.exited': ['incarnation'],
      'incarnation.said': ['incarnation', 'message'],
      'retry.due': ['id', 'ticket', 'session', 'retry'],
      'path.checked': ['proceed'],
      'registry.answered': ['proceed'],
      'supervisor.init': [],
      'supervisor.changed': [],
      'session.nonsense': ['id'],
      'registry.nonsense': ['id'],
      'child.nonsense': ['id'],
      nonsense: ['id'],
      '': [],
      __proto__event: [],
      constructor: [],
    };
    for (const [type, fields] of Object.entries(own)) {
      refOf(to, name).send({ type });
      for (const field of fields) {
        for (const value of [...Object.values(nonsense), 'registry', 'sessions', 'a', to.a]) {
          // A function that is not our own can only come from who means harm.
          if (field !== 'proceed' || typeof value !== 'function') refOf(to, name).send({ type, [field]: value });
        }
      }
    }
    await to.expectUnchanged();
  });

  it('of any type and with any fields, to any actor', async () => {
    const to = await hostInUse();
    const ours = commands.map(({ type }) => type).concat('retry.due', 'incarnation.exited', 'incarnation.said');
    const types = fc.oneof(fc.constantFrom(...ours), fc.string());
    // No session has such an id or path, and no limit is taken: all that could be legal is refused.
    const fields = fc.record({ id: anyNonsense, session: anyNonsense, spec: anyNonsense, incarnation: anyNonsense });
    fc.assert(
      fc.property(fc.constantFrom(...all), types, fields, (name, type, rest) => {
        if (type === '*' || type.startsWith('xstate.') || ['a', 'b'].includes(rest.id as string)) return;
        refOf(to, name).send({ ...rest, type });
      }),
      { numRuns: 1_000 },
    );
    await to.expectUnchanged();
  });

  it('that a session sends to its parent, whatever it is: it comes out as session.message', async () => {
    const to = await hostInUse();
    const said: unknown[] = [];
    to.host.on('session.message', ({ event }) => said.push(event));
    const events = [...commands, { type: 'supervisor.stop' }, { type: 'supervisor.shutdown' }, { type: 'xstate.stop' }];
    for (const event of events) to.a.send({ type: 'tell.parent', event });
    expect(said).toEqual(events);
    to.events.length = 0;
    await to.expectUnchanged();
  });
});

describe('A registry of one’s own takes nonsense as that of a runtime does', () => {
  it('in every event', () => {
    const registry = createActor(sessionRegistry({ logger() {} })).start();
    const session = made();
    registry.send({ type: 'registry.register', session });
    const snapshot = registry.getSnapshot();
    const found: string[] = [];
    const events: ((value: unknown) => Event)[] = [
      (value) => ({ type: 'registry.register', session: value }),
      (value) => ({ type: 'registry.lookup', id: value }),
      (value) => ({ type: 'registry.lookup', projectPath: value }),
      (value) => ({ type: 'registry.lookup', name: value }),
      (value) => ({ type: 'registry.update', session: value }),
      (value) => ({ type: 'registry.update', session: { ...session, id: value } }),
      (value) => ({ type: 'registry.unregister', id: value }),
      (value) => ({ type: 'registry.configure', maxSessions: isLimit(value) ? 'nonsense' : value }),
    ];
    for (const [what, value] of Object.entries(nonsense)) {
      for (const event of events) {
        const replyTo = {
          send(answer: unknown) {
            const outcome = { type: 'answered', answer } as const;
            if (!isRefused(outcome)) found.push(`${event(value).type} with ${what} ${told(outcome)}`);
          },
        };
        registry.send({ ...event(value), replyTo } as never);
        registry.send({ ...event(value), replyTo: value } as never);
      }
    }
    expect(found).toEqual([]);
    expect(registry.getSnapshot()).toBe(snapshot);
    expect(snapshot.context.sessions.list()).toEqual([session]);
  });
});
