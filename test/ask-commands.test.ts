import { createActor, createMachine, SimulatedClock } from 'xstate';
import type { AnyActorRef } from 'xstate';
import { ask, createSession, ok, sessionRegistry, sessionRuntime } from '../src/index.ts';
import type { ChildInfo, Session, SessionHost, SessionInput } from '../src/index.ts';
import { counter } from './support/counter.ts';
import { openHost } from './support/open-host.ts';

const openTwo = async () => {
  const opened = openHost({ session: counter, now: () => 1_000 });
  const refs = [await opened.open('a'), await opened.open('b')];
  const [a, b] = opened.host.list() as [Session, Session];
  return { ...opened, refs, a, b };
};

function made(input: SessionInput): Session {
  const created = createSession(input);
  if (!created.ok) throw created.error;
  return created.value;
}

async function childrenOf(actor: SessionHost['actor']): Promise<readonly ChildInfo<AnyActorRef>[]> {
  const answer = await ask(actor, { type: 'supervisor.which_children' });
  return answer.ok ? answer.value : [];
}

const refusedWith = (code: string, fields: object = {}) => ({ ok: false, error: { code, ...fields } });

describe('The actor of a host answers', () => {
  it('registry.lookup with the session, by id, path or name', async () => {
    const { a, host } = await openTwo();
    for (const by of [{ id: 'a' }, { projectPath: '/projects/a' }, { name: 'a' }]) {
      expect(await ask(host.actor, { type: 'registry.lookup', ...by })).toEqual(ok(a));
    }
    expect(await ask(host.actor, { type: 'registry.lookup', id: 'nobody' })).toMatchObject(
      refusedWith('not_found', { key: 'nobody' }),
    );
  });

  it('registry.list with the list, registry.count with the number', async () => {
    const { a, b, host } = await openTwo();
    expect(await ask(host.actor, { type: 'registry.list' })).toEqual(ok([a, b]));
    expect(await ask(host.actor, { type: 'registry.count' })).toEqual(ok(2));
  });

  it('registry.update with the session', async () => {
    const { a, host } = await openTwo();
    const renamed = { ...a, name: 'first', updatedAt: 2_000 };
    expect(await ask(host.actor, { type: 'registry.update', session: renamed })).toEqual(ok(renamed));
    expect(host.lookup('a')).toEqual(ok(renamed));
    expect(
      await ask(host.actor, { type: 'registry.update', session: { ...renamed, projectPath: '/elsewhere' } }),
    ).toMatchObject(refusedWith('immutable_field', { field: 'projectPath' }));
  });

  it('registry.configure with nothing', async () => {
    const { host } = await openTwo();
    expect(await ask(host.actor, { type: 'registry.configure', maxSessions: 3 })).toEqual(ok(undefined));
    expect(host.maxSessions).toBe(3);
    expect(await ask(host.actor, { type: 'registry.configure', maxSessions: -1 })).toMatchObject(
      refusedWith('invalid_spec'),
    );
  });

  it('registry.register, registry.unregister and registry.clear with a refusal: it is managed', async () => {
    const { a, b, host } = await openTwo();
    const session = made({ projectPath: '/projects/c' });
    const managed = refusedWith('managed');
    expect(await ask(host.actor, { type: 'registry.register', session })).toMatchObject(managed);
    expect(await ask(host.actor, { type: 'registry.unregister', id: 'a' })).toMatchObject(managed);
    expect(await ask(host.actor, { type: 'registry.clear' })).toMatchObject(managed);
    expect(host.list()).toEqual([a, b]);
  });

  it('session.start with the session and its ref', async () => {
    const { host } = await openTwo();
    const started = await ask(host.actor, { type: 'session.start', projectPath: '/projects/c', name: 'third' });
    expect(started).toEqual(ok({ session: host.list()[2], ref: host.session(host.ids()[2]!) }));
    expect(await ask(host.actor, { type: 'session.start', projectPath: '/projects/c' })).toMatchObject(
      refusedWith('project_already_open', { projectPath: '/projects/c' }),
    );
  });

  it('session.rename, session.configure, session.restart and session.stop with nothing', async () => {
    const { host } = await openTwo();
    expect(await ask(host.actor, { type: 'session.rename', id: 'a', name: 'first' })).toEqual(ok(undefined));
    expect(await ask(host.actor, { type: 'session.configure', id: 'a', config: { model: 'm' } })).toEqual(
      ok(undefined),
    );
    expect(host.lookup('a')).toMatchObject({ value: { name: 'first', config: { model: 'm' } } });
    expect(await ask(host.actor, { type: 'session.restart', id: 'a' })).toEqual(ok(undefined));
    expect(await ask(host.actor, { type: 'session.stop', id: 'a' })).toEqual(ok(undefined));
    expect(host.ids()).toEqual(['b']);
  });

  it.each([
    { type: 'session.rename', name: 'x' },
    { type: 'session.configure', config: {} },
    { type: 'session.restart' },
    { type: 'session.stop' },
  ] as const)('$type of a session that there is not with not_found', async (command) => {
    const { host } = await openTwo();
    expect(await ask(host.actor, { ...command, id: 'nobody' } as never)).toMatchObject(
      refusedWith('not_found', { key: 'nobody' }),
    );
  });

  it('supervisor.which_children with the children, in start order', async () => {
    const { host } = await openTwo();
    expect(await childrenOf(host.actor)).toEqual([
      {
        id: 'registry',
        status: 'running',
        ref: expect.objectContaining({ id: 'registry' }),
        type: 'worker',
        restart: 'permanent',
        incarnation: 1,
      },
      {
        id: 'sessions',
        status: 'running',
        ref: expect.objectContaining({ id: 'sessions' }),
        type: 'supervisor',
        restart: 'permanent',
        incarnation: 1,
      },
    ]);
  });

  it('supervisor.count_children with the counts', async () => {
    const { host } = await openTwo();
    expect(await ask(host.actor, { type: 'supervisor.count_children' })).toEqual(
      ok({ specs: 2, active: 2, supervisors: 1, workers: 1 }),
    );
  });

  it('supervisor.stop with nothing, once all is down', async () => {
    const { host, refs } = await openTwo();
    const stopped = ask(host.actor, { type: 'supervisor.stop' });
    expect(await stopped).toEqual(ok(undefined));
    expect(refs.map((ref) => ref.getSnapshot().status)).toEqual(['stopped', 'stopped']);
    await expect(ask(host.actor, { type: 'registry.count' })).rejects.toMatchObject({
      code: 'actor_stopped',
      reason: 'normal',
    });
  });

  it('while it shuts down: reads as ever, commands with stopping', async () => {
    // It takes the request, and then its time.
    const slow = createMachine({ on: { 'supervisor.shutdown': {} } });
    const { clock, host, open } = openHost({ session: slow });
    await open('a');
    const closed = host.close();
    const stopping = refusedWith('stopping');
    expect(await ask(host.actor, { type: 'registry.count' })).toEqual(ok(1));
    expect(await ask(host.actor, { type: 'registry.lookup', id: 'a' })).toMatchObject({ ok: true });
    expect(await ask(host.actor, { type: 'session.start', projectPath: '/projects/c' })).toMatchObject(stopping);
    expect(await ask(host.actor, { type: 'session.stop', id: 'a' })).toMatchObject(stopping);
    expect(await ask(host.actor, { type: 'registry.configure', maxSessions: 1 })).toMatchObject(stopping);
    clock.increment(5_000);
    await closed;
    expect(host.count()).toBe(0);
  });

  it('without a time limit, as Elixir’s supervisors do', async () => {
    const checked: (() => void)[] = [];
    const { clock, host } = openHost({
      session: counter,
      projectPaths: (path) => new Promise((resolve) => checked.push(() => resolve(ok(path)))),
    });
    const started = ask(host.actor, { type: 'session.start', projectPath: '/projects/slow', id: 'slow' });
    expect(clock.timers).toBe(0);
    clock.increment(10 ** 9);
    checked.forEach((pass) => pass());
    expect((await started).ok).toBe(true);
    expect(host.ids()).toEqual(['slow']);
  });

  it('within a time limit, where one is given', async () => {
    const { clock, host } = openHost({ session: counter, projectPaths: () => new Promise(() => {}) });
    const started = ask(host.actor, { type: 'session.start', projectPath: '/p' }, { timeoutMs: 100 });
    clock.increment(100);
    await expect(started).rejects.toMatchObject({ code: 'ask_timeout', timeoutMs: 100 });
    expect(clock.timers).toBe(0);
  });
});

describe('A registry answers', () => {
  it('its commands, as an actor of its own', async () => {
    const clock = new SimulatedClock();
    const registry = createActor(sessionRegistry({ maxSessions: 1 }), { clock }).start();
    const session = made({ projectPath: '/projects/a', id: 'a' });
    expect(await ask(registry, { type: 'registry.register', session })).toEqual(ok(session));
    expect(await ask(registry, { type: 'registry.register', session })).toMatchObject(
      refusedWith('session_limit_reached', { current: 1, max: 1 }),
    );
    expect(await ask(registry, { type: 'registry.lookup', id: 'a' })).toEqual(ok(session));
    expect(await ask(registry, { type: 'registry.list' })).toEqual(ok([session]));
    expect(await ask(registry, { type: 'registry.count' })).toEqual(ok(1));
    const changed = { ...session, name: 'b', updatedAt: session.updatedAt + 1 };
    expect(await ask(registry, { type: 'registry.update', session: changed })).toEqual(ok(changed));
    expect(await ask(registry, { type: 'registry.configure', maxSessions: 2 })).toEqual(ok(undefined));
    expect(await ask(registry, { type: 'registry.unregister', id: 'a' })).toEqual(ok(changed));
    expect(await ask(registry, { type: 'registry.clear' })).toEqual(ok(undefined));
  });

  it('no more once it is stopped', async () => {
    const registry = createActor(sessionRegistry()).start();
    registry.stop();
    await expect(ask(registry, { type: 'registry.count' })).rejects.toMatchObject({
      code: 'actor_stopped',
      reason: 'shutdown',
    });
  });

  it('also by the ref that a runtime tells of', async () => {
    const { a, b, host } = await openTwo();
    const [registry, sessions] = (await childrenOf(host.actor)).map(({ ref }) => ref);
    expect(await ask(registry!, { type: 'registry.list' })).toEqual(ok([a, b]));
    expect(await ask(registry!, { type: 'registry.clear' })).toMatchObject(refusedWith('managed'));
    expect(await ask(sessions!, { type: 'session.stop', id: 'a' })).toEqual(ok(undefined));
  });
});

describe('A runtime answers', () => {
  it('as an actor of its own', async () => {
    const runtime = createActor(sessionRuntime({ session: counter, projectPaths: 'text', logger: () => {} })).start();
    expect(await ask(runtime, { type: 'session.start', projectPath: '/p', id: 'p' })).toMatchObject({ ok: true });
    expect(await ask(runtime, { type: 'registry.count' })).toEqual(ok(1));
    expect(await ask(runtime, { type: 'supervisor.stop' })).toEqual(ok(undefined));
  });
});
