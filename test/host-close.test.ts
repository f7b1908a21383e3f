import { ok } from '../src/index.ts';
import type { Reply, Session } from '../src/index.ts';
import { Answers, settled } from './support/answers.ts';
import { doing } from './support/doing.ts';
import { createGate } from './support/gate.ts';
import { openLeaving, states } from './support/leaving.ts';
import { lingering } from './support/lingering.ts';
import { runInNode } from './support/node-process.ts';
import { openHost, steadyBackoff } from './support/open-host.ts';
import { stopped, told } from './support/told.ts';

describe('A host that is closed', () => {
  it('stops its sessions side by side: it takes as long as the slowest', async () => {
    const { host, clock, events } = await openLeaving(30, 10, 20);
    const closed = host.close();
    clock.increment(10);
    clock.increment(10);
    clock.increment(9);
    expect(await states(closed)).toEqual(['pending']);
    expect(host.ids()).toEqual(['30']);
    clock.increment(1);
    expect(await states(closed)).toEqual(['closed']);
    expect(told(events)).toEqual([stopped('10', 'shutdown'), stopped('20', 'shutdown'), stopped('30', 'shutdown')]);
    expect(clock.timers).toBe(0);
  });

  it('waits for none longer than its shutdown time', async () => {
    const { host, clock, events } = await openLeaving(10, 5_000, 1_001, 1_000);
    const closed = host.close();
    clock.increment(999);
    expect([await states(closed), host.count()]).toEqual([['pending'], 3]);
    clock.increment(1);
    expect(await states(closed)).toEqual(['closed']);
    expect(told(events)).toEqual(
      expect.arrayContaining([stopped('10', 'shutdown'), stopped('5000', 'killed'), stopped('1001', 'killed')]),
    );
    expect(clock.timers).toBe(0);
  });

  it('stops at once what takes no request', async () => {
    const { host, clock, events, open } = openHost({ session: doing });
    for (const id of ['a', 'b']) await open(id);
    expect(await states(host.close())).toEqual(['closed']);
    expect(told(events).slice(2)).toEqual([stopped('a', 'shutdown'), stopped('b', 'shutdown')]);
    expect(clock.timers).toBe(0);
  });

  it('waits for ever for a session that may take for ever', async () => {
    const { host, clock, open } = openHost({ session: lingering, shutdown: 'infinity' });
    const ref = await open('a');
    const closed = host.close();
    clock.increment(1e9);
    expect(await states(closed)).toEqual(['pending']);
    ref.send({ type: 'leave' });
    expect(await states(closed)).toEqual(['closed']);
  });

  it('stops the registry after the sessions, so that reads answer until the last has ended', async () => {
    const { host, clock } = await openLeaving(10, 20);
    const ends: [id: string, open: number][] = [];
    host.actor.on('child.exited', ({ id }) => ends.push([id, host.count()]));
    const reads: unknown[] = [];
    host.on('session.stopped', ({ session }) => reads.push([session.id, host.ids(), host.lookup('20').ok]));
    const closed = host.close();
    expect(host.ids()).toEqual(['10', '20']);
    expect([host.lookup('10').ok, host.lookupByPath('/10').ok, host.lookupByName('10').ok]).toEqual([true, true, true]);
    expect([host.defaultSession().ok, host.isRunning('10'), host.session('10')?.id]).toEqual([true, true, '10']);
    clock.increment(10);
    clock.increment(10);
    await closed;
    expect(reads).toEqual([
      ['10', ['20'], true],
      ['20', [], false],
    ]);
    expect(ends).toEqual([
      ['sessions', 0],
      ['registry', 0],
    ]);
  });

  it('has nothing left to read', async () => {
    const { host, open } = openHost({ session: doing });
    const ref = await open('a');
    await host.close();
    expect([host.list(), host.ids(), host.count()]).toEqual([[], [], 0]);
    expect([host.lookup('a').ok, host.lookupByPath('/projects/a').ok, host.lookupByName('a').ok]).toEqual([
      false,
      false,
      false,
    ]);
    expect(host.defaultSession()).toMatchObject({ error: { code: 'no_sessions' } });
    expect([host.session('a'), host.whereis('a', 'b'), host.isRunning('a')]).toEqual([undefined, undefined, false]);
    expect([ref.getSnapshot().status, host.actor.getSnapshot().status]).toEqual(['stopped', 'done']);
  });

  it('has no timer left, whatever its sessions were doing', async () => {
    const { host, clock, open } = openHost({ session: lingering, backoff: steadyBackoff, shutdown: 50 });
    const [, waiting, , ,] = [await open('a'), await open('b'), await open('c'), await open('d')];
    waiting.send({ type: 'crash' });
    void host.stopSession('c');
    void host.restartSession('d');
    expect(clock.timers).toBe(3);
    const closed = host.close();
    clock.increment(50);
    await closed;
    expect(clock.timers).toBe(0);
    clock.increment(1_000_000);
    expect(host.count()).toBe(0);
  });

  it('answers every command that was pending', async () => {
    const gate = createGate<Reply<string, never>>();
    const { host, clock, events, open } = openHost({
      session: lingering,
      shutdown: 50,
      projectPaths: (path) => (path === '/slow' ? gate.promise : ok(path)),
    });
    for (const id of ['a', 'b']) await open(id);
    const answers = new Answers();
    answers.note('start', host.startSession({ projectPath: '/slow', id: 'slow' }));
    answers.note('start behind it', host.startSession({ projectPath: '/fast' }));
    answers.note('stop of a pending start', host.stopSession('slow'));
    answers.note('rename of a pending start', host.renameSession('slow', 'b'));
    answers.note('stop', host.stopSession('a'));
    answers.note('stop again', host.stopSession('a'));
    answers.note('restart after it', host.restartSession('a'));
    answers.note('restart', host.restartSession('b'));
    answers.note('stop after it', host.stopSession('b'));
    await settled();
    expect(answers.given).toEqual([]);
    events.length = 0;
    const closed = host.close();
    await settled();
    expect(answers.given.sort()).toEqual([
      ['rename of a pending start', 'stopping'],
      ['restart', 'stopping'],
      ['start behind it', 'stopping'],
      ['start', 'stopping'],
      ['stop of a pending start', 'stopping'],
    ]);
    expect(events.map(({ type }) => type)).toEqual(['session.rejected', 'session.rejected']);
    answers.given.length = 0;
    clock.increment(50);
    await closed;
    expect(answers.given).toEqual(
      expect.arrayContaining([
        ['stop', true],
        ['stop again', 'stopping'],
        ['restart after it', 'stopping'],
        ['stop after it', 'stopping'],
      ]),
    );
    gate.open(ok('/slow'));
    await settled();
    expect(answers.given).toHaveLength(4);
    expect(events.map(({ type }) => type).slice(2)).toEqual(['session.stopped', 'session.stopped']);
  });
});

describe('A command to a host', () => {
  const sendAll = (host: Awaited<ReturnType<typeof openLeaving>>['host'], answers: Answers) => {
    const events = [
      { type: 'session.start', projectPath: '/new', config: { ms: 1 } },
      { type: 'session.stop', id: '10' },
      { type: 'session.restart', id: '10' },
      { type: 'session.rename', id: '10', name: 'new' },
      { type: 'session.configure', id: '10', config: { ms: 2 } },
      { type: 'registry.update', session: host.list()[0]! },
      { type: 'registry.configure', maxSessions: 3 },
    ] as const;
    for (const event of events) host.send({ ...event, replyTo: answers.to(event.type) });
    return events.map(({ type }) => [type, 'stopping']);
  };
  const callAll = (host: Awaited<ReturnType<typeof openLeaving>>['host'], session: Session<{ ms: number }>) =>
    Promise.all([
      host.startSession({ projectPath: '/new', config: { ms: 1 } }),
      host.stopSession('10'),
      host.restartSession('10'),
      host.renameSession('10', 'new'),
      host.configureSession('10', { ms: 2 }),
      host.updateSession(session),
    ]);

  it.each(['that is closing', 'that is closed'])('%s is answered stopping, and changes nothing', async (when) => {
    const { host, clock, events } = await openLeaving(10);
    const session = host.list()[0]!;
    const closed = host.close();
    if (when === 'that is closed') {
      clock.increment(10);
      await closed;
    }
    const before = [host.list(), host.maxSessions];
    for (const result of await callAll(host, session)) {
      expect(result).toMatchObject({ ok: false, error: { code: 'stopping' } });
    }
    const answers = new Answers();
    const expected = sendAll(host, answers);
    expect(answers.given).toEqual(expected);
    host.maxSessions = 3;
    expect([host.list(), host.maxSessions]).toEqual(before);
    clock.increment(10);
    await closed;
    expect(events.filter(({ type }) => type === 'session.updated' || type === 'session.started')).toEqual([]);
  });

  it('that is closing still reads, as an event too', async () => {
    const { host, clock } = await openLeaving(10);
    const closed = host.close();
    const answers: unknown[] = [];
    const replyTo = { send: (answer: unknown) => void answers.push(answer) };
    host.send({ type: 'registry.count', replyTo });
    host.send({ type: 'registry.list', replyTo });
    host.send({ type: 'registry.lookup', id: '10', replyTo });
    host.send({ type: 'supervisor.count_children', replyTo });
    expect(answers).toEqual([
      ok(1),
      ok(host.list()),
      ok(host.list()[0]),
      ok({ specs: 2, active: 2, supervisors: 1, workers: 1 }),
    ]);
    clock.increment(10);
    await closed;
  });

  it('that comes from a listener while all ends in one turn is answered, as an event too', async () => {
    const { host } = openHost({ session: doing });
    await host.startSession({ id: 'a', projectPath: '/a' });
    const answers: unknown[] = [];
    const replyTo = { send: (answer: { readonly ok: boolean }) => answers.push(answer.ok) };
    host.on('session.stopped', () => {
      host.send({ type: 'registry.count', replyTo });
      host.send({ type: 'session.stop', id: 'a', replyTo });
      host.send({ type: 'session.start', projectPath: '/b', replyTo });
    });
    await host.close();
    expect(answers).toEqual([true, false, false]);
  });

  it('that is closing is reported as rejected, if it is a start', async () => {
    const { host, clock, events } = await openLeaving(10);
    const closed = host.close();
    await host.startSession({ projectPath: '/new' });
    expect(events).toEqual([
      {
        type: 'session.rejected',
        input: { projectPath: '/new' },
        error: expect.objectContaining({ code: 'stopping' }),
      },
    ]);
    clock.increment(10);
    await closed;
  });
});

describe('A process', () => {
  it.each(['development', 'production'] as const)(
    'ends by itself once its host is closed, whatever it was doing (XState’s %s build)',
    async (build) => {
      const { status, lines, stderr } = await runInNode('test/support/closing-host.main.ts', build);
      expect(stderr).toBe('');
      expect(lines).toEqual([
        {
          sessions: 4,
          pending: [true, 'stopping', 'stopping', 'stopping'],
          asked: ['actor_stopped', 'actor_stopped'],
          isSlow: false,
        },
      ]);
      expect(status).toBe(0);
    },
    30_000,
  );
});
