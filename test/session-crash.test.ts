import { createMachine, fromCallback, fromObservable, fromPromise, fromTransition } from 'xstate';
import type { AnyActorLogic } from 'xstate';
import { boom, crashing, go, throwBoom, ways } from './support/crash-ways.ts';
import { fragile, thrown } from './support/fragile.ts';
import { createGate } from './support/gate.ts';
import { openHost } from './support/open-host.ts';
import { crashed, failed, restarted, started, stopped, told } from './support/told.ts';

describe('A session that crashes by', () => {
  it.each(ways)('$by is restarted before anything else happens', async (way) => {
    const { region, event = go, error = boom, afterMs } = way;
    const { host, clock, events, open } = openHost({ session: crashing(region) });
    const ref = await open('s1');
    const first = ref.getSnapshot();
    const crash = () => {
      ref.send(go);
      if (afterMs !== undefined) clock.increment(afterMs);
    };

    crash();

    expect(host.isRunning('s1')).toBe(true);
    expect(told(events)).toEqual([started('s1'), crashed('s1', 1, error, event), restarted('s1', 2)]);
    expect(ref.getSnapshot()).not.toBe(first);
    expect(ref.getSnapshot()).toMatchObject({ status: 'active', value: first.value });
    expect(clock.timers).toBe(0);

    events.length = 0;
    crash();
    crash();
    expect(told(events)).toEqual([
      crashed('s1', 2, error, event),
      restarted('s1', 3),
      crashed('s1', 3, error, event),
      restarted('s1', 4),
    ]);
    expect(host.isRunning('s1')).toBe(true);
  });

  it('an invoked promise that rejects is restarted when it does', async () => {
    const gates: ReturnType<typeof createGate<never>>[] = [];
    const call = fromPromise(() => {
      const gate = createGate<never>();
      gates.push(gate);
      return gate.promise;
    });
    const { events, open } = openHost({ session: createMachine({ invoke: { id: 'call', src: call } }) });
    await open('s1');
    for (const gate of [0, 1]) {
      gates[gate]!.fail(boom);
      await expect(gates[gate]!.promise).rejects.toBe(boom);
    }
    const event = { type: 'xstate.error.actor.call', error: boom, actorId: 'call' };
    expect(told(events)).toEqual([
      started('s1'),
      crashed('s1', 1, boom, event),
      restarted('s1', 2),
      crashed('s1', 2, boom, event),
      restarted('s1', 3),
    ]);
    expect(gates).toHaveLength(3);
  });

  const others: readonly { readonly is: string; readonly session: AnyActorLogic; readonly event?: object }[] = [
    {
      is: 'transition function',
      session: fromTransition((state, event) => (event.type === 'go' ? throwBoom() : state), {}),
    },
    { is: 'callback', session: fromCallback(({ receive }) => receive(throwBoom)) },
  ];
  it.each(others)('throwing, where it is a $is, is restarted', async ({ session }) => {
    const { events, open } = openHost({ session });
    (await open('s1')).send(go);
    expect(told(events)).toEqual([started('s1'), crashed('s1', 1, boom, go), restarted('s1', 2)]);
  });

  it('rejecting, where it is a promise, is restarted', async () => {
    const gate = createGate<never>();
    let lives = 0;
    const session = fromPromise(() => (lives++ === 0 ? gate.promise : new Promise(() => {})));
    const { events, open } = openHost({ session });
    await open('s1');
    gate.fail(boom);
    await expect(gate.promise).rejects.toBe(boom);
    const event = { type: 'xstate.promise.reject', data: boom };
    expect(told(events)).toEqual([started('s1'), crashed('s1', 1, boom, event), restarted('s1', 2)]);
  });

  it('an error, where it is an observable, is restarted', async () => {
    const observers: { error?: (error: unknown) => void }[] = [];
    const session = fromObservable(() => ({
      subscribe: (observer: object) => (observers.push(observer), { unsubscribe() {} }),
    }));
    const { events, open } = openHost({ session });
    await open('s1');
    observers[0]!.error!(boom);
    const event = { type: 'xstate.observable.error', data: boom };
    expect(told(events)).toEqual([started('s1'), crashed('s1', 1, boom, event), restarted('s1', 2)]);
  });

  it.each([undefined, null, 0, '', 'a word', { code: 1 }])('a throw of %p is restarted, and says so', async (error) => {
    const { host, events, open } = openHost({ session: fragile });
    const event = { type: 'throw', error } as const;
    (await open('s1')).send(event);
    expect(told(events)).toEqual([started('s1'), crashed('s1', 1, error, event), restarted('s1', 2)]);
    expect(host.isRunning('s1')).toBe(true);
  });

  it('an event that comes through `sendTo`, or from the host, is restarted as well', async () => {
    const session = createMachine({
      on: { go: { actions: throwBoom }, 'session.updated': { actions: throwBoom } },
    });
    const { host, events, open } = openHost({ session });
    await open('s1');
    await host.renameSession('s1', 'new');
    const { session: renamed } = events.find((event) => event.type === 'session.updated')!;
    expect(told(events)).toEqual([
      started('s1'),
      { type: 'session.updated', id: 's1' },
      crashed('s1', 1, boom, { type: 'session.updated', session: renamed }),
      restarted('s1', 2),
    ]);
  });

  it('what another session sends it is restarted, and the other does not notice', async () => {
    const { events, open } = openHost({
      session: createMachine({
        on: {
          go: { actions: throwBoom },
          send: { actions: ({ event }) => event.to.send(go) },
        },
      }),
    });
    const [one, two] = [await open('s1'), await open('s2')];
    const before = one.getSnapshot();
    one.send({ type: 'send', to: two });
    expect(told(events).slice(2)).toEqual([crashed('s2', 1, boom, go), restarted('s2', 2)]);
    expect(one.getSnapshot().status).toBe('active');
    expect(one.getSnapshot().value).toEqual(before.value);
  });
});

describe('A restart type', () => {
  const finish = { type: 'finish' } as const;
  it.each([
    { restart: 'permanent', end: finish, then: [restarted('s1', 2)] },
    { restart: 'permanent', end: thrown, then: [crashed('s1', 1, boom, thrown), restarted('s1', 2)] },
    { restart: 'transient', end: finish, then: [stopped('s1', 'normal')] },
    { restart: 'transient', end: thrown, then: [crashed('s1', 1, boom, thrown), restarted('s1', 2)] },
    { restart: 'temporary', end: finish, then: [stopped('s1', 'normal')] },
    { restart: 'temporary', end: thrown, then: [crashed('s1', 1, boom, thrown), stopped('s1', 'error')] },
  ] as const)('decides what becomes of a $restart session on $end.type', async ({ restart, end, then }) => {
    const { host, events, open } = openHost({ session: fragile, restart });
    const ref = await open('s1');
    ref.send(end);
    expect(told(events)).toEqual([started('s1'), ...then]);
    const isBack = then.at(-1)!.type === 'session.restarted';
    expect({ ids: host.ids(), running: host.isRunning('s1') }).toEqual({ ids: isBack ? ['s1'] : [], running: isBack });
    expect(ref.getSnapshot().status).toBe(isBack ? 'active' : end === finish ? 'done' : 'stopped');
  });

  it('that is permanent charges a normal end, and gives up without a cause', async () => {
    const { host, events, open } = openHost({
      session: fragile,
      restart: 'permanent',
      intensity: { maxRestarts: 2, withinMs: 1_000 },
    });
    const ref = await open('s1');
    ref.send(finish);
    ref.send(finish);
    ref.send(finish);
    expect(told(events)).toEqual([
      started('s1'),
      restarted('s1', 2),
      restarted('s1', 3),
      failed('s1', 2, 1_000, undefined),
    ]);
    expect(host.count()).toBe(0);
  });

  it('does not bring back what was stopped, or fail what was restarted, by hand', async () => {
    const { host, events, open } = openHost({ session: fragile, restart: 'permanent', intensity: { maxRestarts: 0 } });
    await open('s1');
    for (let i = 0; i < 5; i++) expect(await host.restartSession('s1')).toMatchObject({ ok: true });
    await host.stopSession('s1');
    expect(told(events)).toEqual([
      started('s1'),
      ...[2, 3, 4, 5, 6].map((incarnation) => restarted('s1', incarnation)),
      stopped('s1', 'shutdown'),
    ]);
  });

  it('gives the output of a session that has finished', async () => {
    const session = createMachine({
      initial: 'working',
      states: { working: { on: { finish: 'finished' } }, finished: { type: 'final' } },
      output: 'done and dusted',
    });
    const { events, open } = openHost({ session });
    (await open('s1')).send(finish);
    expect(told(events)).toEqual([started('s1'), stopped('s1', 'normal', { output: 'done and dusted' })]);
  });
});
