import { assign, fromTransition, setup } from 'xstate';
import type { AnyActorLogic } from 'xstate';
import { sessionTree } from '../src/index.ts';
import { cookieOf, openClient, serve } from './support/observer-client.ts';
import { openHost, steadyBackoff } from './support/open-host.ts';

// A machine that is busy with other tests takes its time.
jest.setTimeout(30_000);

const mb50 = 50 * 2 ** 20;

const holder = setup({
  types: { context: {} as { held: unknown; count: number } },
  actions: {
    crash: ({ event }) => {
      throw event.error;
    },
  },
}).createMachine({
  context: ({ input }) => ({ count: 0, held: (input as { make: () => unknown }).make() }),
  on: {
    add: { actions: assign({ count: ({ context }) => context.count + 1 }) },
    hold: { actions: assign({ held: ({ event }) => event.held }) },
    crash: { actions: 'crash' },
    finish: '.over',
  },
  initial: 'open',
  states: { open: {}, over: { type: 'final' } },
  output: ({ context }) => context,
});

/** A host whose session `bad` holds that, beside `good`. */
async function openHolding(make: () => unknown) {
  const { host, clock, log } = openHost({
    session: holder,
    input: ({ session }) => ({ make: session.id === 'bad' ? make : () => 'good' }),
    backoff: steadyBackoff,
  });
  for (const id of ['bad', 'good']) await host.startSession({ projectPath: `/projects/${id}`, id });
  return { host, clock, log };
}

const throwing = (target: object): object => {
  const trap = () => {
    throw new Error('not to be read');
  };
  const names = ['get', 'has', 'ownKeys', 'getOwnPropertyDescriptor', 'getPrototypeOf'];
  return new Proxy(target, Object.fromEntries(names.map((name) => [name, trap])));
};

describe('A session that holds', () => {
  it.each<[string, () => unknown]>([
    ['what throws when it is read', () => throwing({})],
    ['a text of 50 MB', () => 'x'.repeat(mb50)],
    ['a buffer of 50 MB', () => Buffer.alloc(mb50)],
    ['50 MB of small texts', () => Array.from({ length: 50 }, () => ({ text: 'x'.repeat(2 ** 20) }))],
    ['a million numbers', () => new Array(1_000_000).fill(7)],
    [
      'itself',
      () => {
        const self: { self?: unknown } = {};
        self.self = self;
        return self;
      },
    ],
  ])('%s is shown as far as it can be, and so are the others', async (_, make) => {
    const { host, log } = await openHolding(make);
    const client = await openClient(await serve(host));
    await client.watch('bad');
    const detail = await client.untilSession(({ id }) => id === 'bad');
    expect(detail).toMatchObject({ status: 'running', snapshot: { value: 'open', context: { count: 0 } } });
    expect(JSON.stringify(detail).length).toBeLessThan(150_000);
    host.session('bad')!.send({ type: 'add' });
    host.session('bad')!.send({ type: 'hold', held: make() });
    const later = await client.untilSession(({ steps }) => steps.length === 2);
    expect(later.snapshot.context).toMatchObject({ count: 1 });
    expect(JSON.stringify(later.steps).length).toBeLessThan(20_000);
    await client.watch('good');
    expect((await client.untilSession(({ id }) => id === 'good')).snapshot.context).toMatchObject({ held: 'good' });
    await client.untilNode('bad', ({ status }) => status === 'running');
    await host.stopSession('bad');
    await client.untilTree((nodes) => !nodes.has('runtime/sessions/bad') && nodes.has('runtime/sessions/good'));
    expect(log).toEqual([]);
  });

  it('what throws, and crashes and ends with it, is told of like any other', async () => {
    const { host, clock } = await openHolding(() => 'nothing');
    const client = await openClient(await serve(host));
    await client.watch('bad');
    const ref = host.session('bad')!;
    ref.send({ type: 'crash', error: throwing(new Error('x')), more: throwing({}) });
    const crashed = await client.untilSession(({ crashes }) => crashes.length === 1);
    expect(crashed.crashes[0]!.error).toMatchObject({ name: 'Error', message: expect.any(String) });
    clock.increment(100);
    ref.send({ type: 'hold', held: throwing({}) });
    ref.send({ type: 'finish' });
    await client.until('session', ({ gone }) => gone);
    await client.until('events', ({ events }) => events.some(({ type }) => type === 'session.stopped'));
  });

  it('a snapshot that throws when it is read is no harm to the host, nor to itself', async () => {
    let counted = 0;
    const part = {
      get: () => {
        throw new Error('not to be read');
      },
      enumerable: true,
    };
    const logic = {
      ...fromTransition((count: number) => count, 0),
      getInitialSnapshot: () => snapshot(),
      transition: () => (counted++, snapshot()),
    } as unknown as AnyActorLogic;
    const snapshot = () =>
      Object.defineProperties(
        { status: 'active', output: undefined, error: undefined },
        { value: part, context: part, tags: part },
      );
    const { host, log } = openHost({ session: logic as ReturnType<typeof fromTransition>, input: () => undefined });
    await host.startSession({ projectPath: '/p', id: 's1' });
    const client = await openClient(await serve(host));
    await client.untilNode('s1');
    await client.watch('s1');
    await client.untilSession(({ snapshot }) => snapshot.status === 'active');
    for (let i = 0; i < 3; i++) host.session('s1')!.send({ type: 'x' });
    const { steps } = await client.untilSession(({ steps }) => steps.length === 3);
    expect(steps.map(({ event }) => event.type)).toEqual(['x', 'x', 'x']);
    expect(counted).toBe(3);
    expect(log).toEqual([]);
  });
});

describe('What looks like HTML, or like a message', () => {
  const markup = '</script><img src=x onerror=alert(1)>';
  const forged = 'a\n\nevent: hello\ndata: {}\n\nid: 1\r\n\r\n:\u2028';

  it('arrives as it is, within the JSON of a message', async () => {
    const crash = () => {
      throw new Error(markup + forged);
    };
    const child = setup({}).createMachine({ initial: forged, states: { [forged]: {} }, on: { [forged]: {} } });
    const tree = sessionTree({
      logger: () => {},
      children: () => [{ id: forged, src: child }],
      intensity: { maxRestarts: 9 },
    });
    const session = setup({ actions: { crash } }).createMachine({
      id: markup,
      initial: markup,
      states: { [markup]: { tags: [forged], on: { [forged]: { actions: 'crash' } }, after: { 10_000: markup } } },
    });
    const plain = openHost({ session, backoff: steadyBackoff });
    await plain.host.startSession({ projectPath: `/${markup}`, id: 's1', name: markup });
    const observer = await serve(plain.host, { allowActions: true });
    const client = await openClient(observer);
    await client.watch('s1');
    plain.host.session('s1')!.send({ type: forged, [markup]: forged });
    const { crashes, name } = await client.untilSession(({ crashes }) => crashes.length === 1);
    expect(name).toBe(markup);
    expect(crashes[0]).toMatchObject({
      error: { message: markup + forged },
      event: { type: forged, [markup]: forged },
    });
    await plain.host.startSession({ projectPath: forged, id: forged, name: forged });
    await client.until('events', ({ events }) => events.some(({ type }) => type === 'session.rejected'));
    expect(await client.act({ type: forged })).toMatchObject({ ok: false });

    const { host } = openHost({ session: tree });
    await host.startSession({ projectPath: '/p', id: 's1' });
    const other = await openClient(await serve(host));
    await other.untilTree((nodes) => [...nodes.values()].some((node) => node.name === forged && node.state === forged));
    for (const { received, messages } of [client, other]) {
      expect(
        received
          .split('\n')
          .filter(
            (line) => !/^(event: (hello|tree|events|counters|session)|data: \{[^\r\n]*\}|retry: 1000|)$/.test(line),
          ),
      ).toEqual([]);
      expect(messages.filter(({ type }) => type === 'hello')).toHaveLength(1);
    }
    const headers = { cookie: await cookieOf(observer), 'content-type': 'application/json' };
    const body = JSON.stringify({ type: markup });
    const { origin } = new URL(observer.url);
    const answers = await Promise.all([
      fetch(`${origin}/actions`, { method: 'POST', headers, body }),
      fetch(`${origin}/watch`, { method: 'POST', headers, body }),
      fetch(`${origin}/${encodeURIComponent(markup)}`, { headers }),
      fetch(`${origin}/events`, { method: 'HEAD', headers }),
    ]);
    for (const answer of answers) {
      expect(answer.headers.get('content-type') ?? '').not.toContain('html');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      await answer.text();
    }
  });
});

describe('A secret', () => {
  const secret = 'hunter2-s3cret';

  it('that is redacted is in no byte of the stream', async () => {
    const redact = (path: string, value: unknown) => (/password|apiKey|message$/i.test(path) ? '(hidden)' : value);
    const { host, clock } = await openHolding(() => ({
      password: secret,
      list: [{ apiKey: secret }],
      map: new Map([['password', secret]]),
      error: new Error(secret, { cause: new Error(secret) }),
    }));
    const client = await openClient(await serve(host, { redact, allowActions: true }));
    await host.configureSession('bad', { apiKey: secret });
    await client.watch('bad');
    const detail = await client.untilSession(() => true);
    expect(detail.config).toEqual({ apiKey: '(hidden)' });
    expect(detail.snapshot.context).toMatchObject({
      held: { password: '(hidden)', list: [{ apiKey: '(hidden)' }], map: { 'Map(1)': [['password', '(hidden)']] } },
    });
    const ref = host.session('bad')!;
    ref.send({ type: 'add', password: secret });
    ref.send({ type: 'crash', password: secret, error: new Error(secret, { cause: new TypeError(secret) }) });
    await client.untilSession(({ crashes, steps }) => crashes.length === 1 && steps.length > 0);
    clock.increment(100);
    ref.send({ type: 'finish' });
    await client.until('session', ({ gone }) => gone);
    ref.send({ type: 'too late', password: secret });
    await host.startSession({ projectPath: '/projects/bad', id: '../', config: { apiKey: secret } });
    const isTold = (type: string) =>
      client.until('events', ({ events }) => events.some((event) => event.type === type));
    await Promise.all(['session.rejected'].map(isTold));
    const types = client.messages.flatMap((m) => (m.type === 'events' ? m.data.events.map(({ type }) => type) : []));
    expect(types).toEqual(
      expect.arrayContaining([
        'session.crashed',
        'session.stopped',
        'dead_letter',
        'session.rejected',
        'session.updated',
      ]),
    );
    expect(client.received).toContain('(hidden)');
    expect(client.received).not.toContain(secret);
  });

  it('is in no byte where redact always throws', async () => {
    const redact = () => {
      throw new Error(secret);
    };
    const { host } = await openHolding(() => secret);
    const client = await openClient(await serve(host, { redact }));
    await client.watch('bad');
    host.session('bad')!.send({ type: 'crash', error: new Error(secret) });
    const { snapshot, crashes } = await client.untilSession(({ crashes }) => crashes.length === 1);
    expect([snapshot.context, crashes[0]!.error.message]).toEqual(['[redact threw]', '[redact threw]']);
    expect(client.received).not.toContain(secret);
  });
});
