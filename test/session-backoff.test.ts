import { fromTransition } from 'xstate';
import type { BackoffOptions } from '../src/index.ts';
import { ok } from '../src/index.ts';
import { boom, fragile, thrown } from './support/fragile.ts';
import { ofType, openHost } from './support/open-host.ts';
import { crashed, failed, restarted, started, stopped, told } from './support/told.ts';

const backoff = { minMs: 100, maxMs: 1_000, jitter: 'none' } as const;
const intensity = { maxRestarts: 20, withinMs: 1_000_000 };

/** A session that waits before it is restarted. */
const openBackoff = async (options: Partial<BackoffOptions> = {}, more: object = {}) => {
  const opened = openHost({ session: fragile, backoff: { ...backoff, ...options }, intensity, ...more });
  return { ...opened, ref: await opened.open('s1') };
};

/** Crashes it so many times, each as soon as it has been restarted, and gives its delays. */
async function delaysOf(options: Partial<BackoffOptions>, count: number, more: object = {}): Promise<number[]> {
  const { host, clock, events, ref } = await openBackoff(options, more);
  for (let i = 0; i < count; i++) {
    ref.send(thrown);
    const { delayMs } = ofType(events, 'session.crashed').at(-1)!;
    if (delayMs! > 0) {
      clock.increment(delayMs! - 1);
      expect(host.isRunning('s1')).toBe(false);
    }
    clock.increment(delayMs! > 0 ? 1 : 0);
    expect(host.isRunning('s1')).toBe(true);
  }
  expect(clock.timers).toBe(0);
  return ofType(events, 'session.crashed').map(({ delayMs }) => delayMs!);
}

describe('A back-off', () => {
  it('doubles its delay with each crash, up to its cap', async () => {
    expect(await delaysOf({}, 7)).toEqual([100, 200, 400, 800, 1_000, 1_000, 1_000]);
  });

  it('multiplies its delay by its factor', async () => {
    expect(await delaysOf({ factor: 3 }, 4)).toEqual([100, 300, 900, 1_000]);
    expect(await delaysOf({ factor: 1 }, 4)).toEqual([100, 100, 100, 100]);
  });

  it('with full jitter draws each delay from between 0 and its length', async () => {
    const draws = [0.5, 0, 1, 0.25, 0.999];
    const random = () => draws.shift()!;
    expect(await delaysOf({ jitter: 'full' }, 5, { random })).toEqual([50, 0, 400, 200, 999]);
  });

  it('jitters fully unless it is told otherwise', async () => {
    expect(await delaysOf({ jitter: undefined }, 2, { random: () => 0.5 })).toEqual([50, 100]);
  });

  it('says how long it waits, and restarts the session when it has', async () => {
    const { host, clock, events, ref } = await openBackoff();
    ref.send(thrown);
    expect({ running: host.isRunning('s1'), ids: host.ids(), timers: clock.timers }).toEqual({
      running: false,
      ids: ['s1'],
      timers: 1,
    });
    clock.increment(100);
    expect(told(events)).toEqual([started('s1'), crashed('s1', 1, boom, thrown, { delayMs: 100 }), restarted('s1', 2)]);
    expect(clock.timers).toBe(0);
  });

  it('begins with its shortest delay again after a quiet time, and not a millisecond sooner', async () => {
    const { clock, events, ref } = await openBackoff({ resetAfterMs: 500 });
    const delays = () => ofType(events, 'session.crashed').map(({ delayMs }) => delayMs);
    ref.send(thrown);
    clock.increment(100);
    ref.send(thrown);
    clock.increment(200);
    clock.increment(499);
    ref.send(thrown);
    clock.increment(400);
    clock.increment(500);
    ref.send(thrown);
    clock.increment(100);
    ref.send(thrown);
    expect(delays()).toEqual([100, 200, 400, 100, 200]);
  });

  it('takes its cap for the quiet time unless it is told otherwise', async () => {
    const { clock, events, ref } = await openBackoff();
    ref.send(thrown);
    clock.increment(100);
    clock.increment(999);
    ref.send(thrown);
    clock.increment(200);
    clock.increment(1_000);
    ref.send(thrown);
    expect(ofType(events, 'session.crashed').map(({ delayMs }) => delayMs)).toEqual([100, 200, 100]);
  });

  it('is also before the restart of a permanent session that has ended normally', async () => {
    const { host, clock, events, ref } = await openBackoff({}, { restart: 'permanent' });
    ref.send({ type: 'finish' });
    expect(host.isRunning('s1')).toBe(false);
    clock.increment(100);
    expect(told(events)).toEqual([started('s1'), restarted('s1', 2)]);
  });

  it('charges a restart when it is decided, not when it falls due', async () => {
    const { clock, events, ref } = await openBackoff({}, { intensity: { maxRestarts: 1, withinMs: 150 } });
    ref.send(thrown);
    clock.increment(100);
    clock.increment(51);
    ref.send(thrown);
    clock.increment(200);
    ref.send(thrown);
    expect(told(events).slice(1)).toEqual([
      crashed('s1', 1, boom, thrown, { delayMs: 100 }),
      restarted('s1', 2),
      crashed('s1', 2, boom, thrown, { delayMs: 200 }),
      restarted('s1', 3),
      crashed('s1', 3, boom, thrown, { delayMs: 400 }),
    ]);
  });

  it('is none once the session has given up', async () => {
    const { clock, events, ref } = await openBackoff({}, { intensity: { maxRestarts: 1, withinMs: 1_000 } });
    ref.send(thrown);
    clock.increment(100);
    ref.send(thrown);
    expect(told(events).slice(1)).toEqual([
      crashed('s1', 1, boom, thrown, { delayMs: 100 }),
      restarted('s1', 2),
      crashed('s1', 2, boom, thrown),
      failed('s1', 1, 1_000, boom),
    ]);
    expect(clock.timers).toBe(0);
  });

  it('belongs to each session alone', async () => {
    const { clock, events, ref, open } = await openBackoff();
    const other = await open('s2');
    ref.send(thrown);
    clock.increment(100);
    ref.send(thrown);
    other.send(thrown);
    expect(ofType(events, 'session.crashed').map(({ session, delayMs }) => [session.id, delayMs])).toEqual([
      ['s1', 100],
      ['s1', 200],
      ['s2', 100],
    ]);
  });
});

describe('During a back-off', () => {
  it('a restart by hand comes at once, is free, and calls the other off', async () => {
    const { host, clock, events, ref } = await openBackoff({}, { intensity: { maxRestarts: 1, withinMs: 1_000 } });
    ref.send(thrown);
    expect(await host.restartSession('s1')).toEqual(ok(undefined));
    expect({ running: host.isRunning('s1'), timers: clock.timers }).toEqual({ running: true, timers: 0 });
    clock.increment(10_000);
    expect(told(events).slice(1)).toEqual([crashed('s1', 1, boom, thrown, { delayMs: 100 }), restarted('s1', 2)]);
  });

  it('a stop leaves no timer, and nothing comes back', async () => {
    const { host, clock, events, ref } = await openBackoff();
    ref.send(thrown);
    expect(await host.stopSession('s1')).toEqual(ok(undefined));
    expect({ ids: host.ids(), timers: clock.timers }).toEqual({ ids: [], timers: 0 });
    clock.increment(10_000);
    expect(told(events).slice(1)).toEqual([
      crashed('s1', 1, boom, thrown, { delayMs: 100 }),
      stopped('s1', 'shutdown'),
    ]);
    expect(await host.startSession({ id: 's1', projectPath: '/projects/s1' })).toMatchObject({ ok: true });
  });

  it('a close leaves no timer either', async () => {
    const { host, clock, events, ref, open } = await openBackoff();
    await open('s2');
    ref.send(thrown);
    await host.close();
    expect(clock.timers).toBe(0);
    clock.increment(10_000);
    expect(told(events).slice(2)).toEqual([
      crashed('s1', 1, boom, thrown, { delayMs: 100 }),
      stopped('s1', 'shutdown'),
      stopped('s2', 'shutdown'),
    ]);
  });

  it('the slot, the path and the name stay taken', async () => {
    const { host, ref } = await openBackoff({}, { maxSessions: 1 });
    ref.send(thrown);
    expect(await host.startSession({ projectPath: '/projects/other' })).toMatchObject({
      error: { code: 'session_limit_reached' },
    });
    host.maxSessions = 2;
    expect(await host.startSession({ projectPath: '/projects/s1' })).toMatchObject({
      error: { code: 'project_already_open', id: 's1' },
    });
    expect(await host.startSession({ id: 's1', projectPath: '/projects/other' })).toMatchObject({
      error: { code: 'session_exists', id: 's1' },
    });
  });
});

describe('A restart that fails, with a back-off,', () => {
  /** A session whose every start fails but those of its lives that are given, the first being 0. */
  const startingIn = (...lives: readonly number[]) => {
    let life = 0;
    return fromTransition(
      (): object => {
        throw boom;
      },
      () => {
        if (!lives.includes(life++)) throw boom;
        return {};
      },
    );
  };

  it('is tried again after a delay that grows on', async () => {
    const { clock, events, ref } = await openBackoff({}, { session: startingIn(0, 4) });
    ref.send({ type: 'count' });
    for (const delay of [100, 200, 400, 800]) clock.increment(delay);
    expect(told(events).slice(1)).toEqual([
      crashed('s1', 1, boom, { type: 'count' }, { delayMs: 100 }),
      crashed('s1', 1, boom, undefined, { delayMs: 200 }),
      crashed('s1', 1, boom, undefined, { delayMs: 400 }),
      crashed('s1', 1, boom, undefined, { delayMs: 800 }),
      restarted('s1', 2),
    ]);
    expect(clock.timers).toBe(0);
  });

  it('is no quiet time, however long it goes on', async () => {
    const { clock, events, ref } = await openBackoff({ resetAfterMs: 300 }, { session: startingIn(0) });
    ref.send({ type: 'count' });
    for (const delay of [100, 200, 400, 800, 1_000]) clock.increment(delay);
    expect(ofType(events, 'session.crashed').map(({ delayMs }) => delayMs)).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it('is no quiet time by hand either', async () => {
    const { host, clock, events, ref } = await openBackoff({ resetAfterMs: 300 }, { session: startingIn(0) });
    ref.send({ type: 'count' });
    clock.increment(100);
    clock.increment(200);
    clock.increment(399);
    expect(await host.restartSession('s1')).toMatchObject({ ok: false, error: { code: 'start_failed' } });
    expect(ofType(events, 'session.crashed').map(({ delayMs }) => delayMs)).toEqual([100, 200, 400, 800]);
    expect(clock.timers).toBe(1);
  });
});
