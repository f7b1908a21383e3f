import { assign, fromPromise, setup } from 'xstate';
import { ask, sessionTree } from '../src/index.ts';
import type { ReplyTo } from '../src/index.ts';
import { done, refusedWith, settled, watched } from './support/answers.ts';
import { FaultyStore } from './support/faulty-store.ts';
import { keptNotebook, keptNotebooks } from './support/kept-notebooks.ts';
import { asked, write } from './support/notebook.ts';
import { ofType, openHost } from './support/open-host.ts';

const full = new Error('no space left on device');

describe('A write that fails', () => {
  it('is tried again after 100 ms, then twice as long each time, up to 10 seconds', async () => {
    const { store, events, ref, pass, log } = await keptNotebook();
    store.fail(full);
    ref.send(write('a'));
    await settled();
    const waits = [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000];
    for (const [index, ms] of waits.entries()) {
      expect(store.count('save s1')).toBe(index + 1);
      await pass(ms - 1);
      expect(store.count('save s1')).toBe(index + 1);
      await pass(1);
    }
    const failures = ofType(events, 'store.failed');
    expect(failures.map(({ retryInMs }) => retryInMs)).toEqual([...waits, 10_000]);
    expect(failures[0]).toEqual({
      type: 'store.failed',
      id: 's1',
      error: expect.objectContaining({ code: 'store_failed', cause: full }),
      retryInMs: 100,
    });
    expect(log[0]).toContain('s1');
    expect(log[0]).toContain('100 ms');
  });

  it('is over when the store is well again, and begins anew', async () => {
    const { store, events, ref, pass, clock } = await keptNotebook();
    store.fail(full, 3);
    ref.send(write('a'));
    const answer = watched(ask(ref, asked('b')));
    await pass(700);
    expect([answer.value, store.lines('s1'), clock.timers]).toEqual([2, ['a', 'b'], 0]);
    store.fail(full, 1);
    ref.send(write('c'));
    await pass(100);
    expect(store.lines('s1')).toEqual(['a', 'b', 'c']);
    expect(ofType(events, 'store.failed').map(({ retryInMs }) => retryInMs)).toEqual([100, 200, 400, 100]);
  });

  it('writes what the session is by then', async () => {
    const { store, ref, pass } = await keptNotebook();
    store.fail(full, 1);
    ref.send(write('a'));
    await settled();
    ref.send(write('b'));
    await pass(100);
    expect([store.lines('s1'), store.count('save s1')]).toEqual([['a', 'b'], 2]);
  });

  it('of a deletion, too; a session of the same id may start meanwhile, and is what is there then', async () => {
    const { host, store, start, pass, clock } = await keptNotebook();
    store.fail(full, 2);
    const stop = watched(host.stopSession('s1'));
    await settled();
    expect([stop.isSettled, store.records.has('s1')]).toEqual([false, true]);
    const again = watched(start('s1'));
    await pass(300);
    expect([stop.value, again.value]).toEqual([done, expect.objectContaining({ ok: true })]);
    expect([store.records.has('s1'), host.count(), clock.timers]).toEqual([true, 1, 0]);
    expect((await host.stopSession('s1')).ok).toBe(true);
    expect(store.records.size).toBe(0);
  });

  it('of many sessions, each in its time', async () => {
    const { store, events, open, pass, clock } = keptNotebooks({ maxSessions: 20 });
    const refs = await Promise.all(Array.from({ length: 20 }, (_, index) => open(`s${index}`)));
    store.fail(full, 30);
    for (const ref of refs) ref.send(write('a'));
    await pass(300);
    expect(refs.map(({ id }) => store.lines(id))).toEqual(refs.map(() => ['a']));
    expect(new Set(ofType(events, 'store.failed').map(({ id }) => id)).size).toBe(20);
    expect([ofType(events, 'store.failed').length, clock.timers]).toEqual([30, 0]);
  });

  it.each(['flush', 'close'] as const)('is tried at once by %s', async (way) => {
    const { host, store, ref, pass } = await keptNotebook();
    store.fail(full, 7);
    ref.send(write('a'));
    await pass(6_350);
    expect(store.count('save s1')).toBe(7);
    const seen = watched(host[way]() as Promise<unknown>);
    await settled();
    expect([seen.isSettled, seen.value, store.lines('s1')]).toEqual([true, way === 'flush' ? done : undefined, ['a']]);
  });

  it('has what was to be told told when it is, in its order', async () => {
    const { host, store, events, pass } = await keptNotebook();
    store.fail(full);
    void host.renameSession('s1', 'a');
    await pass(3_000);
    void host.renameSession('s1', 'b');
    await pass(2_500);
    expect(ofType(events, 'session.updated')).toEqual([]);
    store.heal();
    await pass(4_000);
    expect(ofType(events, 'session.updated').map(({ session }) => session.name)).toEqual(['a', 'b']);
  });

  it('holds what comes after session.updated no longer than the store may take', async () => {
    const { host, store, events, ref, pass } = await keptNotebook();
    store.fail(full);
    void host.renameSession('s1', 'a');
    await pass(1_000);
    ref.send({ type: 'crash' });
    await pass(3_990);
    expect(events.filter(({ type }) => type !== 'store.failed')).toEqual([]);
    await pass(10);
    expect(events.filter(({ type }) => type !== 'store.failed').map(({ type }) => type)).toEqual([
      'session.crashed',
      'session.restarted',
    ]);
  });
});

describe('What cannot be saved', () => {
  type Event =
    | { readonly type: 'take'; readonly replyTo: ReplyTo<string> }
    | { readonly type: 'drop'; readonly replyTo: ReplyTo<string> }
    | { readonly type: 'look'; readonly replyTo: ReplyTo<string> };
  const holding = setup({
    types: { context: {} as { readonly tool: unknown }, events: {} as Event, input: {} as { session: { id: string } } },
  }).createMachine({
    context: ({ input }) => ({ tool: input.session.id === 'bad' ? () => {} : null }),
    on: {
      take: { actions: [assign({ tool: () => () => {} }), ({ event }) => event.replyTo.send('taken')] },
      drop: { actions: [assign({ tool: null }), ({ event }) => event.replyTo.send('dropped')] },
      look: { actions: ({ event }) => event.replyTo.send('looked') },
    },
  });
  const open = () => {
    const store = new FaultyStore();
    return { store, ...openHost({ session: holding, store }) };
  };
  const unsavable = (code = 'store_failed') => refusedWith(code, { message: expect.stringContaining('context.tool') });

  it('is refused at the start, at once, with what it is', async () => {
    const { host, store, events, clock } = open();
    const seen = watched(host.startSession({ projectPath: '/bad', id: 'bad' }));
    await settled();
    expect(seen.value).toEqual(unsavable());
    expect([host.count(), store.records.size, clock.timers]).toEqual([0, 0, 0]);
    expect(events.map(({ type }) => type)).toEqual(['store.failed', 'session.rejected']);
    expect(ofType(events, 'store.failed')[0]).toEqual({ type: 'store.failed', id: 'bad', error: unsavable().error });
  });

  it('is refused as an answer, a change and a flush, at once, until it is gone', async () => {
    const { host, store, events, open: start, clock } = open();
    const ref = await start('a');
    events.length = 0;
    const seen = watched(ask(ref, { type: 'take' }));
    await settled();
    expect(seen.error).toMatchObject({ code: 'store_failed', message: expect.stringContaining('context.tool') });
    expect(events).toHaveLength(1);

    const looked = watched(ask(ref, { type: 'look' }));
    const flushed = watched(host.flush());
    await settled();
    expect(looked.error).toMatchObject({ code: 'store_failed' });
    expect(flushed.value).toEqual(unsavable());
    const renamed = watched(host.renameSession('a', 'b'));
    await settled();
    expect(renamed.value).toEqual(unsavable());
    expect(ofType(events, 'session.updated')).toEqual([]);
    expect(clock.timers).toBe(0);

    expect(await ask(ref, { type: 'drop' })).toBe('dropped');
    await settled();
    expect(store.saved('a')).toMatchObject({ session: { name: 'b' }, snapshot: { context: { tool: null } } });
    expect(ofType(events, 'session.updated')).toHaveLength(1);
    expect(await host.flush()).toEqual(done);
    expect(clock.timers).toBe(0);
  });

  it('does not hold up a close, which names it, nor a stop', async () => {
    const { host, store, events, open: start, clock } = open();
    for (const id of ['a', 'b', 'c']) await start(id);
    const refs = ['a', 'b'].map((id) => host.session(id)!);
    await Promise.all(refs.map((ref) => ask(ref, { type: 'take' }).catch(() => {})));
    expect(await host.stopSession('b')).toEqual(done);
    const closed = watched(host.close());
    await settled();
    expect([closed.isSettled, clock.timers]).toEqual([true, 0]);
    expect(events.at(-1)).toEqual({ type: 'store.failed', error: unsavable().error, unsaved: ['a'] });
    expect(store.saved('a')).toMatchObject({ snapshot: { context: { tool: null } } });
    expect([...store.records.keys()]).toEqual(['a', 'c']);
  });

  it.each([{ everyMs: 100 }, 'on_stop'] as const)(
    'is told of with persist %j, and flush is refused',
    async (persist) => {
      const store = new FaultyStore();
      const { host, events, open: start, clock } = openHost({ session: holding, store, persist });
      const ref = await start('a');
      expect(await ask(ref, { type: 'take' })).toBe('taken');
      clock.increment(100);
      await settled();
      expect(ofType(events, 'store.failed')).toHaveLength(persist === 'on_stop' ? 0 : 1);
      clock.increment(1_000);
      await settled();
      expect(ofType(events, 'store.failed')).toHaveLength(persist === 'on_stop' ? 0 : 1);
      const flushed = watched(host.flush());
      await settled();
      expect(flushed.value).toEqual(unsavable());
    },
  );
});

describe('A session that is not at rest', () => {
  const slow = setup({ actors: { wait: fromPromise<void>(() => new Promise(() => {})) } }).createMachine({
    initial: 'waking',
    states: { waking: { invoke: { src: 'wait' }, on: { wake: 'up' } }, up: { tags: 'ready' } },
    on: { get: { actions: ({ event }) => event.replyTo.send('got') } },
  });
  const store = new FaultyStore();

  it('says so where it is not at rest in time', async () => {
    let isSlow = false;
    const session = sessionTree({
      logger: () => {},
      children: () => [
        {
          id: 'slow',
          src: slow,
          ready: (snapshot: { hasTag(tag: string): boolean }) => !isSlow || snapshot.hasTag('ready'),
        } as never,
      ],
    });
    const { host, open, clock, events } = openHost({ session, store });
    const ref = await open('s1');
    isSlow = true;
    host.whereis('s1', 'slow')!.send({ type: 'xstate.stop' });
    void ask(ref, { type: 'child.restart', id: 'slow' } as never).catch(() => {});
    await settled();
    const seen = watched(host.renameSession('s1', 'b'));
    await settled();
    expect(seen.isSettled).toBe(false);
    clock.increment(5_000);
    await settled();
    expect(seen.value).toEqual(refusedWith('store_failed', { message: expect.stringContaining('at rest') }));
    isSlow = false;
    host.whereis('s1', 'slow')?.send({ type: 'wake' });
    await settled();
    expect(store.saved('s1')!.session.name).toBe('b');
    expect(ofType(events, 'session.updated')).toHaveLength(1);
  });
});
