import { createMachine, fromCallback, sendParent, sendTo, spawnChild, stopChild } from 'xstate';
import type { AnyActorLogic } from 'xstate';
import { ask } from '../src/index.ts';
import type { SessionHost } from '../src/index.ts';
import { Alive } from './support/alive.ts';
import { boom, go, throwBoom } from './support/crash-ways.ts';
import { household, levels, membersOf, timersOf } from './support/household.ts';
import { openFamily } from './support/open-family.ts';
import { openHost } from './support/open-host.ts';
import { crashed, failed, restarted, started, stopped, told } from './support/told.ts';

const nothing = { alive: [], timers: 0 };

describe('Nothing of a session lives on', () => {
  it('when it has been stopped', async () => {
    const { host, events, living, all } = await openFamily();
    expect(living()).toEqual(all);
    await host.stopSession('s1');
    expect(living()).toEqual(nothing);
    expect(told(events)).toEqual([started('s1'), stopped('s1', 'shutdown')]);
  });

  it('when it has finished', async () => {
    const { ref, events, living } = await openFamily();
    ref.send({ type: 'finish' });
    expect(living()).toEqual(nothing);
    expect(told(events)).toEqual([started('s1'), stopped('s1', 'normal')]);
  });

  it('when its host has been closed', async () => {
    const { host, open, living } = await openFamily();
    await open('s2');
    await host.close();
    expect(living()).toEqual(nothing);
  });

  it('when it has been restarted by hand, or because it is permanent', async () => {
    const { host, ref, alive, living, all } = await openFamily({ restart: 'permanent' });
    const count = alive.count;
    await host.restartSession('s1');
    expect({ ...living(), old: alive.olderThan(count) }).toEqual({ ...all, old: [] });
    ref.send({ type: 'finish' });
    expect({ ...living(), old: alive.olderThan(count * 2) }).toEqual({ ...all, old: [] });
    expect(alive.doubles).toEqual([]);
  });

  it('when it has given up', async () => {
    const { alive, events, living } = await openFamily({ intensity: { maxRestarts: 0 } });
    alive.fail('grandchild.callback', boom);
    expect(living()).toEqual(nothing);
    expect(told(events).slice(2)).toEqual([failed('s1', 0, 5_000, boom)]);
  });

  it('while it waits for its restart', async () => {
    const { clock, alive, living, all } = await openFamily({ backoff: { minMs: 100, maxMs: 100, jitter: 'none' } });
    alive.fail('grandchild.callback', boom);
    expect(living()).toEqual({ alive: [], timers: 1 });
    clock.increment(100);
    expect(living()).toEqual(all);
  });

  it('but the rest, when one of its children has finished', async () => {
    const { alive, events, living } = await openFamily();
    alive.send('child', { type: 'finish' });
    expect(living()).toEqual({ alive: membersOf('session').sort(), timers: timersOf(true) });
    expect(told(events)).toEqual([started('s1')]);
  });

  it('of what failed to start, and starts at last', async () => {
    const alive = new Alive();
    let lives = 0;
    const session = household(alive, {
      name: 'session',
      crash: {
        entry: () => (lives++, lives === 2 || lives === 3 ? throwBoom() : undefined),
        on: { go: { actions: throwBoom } },
      },
      child: household(alive, { name: 'child' }),
    });
    const { clock, events, open } = openHost({ session });
    const ref = await open('s1');
    const count = alive.count;
    ref.send(go);
    expect(told(events)).toEqual([
      started('s1'),
      crashed('s1', 1, boom, go),
      crashed('s1', 1, boom),
      crashed('s1', 1, boom),
      restarted('s1', 2),
    ]);
    expect(alive.names).toEqual([...membersOf('session'), ...membersOf('child')].sort());
    expect(alive.olderThan(count)).toEqual([]);
    expect(alive.doubles).toEqual([]);
    expect(clock.timers).toBe(timersOf(true) + timersOf(false));
  });
});

describe('A child is cleaned up', () => {
  const roles = ['callback', 'kept', 'spawned', 'observable'];

  it.each(levels.flatMap((level) => roles.map((role) => `${level}.${role}`)))(
    'also where it is itself what failed: %s',
    async (name) => {
      const { alive, events, living, all } = await openFamily();
      const count = alive.count;
      alive.fail(name, boom);
      expect(told(events).slice(1)).toEqual([crashed('s1', 1, boom, expect.anything()), restarted('s1', 2)]);
      expect(living()).toEqual(all);
      expect({ old: alive.olderThan(count), doubles: alive.doubles }).toEqual({ old: [], doubles: [] });
    },
  );

  it.each(levels)('where a promise of the %s has rejected', async (level) => {
    const { host, alive, living, all } = await openFamily();
    const count = alive.count;
    const back = new Promise((resolve) => host.on('session.restarted', resolve));
    alive.fail(`${level}.promise`, boom);
    await back;
    expect(living()).toEqual(all);
    expect({ old: alive.olderThan(count), doubles: alive.doubles }).toEqual({ old: [], doubles: [] });
  });

  it('where the session itself is a callback that throws', async () => {
    const alive = new Alive();
    const { host, events, open } = openHost({ session: alive.callback('session') });
    await open('s1');
    alive.fail('session', boom);
    expect(told(events).map((event) => event)).toHaveLength(3);
    expect({ names: alive.names, doubles: alive.doubles }).toEqual({ names: ['session'], doubles: [] });
    await host.stopSession('s1');
    expect(alive.names).toEqual([]);
  });

  it('once, even if it throws then', async () => {
    let cleanUps = 0;
    const session = createMachine({
      invoke: {
        id: 'child',
        src: fromCallback(({ receive }) => {
          receive(throwBoom);
          return () => {
            cleanUps++;
            throw new Error('also in the clean-up');
          };
        }),
      },
      on: { pass: { actions: sendTo('child', go) }, go: { actions: throwBoom } },
    });
    const { host, events, open } = openHost({ session });
    const ref = await open('s1');
    ref.send({ type: 'pass' });
    expect(cleanUps).toBe(1);
    ref.send(go);
    expect(cleanUps).toBe(2);
    await host.stopSession('s1');
    expect(cleanUps).toBe(3);
    expect(told(events).map(({ type }: any) => type)).toEqual([
      'session.started',
      'session.crashed',
      'session.restarted',
      'session.crashed',
      'session.restarted',
      'session.stopped',
    ]);
  });

  const orphans: Record<string, (alive: Alive) => object> = {
    'were spawned without an id': (alive) => ({
      entry: [spawnChild(alive.callback('a')), spawnChild(alive.callback('b'))],
    }),
    'were spawned with one id': (alive) => ({
      entry: [spawnChild(alive.callback('a'), { id: 'one' }), spawnChild(alive.callback('b'), { id: 'one' })],
    }),
  };
  describe.each(Object.keys(orphans))('where two %s, and the machine knows only one of them,', (which) => {
    const openOrphans = async (wrap: (src: AnyActorLogic) => AnyActorLogic) => {
      const alive = new Alive();
      const machine = createMachine({
        ...orphans[which]!(alive),
        on: { go: { actions: throwBoom }, finish: '.over' },
        initial: 'working',
        states: { working: {}, over: { type: 'final' } },
      } as never);
      const opened = openHost({ session: wrap(machine) });
      const ref = await opened.open('s1');
      expect(alive.names).toEqual(['a', 'b']);
      return { ...opened, alive, ref };
    };
    const inner = (src: AnyActorLogic) =>
      createMachine({
        invoke: { id: 'inner', src },
        on: { '*': { actions: sendTo('inner', ({ event }: any) => event) }, drop: { actions: stopChild('inner') } },
      });

    it('and the session crashes', async () => {
      const { alive, ref } = await openOrphans((src) => src);
      ref.send(go);
      expect({ names: alive.names, doubles: alive.doubles }).toEqual({ names: ['a', 'b'], doubles: [] });
    });

    it('and the session is stopped', async () => {
      const { alive, host } = await openOrphans((src) => src);
      await host.stopSession('s1');
      expect(alive.names).toEqual([]);
    });

    it('and the session finishes', async () => {
      const { alive, ref } = await openOrphans((src) => src);
      ref.send({ type: 'finish' });
      expect(alive.names).toEqual([]);
    });

    it('and a child that has them is stopped', async () => {
      const { alive, ref } = await openOrphans(inner);
      ref.send({ type: 'drop' });
      expect(alive.names).toEqual([]);
    });
  });
});

describe('All of an incarnation is cleaned up', () => {
  const callers: Record<string, (alive: Alive) => AnyActorLogic> = {
    callback: (alive) => alive.callback('child'),
    machine: (alive) =>
      createMachine({
        invoke: { src: alive.callback('grandchild') },
        entry: alive.joins('child'),
        on: { pass_on: { actions: sendParent(({ event }) => event.event) } },
      }),
    'machine in a delayed transition': (alive) =>
      createMachine({
        invoke: { src: alive.callback('grandchild') },
        entry: alive.joins('child'),
        initial: 'idle',
        states: { idle: { on: { pass_on: 'waiting' } }, waiting: { after: { 0: { actions: sendParent(go) } } } },
      }),
  };
  it.each(Object.keys(callers))(
    'before the next incarnation begins, where what a %s sent made it crash',
    async (which) => {
      const alive = new Alive();
      const { host, clock, events, open } = openHost({
        session: createMachine({
          invoke: { id: 'child', src: callers[which]!(alive) },
          on: { go: { actions: throwBoom } },
        }),
      });
      await open('s1');
      const { names } = alive;
      for (let i = 0; i < 2; i++) {
        const count = alive.count;
        alive.send('child', { type: 'pass_on', event: go });
        clock.increment(0);
        expect({ names: alive.names, old: alive.olderThan(count), doubles: alive.doubles }).toEqual({
          names,
          old: [],
          doubles: [],
        });
      }
      expect(host.isRunning('s1')).toBe(true);
      expect(told(events)).toEqual([
        started('s1'),
        crashed('s1', 1, boom, go),
        restarted('s1', 2),
        crashed('s1', 2, boom, go),
        restarted('s1', 3),
      ]);
    },
  );

  it('before the next begins, where one of its children asked for the restart', async () => {
    const alive = new Alive();
    const { host, events, open } = openHost({ session: createMachine({ invoke: { src: alive.callback('child') } }) });
    await open('s1');
    let answer: unknown;
    alive.send('child', { type: 'do', work: () => (answer = host.restartSession('s1')) });
    expect(await answer).toEqual({ ok: true });
    expect({ names: alive.names, doubles: alive.doubles }).toEqual({ names: ['child'], doubles: [] });
    expect(told(events)).toEqual([started('s1'), restarted('s1', 2)]);
  });

  it.each([
    { end: 'stopped', reason: 'shutdown' },
    { end: 'finished', reason: 'normal' },
    { end: 'failed', reason: undefined },
  ])('before the session is said to have $end, where one of its children had it so', async ({ end, reason }) => {
    const alive = new Alive();
    const { host, events, open } = openHost({
      session: createMachine({
        invoke: { src: alive.callback('child') },
        on: { go: { actions: throwBoom }, finish: '.over' },
        initial: 'working',
        states: { working: {}, over: { type: 'final' } },
      }),
      intensity: { maxRestarts: 0 },
    });
    await open('s1');
    const left: unknown[] = [];
    host.on('*', () => left.push(alive.names));
    const over = new Promise((resolve) => {
      host.on('session.stopped', resolve);
      host.on('session.failed', resolve);
    });
    if (end === 'stopped') alive.send('child', { type: 'do', work: () => void host.stopSession('s1') });
    if (end === 'finished') alive.send('child', { type: 'pass_on', event: { type: 'finish' } });
    if (end === 'failed') alive.send('child', { type: 'pass_on', event: go });
    await over;
    expect(left.flat()).toEqual([]);
    expect(told(events).slice(1)).toEqual(
      reason === undefined ? [crashed('s1', 1, boom, go), failed('s1', 0, 5_000, boom)] : [stopped('s1', reason)],
    );
  });
});

describe('Three hundred rounds', () => {
  /** What might grow with each round. */
  async function sizesOf(host: SessionHost, clock: { readonly timers: number }) {
    const children = await ask(host.actor, { type: 'supervisor.which_children' });
    const actors = [host.actor, ...(children.ok ? children.value : []).map(({ ref }) => ref)];
    const { system } = host.session('s1')!;
    return {
      timers: clock.timers,
      scheduled: Object.keys(system.getSnapshot()._scheduledEvents).length,
      names: Object.keys(system.getAll()).sort(),
      audiences: actors.map((actor) => {
        const { observers, eventListeners } = actor as unknown as Audience;
        return [observers.size, [...eventListeners.values()].map((listeners) => listeners.size)];
      }),
    };
  }
  interface Audience {
    readonly observers: ReadonlySet<unknown>;
    readonly eventListeners: ReadonlyMap<string, ReadonlySet<unknown>>;
  }

  const named = ['callback', 'kept', 'observable', 'promise', 'spawned', 'next'];
  const names = ['session', 'child', 'grandchild']
    .flatMap((level) => named.map((role) => `${level}.${role}`))
    .filter((name) => name !== 'grandchild.next');

  it('of a crash and a restart, each at another place, leave no timer, name or observer', async () => {
    const { host, clock, ref, alive, events, all } = await openFamily({ intensity: { maxRestarts: 300 } });
    const nexts: unknown[] = [];
    ref.subscribe((snapshot) => nexts.push(snapshot));
    ref.on('*', () => {});
    const before = await sizesOf(host, clock);
    expect(before.names).toEqual(names.sort());
    const places = names.filter((name) => !name.endsWith('.promise') && !name.endsWith('.next'));
    for (let i = 0; i < 300; i++) alive.fail(places[i % places.length]!, boom);
    expect(await sizesOf(host, clock)).toEqual(before);
    expect({ alive: alive.names, timers: clock.timers }).toEqual(all);
    expect(events).toHaveLength(1 + 300 * 2);
    expect(told(events).at(-1)).toEqual(restarted('s1', 301));
    expect(nexts).toHaveLength(300);
    await host.stopSession('s1');
    expect(clock.timers).toBe(0);
  });

  it('of a failure that a parent handles leave no timer, name or observer either', async () => {
    const alive = new Alive();
    const errors: unknown[] = [];
    const session = household(alive, {
      name: 'session',
      child: household(alive, { name: 'child', child: household(alive, { name: 'grandchild' }) }),
      caught: (error) => errors.push(error),
    });
    const { host, clock, events, open } = openHost({ session });
    await open('s1');
    const before = await sizesOf(host, clock);
    expect(before.names).toEqual(names.sort());
    for (let i = 0; i < 300; i++) alive.fail(i % 2 === 0 ? 'child.callback' : 'grandchild.spawned', boom);
    expect(errors).toEqual(Array.from({ length: 300 }, () => boom));
    expect(await sizesOf(host, clock)).toEqual(before);
    expect(alive.names).toEqual(levels.flatMap(membersOf).sort());
    expect(told(events)).toEqual([started('s1')]);
  });
});
