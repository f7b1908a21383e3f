import { createServer } from 'node:net';
import { createMachine, fromCallback, fromPromise, setup } from 'xstate';
import { createSessionHost, sessionTree, supervisor } from '../src/index.ts';
import { observe } from '../src/observer/index.ts';
import type { Hello, SessionGone } from '../src/observer/protocol.ts';
import { counter, crash, note } from './support/counter.ts';
import { runInNode } from './support/node-process.ts';
import { cookieOf, openClient, portOf, serve } from './support/observer-client.ts';
import { openHost, steadyBackoff } from './support/open-host.ts';

// A machine that is busy with other tests takes its time.
jest.setTimeout(30_000);

const typesOf = ({ events }: { events: readonly { type: string }[] }) => events.map(({ type }) => type);

describe('The stream of an observer', () => {
  it('begins with who is there, and with the whole tree', async () => {
    const { host, open } = openHost({ session: counter });
    await open('s1');
    const client = await openClient(await serve(host));
    expect(client.hello).toMatchObject({ host: { pid: process.pid, node: process.version }, allowActions: false });
    expect(client.hello.chart).toMatchObject({ key: 'counter', states: [{ key: 'counting' }, { key: 'finished' }] });
    const tree = await client.next('tree');
    expect(tree).toMatchObject({ anew: true, gone: [], more: false });
    expect(tree.nodes.map(({ key, kind, status }) => `${key} ${kind} ${status}`)).toEqual([
      'runtime supervisor running',
      'runtime/registry worker running',
      'runtime/sessions supervisor running',
      'runtime/sessions/s1 session running',
    ]);
    expect(tree.nodes[3]).toMatchObject({
      parent: 'runtime/sessions',
      name: 's1',
      incarnation: 1,
      state: 'counting',
      restart: 'transient',
      session: { id: 's1', projectPath: '/projects/s1' },
      supervision: { strategy: 'one_for_one', maxRestarts: 3, withinMs: 5_000, used: 0 },
    });
  });

  it('tells of a session that starts, and of its end', async () => {
    const { host, open } = openHost({ session: counter });
    const client = await openClient(await serve(host));
    await open('s1');
    await client.untilNode('s1');
    await host.stopSession('s1');
    await client.untilTree((nodes) => !nodes.has('runtime/sessions/s1'));
    const events = await client.until('events', ({ events }) => events.some(({ type }) => type === 'session.stopped'));
    expect(events.lost).toBe(0);
    const told = client.messages.flatMap((message) => (message.type === 'events' ? message.data.events : []));
    expect(told).toMatchObject([
      { n: 1, type: 'session.started', session: { id: 's1', name: 's1' } },
      { n: 2, type: 'session.stopped', session: { id: 's1' }, more: { reason: 'shutdown' } },
    ]);
  });

  it('tells of a crash: when the session is to be back, and how many restarts it has used', async () => {
    const { host, open, clock } = openHost({ session: counter, backoff: steadyBackoff });
    const ref = await open('s1');
    const client = await openClient(await serve(host));
    const before = Date.now();
    ref.send(crash);
    const down = await client.untilNode('s1', ({ status }) => status === 'restarting');
    expect(down).toMatchObject({ incarnation: 1, supervision: { used: 1 } });
    expect(down.startedAt).toBeUndefined();
    expect(Math.abs(down.restartAt! - before - 100)).toBeLessThan(5_000);
    const { events } = await client.until('events', (news) => typesOf(news).includes('session.crashed'));
    const crashed = events.find(({ type }) => type === 'session.crashed')!;
    expect(crashed).toMatchObject({
      incarnation: 1,
      delayMs: 100,
      error: { name: 'Error', message: 'boom', stack: expect.stringContaining('at ') },
      more: { event: { type: 'crash' } },
    });
    clock.increment(100);
    const up = await client.untilNode('s1', ({ status }) => status === 'running');
    expect(up).toMatchObject({ incarnation: 2, supervision: { used: 1 } });
    expect(up.restartAt).toBeUndefined();
  });

  it('tells the counters, from when it was attached', async () => {
    const { host, open } = openHost({ session: counter, maxSessions: 2 });
    await open('before');
    const client = await openClient(await serve(host));
    (await open('after')).send(crash);
    await host.startSession({ projectPath: '/projects/too-many' });
    const counters = await client.until('counters', ({ rejected }) => rejected > 0);
    expect(counters).toMatchObject({ sessions: 2, maxSessions: 2, started: 1, crashed: 1, restarted: 1, rejected: 1 });
    expect(counters.memory.heapUsed).toBeGreaterThan(0);
    host.maxSessions = Infinity;
    expect(await client.until('counters', ({ maxSessions }) => maxSessions === undefined)).toMatchObject({
      sessions: 2,
    });
  });

  it('shows supervisors within supervisors, with their children, whatever these are called', async () => {
    const worker = fromCallback(() => {});
    const inner = supervisor({ logger: () => {}, strategy: 'rest_for_one', children: [{ id: 'b', src: worker }] });
    const tree = sessionTree({
      logger: () => {},
      strategy: 'one_for_all',
      children: () => [
        { id: 'a', src: inner },
        { id: 'a/b', src: worker, restart: 'temporary' },
      ],
    });
    const { host } = openHost({ session: tree });
    await host.startSession({ projectPath: '/p', id: 's1' });
    const client = await openClient(await serve(host));
    await client.untilNode('s1');
    const below = [...client.nodes.values()].filter(({ key }) => key.startsWith('runtime/sessions/s1'));
    expect(below.map(({ key, parent, kind, name }) => [key, parent, kind, name].join(' '))).toEqual([
      'runtime/sessions/s1 runtime/sessions session p',
      'runtime/sessions/s1/a runtime/sessions/s1 supervisor a',
      'runtime/sessions/s1/a/b runtime/sessions/s1/a worker b',
      'runtime/sessions/s1/a%2Fb runtime/sessions/s1 worker a/b',
    ]);
    // A tree counts the restarts in it itself.
    expect(below[0]).toMatchObject({ isTree: true, supervision: { strategy: 'one_for_all', used: 0 } });
    expect(below[1]!.supervision).toMatchObject({ strategy: 'rest_for_one', used: 0 });
    expect(below[3]!.restart).toBe('temporary');
  });

  it('shows the session that has come in the place of another under its id', async () => {
    const { host } = openHost({ session: counter });
    const client = await openClient(await serve(host));
    await host.startSession({ projectPath: '/a', id: 's1', name: 'same' });
    await client.untilNode('s1');
    await host.stopSession('s1');
    await host.startSession({ projectPath: '/b', id: 's1', name: 'same' });
    await client.untilNode('s1', ({ session }) => session?.projectPath === '/b');
  });
});

describe('A session that a page watches', () => {
  const saver = setup({}).createMachine({ on: { save: {} } });
  const editor = setup({
    actors: { saver, load: fromPromise(() => new Promise(() => {})) },
    actions: {
      boom: (_, { message }: { message: string }) => {
        throw new Error(message);
      },
    },
  }).createMachine({
    context: { draft: 'hello' },
    invoke: [
      { src: 'saver', id: 'saver' },
      { src: 'load', id: 'load' },
    ],
    initial: 'open',
    on: { crash: { actions: { type: 'boom', params: ({ event }) => ({ message: String(event.message) }) } } },
    states: {
      open: {
        tags: ['visible'],
        on: { close: 'closed', 'user.*': { actions: () => {} } },
        after: { 60_000: 'closed' },
      },
      closed: { on: { open: 'open' } },
    },
  });

  it('is shown with its state, config, timers, children and what it accepts', async () => {
    const { host } = openHost({ session: editor });
    const config = { model: 'small' };
    await host.startSession({ projectPath: '/p', id: 's1', config });
    const client = await openClient(await serve(host));
    await client.watch('s1');
    const detail = await client.untilSession(({ id }) => id === 's1');
    expect(detail).toMatchObject({
      name: 'p',
      projectPath: '/p',
      config,
      status: 'running',
      incarnation: 1,
      restarts: 0,
      steps: [],
      crashes: [],
      accepts: ['close', 'user.*', 'crash'],
      snapshot: { status: 'active', value: 'open', context: { draft: 'hello' }, tags: ['visible'] },
      children: [
        { path: 'saver', status: 'active' },
        { path: 'load', status: 'active' },
      ],
      timers: [{ actor: '', event: 'xstate.after.60000.(machine).open', delayMs: 60_000 }],
    });
    expect(Math.abs(detail.timers[0]!.dueAt - Date.now() - 60_000)).toBeLessThan(10_000);
  });

  it('tells each step of its actors from then on', async () => {
    const { host } = openHost({ session: editor });
    await host.startSession({ projectPath: '/p', id: 's1' });
    const client = await openClient(await serve(host));
    const ref = host.session('s1')!;
    ref.send({ type: 'user.before' });
    await client.watch('s1');
    await client.untilSession(() => true);
    ref.send({ type: 'user.typed', text: 'x' });
    ref.send({ type: 'close' });
    const detail = await client.untilSession(({ steps }) => steps.length === 2);
    expect(detail.steps).toMatchObject([
      { n: 1, actor: '', event: { type: 'user.typed', text: 'x' }, state: 'open', changed: false },
      { n: 2, actor: '', event: { type: 'close' }, state: 'closed', changed: true },
    ]);
    expect(detail.timers).toEqual([]);
    expect(detail.accepts).toEqual(['open', 'crash']);
  });

  it('keeps the last hundred steps', async () => {
    const { host, open } = openHost({ session: counter });
    const ref = await open('s1');
    const client = await openClient(await serve(host));
    await client.watch('s1');
    for (let i = 1; i <= 250; i++) ref.send({ type: 'add', by: i });
    const { steps } = await client.untilSession(({ steps }) => steps.at(-1)?.n === 250);
    expect(steps.map(({ n }) => n)).toEqual(Array.from({ length: 100 }, (_, i) => i + 151));
  });

  it('shows an event as it was, whatever has become of it since', async () => {
    const { host, open } = openHost({ session: counter });
    const ref = await open('s1');
    const client = await openClient(await serve(host));
    await client.watch('s1');
    const event = { type: 'note', text: 'then' } as { type: 'note'; text: string };
    ref.send(event);
    await client.untilSession(({ steps }) => steps.length === 1);
    event.text = 'now';
    ref.send(note('more'));
    const { steps } = await client.untilSession(({ steps }) => steps.length === 2);
    expect(steps.map(({ event }) => event.text)).toEqual(['then', 'more']);
  });

  it('tells its crashes, newest first, and goes on with the next incarnation', async () => {
    const { host } = openHost({ session: editor, backoff: steadyBackoff });
    await host.startSession({ projectPath: '/p', id: 's1' });
    const client = await openClient(await serve(host));
    await client.watch('s1');
    const ref = host.session('s1')!;
    for (const message of ['first', 'second']) {
      ref.send({ type: 'crash', message });
      await host.restartSession('s1');
    }
    ref.send({ type: 'close' });
    const detail = await client.untilSession(
      ({ crashes, snapshot }) => crashes.length === 2 && snapshot.value === 'closed',
    );
    expect(detail.crashes).toMatchObject([
      { incarnation: 2, error: { message: 'second' }, event: { type: 'crash' } },
      { incarnation: 1, error: { message: 'first' } },
    ]);
    expect(detail).toMatchObject({ incarnation: 3, restarts: 2, supervision: { used: 2 } });
    expect(detail.steps.at(-1)).toMatchObject({ event: { type: 'close' }, state: 'closed' });
  });

  it('is gone once it has ended, and no longer told of once the page looks elsewhere', async () => {
    const { host, open } = openHost({ session: counter });
    await open('s1');
    await open('s2');
    const client = await openClient(await serve(host));
    await client.watch('s1');
    await client.untilSession(({ id }) => id === 's1');
    await host.stopSession('s1');
    expect(await client.until('session', ({ gone }) => gone)).toEqual({
      id: 's1',
      gone: true,
      how: 'stopped',
      crashes: [],
    });
    await client.watch('s2');
    await client.untilSession(({ id }) => id === 's2');
    await client.watch();
    host.session('s2')!.send(note('unseen'));
    await client.next('counters');
    await client.next('counters');
    expect(client.received).not.toContain('unseen');
  });

  it('is told of when it has given up: with what, and with its last crash', async () => {
    const { host, open } = openHost({ session: counter, intensity: { maxRestarts: 1 } });
    const ref = await open('s1');
    const client = await openClient(await serve(host));
    await client.watch('s1');
    await client.untilSession(({ id }) => id === 's1');
    ref.send({ type: 'crash' });
    ref.send({ type: 'crash' });
    const gone = await client.until('session', (told) => told.gone && told.how !== undefined);
    expect(gone).toMatchObject({ how: 'gave_up', error: { code: 'gave_up' } });
    expect((gone as SessionGone).crashes.map(({ incarnation }) => incarnation)).toEqual([2, 1]);
    // So is a page that is opened later, and nobody once there is another of that id.
    const late = await openClient(await serve(host));
    await late.watch('s1');
    await open('s1');
    expect((await client.untilSession(({ incarnation }) => incarnation === 1)).crashes).toEqual([]);
  });

  it('that is a tree shows the crashes and restarts of its children, and nothing of its own machine', async () => {
    const fragile = createMachine({
      on: {
        crash: {
          actions: () => {
            throw new Error('boom');
          },
        },
      },
    });
    const tree = sessionTree({ logger: () => {}, children: () => [{ id: 'a', src: fragile }] });
    const { host } = openHost({ session: tree });
    const known = await host.startSession({ projectPath: '/p', id: 's1' });
    const client = await openClient(await serve(host, { allowActions: true }));
    if (!known.ok) throw known.error;
    await host.startSession({ projectPath: '/q', id: 's2' });
    await client.watch('s2');
    for (const id of ['s1', 's2']) host.whereis(id, 'a')!.send({ type: 'crash' });
    const detail = await client.untilSession(({ crashes }) => crashes.length > 0);
    expect(detail).toMatchObject({ accepts: [], snapshot: { status: 'active' }, supervision: { used: 1 } });
    expect(detail.snapshot.context).toBeUndefined();
    expect(detail.crashes).toMatchObject([{ child: 'a', error: { message: 'boom' } }]);
    const hello = client.messages.find(({ type }) => type === 'hello')!.data as Hello;
    expect(hello.chart).toBeUndefined();
    await client.until('events', ({ events }) => events.filter(({ type }) => type === 'child.started').length === 2);
    const told = client.messages.flatMap((message) => (message.type === 'events' ? message.data.events : []));
    const ofChildren = told.filter(({ type }) => type.startsWith('child.'));
    expect(ofChildren.map(({ type, session }) => `${type} ${session!.id}`)).toEqual([
      'child.exited s1',
      'child.started s1',
      'child.exited s2',
      'child.started s2',
    ]);
    expect(await client.until('counters', ({ crashed }) => crashed === 2)).toMatchObject({ restarted: 2 });
    const refusal = await client.post('/actions', { type: 'send', id: 's2', event: { type: 'supervisor.stop' } });
    expect(await refusal.json()).toMatchObject({ ok: false, error: { code: 'not_accepted' } });
  });

  it('is gone from the beginning, where there is none', async () => {
    const client = await openClient(await serve(openHost({ session: counter }).host));
    await client.watch('nobody');
    expect(await client.next('session')).toEqual({ id: 'nobody', gone: true, crashes: [] });
    expect((await client.post('/watch', { client: 'another', session: 's1' })).status).toBe(404);
  });

  it('is left as it was: what watched it hears no more', async () => {
    const { host, open } = openHost({ session: counter });
    const ref = await open('s1');
    const observer = await serve(host);
    const client = await openClient(observer);
    await client.watch('s1');
    ref.send(note('seen'));
    await client.untilSession(({ steps }) => steps.length === 1);
    const keys = () =>
      Reflect.ownKeys(ref.system)
        .map(String)
        .filter((key) => key.includes('watchers'));
    expect(keys()).toHaveLength(1);
    await observer.close();
    expect(keys()).toHaveLength(0);
    ref.send(note('unseen'));
    expect(ref.getSnapshot().context.notes).toEqual(['seen', 'unseen']);
  });
});

describe('An action', () => {
  const failing = setup({
    types: { input: {} as { session: { config: { fails?: boolean } } } },
  }).createMachine({
    context: ({ input }) => {
      if (input.session.config.fails) throw new Error('no start for s3cret');
      return {};
    },
  });

  it('is refused where they are not allowed', async () => {
    const { host, open } = openHost({ session: counter });
    await open('s1');
    const client = await openClient(await serve(host));
    expect((await client.post('/actions', { type: 'stop', id: 's1' })).status).toBe(403);
    expect(host.isRunning('s1')).toBe(true);
  });

  it('stops, restarts, sends and sets the limit', async () => {
    const { host, open } = openHost({ session: counter });
    const ref = await open('s1');
    const client = await openClient(await serve(host, { allowActions: true }));
    expect(client.hello.allowActions).toBe(true);
    expect(await client.act({ type: 'send', id: 's1', event: note('from the page') })).toEqual({ ok: true });
    expect(ref.getSnapshot().context.notes).toEqual(['from the page']);
    expect(await client.act({ type: 'restart', id: 's1' })).toEqual({ ok: true });
    expect(ref.getSnapshot().context.notes).toEqual([]);
    expect(await client.act({ type: 'limit', maxSessions: 7 })).toEqual({ ok: true });
    expect(host.maxSessions).toBe(7);
    expect(await client.act({ type: 'stop', id: 's1' })).toEqual({ ok: true });
    expect(host.count()).toBe(0);
  });

  it.each([
    [{ type: 'stop', id: 'nobody' }, 'not_found'],
    [{ type: 'restart', id: 'nobody' }, 'not_found'],
    [{ type: 'send', id: 'nobody', event: { type: 'note' } }, 'not_found'],
    [{ type: 'stop', id: 1 }, 'invalid_id'],
    [{ type: 'stop' }, 'invalid_id'],
    [{ type: 'send', id: ['s1'], event: { type: 'note' } }, 'invalid_id'],
    [{ type: 'send', id: 's1' }, 'invalid_event'],
    [{ type: 'send', id: 's1', event: null }, 'invalid_event'],
    [{ type: 'send', id: 's1', event: 'note' }, 'invalid_event'],
    [{ type: 'send', id: 's1', event: { type: 1 } }, 'invalid_event'],
    [{ type: 'send', id: 's1', event: { type: 'unknown' } }, 'not_accepted'],
    [{ type: 'send', id: 's1', event: { type: '*' } }, 'not_accepted'],
    [{ type: 'send', id: 's1', event: { type: 'xstate.stop' } }, 'not_accepted'],
    [{ type: 'send', id: 's1', event: { type: 'toString' } }, 'not_accepted'],
    [{ type: 'limit' }, 'invalid_limit'],
    [{ type: 'limit', maxSessions: -1 }, 'invalid_limit'],
    [{ type: 'limit', maxSessions: 1.5 }, 'invalid_limit'],
    [{ type: 'limit', maxSessions: '5' }, 'invalid_limit'],
    [{ type: 'explode' }, 'unknown_action'],
    [{ type: '__proto__' }, 'unknown_action'],
    [{}, 'unknown_action'],
  ])('%j is refused with %p', async (action, code) => {
    const { host, open } = openHost({ session: counter });
    const ref = await open('s1');
    const client = await openClient(await serve(host, { allowActions: true }));
    const before = ref.getSnapshot();
    const answer = await client.act(action);
    expect(answer).toMatchObject({ ok: false, error: { code } });
    expect(JSON.stringify(answer).length).toBeLessThan(500);
    expect(ref.getSnapshot()).toBe(before);
    expect(host.maxSessions).toBe(10);
  });

  it('sends only what the machine takes just now', async () => {
    const machine = setup({}).createMachine({
      initial: 'a',
      states: { a: { on: { 'user.*': { actions: () => {} }, go: 'b' } }, b: { on: { back: 'a' } } },
    });
    const { host } = openHost({ session: machine });
    await host.startSession({ projectPath: '/p', id: 's1' });
    const client = await openClient(await serve(host, { allowActions: true }));
    const send = async (type: string) => (await client.act({ type: 'send', id: 's1', event: { type } })).ok;
    expect([await send('user.typed'), await send('user'), await send('username'), await send('back')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([await send('go'), await send('go'), await send('back')]).toEqual([true, false, true]);
  });

  it('does not say of a failed restart what is redacted', async () => {
    const { host, log } = openHost({ session: failing, input: ({ session }) => ({ session }) });
    await host.startSession({ projectPath: '/p', id: 's1' });
    await host.configureSession('s1', { fails: true });
    const redact = (_: string, value: unknown) =>
      typeof value === 'string' ? value.replaceAll('s3cret', '(hidden)') : value;
    const client = await openClient(await serve(host, { allowActions: true, redact }));
    expect(await client.act({ type: 'restart', id: 's1' })).toMatchObject({
      ok: false,
      error: { code: 'start_failed', message: expect.stringContaining('no start for (hidden)') },
    });
    expect(log.join()).toContain('s3cret');
  });
});

describe('observe', () => {
  it.each([
    [{ port: '80' }, TypeError, /port.*"80"/],
    [{ port: -1 }, RangeError, /port.*-1/],
    [{ port: 1.5 }, RangeError, /port.*1\.5/],
    [{ port: 65_536 }, RangeError, /port.*65536/],
    [{ hostname: '' }, TypeError, /hostname.*""/],
    [{ hostname: 1 }, TypeError, /hostname.*1/],
    [{ token: 1 }, TypeError, /token.*1/],
    [{ token: 'short' }, RangeError, /token.*5/],
    [{ token: 'with a space and more' }, RangeError, /token/],
    [{ token: 'x'.repeat(257) }, RangeError, /token.*257/],
    [{ auth: true }, TypeError, /auth.*true/],
    [{ redact: 'all' }, TypeError, /redact.*"all"/],
    [{ allowActions: 1 }, TypeError, /allowActions.*1/],
    [{ allowedHosts: 'example.com' }, TypeError, /allowedHosts.*"example.com"/],
    [{ allowedHosts: [1] }, TypeError, /allowedHosts.*1/],
    [null, TypeError, /options.*null/],
    [[], TypeError, /options.*\[\]/],
  ])('refuses %j', async (options, type, message) => {
    const { host } = openHost({ session: counter });
    const refusal = await observe(host, options as never).catch((error: Error) => error);
    expect(refusal).toBeInstanceOf(type);
    expect((refusal as Error).message).toMatch(message);
  });

  it.each([undefined, null, 1, {}, { actor: {}, on() {} }, { actor: null, on() {} }])(
    'refuses %p, which is no host',
    async (host) => {
      await expect(observe(host as never)).rejects.toThrow(TypeError);
    },
  );

  it('does not show the token in what it refuses', async () => {
    const refusal = await observe(openHost({ session: counter }).host, { token: 'my secret token!' }).catch(String);
    expect(refusal).not.toContain('secret');
  });

  it('refuses a host that has closed, and one that closes meanwhile', async () => {
    const { host } = openHost({ session: counter });
    const pending = observe(host).catch((error: { code: string }) => error);
    await host.close();
    expect(await pending).toMatchObject({ code: 'stopping' });
    await expect(observe(host)).rejects.toMatchObject({ code: 'stopping' });
  });

  it('rejects where the port is taken, and leaves nothing with the host', async () => {
    const { host } = openHost({ session: counter });
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    await expect(observe(host, { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    taken.close();
  });

  it('is taken away by the end of the host, and tells its pages', async () => {
    const { host } = openHost({ session: counter });
    const observer = await serve(host);
    const client = await openClient(observer);
    await host.close();
    await client.ended();
    await observer.close();
    await expect(fetch(observer.url)).rejects.toThrow();
  });

  it('may be closed often, and by `await using`', async () => {
    const { host } = openHost({ session: counter });
    let url: string;
    {
      await using observer = await observe(host);
      ({ url } = observer);
      expect((await fetch(url, { redirect: 'manual' })).status).toBe(303);
    }
    await expect(fetch(url)).rejects.toThrow();
    const another = await observe(host);
    await Promise.all([another.close(), another.close()]);
    expect(host.count()).toBe(0);
  });

  it('may look at one host twice, each for itself', async () => {
    const { host, open } = openHost({ session: counter });
    const [one, two] = [await serve(host), await serve(host)];
    const [first, second] = [await openClient(one), await openClient(two)];
    await open('s1');
    await Promise.all([first.untilNode('s1'), second.untilNode('s1')]);
    await one.close();
    await open('s2');
    await second.untilNode('s2');
    expect(first.hello.host.run).not.toBe(second.hello.host.run);
  });

  it('has cookies of each observer stand side by side', async () => {
    const [one, two] = [
      await serve(openHost({ session: counter }).host),
      await serve(openHost({ session: counter }).host),
    ];
    const cookie = `${await cookieOf(one)}; ${await cookieOf(two)}`;
    for (const { url } of [one, two]) {
      expect((await fetch(new URL('/', url), { headers: { cookie } })).status).toBe(200);
    }
  });

  it('lets a page in again after a restart of the host, with the same port and token', async () => {
    const token = 'the-token-of-this-test';
    const before = await observe(openHost({ session: counter }).host, { token });
    const cookie = await cookieOf(before);
    expect(cookie).not.toContain(token);
    const port = portOf(before);
    await before.close();
    const after = await serve(openHost({ session: counter }).host, { token, port });
    expect(after.url).toBe(before.url);
    expect((await fetch(new URL('/', after.url), { headers: { cookie } })).status).toBe(200);
  });

  it('listens on IPv6, too', async () => {
    const observer = await serve(openHost({ session: counter }).host, { hostname: '::1' });
    expect(observer.url).toMatch(/^http:\/\/\[::1\]:\d+\/\?token=[\w-]{32}$/);
    await openClient(observer);
  });

  it('keeps no process alive that has closed its host, with a page open', async () => {
    const { status, lines, stderr } = await runInNode('test/support/observed-host.main.ts', 'production');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(lines).toEqual([{ status: 200, isEnded: true }]);
  });

  it('is there for a host on the clock of the machine', async () => {
    const host = createSessionHost({ session: counter, projectPaths: 'text', logger: () => {} });
    await host.startSession({ projectPath: '/p', id: 's1' });
    const client = await openClient(await serve(host));
    const { startedAt } = await client.untilNode('s1');
    expect(Math.abs(startedAt! - Date.now())).toBeLessThan(10_000);
    await host.close();
  });
});
