import { ask, monitor, ok } from '../src/index.ts';
import type { Reply } from '../src/index.ts';
import { Answers, settled } from './support/answers.ts';
import { broken, childrenOf, sabotage, waysToBreak } from './support/break-actor.ts';
import { doing } from './support/doing.ts';
import { createGate } from './support/gate.ts';
import { lingering } from './support/lingering.ts';
import { ofType, openHost, steadyBackoff } from './support/open-host.ts';
import { started, stopped, told } from './support/told.ts';

const boom = new Error('boom');
const crash = () => {
  throw boom;
};

const someSession = { id: 'a', name: 'a', projectPath: '/a', config: {}, createdAt: 1, updatedAt: 1 };

/** What `told` makes of a session that ended because the runtime did. */
const failed = (id: string) => ({
  type: 'session.failed',
  id,
  restarts: 0,
  error: expect.objectContaining({ code: 'gave_up', message: 'The session runtime restarted' }),
});

const children = ['registry', 'sessions'] as const;
const cases = children.flatMap((child) => Object.keys(waysToBreak).map((way) => [child, way] as const));

describe.each(cases)('When the actor of the %s %s', (child, way) => {
  const end = async (host: Parameters<typeof childrenOf>[0]) => waysToBreak[way]!((await childrenOf(host))[child]);

  it('every session ends as session.failed', async () => {
    const { host, events, open } = openHost({ session: doing });
    const refs = [await open('a'), await open('b')];
    events.length = 0;
    const heard: unknown[] = [];
    for (const ref of refs) {
      ref.subscribe({ error: (error) => heard.push(error), complete: () => heard.push('complete') });
      monitor(ref, ({ reason }) => heard.push(reason));
    }
    await end(host);
    expect(told(events)).toEqual([failed('a'), failed('b')]);
    const error = expect.objectContaining({ code: 'gave_up' });
    expect(heard).toHaveLength(4);
    expect(heard).toEqual(expect.arrayContaining([error, error]));
    expect(refs.map((ref) => ref.getSnapshot().status)).toEqual(['error', 'error']);
  });

  it('also one that was down', async () => {
    const { host, clock, events, open } = openHost({ session: doing, backoff: steadyBackoff });
    const ref = await open('a');
    ref.send({ type: 'do', work: crash });
    ref.send({ type: 'make.noise' });
    events.length = 0;
    await end(host);
    expect(told(events)).toEqual([
      { type: 'dead_letter', event: { type: 'make.noise' }, target: ref, reason: 'stopped' },
      failed('a'),
    ]);
    expect(clock.timers).toBe(0);
  });

  it('nothing is left to read', async () => {
    const { host, open } = openHost({ session: doing });
    await open('a');
    const read: unknown[] = [];
    host.on('session.failed', ({ session }) => read.push(host.lookup(session.id).ok, host.count()));
    await end(host);
    expect(read).toEqual([false, 0]);
    expect([host.list(), host.ids(), host.count(), host.session('a'), host.isRunning('a')]).toEqual([
      [],
      [],
      0,
      undefined,
      false,
    ]);
    expect([host.lookup('a').ok, host.lookupByPath('/projects/a').ok, host.lookupByName('a').ok]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('every pending command is answered, and every question', async () => {
    const gate = createGate<Reply<string, never>>();
    const { host, clock, events, open } = openHost({
      session: lingering,
      shutdown: 50,
      projectPaths: (path) => (path === '/slow' ? gate.promise : ok(path)),
    });
    for (const id of ['a', 'b']) await open(id);
    const idle = await open('c');
    const answers = new Answers();
    answers.note('start', host.startSession({ projectPath: '/slow', id: 'slow' }));
    answers.note('stop of a pending start', host.stopSession('slow'));
    answers.note('rename of a pending start', host.renameSession('slow', 'new'));
    answers.note('stop', host.stopSession('a'));
    answers.note('restart after it', host.restartSession('a'));
    answers.note('restart', host.restartSession('b'));
    answers.note('stop after it', host.stopSession('b'));
    const question = ask(idle, { type: 'work' } as never).catch((error) => error.code);
    await settled();
    expect(answers.given).toEqual([]);
    await end(host);
    clock.increment(50);
    await settled();
    const refused = answers.given.filter(([, answer]) => answer === 'stopping').map(([name]) => name);
    expect(answers.given).toHaveLength(7);
    // One that had been asked to end has its time, where there is somebody left to give it.
    expect(refused.concat('stop').sort()).toEqual(
      expect.arrayContaining([
        'rename of a pending start',
        'restart',
        'restart after it',
        'start',
        'stop',
        'stop after it',
        'stop of a pending start',
      ]),
    );
    expect(await question).toBe('actor_stopped');
    gate.open(ok('/slow'));
    await settled();
    expect(ofType(events, 'session.started').map(({ session }) => session.id)).toEqual(['a', 'b', 'c']);
    expect(clock.timers).toBe(0);
  });

  it('every pending command is answered, too, that came as an event', async () => {
    const { host, clock, open } = openHost({ session: lingering, shutdown: 50 });
    for (const id of ['a', 'b']) await open(id);
    const answers = new Answers();
    for (const id of ['a', 'b']) {
      host.send({ type: id === 'a' ? 'session.stop' : 'session.restart', id, replyTo: answers.to(`first ${id}`) });
      host.send({ type: 'session.stop', id, replyTo: answers.to(`second ${id}`) });
    }
    await end(host);
    clock.increment(50);
    expect(answers.given.sort()).toEqual([
      ['first a', 'stopping'],
      ['first b', 'stopping'],
      ['second a', 'stopping'],
      ['second b', 'stopping'],
    ]);
  });

  it('the host works on: its actor is the same, and sessions start, crash, change and stop', async () => {
    const { host, clock, events, open } = openHost({ session: doing, maxSessions: 1 });
    await open('a');
    await end(host);
    clock.increment(0);
    events.length = 0;
    const ref = await open('a');
    ref.send({ type: 'do', work: crash });
    expect(await host.renameSession('a', 'new')).toMatchObject({ ok: true });
    expect(await host.updateSession({ ...host.list()[0]!, name: 'newer' })).toMatchObject({ ok: true });
    expect(await host.startSession({ projectPath: '/b' })).toMatchObject({ error: { code: 'session_limit_reached' } });
    expect(await host.restartSession('a')).toMatchObject({ ok: true });
    expect(host.lookupByName('newer').ok).toBe(true);
    expect(await host.stopSession('a')).toMatchObject({ ok: true });
    expect(events.map(({ type }) => type)).toEqual([
      'session.started',
      'session.crashed',
      'session.restarted',
      'session.updated',
      'session.updated',
      'session.rejected',
      'session.restarted',
      'session.stopped',
    ]);
    expect(host.actor.getSnapshot().status).toBe('active');
    const both = await childrenOf(host);
    expect([both.registry.getSnapshot().status, both.sessions.getSnapshot().status]).toEqual(['active', 'active']);
  });

  it('a listener may open the next session, once the runtime is back', async () => {
    const { host, events, open } = openHost({ session: doing });
    await open('a');
    const answers = new Answers();
    const reopened: Promise<unknown>[] = [];
    host.on('session.failed', () => {
      answers.note('at once', host.startSession({ projectPath: '/b', id: 'b' }));
      host.send({ type: 'session.start', projectPath: '/b', replyTo: answers.to('as an event') });
      reopened.push(settled().then(() => host.startSession({ projectPath: '/c', id: 'c' })));
    });
    await end(host);
    await Promise.all(reopened);
    // An event waits its turn: where the runtime is at work on its children, it comes after that.
    expect(answers.given.sort()).toEqual([
      ['as an event', child === 'registry' ? true : 'stopping'],
      ['at once', 'stopping'],
    ]);
    expect(told(events).slice(-1)).toEqual([started('c')]);
  });

  it('more than three times in five seconds, the host fails', async () => {
    const { host, clock, events, open, log } = openHost({ session: doing });
    for (let time = 0; time < 3; time += 1) {
      await open(`s${time}`);
      await end(host);
      clock.increment(1_000);
    }
    expect(host.actor.getSnapshot().status).toBe('active');
    await open('last');
    events.length = 0;
    await end(host);
    const error = expect.objectContaining({ code: 'gave_up', restarts: 3, withinMs: 5_000 });
    // Nothing comes after: where it can, the runtime stops its sessions in order.
    const last = child === 'registry' ? stopped('last', 'shutdown') : failed('last');
    expect(told(events)).toEqual([last, { type: 'host.failed', error }]);
    expect(host.actor.getSnapshot()).toMatchObject({ status: 'error', error });
    expect(log.at(-1)).toContain('the session system failed');
  });

  it('not so often, it may happen for ever', async () => {
    const { host, clock, open } = openHost({ session: doing });
    for (let time = 0; time < 10; time += 1) {
      await open('a');
      await end(host);
      clock.increment(2_000);
    }
    expect(host.actor.getSnapshot().status).toBe('active');
  });
});

describe('A host that has failed', () => {
  const fail = async () => {
    const test = openHost({ session: doing });
    const ref = await test.open('a');
    for (let time = 0; time < 4; time += 1) {
      const { registry, sessions } = await childrenOf(test.host);
      sabotage(time % 2 === 0 ? registry : sessions);
      (time % 2 === 0 ? registry : sessions).send({ type: 'any.event' });
    }
    return { ...test, ref };
  };

  it('says so, with the cause', async () => {
    const { host, events } = await fail();
    expect(events.at(-1)).toEqual({
      type: 'host.failed',
      error: expect.objectContaining({ code: 'gave_up', cause: broken }),
    });
    expect(host.actor.getSnapshot().status).toBe('error');
  });

  it('answers every command stopping', async () => {
    const { host } = await fail();
    const results = await Promise.all([
      host.startSession({ projectPath: '/a' }),
      host.stopSession('a'),
      host.restartSession('a'),
      host.renameSession('a', 'b'),
      host.configureSession('a', {}),
      host.updateSession(someSession),
    ]);
    for (const result of results) expect(result).toMatchObject({ ok: false, error: { code: 'stopping' } });
    const answers = new Answers();
    host.send({ type: 'session.stop', id: 'a', replyTo: answers.to('stop') });
    host.send({ type: 'registry.configure', maxSessions: 1, replyTo: answers.to('configure') });
    expect(answers.given).toEqual([
      ['stop', 'stopping'],
      ['configure', 'stopping'],
    ]);
  });

  it('has nothing to read', async () => {
    const { host, ref } = await fail();
    expect([host.list(), host.ids(), host.count(), host.session('a'), host.isRunning('a')]).toEqual([
      [],
      [],
      0,
      undefined,
      false,
    ]);
    expect(host.lookup('a')).toMatchObject({ error: { code: 'not_found' } });
    expect(host.defaultSession()).toMatchObject({ error: { code: 'no_sessions' } });
    expect(ref.getSnapshot().status).toBe('error');
  });

  it('can be closed, and has no timer left', async () => {
    const { host, clock } = await fail();
    await host.close();
    await host[Symbol.asyncDispose]();
    expect(clock.timers).toBe(0);
  });

  it('has closed, where it was closing', async () => {
    const { host, events, open } = openHost({ session: lingering });
    await open('a');
    const closed = host.close();
    const { sessions } = await childrenOf(host);
    sabotage(sessions);
    sessions.send({ type: 'any.event' });
    await closed;
    expect(told(events).slice(1)).toEqual([failed('a')]);
    expect(host.actor.getSnapshot().status).toBe('done');
  });
});

describe('When the runtime restarts', () => {
  it('sessions that want a graceful end have it, where it is the registry that is gone', async () => {
    const { host, clock, events, open } = openHost({ session: lingering, shutdown: 50 });
    const [a] = [await open('a'), await open('b')];
    events.length = 0;
    const { registry } = await childrenOf(host);
    waysToBreak['crashes at an event']!(registry);
    expect(a.getSnapshot()).toMatchObject({ value: 'lingering', context: { reason: 'shutdown' } });
    expect([host.count(), events]).toEqual([0, []]);
    const answers = new Answers();
    answers.note('start', host.startSession({ projectPath: '/c' }));
    answers.note('stop', host.stopSession('a'));
    answers.note('update', host.updateSession(someSession));
    await settled();
    expect(answers.given.sort()).toEqual([
      ['start', 'stopping'],
      ['stop', 'stopping'],
      ['update', 'stopping'],
    ]);
    a.send({ type: 'leave' });
    expect(told(events).slice(1)).toEqual([failed('a')]);
    clock.increment(50);
    expect(told(events).slice(1)).toEqual([failed('a'), failed('b')]);
    expect((await host.startSession({ projectPath: '/projects/a', id: 'a' })).ok).toBe(true);
  });

  it('and is told to close meanwhile, it closes', async () => {
    const { host, clock, events, open } = openHost({ session: lingering, shutdown: 50 });
    await open('a');
    waysToBreak['crashes at an event']!((await childrenOf(host)).registry);
    const closed = host.close();
    clock.increment(50);
    await closed;
    expect(told(events).slice(1)).toEqual([failed('a')]);
    expect([host.actor.getSnapshot().status, clock.timers]).toEqual(['done', 0]);
  });

  it('it answers the command, too, that the actor crashed of, and those behind it', async () => {
    const { host, open } = openHost({ session: doing });
    await open('a');
    const { registry, sessions } = await childrenOf(host);
    for (const ref of [sessions, registry]) sabotage(ref);
    const answers = new Answers();
    answers.note('stop', host.stopSession('a'));
    await settled();
    expect(answers.given).toEqual([['stop', 'stopping']]);
    sabotage((await childrenOf(host)).registry);
    answers.note('update', host.updateSession(someSession));
    await settled();
    expect(answers.given.slice(1)).toEqual([['update', 'stopping']]);
  });

  it('a session that was stopped is not told of a second time', async () => {
    const { host, events, open } = openHost({ session: doing });
    await open('a');
    await host.stopSession('a');
    waysToBreak['crashes at an event']!((await childrenOf(host)).sessions);
    expect(told(events)).toEqual([started('a'), stopped('a', 'shutdown')]);
  });
});
