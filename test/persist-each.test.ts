import { assign, createMachine, sendTo, setup } from 'xstate';
import type { AnyActorRef } from 'xstate';
import { ask, sessionTree } from '../src/index.ts';
import type { ReplyTo, SessionRecord } from '../src/index.ts';
import { runtimeOf } from '../machines/runtime.ts';
import { done, settled, watched } from './support/answers.ts';
import { FaultyStore } from './support/faulty-store.ts';
import { keptNotebook, keptNotebooks } from './support/kept-notebooks.ts';
import { asked, notebook, write } from './support/notebook.ts';
import { openHost } from './support/open-host.ts';
import { crashed, restarted, started, stopped, told } from './support/told.ts';

/** A host with one session `s1`, on a store that waits to be told from then on. */
async function setUp(options?: Parameters<typeof keptNotebook>[0]) {
  const test = await keptNotebook(options);
  test.store.hold();
  /** Expects that nothing of it is answered before the write that is under way is over. */
  const expectHeld = async (answer: Promise<unknown>, onDisk: () => unknown) => {
    let atTheAnswer: unknown;
    const seen = watched(answer.then((value) => ((atTheAnswer = onDisk()), value)));
    await settled();
    expect([seen.isSettled, test.store.waiting]).toEqual([false, 1]);
    const before = onDisk();
    test.store.release();
    await settled();
    expect(seen.isSettled).toBe(true);
    expect(seen.error).toBe(undefined);
    return { value: seen.value, before, atTheAnswer };
  };
  return { ...test, expectHeld };
}

describe("With persist 'each', the answer comes once it is on the disk", () => {
  it('of a start, and session.started', async () => {
    const { host, store, events, start } = keptNotebooks();
    store.hold();
    const seen = watched(start('s1'));
    await settled();
    expect([seen.isSettled, events, store.saved('s1'), store.waiting]).toEqual([false, [], undefined, 1]);
    const onDisk: unknown[] = [];
    host.on('session.started', () => onDisk.push(store.lines('s1')));
    store.release();
    await settled();
    expect(seen.value).toMatchObject({ ok: true });
    expect(onDisk).toEqual([[]]);
    expect(told(events)).toEqual([started('s1')]);
  });

  it('of a stop', async () => {
    const { host, store, events, expectHeld } = await setUp();
    expect(await expectHeld(host.stopSession('s1'), () => store.records.has('s1'))).toEqual({
      value: done,
      before: true,
      atTheAnswer: false,
    });
    expect(told(events)).toEqual([stopped('s1', 'shutdown')]);
  });

  it('of a rename, a configuration and an update, and session.updated', async () => {
    const { host, store, events, expectHeld } = await setUp();
    const heard: unknown[] = [];
    host.on('session.updated', ({ session }) => {
      const { name, config } = store.saved('s1')!.session;
      heard.push([session.name, name, config]);
    });
    const name = () => store.saved('s1')!.session.name;
    expect(await expectHeld(host.renameSession('s1', 'b'), name)).toMatchObject({ before: 's1', atTheAnswer: 'b' });
    const config = () => store.saved('s1')!.session.config;
    expect(await expectHeld(host.configureSession('s1', { model: 'small' }), config)).toMatchObject({
      value: done,
      before: {},
      atTheAnswer: { model: 'small' },
    });
    const update = host.updateSession({ ...host.list()[0]!, name: 'c' });
    expect(await expectHeld(update, name)).toMatchObject({
      value: { ok: true, value: { name: 'c' } },
      before: 'b',
      atTheAnswer: 'c',
    });
    expect(heard).toEqual([
      ['b', 'b', {}],
      ['b', 'b', { model: 'small' }],
      ['c', 'c', { model: 'small' }],
    ]);
    expect(events).toHaveLength(3);
  });

  it('of a restart', async () => {
    const { host, store, events, expectHeld } = await setUp();
    const incarnation = () => store.saved('s1')!.incarnation;
    expect(await expectHeld(host.restartSession('s1'), incarnation)).toEqual({
      value: done,
      before: 1,
      atTheAnswer: 2,
    });
    expect(told(events)).toEqual([restarted('s1', 2)]);
  });

  it.each([
    ['session.rename', { name: 'b' }, 'b'],
    ['session.configure', { config: { a: 1 } }, 's1'],
    ['session.restart', {}, 's1'],
    ['session.stop', {}, undefined],
  ])('of a command that is an event, and that is asked: %s', async (type, fields, name) => {
    for (const way of ['send', 'ask'] as const) {
      const { host, store, expectHeld } = await setUp();
      const command = { type, id: 's1', ...fields } as never;
      const answer =
        way === 'ask'
          ? ask(host.actor, command)
          : new Promise((send) => host.send({ ...(command as object), replyTo: { send } } as never));
      const { value, before, atTheAnswer } = await expectHeld(answer, () => store.saved('s1'));
      expect(value).toEqual(done);
      expect((atTheAnswer as SessionRecord | undefined)?.session.name).toBe(name);
      expect(atTheAnswer).not.toEqual(before);
    }
  });

  it('of a start that is an event', async () => {
    const { host, store } = keptNotebooks();
    store.hold();
    const onDisk: unknown[] = [];
    const replyTo = { send: (answer: { ok: boolean }) => onDisk.push([answer.ok, store.lines('a')]) };
    host.send({ type: 'session.start', projectPath: '/a', id: 'a', replyTo } as never);
    await settled();
    expect(onDisk).toEqual([]);
    store.release();
    await settled();
    expect(onDisk).toEqual([[true, []]]);
  });

  it('of an update through the registry', async () => {
    const { host, store, expectHeld } = await setUp();
    const session = { ...host.list()[0]!, name: 'b' };
    const answers = [
      () => ask(host.actor, { type: 'registry.update', session } as never),
      () => ask(runtimeOf(host.actor).registry!, { type: 'registry.update', session: { ...session, name: 'c' } }),
    ];
    const name = () => store.saved('s1')!.session.name;
    expect(await expectHeld(answers[0]!(), name)).toMatchObject({ before: 's1', atTheAnswer: 'b' });
    expect(await expectHeld(answers[1]!(), name)).toMatchObject({ before: 'b', atTheAnswer: 'c' });
  });

  it('of a question to a session', async () => {
    const { ref, store, expectHeld } = await setUp();
    const lines = () => store.lines('s1');
    expect(await expectHeld(ask(ref, asked('a')), lines)).toEqual({ value: 1, before: [], atTheAnswer: ['a'] });
    store.heal();
    expect(await ask(ref, asked('b'))).toBe(2);
    expect(lines()).toEqual(['a', 'b']);
  });

  it('of a question to a child of a session tree', async () => {
    const store = new FaultyStore();
    const session = sessionTree({
      logger: () => {},
      children: (input) => ['a', 'b'].map((id) => ({ id, src: notebook, input })),
    });
    const { host, open } = openHost({ session, store });
    await open('s1');
    store.hold();
    const child = host.whereis('s1', 'a')!;
    const seen = watched(ask(child as never, asked('x') as never) as Promise<unknown>);
    await settled();
    expect([seen.isSettled, store.waiting, store.records.get('s1')!.includes('"x"')]).toEqual([false, 1, false]);
    store.release();
    await settled();
    expect([seen.value, store.records.get('s1')!.includes('"x"')]).toEqual([1, true]);
  });

  it('which is there already of a question that changes nothing, also on the clocks of the computer', async () => {
    const store = new FaultyStore();
    const session = sessionTree({ logger: () => {}, children: (input) => [{ id: 'a', src: notebook, input }] });
    const clock = { setTimeout, clearTimeout: (id: never) => clearTimeout(id) };
    const { host, open } = openHost({ session, store, clock, now: Date.now, intensity: { maxRestarts: 5 } });
    const ref = await open('s1');
    // Its supervisor has a restart to remember, and when it was.
    await host.restartSession('s1');
    host.whereis('s1', 'a')!.send({ type: 'crash' });
    await host.flush();
    store.calls.length = 0;
    for (let n = 0; n < 10; n += 1) {
      // The two clocks tell their times in steps of their own.
      await new Promise((resolve) => setTimeout(resolve, 1));
      await ask(host.whereis('s1', 'a') as never, { type: 'read' } as never);
    }
    expect(ref.getSnapshot().status).toBe('active');
    expect(store.calls).toEqual([]);
  });

  it('of a question from one session to another', async () => {
    type Event =
      | { readonly type: 'write' }
      | { readonly type: 'pass.on'; readonly to: AnyActorRef; readonly replyTo: ReplyTo<string> }
      | { readonly type: 'taken'; readonly replyTo?: ReplyTo<string> };
    const relaying = setup({
      types: { context: {} as { readonly taken: number }, events: {} as Event },
    }).createMachine({
      context: { taken: 0 },
      on: {
        'pass.on': {
          actions: [
            ({ event }) => {
              void ask(event.to as never, { type: 'taken' } as never).then((answer) =>
                event.replyTo.send(`${answer as string}, passed on`),
              );
            },
          ],
        },
        taken: {
          actions: [
            assign({ taken: ({ context }) => context.taken + 1 }),
            ({ event, context }) => event.replyTo?.send(`taken ${context.taken}`),
          ],
        },
      },
    });
    const store = new FaultyStore();
    const { open } = openHost({ session: relaying, store });
    const [a, b] = [await open('a'), await open('b')];
    store.hold();
    const seen = watched(ask(a, { type: 'pass.on', to: b } as never) as Promise<unknown>);
    await settled();
    expect([seen.isSettled, store.waiting]).toEqual([false, 1]);
    store.release();
    await settled();
    expect(seen.value).toBe('taken 1, passed on');
    expect(store.saved('b')!.snapshot).toMatchObject({ context: { taken: 1 } });
  });

  it('of an answer that XState sends', async () => {
    const answering = setup({
      types: { events: {} as { readonly type: 'get'; readonly replyTo: ReplyTo<{ type: 'got' }> } },
    }).createMachine({
      context: { gets: 0 },
      on: {
        get: {
          actions: [
            sendTo(({ event }) => event.replyTo, { type: 'got' } as never),
            assign({ gets: ({ context }) => (context.gets as number) + 1 }),
          ],
        },
      },
    });
    const store = new FaultyStore();
    const { open } = openHost({ session: answering, store });
    const ref = await open('a');
    store.hold();
    const seen = watched(ask(ref, { type: 'get' } as never) as Promise<unknown>);
    await settled();
    expect([seen.isSettled, store.waiting]).toEqual([false, 1]);
    store.release();
    await settled();
    expect([seen.value, store.saved('a')!.snapshot]).toMatchObject([{ type: 'got' }, { context: { gets: 1 } }]);
  });
});

describe("With persist 'each'", () => {
  it('one write of a session is under way, and the latest state is the next', async () => {
    const { ref, store } = await setUp();
    const counts = Array.from({ length: 11 }, (_, index) => index + 1);
    const seen = counts.map((count) => watched(ask(ref, asked(`line ${count}`))));
    await settled();
    // All came in one turn.
    expect([store.waiting, store.count('save s1')]).toEqual([1, 1]);
    for (let line = 12; line <= 21; line += 1) {
      seen.push(watched(ask(ref, asked(`line ${line}`))));
      await settled();
    }
    expect([store.waiting, store.count('save s1')]).toEqual([1, 1]);
    store.release();
    await settled();
    expect([store.waiting, store.count('save s1'), store.lines('s1')]).toMatchObject([1, 2, { length: 11 }]);
    expect(seen.map(({ value }) => value)).toEqual([...counts, ...Array<undefined>(10).fill(undefined)]);
    store.release();
    await settled();
    expect([store.waiting, store.lines('s1')]).toMatchObject([0, { length: 21 }]);
    expect(seen.at(-1)!.value).toBe(21);
    expect([store.mostAtOnce, store.calls]).toEqual([1, ['save s1', 'save s1']]);
  });

  it('an answer that changes nothing needs no write, but waits for the earlier ones', async () => {
    const { ref, store } = await setUp();
    expect(await ask(ref, { type: 'read' })).toEqual([]);
    expect(store.calls).toEqual([]);

    ref.send(write('a'));
    const seen = watched(ask(ref, { type: 'read' }));
    await settled();
    expect([seen.isSettled, store.waiting]).toEqual([false, 1]);
    store.release();
    await settled();
    expect([seen.value, store.count('save s1'), store.lines('s1')]).toEqual([['a'], 1, ['a']]);
  });

  it('sessions do not wait for each other', async () => {
    const { store, open, start } = keptNotebooks();
    const a = await open('a');
    await open('b');
    store.hold();
    const slow = watched(ask(a, asked('x')));
    await settled();
    store.fault((work) => work());
    expect(await start('c')).toMatchObject({ ok: true });
    expect(slow.isSettled).toBe(false);
    store.release();
    await settled();
    expect(slow.value).toBe(1);
  });

  it('what an event changes is written, though nobody asks', async () => {
    const { ref, store } = await setUp();
    store.heal();
    ref.send(write('a'));
    await settled();
    expect(store.lines('s1')).toEqual(['a']);
  });

  it('a question whose answer is lost in a crash is rejected, and nothing hangs', async () => {
    for (const when of ['before the write', 'while another is under way'] as const) {
      const { host, ref, store, clock } = await setUp();
      if (when === 'while another is under way') {
        ref.send(write('first'));
        await settled();
      }
      const seen = watched(ask(ref, asked('a')));
      if (when === 'while another is under way') await settled();
      ref.send({ type: 'crash' });
      store.heal();
      await settled();
      expect(seen.error).toMatchObject({ code: 'actor_stopped', reason: 'error' });
      expect(await ask(ref, { type: 'read' })).toEqual([]);
      await settled();
      expect(store.saved('s1')).toMatchObject({ incarnation: 2, snapshot: { context: { lines: [] } } });
      expect(clock.timers).toBe(0);
      expect((await host.stopSession('s1')).ok).toBe(true);
    }
  });

  it('a question whose answer was being written as the session crashed has its answer', async () => {
    const { ref, store, clock } = await setUp();
    const seen = watched(ask(ref, asked('a')));
    await settled();
    ref.send({ type: 'crash' });
    await settled();
    expect(seen.isSettled).toBe(false);
    store.release(1);
    await settled();
    expect([seen.value, store.lines('s1')]).toEqual([1, ['a']]);
    store.heal();
    await settled();
    expect(store.saved('s1')).toMatchObject({ incarnation: 2 });
    expect(clock.timers).toBe(0);
  });

  it('a session that answers as it finishes has answered, once its record is gone', async () => {
    const parting = setup({
      types: { events: {} as { readonly type: 'part'; readonly replyTo: ReplyTo<string> } },
    }).createMachine({
      initial: 'here',
      states: {
        here: { on: { part: { target: 'gone', actions: ({ event }) => event.replyTo.send('farewell') } } },
        gone: { type: 'final' },
      },
    });
    for (const restart of ['transient', 'permanent'] as const) {
      const store = new FaultyStore();
      const { open, host } = openHost({ session: parting, store, restart });
      const ref = await open('a');
      store.hold();
      const seen = watched(ask(ref, { type: 'part' }));
      await settled();
      expect([seen.isSettled, store.saved('a')?.incarnation, store.waiting]).toEqual([false, 1, 1]);
      store.release();
      await settled();
      expect(seen).toEqual({ value: 'farewell', isSettled: true });
      const next = restart === 'transient' ? undefined : 2;
      expect([store.saved('a')?.incarnation, host.count()]).toEqual([next, restart === 'transient' ? 0 : 1]);
    }
  });

  it.each([
    ['before the write', false],
    ['while an earlier write is under way', true],
  ])('a child of a tree that crashes %s of its answer has not answered', async (_, isUnderWay) => {
    const store = new FaultyStore();
    const session = sessionTree({ logger: () => {}, children: (input) => [{ id: 'a', src: notebook, input }] });
    const { host, open, clock } = openHost({ session, store });
    await open('s1');
    const child = host.whereis('s1', 'a')!;
    if (isUnderWay) {
      store.hold();
      child.send(write('first'));
      await settled();
    }
    const seen = watched(ask(child as never, asked('x') as never) as Promise<unknown>);
    if (isUnderWay) await settled();
    child.send({ type: 'crash' });
    store.heal();
    await settled();
    expect(store.records.get('s1')!.includes('"x"')).toBe(false);
    expect(seen.error).toMatchObject({ code: 'actor_stopped', reason: 'error' });
    expect(clock.timers).toBe(0);
  });

  it('a child that is stopped after its answer, by its parent, has answered', async () => {
    const child = setup({ types: { events: {} as { readonly type: 'get'; readonly replyTo: ReplyTo<string> } } });
    const machine = setup({
      actors: {
        child: child.createMachine({
          on: {
            get: {
              actions: [({ event }) => event.replyTo.send('got'), ({ self }) => self._parent!.send({ type: 'over' })],
            },
          },
        }),
      },
    }).createMachine({
      initial: 'asking',
      states: { asking: { invoke: { src: 'child', id: 'child' }, on: { over: 'rested' } }, rested: {} },
    });
    const store = new FaultyStore();
    const { open } = openHost({ session: machine, store });
    const ref = await open('a');
    store.hold();
    const inner = (ref.getSnapshot() as { children: Record<string, AnyActorRef> }).children['child']!;
    const seen = watched(ask(inner as never, { type: 'get' } as never) as Promise<unknown>);
    await settled();
    expect([seen.isSettled, store.waiting]).toEqual([false, 1]);
    store.release();
    await settled();
    expect([seen.value, store.saved('a')!.snapshot]).toMatchObject(['got', { value: 'rested' }]);
  });

  it('what happens to a session is told in its order', async () => {
    const { host, store, events, start } = keptNotebooks();
    store.hold();
    void start('a');
    await settled();
    const ref = host.session('a')!;
    void host.renameSession('a', 'b');
    ref.send({ type: 'crash' });
    void host.stopSession('a');
    await settled();
    expect(events).toEqual([]);
    while (store.waiting > 0) {
      store.release(1);
      await settled();
    }
    expect(told(events)).toEqual([
      started('a'),
      { type: 'session.updated', id: 'a' },
      crashed('a', 1, expect.any(Error), { type: 'crash' }),
      restarted('a', 2),
      stopped('a', 'shutdown'),
    ]);
    expect(store.records.size).toBe(0);
  });

  it('many sessions have many questions at once', async () => {
    const { store, open, clock } = keptNotebooks({ maxSessions: 50 });
    const refs = await Promise.all(Array.from({ length: 50 }, (_, index) => open(`s${index}`)));
    store.calls.length = 0;
    const answers = await Promise.all(refs.flatMap((ref) => ['a', 'b', 'c', 'd'].map((text) => ask(ref, asked(text)))));
    expect(answers).toEqual(refs.flatMap(() => [1, 2, 3, 4]));
    expect(new Set(refs.map(({ id }) => JSON.stringify(store.lines(id))))).toEqual(new Set(['["a","b","c","d"]']));
    expect(store.calls.length).toBe(50);
    expect(clock.timers).toBe(0);
  });
});

it('A host without a store answers at once, as before', async () => {
  const machine = createMachine({ on: { get: { actions: ({ event }) => event.replyTo.send('got') } } });
  const { open } = openHost({ session: machine });
  const ref = await open('a');
  let answer: unknown;
  void (ask(ref, { type: 'get' } as never) as Promise<unknown>).then((value) => (answer = value));
  await Promise.resolve();
  await Promise.resolve();
  expect(answer).toBe('got');
});
