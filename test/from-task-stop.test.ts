import { createActor } from 'xstate';
import type { AnyActorLogic, AnyActorRef } from 'xstate';
import { dynamicSupervisor, fromTask, monitor, supervisor } from '../src/index.ts';
import type { ChildSpec, Exit, Shutdown, SupervisorOptions, TaskScope } from '../src/index.ts';
import { settled } from './support/answers.ts';
import { CountingClock } from './support/counting-clock.ts';
import { boom, go, throwBoom } from './support/crash-ways.ts';
import { createGate } from './support/gate.ts';
import { openHost } from './support/open-host.ts';
import { Scene } from './support/scene.ts';
import { elapse, toldToEnd, wait } from './support/tasks.ts';
import { crash, invoking, never, rejects, takes, tidy } from './support/tidy.ts';
import type { CleanUp } from './support/tidy.ts';
import { Journal } from './support/workers.ts';

const scene = (children: ChildSpec[], options: SupervisorOptions = {}) =>
  new Scene((logger) => supervisor({ logger, ...options, children }));

const ofChild = (cleanUp: CleanUp, shutdown?: Shutdown): ChildSpec[] => [{ id: 'a', src: tidy(cleanUp), shutdown }];

const stops = ['child.terminate', 'supervisor.stop'] as const;

describe.each(stops)('A task that is stopped, by %s,', (type) => {
  // What its clean-up does, in which time, after how many ms it has ended, and how.
  it.each<[does: string, cleanUp: CleanUp, shutdown: Shutdown | undefined, after: number, reason: string]>([
    ['has nothing to do', () => {}, undefined, 0, 'shutdown'],
    ['awaits', () => settled(), undefined, 0, 'shutdown'],
    ['needs no time', () => {}, 0, 0, 'shutdown'],
    ['schedules', takes(100), undefined, 100, 'shutdown'],
    ['takes all its time', takes(300), 301, 300, 'shutdown'],
    ['takes an hour of infinity', takes(3_600_000), 'infinity', 3_600_000, 'shutdown'],
    ['is too slow', takes(301), 300, 300, 'killed'],
    ['never ends', never, 300, 300, 'killed'],
    ['never ends, by default', never, undefined, 5_000, 'killed'],
    ['has no time', takes(1), 0, 0, 'killed'],
    ['fails', throwBoom, undefined, 0, 'error'],
    ['fails after a while', (scope) => wait(scope, 50).then(throwBoom), undefined, 50, 'error'],
    ['throws null', rejects(null), undefined, 0, 'error'],
    ['throws undefined', rejects(undefined), undefined, 0, 'error'],
    ['schedules what fails', (scope) => (scope.schedule(throwBoom, 10), wait(scope, 20)), undefined, 20, 'error'],
    ['ends in the reason of the signal', ({ signal }) => rejects(signal.reason)(), undefined, 0, 'shutdown'],
    ['ends in an AbortError', rejects(new DOMException('', 'AbortError')), undefined, 0, 'shutdown'],
  ])('and whose clean-up %s', async (_does, cleanUp, shutdown, after, reason) => {
    const it = scene(ofChild(cleanUp, shutdown));
    const answers = it.ask({ type, id: 'a' });
    expect([it.all('child.exited'), answers]).toEqual([[], []]);
    if (after > 0) {
      await elapse(it.clock, after - 1);
      expect([it.all('child.exited'), answers]).toEqual([[], []]);
    }
    await elapse(it.clock, after > 0 ? 1 : 0);
    expect(it.all('child.exited')).toMatchObject([{ id: 'a', reason, incarnation: 1 }]);
    expect(answers).toEqual([{ ok: true, value: undefined }]);
    expect(it.timers).toBe(0);
  });

  it('is not waited for where it is to be killed', async () => {
    const it = scene(ofChild(takes(1), 'brutal_kill'));
    const answers = it.ask({ type, id: 'a' });
    expect(it.all('child.exited')).toMatchObject([{ id: 'a', reason: 'killed' }]);
    expect(answers).toEqual([{ ok: true, value: undefined }]);
    await settled();
    expect(it.timers).toBe(0);
  });
});

describe('A task that is stopped', () => {
  /** Stops a task with a time of 300 ms. */
  function stop(task: (scope: TaskScope) => unknown, more: Partial<ChildSpec> = {}) {
    const it = scene([{ id: 'a', src: fromTask(task), shutdown: 300, ...more }]);
    it.take();
    const ref = it.ref('a');
    it.ask({ type: 'child.terminate', id: 'a' });
    return { it, ref };
  }

  it('has its signal aborted, once', async () => {
    const aborts: unknown[] = [];
    const { it } = stop(async ({ signal }) => {
      signal.addEventListener('abort', () => aborts.push(signal.reason));
      expect(signal.aborted).toBe(false);
      await toldToEnd(signal);
    });
    await elapse(it.clock, 300);
    expect(aborts).toEqual([expect.objectContaining({ name: 'AbortError' })]);
  });

  it('finishes the wait that it is in', async () => {
    const { it } = stop(async (scope) => {
      await wait(scope, 200);
      if (!scope.signal.aborted) await never();
    });
    await elapse(it.clock, 200);
    expect([it.take(), it.timers]).toEqual([['a exited 1 shutdown'], 0]);
  });

  it('has failed of what failed first', async () => {
    const { it } = stop(async ({ schedule, signal }) => {
      await toldToEnd(signal);
      schedule(throwBoom, 10);
      await wait({ schedule }, 20);
      throw new Error('later');
    });
    await elapse(it.clock, 20);
    expect(it.all('child.exited')).toMatchObject([{ reason: 'error', error: boom }]);
  });

  it('has no output any more, whatever it returns', async () => {
    const { it } = stop(({ signal }) => toldToEnd(signal).then(() => 'output'));
    await settled();
    expect(it.all('child.exited')).toEqual([{ type: 'child.exited', id: 'a', incarnation: 1, reason: 'shutdown' }]);
  });

  it('waits for its listeners and its scheduled functions, too', async () => {
    const gates = [createGate<void>(), createGate<void>(), createGate<void>()];
    const it = scene([
      {
        id: 'a',
        src: fromTask(({ receive, schedule }) => {
          receive(() => gates[0]!.promise);
          schedule(() => gates[1]!.promise, 10);
          return gates[2]!.promise;
        }),
      },
    ]);
    it.ref('a').send(go);
    it.clock.increment(10);
    it.take();
    it.ask({ type: 'child.terminate', id: 'a' });
    for (const gate of gates) {
      expect(it.take()).toEqual([]);
      gate.open();
      await settled();
    }
    expect(it.take()).toEqual(['a exited 1 shutdown']);
  });

  it('tells nobody anything more: no event, no progress', async () => {
    const heard: unknown[] = [];
    const src = fromTask(async ({ signal, send, emit, progress, receive }: TaskScope) => {
      await toldToEnd(signal);
      send(go);
      emit(go);
      progress('cleaned up');
      receive((event) => heard.push(event));
    });
    const { host, events, open } = openHost({ session: src });
    const ref = await open('s1');
    ref.on('*', (event) => heard.push(event));
    const stopping = host.stopSession('s1');
    await stopping;
    expect(events.map(({ type }) => type)).toEqual(['session.started', 'session.stopped']);
    expect([heard, ref.getSnapshot()]).toEqual([[], expect.objectContaining({ progress: undefined })]);
  });

  it('and killed, can schedule nothing any more', async () => {
    const gate = createGate<void>();
    const rung: string[] = [];
    const { it } = stop(async ({ schedule }) => {
      schedule(() => rung.push('before'), 301);
      await gate.promise;
      schedule(() => rung.push('after'), 1);
    });
    await elapse(it.clock, 300);
    expect([it.take(), it.timers]).toEqual([['a exited 1 killed'], 0]);
    gate.open();
    await settled();
    expect(it.timers).toBe(0);
    await elapse(it.clock, 1_000);
    expect(rung).toEqual([]);
  });

  it('is first asked to end, where it is graceful', async () => {
    const { it } = stop(
      ({ receive, signal }) =>
        new Promise((resolve) => {
          receive(({ type, reason }) => type === 'supervisor.shutdown' && resolve(`${reason}, ${signal.aborted}`));
        }),
      { graceful: true },
    );
    await settled();
    expect(it.all('child.exited')).toMatchObject([{ reason: 'shutdown', output: 'shutdown, false' }]);
    expect(it.timers).toBe(0);
  });

  it('reports its exit to a monitor when it has cleaned up', async () => {
    const it = scene(ofChild(takes(100)));
    const exits: Exit[] = [];
    monitor(it.ref('a'), (exit) => exits.push(exit));
    it.ask({ type: 'child.terminate', id: 'a' });
    await elapse(it.clock, 99);
    expect(exits).toEqual([]);
    await elapse(it.clock, 1);
    expect(exits).toEqual([{ reason: 'shutdown', incarnation: 1 }]);
  });
});

describe('A supervisor of tasks', () => {
  let journal: Journal;
  const child = (id: string, ms: number): ChildSpec => ({ id, src: tidy(takes(ms), journal) });

  beforeEach(() => {
    journal = new Journal();
  });

  it('stops one when the other has cleaned up, in reverse', async () => {
    const it = scene([child('a', 10), child('b', 20), child('c', 30)]);
    it.ask({ type: 'supervisor.stop' });
    await elapse(it.clock, 30);
    expect(journal.take()).toBe('+a +b +c -c');
    await elapse(it.clock, 20);
    expect(journal.take()).toBe('-b');
    await elapse(it.clock, 10);
    expect([journal.take(), it.status, it.timers]).toEqual(['-a', 'done', 0]);
  });

  it('stops them all at once, where it is dynamic', async () => {
    const it = new Scene((logger) => dynamicSupervisor({ logger }));
    for (const [id, ms] of [['a', 10], ['b', 30], ['c', 20]] as const) it.tell({ type: 'child.start', spec: child(id, ms) }); // prettier-ignore
    it.ask({ type: 'supervisor.stop' });
    await settled();
    it.pass(29);
    await settled();
    expect([journal.take(), it.status]).toEqual(['+a +b +c -a -c', 'active']);
    await elapse(it.clock, 1);
    expect([journal.take(), it.status]).toEqual(['-b', 'done']);
  });

  it('restarts a group when all of it has cleaned up', async () => {
    const it = scene([child('a', 10), child('b', 20)], { strategy: 'one_for_all' });
    it.ref('a').send(crash);
    await elapse(it.clock, 10);
    await elapse(it.clock, 20);
    expect(journal.take()).toBe('+a +b -a -b +a +b');
    expect(it.table()).toBe('a running 2, b running 2');
  });

  it('and of their supervisors waits for those far below, and kills them with the one that is theirs', async () => {
    const inner = supervisor({ logger: () => {}, children: [child('x', 10), child('y', 20)] });
    for (const [shutdown, reason, left] of [
      [31, 'shutdown', ''],
      [25, 'killed', 'x'],
    ] as const) {
      // prettier-ignore
      const it = scene([{ id: 'inner', src: inner, shutdown }]);
      it.ask({ type: 'supervisor.stop' });
      await elapse(it.clock, 20);
      await elapse(it.clock, 10);
      expect(it.all('child.exited')).toMatchObject([{ id: 'inner', reason }]);
      expect([journal.alive, it.timers]).toEqual([left, 0]);
    }
  });

  it('that is stopped by force waits for nothing', async () => {
    const it = scene([child('a', 10)]);
    it.actor.stop();
    expect([it.status, it.timers]).toEqual(['stopped', 0]);
    await settled();
    expect(it.timers).toBe(0);
  });
});

describe('A task that has crashed in a listener', () => {
  function crashedOne(cleanUp: CleanUp, shutdown?: Shutdown) {
    const it = scene(ofChild(cleanUp, shutdown));
    it.take();
    it.ref('a').send(crash);
    return it;
  }
  const again = ['a exited 1 error', 'a restarting in 0', 'a started 2'];

  it('is restarted when its function has returned', async () => {
    const it = crashedOne(takes(100));
    await elapse(it.clock, 99);
    expect(it.take()).toEqual([]);
    await elapse(it.clock, 1);
    expect([it.take(), it.timers]).toEqual([again, 0]);
  });

  it('is restarted when its shutdown time is over, however it goes on', async () => {
    const it = crashedOne(never, 100);
    await elapse(it.clock, 99);
    expect(it.take()).toEqual([]);
    await elapse(it.clock, 1);
    expect([it.take(), it.timers]).toEqual([again, 0]);
  });

  it('is restarted at once, where it has no time', () => {
    const it = crashedOne(takes(100), 'brutal_kill');
    expect([it.take(), it.timers]).toEqual([again, 0]);
  });

  it('has crashed of that, whatever its clean-up fails of', async () => {
    const it = crashedOne(rejects(new Error('worse')));
    await settled();
    expect(it.all('child.exited')).toMatchObject([{ reason: 'error', error: boom }]);
    expect(it.lines).toContain('the clean-up of a threw: Error: worse');
  });

  it.each([
    ['child.terminate', 'a stopped 1'],
    ['child.restart', 'a running 2'],
    ['supervisor.stop', ''],
  ])('may meanwhile be told %s', async (type, table) => {
    const it = crashedOne(takes(100));
    const answers = it.ask({ type, id: 'a' });
    await elapse(it.clock, 100);
    expect(it.all('child.exited')).toMatchObject([{ reason: 'error' }]);
    expect(answers).toHaveLength(1);
    expect([it.status === 'done' ? '' : it.table(), it.timers]).toEqual([table, 0]);
  });
});

describe('A task that is killed while it crashes', () => {
  it('is waited for no longer than one that is killed at any other time', () => {
    const src = fromTask(({ signal, receive }) => {
      receive((event) => event.type === 'go' && throwBoom());
      signal.addEventListener('abort', () => it.actor.send({ type: 'child.terminate', id: 'a' }));
      return never();
    });
    const it = scene([{ id: 'a', src, shutdown: 'brutal_kill' }]);
    it.ref('a').send(go);
    expect([it.take(), it.table(), it.timers]).toEqual([['a started 1', 'a exited 1 error'], 'a stopped 1', 0]);
  });
});

describe('A task that has returned', () => {
  it('is done, but not gone while a listener is at it, who is told to end', async () => {
    const gate = createGate<void>();
    const src = fromTask(async ({ receive, signal }: TaskScope) => {
      const listener = new Promise((resolve) => {
        receive(async () => {
          resolve('output');
          await toldToEnd(signal);
          await gate.promise;
        });
      });
      return listener;
    });
    const it = scene([{ id: 'a', src, restart: 'transient' }]);
    const ref = it.ref('a');
    ref.send(go);
    it.take();
    await settled();
    expect([ref.getSnapshot().output, it.take()]).toEqual(['output', []]);
    gate.open();
    await settled();
    expect([it.take(), it.timers]).toEqual([['a exited 1 normal'], 0]);
  });

  it('does not fail of a listener that does; the logger hears of it', async () => {
    const gate = createGate<void>();
    const src = fromTask(({ receive }) => new Promise<void>((resolve) => {
      receive(() => (resolve(), gate.promise));
    })); // prettier-ignore
    const it = scene([{ id: 'a', src, restart: 'transient' }]);
    it.ref('a').send(go);
    await settled();
    gate.fail(boom);
    await settled();
    expect(it.all('child.exited')).toMatchObject([{ reason: 'normal' }]);
    expect(it.lines).toContain('the clean-up of a threw: Error: boom');
  });
});

describe('A task that nobody supervises', () => {
  const run = (logic: AnyActorLogic) => {
    const clock = new CountingClock();
    return { clock, actor: createActor(logic, { clock, input: 1 }).start() as AnyActorRef };
  };

  it('cleans up after it is stopped, and leaves no timer', async () => {
    const journal = new Journal();
    const { clock, actor } = run(tidy(takes(100), journal));
    actor.stop();
    expect(actor.getSnapshot()).toMatchObject({ status: 'stopped', input: undefined });
    await elapse(clock, 99);
    expect(journal.alive).not.toBe('');
    await elapse(clock, 1);
    expect([journal.alive, clock.timers]).toEqual(['', 0]);
  });

  it('has 5000 ms for that, also where a machine runs it', async () => {
    const journal = new Journal();
    const { clock, actor } = run(invoking(tidy(takes(5_001), journal)));
    actor.send({ type: 'leave' });
    await elapse(clock, 4_999);
    expect(clock.timers).toBe(2);
    await elapse(clock, 1);
    expect(clock.timers).toBe(0);
  });
});
