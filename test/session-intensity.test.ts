import { createMachine, fromTransition } from 'xstate';
import { ok } from '../src/index.ts';
import { boom, fragile, thrown } from './support/fragile.ts';
import { openHost } from './support/open-host.ts';
import { crashed, failed, restarted, started, stopped, told } from './support/told.ts';

describe('The intensity of a session', () => {
  /** Crashes at each of these times, and what the host said. */
  const crashAt = async (times: readonly number[], intensity: object) => {
    const { clock, events, open } = openHost({ session: fragile, intensity });
    const ref = await open('s1');
    events.length = 0;
    for (const time of times) {
      clock.set(time);
      ref.send(thrown);
    }
    return told(events);
  };
  const twice = { maxRestarts: 2, withinMs: 1_000 };
  const survived = (count: number) =>
    Array.from({ length: count }, (_, i) => [crashed('s1', i + 1, boom, thrown), restarted('s1', i + 2)]).flat();

  it('allows so many restarts at one moment, and not one more', async () => {
    expect(await crashAt([0, 0], twice)).toEqual(survived(2));
    expect(await crashAt([0, 0, 0], twice)).toEqual([
      ...survived(2),
      crashed('s1', 3, boom, thrown),
      failed('s1', 2, 1_000, boom),
    ]);
  });

  it('still counts a restart that is as old as the window is long', async () => {
    expect(await crashAt([0, 500, 1_000], twice)).toEqual([
      ...survived(2),
      crashed('s1', 3, boom, thrown),
      failed('s1', 2, 1_000, boom),
    ]);
  });

  it('no longer counts one that is a millisecond older', async () => {
    expect(await crashAt([0, 500, 1_001], twice)).toEqual(survived(3));
  });

  it('slides: it is no window that begins anew', async () => {
    expect(await crashAt([0, 900, 1_001, 1_900], twice)).toEqual([
      ...survived(3),
      crashed('s1', 4, boom, thrown),
      failed('s1', 2, 1_000, boom),
    ]);
    expect(await crashAt([0, 900, 1_001, 1_901, 2_002, 2_902], twice)).toEqual(survived(6));
  });

  it('of 0 allows none', async () => {
    expect(await crashAt([0], { maxRestarts: 0, withinMs: 1_000 })).toEqual([
      crashed('s1', 1, boom, thrown),
      failed('s1', 0, 1_000, boom),
    ]);
  });

  it('is by default three restarts in 5000 ms', async () => {
    expect(await crashAt([0, 0, 0, 5_000], {})).toEqual([
      ...survived(3),
      crashed('s1', 4, boom, thrown),
      failed('s1', 3, 5_000, boom),
    ]);
    expect(await crashAt([0, 0, 0, 5_001], {})).toEqual(survived(4));
  });

  it('belongs to each session alone', async () => {
    const { host, events, open } = openHost({ session: fragile, intensity: { maxRestarts: 1 } });
    const refs = [await open('s1'), await open('s2'), await open('s3')];
    events.length = 0;
    for (const ref of refs) ref.send(thrown);
    expect(told(events)).toEqual(['s1', 's2', 's3'].flatMap((id) => [crashed(id, 1, boom, thrown), restarted(id, 2)]));
    expect(host.count()).toBe(3);
  });

  it('is not charged for a restart by hand', async () => {
    const { host, events, open } = openHost({ session: fragile, intensity: { maxRestarts: 1 } });
    const ref = await open('s1');
    for (let i = 0; i < 3; i++) await host.restartSession('s1');
    ref.send(thrown);
    await host.restartSession('s1');
    ref.send(thrown);
    expect(told(events)).toEqual([
      started('s1'),
      restarted('s1', 2),
      restarted('s1', 3),
      restarted('s1', 4),
      crashed('s1', 4, boom, thrown),
      restarted('s1', 5),
      restarted('s1', 6),
      crashed('s1', 6, boom, thrown),
      failed('s1', 1, 5_000, boom),
    ]);
  });
});

describe('A session that gives up', () => {
  it('frees its slot, path, name and id before it says so, and the next may have them', async () => {
    const { host, events } = openHost({ session: fragile, intensity: { maxRestarts: 0 }, maxSessions: 1 });
    const input = { id: 's1', projectPath: '/projects/shop', name: 'shop' };
    const opened = await host.startSession(input);
    if (!opened.ok) throw opened.error;
    const seen: unknown[] = [];
    host.on('session.failed', () => {
      seen.push(host.count(), host.ids(), host.lookupByPath('/projects/shop').ok, host.lookupByName('shop').ok);
      seen.push(host.lookup('s1').ok, host.session('s1'), host.isRunning('s1'));
    });
    opened.value.ref.send(thrown);
    expect(seen).toEqual([0, [], false, false, false, undefined, false]);
    expect(opened.value.ref.getSnapshot()).toMatchObject({ status: 'error', error: { code: 'gave_up', cause: boom } });

    const again = await host.startSession(input);
    expect(again).toMatchObject({ ok: true, value: { session: input } });
    expect(again.ok && again.value.ref).not.toBe(opened.value.ref);
    expect(told(events)).toEqual([
      started('s1'),
      crashed('s1', 1, boom, thrown),
      failed('s1', 0, 5_000, boom),
      started('s1'),
    ]);
  });

  it('has the error and the number of restarts in what it says', async () => {
    const { host, events, open } = openHost({ session: fragile, intensity: { maxRestarts: 1, withinMs: 10 } });
    const ref = await open('s1');
    const { session } = events[0] as { session: object };
    const heard: unknown[] = [];
    host.on('session.failed', (event) => heard.push(event));
    ref.send(thrown);
    ref.send({ type: 'throw', error: 'the last straw' });
    expect(heard).toEqual([{ type: 'session.failed', session, error: expect.any(Error), restarts: 1 }]);
    expect(heard).toMatchObject([{ error: { code: 'gave_up', restarts: 1, withinMs: 10, cause: 'the last straw' } }]);
  });

  it('is not noticed by any other session', async () => {
    const { host, events, open } = openHost({ session: fragile, intensity: { maxRestarts: 1 } });
    const ids = ['s1', 's2', 's3', 's4', 's5'];
    const refs = [];
    for (const id of ids) refs.push(await open(id));
    const [victim, ...others] = refs;
    others.forEach((ref, i) => {
      for (let n = 0; n <= i; n++) ref.send({ type: 'count' });
    });
    const heard: unknown[] = [];
    for (const ref of others)
      ref.subscribe({ next: (snapshot) => heard.push(snapshot), complete: () => heard.push(ref) });
    const before = others.map((ref) => ref.getSnapshot());
    const sessions = host.list().slice(1);
    const actors = others.map((ref) => ref.sessionId);
    events.length = 0;

    victim!.send(thrown);
    victim!.send(thrown);

    expect(told(events)).toEqual([
      crashed('s1', 1, boom, thrown),
      restarted('s1', 2),
      crashed('s1', 2, boom, thrown),
      failed('s1', 1, 5_000, boom),
    ]);
    expect(heard).toEqual([]);
    others.forEach((ref, i) => {
      expect(host.session(ids[i + 1]!)).toBe(ref);
      expect(ref.getSnapshot()).toBe(before[i]);
      expect(host.list()[i]).toBe(sessions[i]);
      expect(host.isRunning(ref.id)).toBe(true);
    });
    expect(others.map((ref) => ref.sessionId)).toEqual(actors);
    expect(host.ids()).toEqual(ids.slice(1));
  });

  it('ends while the registry is at work, and frees what it has all the same', async () => {
    const session = createMachine({
      on: {
        'session.updated': {
          actions: () => {
            throw boom;
          },
        },
      },
    });
    const { host, events, open } = openHost({ session, intensity: { maxRestarts: 0 } });
    await open('s1');
    const entry = host.lookup('s1');
    if (!entry.ok) throw entry.error;
    const renamed = { ...entry.value, name: 'new', updatedAt: entry.value.updatedAt + 1 };
    expect(await host.updateSession(renamed)).toEqual(ok(renamed));
    expect(told(events)).toEqual([
      started('s1'),
      crashed('s1', 1, boom, { type: 'session.updated', session: renamed }),
      { type: 'session.updated', id: 's1' },
      failed('s1', 0, 5_000, boom),
    ]);
    expect(host.ids()).toEqual([]);
  });
});

/** A session whose start throws in these of its lives, the first being 0. */
function failingIn(lives: readonly number[], onStart: (life: number) => void = () => {}) {
  let life = 0;
  return fromTransition(
    (state, event: typeof thrown) => {
      if (event.type === 'throw') throw event.error;
      return state;
    },
    () => {
      const current = life++;
      onStart(current);
      if (lives.includes(current)) throw new Error(`start ${current} failed`);
      return { life: current };
    },
  );
}

describe('A restart that fails', () => {
  const startFailed = (life: number) => crashed('s1', 1, new Error(`start ${life} failed`));

  it('is charged, and tried again, until it succeeds', async () => {
    const { host, events, open } = openHost({ session: failingIn([1, 2]) });
    const ref = await open('s1');
    ref.send(thrown);
    expect(told(events)).toEqual([
      started('s1'),
      crashed('s1', 1, boom, thrown),
      startFailed(1),
      startFailed(2),
      restarted('s1', 2),
    ]);
    expect(ref.getSnapshot().context).toEqual({ life: 3 });
    ref.send(thrown);
    expect(told(events).slice(5)).toEqual([crashed('s1', 2, boom, thrown), failed('s1', 3, 5_000, boom)]);
    expect(host.count()).toBe(0);
  });

  it('ends the session once its budget is spent, with the last error as the cause', async () => {
    const { host, clock, events, open } = openHost({ session: failingIn([1, 2, 3, 4]) });
    const ref = await open('s1');
    ref.send(thrown);
    expect(told(events)).toEqual([
      started('s1'),
      crashed('s1', 1, boom, thrown),
      startFailed(1),
      startFailed(2),
      startFailed(3),
      failed('s1', 3, 5_000, new Error('start 3 failed')),
    ]);
    expect(host.ids()).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it('is tried again by a message, after what is already in the mailbox', async () => {
    const asked: unknown[] = [];
    const { host, events, open } = openHost({
      session: failingIn([1], (life) => {
        if (life === 1) asked.push(host.startSession({ id: 's2', projectPath: '/projects/other' }));
      }),
    });
    (await open('s1')).send(thrown);
    await Promise.all(asked);
    expect(told(events)).toEqual([
      started('s1'),
      crashed('s1', 1, boom, thrown),
      startFailed(1),
      started('s2'),
      restarted('s1', 2),
    ]);
  });

  it('is not tried again once the session has been stopped', async () => {
    const asked: unknown[] = [];
    const { host, events, open } = openHost({
      session: failingIn([1], (life) => {
        if (life === 1) asked.push(host.stopSession('s1'));
      }),
    });
    (await open('s1')).send(thrown);
    expect(await Promise.all(asked)).toEqual([ok(undefined)]);
    expect(told(events)).toEqual([
      started('s1'),
      crashed('s1', 1, boom, thrown),
      startFailed(1),
      stopped('s1', 'shutdown'),
    ]);
  });

  it('fails also where the input throws, or the logic is done at once', async () => {
    let life = 0;
    const session = createMachine({
      types: { context: {} as { over: boolean }, input: {} as { over: boolean } },
      context: ({ input }) => input,
      initial: 'deciding',
      states: {
        deciding: { always: [{ guard: ({ context }) => context.over, target: 'over' }, { target: 'working' }] },
        working: {
          on: {
            go: {
              actions: () => {
                throw boom;
              },
            },
          },
        },
        over: { type: 'final' },
      },
    });
    const { events, open } = openHost({
      session,
      input: () => {
        life++;
        if (life === 2) throw boom;
        return { over: life === 3 };
      },
    });
    (await open('s1')).send({ type: 'go' });
    expect(told(events)).toEqual([
      started('s1'),
      crashed('s1', 1, boom, { type: 'go' }),
      crashed('s1', 1, boom),
      crashed('s1', 1, new Error('The logic of session s1 was done at once')),
      restarted('s1', 2),
    ]);
  });

  it('counts as a crash also where it was asked for by hand, and is answered', async () => {
    const { host, events, open } = openHost({ session: failingIn([1]), intensity: { maxRestarts: 1 } });
    const ref = await open('s1');
    const answer = await host.restartSession('s1');
    expect(answer).toMatchObject({ ok: false, error: { code: 'start_failed', cause: new Error('start 1 failed') } });
    expect(host.isRunning('s1')).toBe(true);
    ref.send(thrown);
    expect(told(events)).toEqual([
      started('s1'),
      startFailed(1),
      restarted('s1', 2),
      crashed('s1', 2, boom, thrown),
      failed('s1', 1, 5_000, boom),
    ]);
  });

  it('by hand ends a session that has no restarts left', async () => {
    const { host, events, open } = openHost({ session: failingIn([1]), intensity: { maxRestarts: 0 } });
    await open('s1');
    expect(await host.restartSession('s1')).toMatchObject({ ok: false, error: { code: 'start_failed' } });
    expect(told(events)).toEqual([started('s1'), startFailed(1), failed('s1', 0, 5_000, new Error('start 1 failed'))]);
    expect(await host.restartSession('s1')).toMatchObject({ ok: false, error: { code: 'not_found' } });
  });

  it('of a temporary session, by hand, ends it', async () => {
    const { events, host, open } = openHost({ session: failingIn([1]), restart: 'temporary' });
    await open('s1');
    expect(await host.restartSession('s1')).toMatchObject({ ok: false, error: { code: 'start_failed' } });
    expect(told(events)).toEqual([started('s1'), startFailed(1), stopped('s1', 'error')]);
    expect(host.count()).toBe(0);
  });
});
