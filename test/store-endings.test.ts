import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assign, setup } from 'xstate';
import { ask } from '../src/index.ts';
import { fileStore } from '../src/node/index.ts';
import type { ReplyTo, ShutdownEvent } from '../src/index.ts';
import { runtimeOf } from '../machines/runtime.ts';
import { done, refusedWith, settled, watched } from './support/answers.ts';
import { childrenOf, waysToBreak } from './support/break-actor.ts';
import { doing } from './support/doing.ts';
import { FaultyStore } from './support/faulty-store.ts';
import { keptNotebooks } from './support/kept-notebooks.ts';
import { asked, notebook, write } from './support/notebook.ts';
import { ofType, openHost } from './support/open-host.ts';

const full = new Error('no space left on device');

const rejections: unknown[] = [];
const note = (error: unknown) => void rejections.push(error);
beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => void process.off('unhandledRejection', note));
afterEach(() => expect(rejections.splice(0)).toEqual([]));

describe('A session that ends while it is written', () => {
  it('leaves no record, where it is stopped', async () => {
    const { host, store, open, clock } = keptNotebooks();
    const ref = await open('s1');
    store.hold();
    ref.send(write('a'));
    await settled();
    const seen = watched(host.stopSession('s1'));
    await settled();
    expect([seen.isSettled, store.calls]).toEqual([false, ['list', 'save s1', 'save s1']]);
    store.heal();
    await settled();
    expect([seen.value, store.records.size, store.mostAtOnce, clock.timers]).toEqual([done, 0, 1, 0]);
  });

  it('keeps the record of the next one of its id, which starts while it is deleted', async () => {
    const { host, store, open, start } = keptNotebooks();
    await open('s1');
    store.hold();
    const stop = watched(host.stopSession('s1'));
    await settled();
    const again = watched(start('s1'));
    await settled();
    expect([stop.isSettled, again.isSettled, store.waiting]).toEqual([false, false, 1]);
    store.release(1);
    await settled();
    expect(stop.value).toEqual(done);
    store.heal();
    await settled();
    expect(again.value).toMatchObject({ ok: true });
    host.session('s1')!.send(write('new'));
    await settled();
    expect(store.lines('s1')).toEqual(['new']);
  });

  it('keeps that of the last one, where several follow each other', async () => {
    const { host, store, open, start } = keptNotebooks();
    await open('s1');
    store.hold();
    const seen = [watched(host.stopSession('s1'))];
    await settled();
    for (let turn = 0; turn < 3; turn += 1) {
      seen.push(watched(start('s1') as Promise<never>));
      await settled();
      if (turn < 2) seen.push(watched(host.stopSession('s1')));
      await settled();
    }
    store.heal();
    await settled();
    expect(seen.map(({ value }) => (value as { ok: boolean } | undefined)?.ok)).toEqual(seen.map(() => true));
    expect([store.records.has('s1'), host.count()]).toEqual([true, 1]);
  });
});

describe('A host that closes', () => {
  it('while a session starts has either started it, or leaves nothing of it', async () => {
    const { host, store, events, start } = keptNotebooks();
    store.hold('save');
    const seen = watched(start('s1'));
    await settled();
    const closed = watched(host.close());
    await settled();
    expect(closed.isSettled).toBe(false);
    store.heal();
    await settled();
    expect([closed.isSettled, seen.isSettled]).toEqual([true, true]);
    const { ok } = seen.value as { ok: boolean };
    expect([store.records.has('s1'), ofType(events, 'session.started').length]).toEqual([ok, ok ? 1 : 0]);
    if (ok) expect(events.map(({ type }) => type)).toEqual(['session.started', 'session.stopped']);
  });

  it('while a session comes back keeps its record', async () => {
    const { host, store, open } = keptNotebooks({ intensity: { maxRestarts: 1 } });
    (await open('s1')).send(write('a'));
    await settled();
    await host.close();
    const next = keptNotebooks({ timers: 'remaining' }, new FaultyStore(store.records));
    await settled();
    next.store.hold('save');
    const seen = watched(next.host.resumeSession('s1'));
    await settled();
    const closed = watched(next.host.close());
    await settled();
    next.store.heal();
    await settled();
    expect([closed.isSettled, seen.isSettled, next.store.lines('s1')]).toEqual([true, true, ['a']]);
  });

  it('inside an action of a session saves it as it is after that', async () => {
    const { host, store, open } = keptNotebooks();
    const ref = await open('s1');
    let closed: Promise<void> | undefined;
    const replyTo = { send: () => void (closed = host.close()) };
    ref.send({ type: 'write.asked', text: 'a', replyTo } as never);
    await closed;
    expect([store.lines('s1'), store.calls.at(-1)]).toEqual([['a'], 'close']);
  });

  it.each(['session.started', 'session.updated', 'session.stopped', 'store.failed'] as const)(
    'in a listener of %s closes',
    async (type) => {
      const { host, store, open, start, pass } = keptNotebooks();
      await open('s1');
      const closed: { isSettled: boolean }[] = [];
      host.on(type, () => void closed.push(watched(host.close())));
      if (type === 'store.failed') store.fail(full, 1);
      const seen = [watched(start('s2') as Promise<unknown>), watched(host.renameSession('s1', 'b'))];
      if (type === 'session.stopped') seen.push(watched(host.stopSession('s1')));
      await pass(200);
      expect(seen.map(({ isSettled }) => isSettled)).toEqual(seen.map(() => true));
      expect(closed.map(({ isSettled }) => isSettled)).toEqual(closed.map(() => true));
      expect([closed.length > 0, store.count('close')]).toEqual([true, 1]);
      expect(store.records.has('s1')).toBe(type !== 'session.stopped');
    },
  );

  it('answers nothing that it does not keep', async () => {
    type Event =
      ShutdownEvent | { readonly type: 'add'; readonly replyTo: ReplyTo<number> } | { readonly type: 'leave' };
    const lingering = setup({
      types: { context: {} as { readonly count: number }, events: {} as Event },
    }).createMachine({
      context: { count: 0 },
      initial: 'here',
      on: {
        add: {
          actions: [
            assign({ count: ({ context }) => context.count + 1 }),
            ({ context, event }) => event.replyTo.send(context.count),
          ],
        },
        leave: '.left',
      },
      states: { here: { on: { 'supervisor.shutdown': 'leaving' } }, leaving: {}, left: { type: 'final' } },
    });
    const store = new FaultyStore();
    const { host, open } = openHost({ session: lingering, store });
    const ref = await open('a');
    expect(await ask(ref, { type: 'add' })).toBe(1);
    const closed = host.close();
    await settled();
    const seen = watched(ask(ref, { type: 'add' }));
    await settled();
    ref.send({ type: 'leave' });
    await closed;
    expect(store.saved('a')!.snapshot).toMatchObject({ value: 'here', context: { count: 1 } });
    expect(seen.error).toMatchObject({ code: 'actor_stopped', reason: 'shutdown' });
  });
});

describe('When the runtime restarts', () => {
  it.each(['registry', 'sessions'] as const)('the records stay, where it is the %s that is gone', async (child) => {
    for (const way of Object.values(waysToBreak)) {
      const { host, store, open, clock } = keptNotebooks();
      const refs = [await open('a'), await open('b')];
      for (const ref of refs) ref.send(write(ref.id));
      way((await childrenOf(host))[child]);
      clock.increment(0);
      await settled();
      expect([host.count(), store.lines('a'), store.lines('b')]).toEqual([0, ['a'], ['b']]);
      const resumed = await host.resumeSession('a');
      if (!resumed.ok) throw resumed.error;
      expect(resumed.value.ref.getSnapshot().context.lines).toEqual(['a']);
      expect(await ask(resumed.value.ref, asked('again'))).toBe(2);
      expect(store.lines('a')).toEqual(['a', 'again']);
    }
  });
});

it('A session that comes back, but cannot be saved, is refused and keeps its record', async () => {
  const { host, store, open } = keptNotebooks();
  const ref = await open('s1');
  ref.send(write('a'));
  ref.send({ type: 'wait', ms: 60_000 });
  await settled();
  await host.close();
  const next = keptNotebooks({ timers: 'remaining' }, new FaultyStore(store.records));
  await next.pass(100);
  next.store.fail(full);
  const seen = watched(next.host.resumeSession('s1'));
  await next.pass(5_000);
  expect(seen.value).toEqual(refusedWith('store_failed'));
  expect([next.host.count(), ofType(next.events, 'session.started')]).toEqual([0, []]);
  next.store.heal();
  await next.pass(10_000);
  expect(next.store.lines('s1')).toEqual(['a']);
  expect((await next.host.resumeSession('s1')).ok).toBe(true);
});

describe('What a store holds already', () => {
  const left = async () => {
    const store = new FaultyStore();
    const first = keptNotebooks({}, store);
    (await first.open('s1')).send(write('precious'));
    await first.host.close();
    return store.records;
  };

  it.each([
    ['fails', (store: FaultyStore) => store.fail(full, 1, 'list')],
    ['hangs', (store: FaultyStore) => store.hang('list')],
    ['gives nonsense', (store: FaultyStore) => store.fault(() => undefined, 'list')],
    ['gives a list of nonsense', (store: FaultyStore) => store.fault(async () => [undefined, 42, {}], 'list')],
  ])('is not written over by a start of its id, though its first list %s', async (_, fault) => {
    const store = new FaultyStore(await left());
    fault(store);
    const { start, pass, clock } = keptNotebooks({}, store);
    await pass(5_000);
    const seen = watched(start('s1'));
    await pass(10_000);
    expect(seen.value).toMatchObject({ ok: false });
    expect(store.lines('s1')).toEqual(['precious']);
    store.heal();
    expect(await start('s1')).toEqual(refusedWith('session_exists'));
    expect((await start('s2')).ok).toBe(true);
    expect([store.lines('s1'), clock.timers]).toEqual([['precious'], 0]);
  });

  it.each([
    ['undefined', () => undefined],
    ['a promise of undefined', async () => undefined],
    ['a promise of something else', async () => ({ ok: true })],
    ['a promise of a refusal without an error', async () => ({ ok: false })],
  ])('is refused with store_failed, or as corrupt, where a store gives %s', async (_, fault) => {
    const store = new FaultyStore(await left());
    const { host, pass } = keptNotebooks({}, store);
    store.fault(fault, 'load', 'setAside');
    const seen = [
      watched(host.resumeSession('s1') as Promise<unknown>),
      watched(host.savedSessions() as Promise<unknown>),
      watched(host.resumeAll() as Promise<unknown>),
    ];
    await pass(10);
    expect(seen.map(({ isSettled, error }) => [isSettled, error])).toEqual(seen.map(() => [true, undefined]));
    expect(store.lines('s1')).toEqual(['precious']);
    store.fault(fault, 'list');
    for (const read of [host.savedSessions(), host.resumeAll(), host.forgetSession('s1')]) {
      expect(await read).toEqual(refusedWith('store_failed'));
    }
  });
});

describe('Two hosts', () => {
  it('on one store: the second is refused, and changes nothing', async () => {
    const store = new FaultyStore();
    const first = keptNotebooks({}, store);
    const ref = await first.open('s1');
    const second = keptNotebooks({}, store);
    const refused = refusedWith('store_locked', { pid: process.pid });
    const seen = watched(second.start('s2'));
    await second.pass(5_000);
    expect(seen.value).toEqual(refused);
    expect(await second.host.savedSessions()).toEqual(refused);
    expect(await second.host.resumeSession('s1')).toEqual(refused);
    expect(await second.host.resumeAll()).toEqual(refused);
    expect(await second.host.forgetSession('s1')).toEqual(refused);
    expect(ofType(second.events, 'store.failed')[0]).toEqual({ type: 'store.failed', error: refused.error });
    await second.host.close();
    expect(await ask(ref, asked('still'))).toBe(1);
    expect([store.lines('s1'), store.count('close')]).toEqual([['still'], 0]);
  });

  it('on one directory: the second is refused, with the pid of the first', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'xstate-supervisor-hosts-'));
    const first = openHost({ session: notebook, store: fileStore({ directory }) });
    await first.open('s1');
    const second = openHost({ session: notebook, store: fileStore({ directory }) });
    const refused = refusedWith('store_locked', { pid: process.pid });
    expect(await second.host.savedSessions()).toEqual(refused);
    expect(await second.host.resumeSession('s1')).toEqual(refused);
    await second.host.close();
    await first.host.close();
    const third = openHost({ session: notebook, store: fileStore({ directory }) });
    expect((await third.host.resumeSession('s1')).ok).toBe(true);
    await third.host.close();
    rmSync(directory, { recursive: true });
  });
});

/** What no door shows: how many sessions the archive of a host knows of. */
const rememberedBy = (host: ReturnType<typeof keptNotebooks>['host']) =>
  runtimeOf(host.actor).archive as unknown as {
    readonly kept: { readonly size: number };
    readonly saved: { readonly ids: { readonly size: number } };
  };

describe('What a host remembers', () => {
  it('is nothing of the sessions that are gone', async () => {
    const { host, store, start, clock } = keptNotebooks();
    for (let turn = 0; turn < 200; turn += 1) {
      expect((await start(`s${turn}`)).ok).toBe(true);
      if (turn % 3 === 0) await ask(host.session(`s${turn}`)!, asked('a') as never);
      expect(await host.stopSession(`s${turn}`)).toEqual(done);
    }
    await settled();
    const { kept, saved } = rememberedBy(host);
    expect([kept.size, saved.ids.size, store.records.size, clock.timers]).toEqual([0, 0, 0, 0]);
  });

  it('is nothing of starts that were refused, or taken back', async () => {
    const { host, store, start, pass, clock } = keptNotebooks({ maxSessions: 100 });
    await settled();
    store.fail(full);
    const seen = Array.from({ length: 50 }, (_, index) => watched(start(`s${index}`)));
    await pass(5_000);
    expect(seen.map(({ value }) => value?.ok)).toEqual(seen.map(() => false));
    store.heal();
    await pass(10_000);
    const { kept, saved } = rememberedBy(host);
    expect([kept.size, saved.ids.size, store.records.size, clock.timers]).toEqual([0, 0, 0, 0]);
  });

  it('is what can be resumed of those that have failed', async () => {
    const { host, store, open } = keptNotebooks({ intensity: { maxRestarts: 0 } });
    (await open('s1')).send({ type: 'crash' });
    await settled();
    expect([host.count(), store.records.has('s1')]).toEqual([0, true]);
    expect(rememberedBy(host).kept.size).toBe(0);
  });
});

it('A listener that throws, and one of a session that does as it is told, disturb no write', async () => {
  const store = new FaultyStore();
  const { host, open } = openHost({ session: doing, store });
  host.on('*', () => {
    throw full;
  });
  const ref = await open('a');
  ref.send({ type: 'do', work: () => void host.renameSession('a', 'b') });
  await settled();
  expect(store.saved('a')!.session.name).toBe('b');
});
