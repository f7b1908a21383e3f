import { assign, createActor, fromCallback, sendTo, setup, waitFor } from 'xstate';
import type { ActorRefFrom, AnyEventObject } from 'xstate';
import { registryLogic, sessionRegistry } from '../machines/registry.ts';
import type { SessionRegistryOptions } from '../machines/registry.ts';
import type { RegistryEvent } from '../src/core/registry-events.ts';
import { SessionTable } from '../src/core/session-table.ts';
import { createSession } from '../src/core/session.ts';
import type { Session, SessionInput } from '../src/core/session.ts';

let made = 0;
function newSession(input: Partial<SessionInput> = {}, createdAt = 1_000): Session {
  made += 1;
  const created = createSession({ projectPath: `/projects/${made}`, ...input }, { now: () => createdAt });
  if (!created.ok) throw created.error;
  return created.value;
}

const start = (options?: SessionRegistryOptions) => createActor(sessionRegistry(options)).start();
type Registry = ReturnType<typeof start>;

const reads = (registry: Registry) => registry.getSnapshot().context.sessions;

type Answer = { ok: boolean; value?: unknown; error?: { code: string; issues?: { code: string }[]; key?: unknown } };

/** Sends an event, nonsense included, and returns the reply. */
function ask(registry: { send(event: never): void }, event: AnyEventObject): Answer {
  const replies: Answer[] = [];
  // Nonsense is what some of these tests are about.
  registry.send({ ...event, replyTo: { send: (answer: Answer) => replies.push(answer) } } as never);
  expect(replies).toHaveLength(1);
  return replies[0]!;
}

const refusedWith = (code: string, fields: object = {}) => ({ ok: false, error: { code, ...fields } });

/** All that can be read of a registry about these sessions. */
const dump = (registry: Registry, sessions: readonly Session[]) => ({
  snapshot: registry.getSnapshot(),
  persisted: JSON.stringify(registry.getPersistedSnapshot()),
  ids: reads(registry).ids(),
  oldest: reads(registry).defaultSession(),
  byId: sessions.map((s) => reads(registry).lookup(s.id)),
  byPath: sessions.map((s) => reads(registry).lookupByPath(s.projectPath)),
  byName: sessions.map((s) => reads(registry).lookupByName(s.name)),
});

describe('The commands of a registry', () => {
  it('register, find, update and unregister a session', () => {
    const registry = start();
    const session = newSession({ name: 'shop', projectPath: '/shop' });
    expect(ask(registry, { type: 'registry.register', session })).toEqual({ ok: true, value: session });
    for (const by of [{ id: session.id }, { projectPath: '/shop' }, { name: 'shop' }]) {
      expect(ask(registry, { type: 'registry.lookup', ...by })).toEqual({ ok: true, value: session });
    }
    const renamed = { ...session, name: 'store', updatedAt: 2_000 };
    expect(ask(registry, { type: 'registry.update', session: renamed })).toEqual({ ok: true, value: renamed });
    expect(ask(registry, { type: 'registry.lookup', name: 'shop' })).toMatchObject(refusedWith('not_found'));
    expect(ask(registry, { type: 'registry.unregister', id: session.id })).toEqual({ ok: true, value: renamed });
    expect(ask(registry, { type: 'registry.count' })).toEqual({ ok: true, value: 0 });
  });

  it('list, count and clear the sessions', () => {
    const registry = start();
    const sessions = [newSession({}, 2), newSession({}, 1)];
    for (const session of sessions) registry.send({ type: 'registry.register', session });
    expect(ask(registry, { type: 'registry.list' })).toEqual({ ok: true, value: sessions.toReversed() });
    expect(ask(registry, { type: 'registry.count' })).toEqual({ ok: true, value: 2 });
    expect(ask(registry, { type: 'registry.clear' })).toEqual({ ok: true, value: undefined });
    expect(ask(registry, { type: 'registry.list' })).toEqual({ ok: true, value: [] });
  });

  it('set the limit', () => {
    const registry = start({ maxSessions: 0 });
    expect(ask(registry, { type: 'registry.configure', maxSessions: 1 })).toEqual({ ok: true, value: undefined });
    expect(reads(registry).maxSessions).toBe(1);
    expect(ask(registry, { type: 'registry.register', session: newSession() }).ok).toBe(true);
  });

  it('need no reply', () => {
    const registry = start();
    const session = newSession();
    registry.send({ type: 'registry.register', session });
    registry.send({ type: 'registry.list' });
    expect(reads(registry).lookup(session.id)).toEqual({ ok: true, value: session });
  });

  it('are typed', () => {
    const registry = start();
    // @ts-expect-error no such command
    registry.send({ type: 'registry.open' });
    // @ts-expect-error the session is missing
    const incomplete: RegistryEvent = { type: 'registry.register' };
    // @ts-expect-error a limit is a number
    registry.send({ type: 'registry.configure', maxSessions: 'many' });
    registry.send({
      type: 'registry.count',
      // @ts-expect-error the count is a number
      replyTo: { send: (reply: { ok: true; value: string }) => reply },
    });
    registry.send({
      type: 'registry.register',
      session: newSession(),
      replyTo: { send: (reply) => (reply.ok ? reply.value.projectPath : (reply.error.code satisfies string)) },
    });
    expect(incomplete.type).toBe('registry.register');
    expect(registry.getSnapshot().status).toBe('active');
  });
});

describe('A registry refuses', () => {
  it('a session beyond the limit, then an id, then a path that is taken', () => {
    const registry = start({ maxSessions: 1 });
    const first = newSession();
    registry.send({ type: 'registry.register', session: first });
    const again = { type: 'registry.register', session: first };
    expect(ask(registry, again)).toMatchObject(refusedWith('session_limit_reached', { current: 1, max: 1 }));
    registry.send({ type: 'registry.configure', maxSessions: 5 });
    expect(ask(registry, again)).toMatchObject(refusedWith('session_exists', { id: first.id }));
    expect(
      ask(registry, { type: 'registry.register', session: newSession({ projectPath: first.projectPath }) }),
    ).toMatchObject(refusedWith('project_already_open', { projectPath: first.projectPath, id: first.id }));
  });

  it('an invalid session, with all that is wrong with it', () => {
    const registry = start();
    const session = { ...newSession(), id: '.hidden', name: '', createdAt: -1 };
    for (const type of ['registry.register', 'registry.update']) {
      const answer = ask(registry, { type, session });
      expect(answer).toMatchObject(refusedWith('invalid_session'));
      expect(answer.error!.issues!.map((issue) => issue.code)).toEqual([
        'invalid_id',
        'invalid_name',
        'invalid_created_at',
      ]);
    }
  });

  it.each<{ session?: unknown }>([
    {},
    { session: null },
    { session: 'shop' },
    { session: [] },
    { session: () => 0 },
    { session: Symbol('session') },
  ])('nonsense for a session: %p', (fields) => {
    const registry = start();
    for (const type of ['registry.register', 'registry.update']) {
      expect(ask(registry, { type, ...fields })).toMatchObject(refusedWith('invalid_session'));
    }
  });

  it.each<{ key?: unknown }>([{}, { key: null }, { key: 5 }, { key: {} }, { key: Symbol('id') }, { key: '__proto__' }])(
    'nonsense for a key: %p',
    ({ key }) => {
      const registry = start();
      registry.send({ type: 'registry.register', session: newSession() });
      for (const by of ['id', 'projectPath', 'name']) {
        expect(ask(registry, { type: 'registry.lookup', [by]: key })).toMatchObject(refusedWith('not_found', { key }));
      }
      expect(ask(registry, { type: 'registry.unregister', id: key })).toMatchObject(refusedWith('not_found', { key }));
      expect(reads(registry).count).toBe(1);
    },
  );

  it.each<{ maxSessions?: unknown }>([
    {},
    { maxSessions: -1 },
    { maxSessions: 1.5 },
    { maxSessions: NaN },
    { maxSessions: '3' },
    { maxSessions: null },
  ])('nonsense for a limit: %p', (fields) => {
    const registry = start({ maxSessions: 4 });
    const snapshot = registry.getSnapshot();
    expect(ask(registry, { type: 'registry.configure', ...fields })).toMatchObject(
      refusedWith('invalid_spec', { issues: [{ code: 'invalid_max_sessions', path: ['maxSessions'] }] }),
    );
    expect(reads(registry).maxSessions).toBe(4);
    expect(registry.getSnapshot()).toBe(snapshot);
  });

  it('to move a session, or to change when it was created', () => {
    const registry = start();
    const session = newSession();
    registry.send({ type: 'registry.register', session });
    expect(ask(registry, { type: 'registry.update', session: { ...session, projectPath: '/other' } })).toMatchObject(
      refusedWith('immutable_field', { field: 'projectPath' }),
    );
    expect(ask(registry, { type: 'registry.update', session: { ...session, createdAt: 1 } })).toMatchObject(
      refusedWith('immutable_field', { field: 'createdAt' }),
    );
  });

  it('and changes nothing', () => {
    const registry = start({ maxSessions: 2 });
    const first = newSession();
    const other = newSession();
    registry.send({ type: 'registry.register', session: first });
    const before = dump(registry, [first, other]);
    const refusals = [
      { type: 'registry.register', session: first },
      { type: 'registry.register', session: { ...other, projectPath: first.projectPath } },
      { type: 'registry.register', session: { ...other, id: '' } },
      { type: 'registry.update', session: other },
      { type: 'registry.update', session: { ...first, name: 'new', createdAt: 1 } },
      { type: 'registry.update', session: { ...first, name: '\n' } },
      { type: 'registry.unregister', id: other.id },
      { type: 'registry.configure', maxSessions: -1 },
      { type: 'registry.lookup' },
    ];
    for (const event of refusals) expect(ask(registry, event).ok).toBe(false);
    const after = dump(registry, [first, other]);
    expect(after).toEqual(before);
    expect(after.snapshot).toBe(before.snapshot);
  });

  it('what a config schema refuses, and stores what the schema puts out', () => {
    const schema = {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: (value: unknown) => {
          const { model = 'small' } = value as { model?: string };
          return typeof model === 'string' ? { value: { model } } : { issues: [{ message: 'no model' }] };
        },
      },
    };
    const registry = createActor(sessionRegistry<{ model: string }>({ config: { schema } })).start();
    const session = newSession();
    const bad = { ...session, config: { model: 5 } };
    expect(ask(registry, { type: 'registry.register', session: bad })).toMatchObject(
      refusedWith('invalid_session', { issues: [{ code: 'invalid_config', message: 'no model' }] }),
    );
    expect(ask(registry, { type: 'registry.register', session })).toMatchObject({
      value: { config: { model: 'small' } },
    });
  });

  it('to crash on a config schema that breaks its word, and says so', () => {
    const lines: string[] = [];
    let calls = 0;
    const schema = {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: (value: unknown) =>
          (calls += 1) > 1 ? (Promise.resolve({ value }) as never) : { value: value as {} },
      },
    };
    const registry = createActor(sessionRegistry({ config: { schema }, logger: (line) => lines.push(line) })).start();
    calls = 5;
    expect(ask(registry, { type: 'registry.register', session: newSession() })).toMatchObject(
      refusedWith('invalid_session', { issues: [{ code: 'invalid_config' }] }),
    );
    expect(lines).toEqual([expect.stringContaining('config.schema must be synchronous')]);
    expect(registry.getSnapshot().status).toBe('active');
  });
});

describe('The options of a registry', () => {
  it.each([
    ['maxSessions', -1, RangeError],
    ['maxSessions', '3', TypeError],
    ['onePerProject', 1, TypeError],
    ['now', 'later', TypeError],
    ['logger', {}, TypeError],
    ['config', 5, TypeError],
  ])('are refused at once, by name: %s = %p', (name, value, kind) => {
    const build = () => sessionRegistry({ [name]: value });
    expect(build).toThrow(kind);
    expect(build).toThrow(name);
  });

  it('let several sessions share a project', () => {
    const registry = start({ onePerProject: false });
    const [first, second] = [newSession({ projectPath: '/p' }), newSession({ projectPath: '/p' })];
    registry.send({ type: 'registry.register', session: first });
    expect(ask(registry, { type: 'registry.register', session: second }).ok).toBe(true);
    expect(reads(registry).lookupByPath('/p')).toEqual({ ok: true, value: first });
  });

  it('may bring a clock that misbehaves', () => {
    const registry = start({
      now: () => {
        throw new Error('no clock');
      },
    });
    const session = newSession();
    registry.send({ type: 'registry.register', session });
    expect(ask(registry, { type: 'registry.update', session })).toMatchObject({ value: { updatedAt: 1_001 } });
  });

  it('serve many actors, each with a registry of its own', () => {
    const logic = sessionRegistry();
    const [one, two] = [createActor(logic).start(), createActor(logic).start()];
    one.send({ type: 'registry.register', session: newSession() });
    expect(one.getSnapshot().context.sessions.count).toBe(1);
    expect(two.getSnapshot().context.sessions.count).toBe(0);
  });
});

describe('The snapshot of a registry', () => {
  it('is a new object after each change, and the same after none', () => {
    const registry = start();
    const session = newSession();
    const changes: RegistryEvent[] = [
      { type: 'registry.register', session },
      { type: 'registry.update', session },
      { type: 'registry.configure', maxSessions: 3 },
      { type: 'registry.unregister', id: session.id },
    ];
    for (const event of changes) {
      const before = registry.getSnapshot();
      registry.send(event);
      expect(registry.getSnapshot()).not.toBe(before);
    }
    const idle: RegistryEvent[] = [
      { type: 'registry.clear' },
      { type: 'registry.configure', maxSessions: 3 },
      { type: 'registry.list' },
      { type: 'registry.lookup', name: 'nobody' },
    ];
    const before = registry.getSnapshot();
    for (const event of idle) registry.send(event);
    registry.send({ type: 'unknown' } as never);
    registry.send({ type: '__proto__' } as never);
    expect(registry.getSnapshot()).toBe(before);
  });

  it('shows subscribers and selectors the sessions as they are', () => {
    const registry = start();
    const seen: number[] = [];
    registry.select((snapshot) => snapshot.context.sessions.list()).subscribe((list) => seen.push(list.length));
    const session = newSession();
    registry.send({ type: 'registry.register', session });
    registry.send({ type: 'registry.list' });
    registry.send({ type: 'registry.unregister', id: session.id });
    expect(seen).toEqual([1, 0]);
  });

  it('says stopped, and can still be read, when the actor is stopped', () => {
    const registry = start();
    const session = newSession();
    registry.send({ type: 'registry.register', session });
    registry.stop();
    expect(registry.getSnapshot().status).toBe('stopped');
    expect(reads(registry).lookup(session.id)).toEqual({ ok: true, value: session });
  });
});

describe('A registry answers', () => {
  it('once the new state is in place, and lets the answer be answered', () => {
    const registry = start();
    const [first, second] = [newSession(), newSession()];
    const log: unknown[] = [];
    registry.subscribe((snapshot) => log.push(`seen ${snapshot.context.sessions.count}`));
    registry.send({
      type: 'registry.register',
      session: first,
      replyTo: {
        send: () => {
          log.push(`first ${reads(registry).count}`);
          registry.send({
            type: 'registry.register',
            session: second,
            replyTo: { send: () => log.push(`second ${reads(registry).count}`) },
          });
          log.push('queued');
        },
      },
    });
    expect(log).toEqual(['first 1', 'queued', 'seen 1', 'second 2', 'seen 2']);
  });

  it('by calling send as a method, so that an actor may be who asked', () => {
    const received: unknown[] = [];
    const asker = createActor(fromCallback<AnyEventObject>(({ receive }) => receive((event) => received.push(event))));
    asker.start();
    const registry = start();
    // An answer is a value, not an event; a callback takes either.
    registry.send({ type: 'registry.count', replyTo: asker as never });
    const counter = {
      count: 0,
      send() {
        this.count += 1;
      },
    };
    registry.send({ type: 'registry.count', replyTo: counter });
    expect(received).toEqual([{ ok: true, value: 0 }]);
    expect(counter.count).toBe(1);
  });

  it('without harm from a replyTo that throws, and tells the logger', () => {
    const lines: string[] = [];
    const registry = start({ logger: (line) => lines.push(line) });
    registry.send({
      type: 'registry.register',
      session: newSession(),
      replyTo: {
        send: () => {
          throw new Error('not listening');
        },
      },
    });
    expect(lines).toEqual([expect.stringContaining('not listening')]);
    expect(registry.getSnapshot().status).toBe('active');
    expect(reads(registry).count).toBe(1);
  });

  it('by one line on the console, unless told otherwise', () => {
    const error = jest.spyOn(console, 'error').mockImplementation(() => {});
    try {
      start().send({
        type: 'registry.count',
        replyTo: {
          send: () => {
            throw new Error('two\nlines');
          },
        },
      });
      expect(error.mock.calls).toEqual([[expect.not.stringContaining('\n')]]);
    } finally {
      error.mockRestore();
    }
  });

  it('without harm from a logger that throws', () => {
    const registry = start({
      logger: () => {
        throw new Error('disk full');
      },
    });
    registry.send({
      type: 'registry.count',
      replyTo: {
        send: () => {
          throw new Error('not listening');
        },
      },
    });
    expect(registry.getSnapshot().status).toBe('active');
  });

  it.each([null, 5, 'me', true, {}, { send: 5 }, Symbol('me')])('nobody where replyTo is %p', (replyTo) => {
    const registry = start({ logger: () => {} });
    registry.send({ type: 'registry.register', session: newSession(), replyTo } as never);
    expect(registry.getSnapshot().status).toBe('active');
    expect(reads(registry).count).toBe(1);
  });

  it('events whose getters throw', () => {
    const registry = start({ logger: () => {} });
    const hostile = (type: string, ...fields: string[]) => {
      const event = { type };
      for (const field of fields) {
        Object.defineProperty(event, field, {
          get() {
            throw new Error(`no ${field}`);
          },
        });
      }
      return event as never;
    };
    const fields = ['session', 'id', 'projectPath', 'name', 'maxSessions', 'writer'];
    const commands = ['register', 'lookup', 'list', 'count', 'update', 'unregister', 'clear', 'configure'];
    const snapshot = registry.getSnapshot();
    for (const command of commands) {
      const answers: Answer[] = [];
      const event: object = hostile(`registry.${command}`, ...fields);
      Object.assign(event, { replyTo: { send: (answer: Answer) => answers.push(answer) } });
      registry.send(event as never);
      expect(answers).toHaveLength(1);
      registry.send(hostile(`registry.${command}`, ...fields, 'replyTo'));
    }
    const session = hostile('session', 'id', 'name', 'projectPath', 'config', 'createdAt', 'updatedAt');
    expect(ask(registry, { type: 'registry.register', session })).toMatchObject(refusedWith('invalid_session'));
    expect(registry.getSnapshot()).toBe(snapshot);
  });

  it('each of 200 that want one of 10 slots', async () => {
    const registry = start();
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        await Promise.resolve(i);
        return ask(registry, { type: 'registry.register', session: newSession() });
      }),
    );
    expect(answers.filter((answer) => answer.ok)).toHaveLength(10);
    expect(answers.filter((answer) => answer.error?.code === 'session_limit_reached')).toHaveLength(190);
    expect(reads(registry).count).toBe(10);
  });
});

describe('A registry emits', () => {
  it('session.updated after an update, and after nothing else', () => {
    const registry = start();
    const seen: unknown[] = [];
    registry.on('*', (event) => seen.push(event));
    const session = newSession();
    registry.send({ type: 'registry.register', session });
    registry.send({ type: 'registry.update', session: { ...session, name: '' } });
    const renamed = { ...session, name: 'new', updatedAt: 2_000 };
    registry.send({ type: 'registry.update', session: renamed });
    registry.send({ type: 'registry.unregister', id: session.id });
    expect(seen).toEqual([{ type: 'session.updated', session: renamed }]);
  });

  it('once the new state is in place', () => {
    const registry = start();
    const session = newSession();
    registry.send({ type: 'registry.register', session });
    const before = registry.getSnapshot();
    const seen: unknown[] = [];
    registry.on('session.updated', (event) => {
      expect(registry.getSnapshot()).not.toBe(before);
      seen.push(reads(registry).lookup(event.session.id));
    });
    const renamed = { ...session, name: 'new', updatedAt: 2_000 };
    registry.send({ type: 'registry.update', session: renamed });
    expect(seen).toEqual([{ ok: true, value: renamed }]);
  });
});

describe('A registry inside a machine', () => {
  const sessions = [newSession(), newSession()];

  const shell = setup({
    types: {
      context: {} as { answers: Answer[]; spawned?: ActorRefFrom<ReturnType<typeof sessionRegistry>> },
      events: {} as
        | { type: 'open'; session: Session }
        | { type: 'answered'; answer: Answer }
        | { type: 'count'; replyTo: { send(answer: Answer): void } },
    },
    actors: { registry: sessionRegistry({ maxSessions: 1 }) },
  }).createMachine({
    context: { answers: [] },
    invoke: { id: 'sessions', src: 'registry', systemId: 'registry' },
    on: {
      open: {
        actions: sendTo('sessions', ({ event, self }) => ({
          type: 'registry.register',
          session: event.session,
          replyTo: { send: (answer: Answer) => self.send({ type: 'answered', answer }) },
        })),
      },
      answered: { actions: assign({ answers: ({ context, event }) => [...context.answers, event.answer] }) },
      count: {
        actions: sendTo(
          ({ system }) => system.get('registry'),
          ({ event }) => ({ type: 'registry.count', replyTo: event.replyTo }),
        ),
      },
    },
  });

  it('is invoked, spoken to by sendTo, and answers the machine', async () => {
    const actor = createActor(shell).start();
    for (const session of sessions) actor.send({ type: 'open', session });
    const { context } = await waitFor(actor, (snapshot) => snapshot.context.answers.length === 2);
    expect(context.answers[0]).toEqual({ ok: true, value: sessions[0] });
    expect(context.answers[1]).toMatchObject(refusedWith('session_limit_reached'));
  });

  it('is found by its systemId, and answers whoever the machine speaks for', () => {
    const actor = createActor(shell).start();
    actor.send({ type: 'open', session: sessions[0]! });
    const answers: Answer[] = [];
    actor.send({ type: 'count', replyTo: { send: (answer) => answers.push(answer) } });
    expect(answers).toEqual([{ ok: true, value: 1 }]);
    expect(actor.system.get('registry').getSnapshot().context.sessions.count).toBe(1);
  });

  it('stops with the machine', () => {
    const actor = createActor(shell).start();
    const registry = actor.system.get('registry');
    actor.stop();
    expect(registry.getSnapshot().status).toBe('stopped');
  });

  it('is persisted and restored with the machine', () => {
    const actor = createActor(shell).start();
    actor.send({ type: 'open', session: sessions[0]! });
    const persisted = JSON.parse(JSON.stringify(actor.getPersistedSnapshot()));
    const restored = createActor(shell, { snapshot: persisted }).start();
    const registry = restored.system.get('registry');
    expect(registry.getSnapshot().context.sessions.list()).toEqual([sessions[0]]);
    restored.send({ type: 'open', session: sessions[1]! });
    expect(restored.getSnapshot().context.answers.at(-1)).toMatchObject(refusedWith('session_limit_reached'));
  });

  it('can be spawned', () => {
    const registry = sessionRegistry();
    const parent = setup({
      types: { context: {} as { registry: ActorRefFrom<typeof registry> }, events: {} as { type: 'open' } },
      actors: { registry },
    }).createMachine({
      context: ({ spawn }) => ({ registry: spawn('registry') }),
      on: {
        open: {
          actions: sendTo(({ context }) => context.registry, { type: 'registry.register', session: sessions[0]! }),
        },
      },
    });
    const actor = createActor(parent).start();
    actor.send({ type: 'open' });
    expect(actor.getSnapshot().context.registry.getSnapshot().context.sessions.list()).toEqual([sessions[0]]);
  });
});

describe('A persisted registry', () => {
  const persist = (registry: Registry) => JSON.parse(JSON.stringify(registry.getPersistedSnapshot()));
  const restore = (snapshot: unknown, options?: SessionRegistryOptions) =>
    createActor(sessionRegistry(options), { snapshot: snapshot as never });

  it('is plain JSON, and comes back as it was', () => {
    const registry = start({ maxSessions: 7 });
    for (const createdAt of [3, 1, 2]) {
      registry.send({ type: 'registry.register', session: newSession({ config: { model: 'small' } }, createdAt) });
    }
    const snapshot = persist(registry);
    expect(snapshot).toEqual({ status: 'active', context: { maxSessions: 7, sessions: reads(registry).list() } });
    const restored = restore(snapshot).start();
    expect(reads(restored).list()).toEqual(reads(registry).list());
    expect(reads(restored).maxSessions).toBe(7);
    expect(Object.isFrozen(reads(restored).list()[0]!.config)).toBe(true);
    expect(persist(restored)).toEqual(snapshot);
  });

  it('comes back with more sessions than its limit, where that was lowered', () => {
    const registry = start();
    registry.send({ type: 'registry.register', session: newSession() });
    registry.send({ type: 'registry.register', session: newSession() });
    registry.send({ type: 'registry.configure', maxSessions: 1 });
    const restored = restore(persist(registry)).start();
    expect([reads(restored).count, reads(restored).maxSessions]).toEqual([2, 1]);
  });

  it('comes back without a limit, where it had none', () => {
    expect(reads(restore(persist(start({ maxSessions: Infinity }))).start()).maxSessions).toBe(Infinity);
  });

  it('works again, though it was stopped when it was persisted', () => {
    const registry = start();
    registry.stop();
    const restored = restore(persist(registry)).start();
    expect(ask(restored, { type: 'registry.register', session: newSession() }).ok).toBe(true);
  });

  it('is refused, and says why, where it is not valid', () => {
    const session = newSession();
    const twin = newSession({ projectPath: session.projectPath });
    const cases: [context: unknown, message: string][] = [
      [undefined, 'snapshot.context.sessions'],
      [{ maxSessions: 3 }, 'snapshot.context.sessions'],
      [{ maxSessions: 3, sessions: 'none' }, 'snapshot.context.sessions'],
      [{ maxSessions: 3, sessions: [session, { ...newSession(), name: '' }] }, 'sessions[1]'],
      [{ maxSessions: 3, sessions: [session, null] }, 'sessions[1]'],
      [{ maxSessions: 3, sessions: [session, session] }, session.id],
      [{ maxSessions: 3, sessions: [session, twin] }, session.projectPath],
      [{ maxSessions: 'many', sessions: [] }, 'maxSessions'],
      [{ sessions: [] }, 'maxSessions'],
    ];
    for (const [context, message] of cases) {
      const registry = restore({ status: 'active', context });
      const { status, error } = registry.getSnapshot();
      expect(status).toBe('error');
      expect(error).toBeInstanceOf(TypeError);
      expect((error as TypeError).message).toContain(message);
      expect(registry.getPersistedSnapshot()).toMatchObject({ status: 'error' });
    }
  });
});

describe('A registry under a supervisor', () => {
  function managed() {
    const writer = {};
    const table = new SessionTable();
    const registry = createActor(registryLogic(table, { writer })).start();
    return { writer, table, registry };
  }

  it('is written by the supervisor alone', () => {
    const { registry, writer, table } = managed();
    const session = newSession();
    expect(ask(registry, { type: 'registry.register', session })).toMatchObject(refusedWith('managed'));
    expect(ask(registry, { type: 'registry.register', session, writer: {} })).toMatchObject(refusedWith('managed'));
    expect(table.count).toBe(0);
    expect(ask(registry, { type: 'registry.register', session, writer })).toEqual({ ok: true, value: session });
    const snapshot = registry.getSnapshot();
    for (const event of [{ type: 'registry.unregister', id: session.id }, { type: 'registry.clear' }]) {
      expect(ask(registry, event)).toMatchObject(refusedWith('managed'));
      expect(ask(registry, { ...event, writer: {} })).toMatchObject(refusedWith('managed'));
    }
    expect(registry.getSnapshot()).toBe(snapshot);
    expect(table.list()).toEqual([session]);
    expect(ask(registry, { type: 'registry.unregister', id: session.id, writer }).ok).toBe(true);
    expect(ask(registry, { type: 'registry.clear', writer }).ok).toBe(true);
  });

  it('says managed before it says what else is wrong', () => {
    const { registry } = managed();
    expect(ask(registry, { type: 'registry.register', session: 5 })).toMatchObject(refusedWith('managed'));
    expect(ask(registry, { type: 'registry.unregister', id: 'nobody' })).toMatchObject(refusedWith('managed'));
  });

  it('is read, updated and configured by anyone', () => {
    const { registry, writer, table } = managed();
    const session = newSession();
    registry.send({ type: 'registry.register', session, writer });
    const renamed = { ...session, name: 'new', updatedAt: 2_000 };
    expect(ask(registry, { type: 'registry.update', session: renamed })).toEqual({ ok: true, value: renamed });
    expect(ask(registry, { type: 'registry.update', session: { ...session, name: '' } })).toMatchObject(
      refusedWith('invalid_session'),
    );
    expect(ask(registry, { type: 'registry.configure', maxSessions: 1 }).ok).toBe(true);
    expect(ask(registry, { type: 'registry.lookup', name: 'new' })).toEqual({ ok: true, value: renamed });
    expect(table.maxSessions).toBe(1);
  });

  it('shares the table that it was given', () => {
    const { registry, writer, table } = managed();
    const session = newSession();
    registry.send({ type: 'registry.register', session, writer });
    expect(table.lookup(session.id)).toEqual({ ok: true, value: session });
    expect(registry.getSnapshot().context.sessions.list()).toBe(table.list());
  });

  it('takes the word of the supervisor for a session', () => {
    const { registry, writer } = managed();
    const session = newSession();
    const answer = ask(registry, { type: 'registry.register', session, writer });
    expect(answer.value).toBe(session);
  });
});
