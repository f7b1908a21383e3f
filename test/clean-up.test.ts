import { createActor, createMachine, setup } from 'xstate';
import type { AnyActorLogic } from 'xstate';
import { dynamicSupervisor, monitor, sessionTree, supervisor } from '../src/index.ts';
import type { ChildSpec, Exit, Shutdown, SupervisorOptions } from '../src/index.ts';
import { cleanUp } from '../src/xstate/port.ts';
import { Answers, settled } from './support/answers.ts';
import { waysToBreak } from './support/break-actor.ts';
import { CleanUps } from './support/cleaning.ts';
import { CountingClock } from './support/counting-clock.ts';
import { states } from './support/leaving.ts';
import { openHost } from './support/open-host.ts';
import { Scene } from './support/scene.ts';
import { crashed, restarted, stopped, told } from './support/told.ts';
import { worker } from './support/workers.ts';

const breakDown = waysToBreak['crashes at an event']!;
const crash = { type: 'crash' };
const done = { ok: true, value: undefined };
const asTold = new Error('crashed as told');
const failed = new Error('cannot clean up');

/** Children that clean up: `a`, unless it says otherwise. */
function open(specsOf: (src: ChildSpec['src']) => ChildSpec[], options: SupervisorOptions = {}) {
  const cleanUps = new CleanUps();
  const it = new Scene((logger) => supervisor({ logger, ...options, children: specsOf(cleanUps.src) }));
  it.take();
  cleanUps.journal.take();
  return { it, cleanUps };
}

const crashing = (): never => {
  throw asTold;
};

const one = (spec: Partial<ChildSpec> = {}, options?: SupervisorOptions) =>
  open((src) => [{ id: 'a', src, ...spec }], options);

/** A machine that has such an actor inside, and another. */
const around = (src: AnyActorLogic, other: AnyActorLogic = createMachine({})) =>
  setup({
    actors: { src, other },
    actions: { crash: crashing },
  }).createMachine({
    invoke: { src: 'other', id: 'other' },
    initial: 'up',
    states: { up: { invoke: { src: 'src', id: 'inside' } }, idle: {}, over: { type: 'final' } },
    on: { leave: '.idle', crash: { actions: 'crash' }, finish: '.over' },
  });

/** Its clean-up is over at once, and it says so twice. */
function hasty(src: AnyActorLogic): AnyActorLogic {
  const transition: AnyActorLogic['transition'] = (snapshot, event, scope) => {
    if (event.type !== 'xstate.stop') return src.transition(snapshot, event, scope as never);
    cleanUp(scope.self, (over) => {
      over();
      over();
      return () => {};
    });
    return { ...snapshot, status: 'stopped' };
  };
  return { ...src, transition };
}

describe('The next incarnation of a child', () => {
  it.each([
    ['crash', 'a exited 1 error'],
    ['finish', 'a exited 1 normal'],
  ] as const)('begins when this one has cleaned up: after %s', (act, exit) => {
    const { it, cleanUps } = one();
    it[act]('a');
    expect([it.take(), cleanUps.busy, it.timers]).toEqual([[], 'a', 1]);
    cleanUps.finish('a');
    expect(it.take()).toEqual([exit, 'a restarting in 0', 'a started 2']);
    expect([cleanUps.journal.take(), it.timers]).toEqual(['-a +a', 0]);
  });

  it.each<[Shutdown, number]>([
    [300, 300],
    ['brutal_kill', 0],
    [0, 0],
  ])('does not wait longer than the shutdown time: %s', (shutdown, ms) => {
    const { it, cleanUps } = one({ shutdown });
    it.crash('a');
    if (ms > 0) it.clock.increment(ms - 1);
    if (ms > 0) expect([it.take(), cleanUps.cut]).toEqual([[], []]);
    it.clock.increment(ms > 0 ? 1 : 0);
    expect(it.take()).toEqual(['a exited 1 error', 'a restarting in 0', 'a started 2']);
    expect([cleanUps.journal.take(), cleanUps.cut, it.timers]).toEqual(['-a +a', ['a'], 0]);
  });

  it('waits for ever, where the shutdown time is infinity', () => {
    const { it, cleanUps } = one({ shutdown: 'infinity' });
    it.crash('a');
    expect(it.timers).toBe(0);
    it.clock.increment(1e9);
    cleanUps.finish('a');
    expect([it.take().at(-1), cleanUps.cut]).toEqual(['a started 2', []]);
  });

  it('is not waited for any more when the child is terminated meanwhile', () => {
    const { it, cleanUps } = one();
    it.crash('a');
    const answers = it.ask({ type: 'child.terminate', id: 'a' });
    it.clock.increment(4999);
    expect([answers, it.take()]).toEqual([[], []]);
    it.clock.increment(1);
    expect([answers, it.take(), cleanUps.cut]).toEqual([[done], ['a exited 1 error'], ['a']]);
    expect([it.table(), it.timers]).toEqual(['a stopped 1', 0]);
  });

  it('comes with its group, whose members are waited for one after the other', () => {
    const { it, cleanUps } = open(
      (src) => [
        { id: 'a', src },
        { id: 'b', src },
        { id: 'c', src: worker() },
      ],
      { strategy: 'one_for_all' },
    );
    it.crash('c');
    expect([it.take(), cleanUps.busy, it.state]).toEqual([
      ['c exited 1 error', 'c restarting in 0'],
      'b',
      'restarting',
    ]);
    cleanUps.finish('b');
    expect([it.take(), cleanUps.busy]).toEqual([['b exited 1 shutdown'], 'a']);
    cleanUps.finish('a');
    expect(it.take()).toEqual(['a exited 1 shutdown', 'a started 2', 'b started 2', 'c started 2']);
    expect([cleanUps.journal.take(), it.timers]).toEqual(['-b -a +a +b', 0]);
  });
});

// How long a child has to clean up, and how it ends when its time is over.
const limits: [shutdown: Shutdown | undefined, ms: number][] = [
  [undefined, 5000],
  [300, 300],
  [0, 0],
];

describe.each(['child.terminate', 'supervisor.stop'])('A child that is stopped, by %s,', (type) => {
  const stop = (it: Scene) => it.ask({ type, id: 'a' });

  it.each<Shutdown>([5000, 'infinity'])('has ended when it has cleaned up: shutdown time %s', (shutdown) => {
    const { it, cleanUps } = one({ shutdown });
    const answers = stop(it);
    it.clock.increment(4999);
    expect([it.take(), answers, cleanUps.busy]).toEqual([[], [], 'a']);
    cleanUps.finish('a');
    expect([it.take()[0], answers, cleanUps.cut, it.timers]).toEqual(['a exited 1 shutdown', [done], [], 0]);
  });

  it.each(limits)('is killed when its time is over: shutdown time %s', (shutdown, ms) => {
    const { it, cleanUps } = one({ shutdown });
    const answers = stop(it);
    if (ms > 0) it.clock.increment(ms - 1);
    expect([it.take(), answers, cleanUps.cut]).toEqual([[], [], []]);
    it.clock.increment(ms > 0 ? 1 : 0);
    expect([it.take()[0], answers, cleanUps.cut, it.timers]).toEqual(['a exited 1 killed', [done], ['a'], 0]);
  });

  it('is killed at once with brutal_kill', () => {
    const { it, cleanUps } = one({ shutdown: 'brutal_kill' });
    expect(stop(it)).toEqual([done]);
    expect([it.take()[0], cleanUps.cut, it.timers]).toEqual(['a exited 1 killed', ['a'], 0]);
  });

  it('has one time for all: to do as it is asked, and to clean up', () => {
    const { it, cleanUps } = open((src) => [{ id: 'a', src: around(src), shutdown: 300, graceful: true }]);
    const answers = stop(it);
    it.clock.increment(100);
    it.finish('a');
    it.clock.increment(199);
    expect([it.take(), answers, cleanUps.busy]).toEqual([[], [], 'inside']);
    it.clock.increment(1);
    expect([answers, it.take()[0], cleanUps.cut, it.timers]).toEqual([[done], 'a exited 1 shutdown', ['inside'], 0]);
  });

  it('has crashed if its clean-up fails, and does not come back', () => {
    const { it, cleanUps } = one();
    stop(it);
    cleanUps.finish('a', failed);
    expect(it.all('child.exited')).toEqual([
      { type: 'child.exited', id: 'a', incarnation: 1, reason: 'error', error: failed },
    ]);
    expect([it.all('child.started').length, it.timers]).toEqual([1, 0]);
  });
});

describe('A child that has ended of itself', () => {
  it.each([
    ['crash', { reason: 'error', error: asTold }],
    ['finish', { reason: 'normal' }],
  ] as const)('has ended as it did, also if its clean-up fails, which is logged: %s', (act, exit) => {
    const { it, cleanUps } = one({ restart: 'temporary' });
    it[act]('a');
    cleanUps.finish('a', failed);
    expect(it.all('child.exited')).toStrictEqual([{ type: 'child.exited', id: 'a', incarnation: 1, ...exit }]);
    expect(it.lines).toContain('the clean-up of a threw: Error: cannot clean up');
  });

  it.each<[string, (it: Scene) => void, before: number]>([
    ['has crashed', (it) => it.crash('a'), 1],
    ['is stopped', (it) => it.ask({ type: 'child.terminate', id: 'a' }), 0],
  ])('is monitored until its end is certain: one that %s', (_what, act, before) => {
    const { it, cleanUps } = one({ restart: 'temporary' });
    const exits: Exit[] = [];
    monitor(it.ref('a'), (exit) => exits.push(exit));
    act(it);
    expect(exits).toHaveLength(before);
    cleanUps.finish('a');
    expect(exits).toHaveLength(1);
  });
});

describe('A clean-up', () => {
  it('that is over at once is not waited for', () => {
    const { it } = open((src) => [{ id: 'a', src: hasty(src) }]);
    it.crash('a');
    expect(it.take()).toEqual(['a exited 1 error', 'a restarting in 0', 'a started 2']);
    expect(it.tell({ type: 'child.terminate', id: 'a' })).toBe('ok');
    expect([it.take(), it.timers]).toEqual([['a exited 2 shutdown'], 0]);
  });

  it('that is said to be over twice is over once: another is still waited for', () => {
    const { it, cleanUps } = open((src) => [{ id: 'a', src: around(src, hasty(src)) }]);
    it.crash('a');
    expect([it.take(), cleanUps.busy]).toEqual([[], 'inside']);
    cleanUps.finish('inside');
    expect([it.take().at(-1), it.timers]).toEqual(['a started 2', 0]);
  });

  it('has no time where the start crashes', () => {
    const { it, cleanUps } = open((src) => [{ id: 'a', src: { ...src, start: () => crashing() } }]);
    expect([it.all('child.start_failed').length, it.status]).toEqual([1, 'error']);
    expect([cleanUps.cut, it.timers]).toEqual([['a'], 0]);
  });

  it('has no time where the child is not ready in time', () => {
    const { it, cleanUps } = one({ ready: () => false, startTimeoutMs: 100 });
    it.clock.increment(100);
    expect([it.take(), it.status]).toEqual([['a start_failed', 'stopped start_failed'], 'error']);
    expect([cleanUps.journal.take(), cleanUps.cut, it.timers]).toEqual(['-a', ['a'], 0]);
  });

  it.each<[string, (it: Scene) => void]>([
    ['runs', () => {}],
    ['waits for it after a crash', (it) => it.crash('a')],
    ['stops', (it) => it.ask({ type: 'supervisor.stop' })],
  ])('has no time where the supervisor is stopped by force, while that %s', (_what, act) => {
    const { it, cleanUps } = one();
    act(it);
    it.actor.stop();
    expect([cleanUps.journal.take(), cleanUps.cut, it.timers]).toEqual(['-a', ['a'], 0]);
  });

  it('goes on beside the others where a dynamic supervisor stops', () => {
    const cleanUps = new CleanUps();
    const it = new Scene((logger) => dynamicSupervisor({ logger }));
    for (const [id, shutdown] of Object.entries({ a: 300, b: 100, c: 300 })) {
      it.tell({ type: 'child.start', spec: { id, src: cleanUps.src, shutdown } });
    }
    it.take();
    const answers = it.ask({ type: 'supervisor.stop' });
    expect(cleanUps.busy).toBe('a b c');
    it.clock.increment(100);
    cleanUps.finish('c');
    expect([it.take(), answers]).toEqual([['b exited 1 killed', 'c exited 1 shutdown'], []]);
    cleanUps.finish('a');
    expect([it.take(), answers, it.timers]).toEqual([['a exited 1 shutdown', 'stopped shutdown'], [done], 0]);
  });

  describe('of an actor that nobody supervises', () => {
    const openAlone = () => {
      const cleanUps = new CleanUps();
      const clock = new CountingClock();
      const stop = (src: AnyActorLogic) => createActor(src, { id: 'a', clock }).start().stop();
      return { cleanUps, clock, stop };
    };

    it('is cut short after 5000 ms', () => {
      const { cleanUps, clock, stop } = openAlone();
      stop(cleanUps.src);
      clock.increment(4999);
      expect(cleanUps.busy).toBe('a');
      clock.increment(1);
      expect([cleanUps.cut, clock.timers]).toEqual([['a'], 0]);
    });

    it('leaves no timer when it is over, at once or later', () => {
      const { cleanUps, clock, stop } = openAlone();
      stop(hasty(cleanUps.src));
      expect(clock.timers).toBe(0);
      stop(cleanUps.src);
      cleanUps.finish('a');
      expect([cleanUps.cut, clock.timers]).toEqual([[], 0]);
    });
  });
});

describe('The clean-up of an actor in a child', () => {
  const openAround = (spec: Partial<ChildSpec> = {}) => open((src) => [{ id: 'a', src: around(src), ...spec }]);

  it.each([
    ['the child', 'a'],
    ['the actor itself', 'inside'],
  ])('comes before the next incarnation of the child, after a crash of %s', (_who, id) => {
    const { it, cleanUps } = openAround();
    it.crash(id);
    expect([it.take(), cleanUps.busy, it.timers]).toEqual([[], 'inside', 1]);
    cleanUps.finish('inside');
    expect(it.take()).toEqual(['a exited 1 error', 'a restarting in 0', 'a started 2']);
    expect([cleanUps.journal.take(), it.timers]).toEqual(['-inside +inside', 0]);
  });

  it('has no more time than any, where the child died of what that actor did, and it was still at it', () => {
    const { it, cleanUps } = openAround({ shutdown: 300 });
    it.anyRef('inside').send({ type: 'do', work: () => it.crash('a') });
    expect([it.take(), cleanUps.busy, it.timers]).toEqual([[], 'inside', 1]);
    it.clock.increment(300);
    expect([it.take().at(-1), cleanUps.journal.take(), it.timers]).toEqual(['a started 2', '-inside +inside', 0]);
  });

  it.each([
    ['shutdown', (_it: Scene, cleanUps: CleanUps) => cleanUps.finish('inside'), []],
    ['killed', (it: Scene) => it.clock.increment(300), ['inside']],
  ] as const)('has the time that the child has to stop: %s', (reason, act, cut) => {
    const { it, cleanUps } = openAround({ shutdown: 300 });
    const answers = it.ask({ type: 'child.terminate', id: 'a' });
    expect([it.take(), answers]).toEqual([[], []]);
    act(it, cleanUps);
    expect([it.take(), answers]).toEqual([[`a exited 1 ${reason}`], [done]]);
    expect([cleanUps.cut, it.timers]).toEqual([cut, 0]);
  });

  it('has no time left where the child had to be killed', () => {
    const { it, cleanUps } = openAround({ shutdown: 300, graceful: true });
    it.ask({ type: 'child.terminate', id: 'a' });
    it.clock.increment(299);
    expect([it.take(), cleanUps.busy]).toEqual([[], '']);
    it.clock.increment(1);
    expect([it.take(), cleanUps.cut, it.timers]).toEqual([['a exited 1 killed'], ['inside'], 0]);
  });

  it('may fail, which is logged, and is no end of the child', () => {
    const { it, cleanUps } = openAround();
    it.ask({ type: 'child.terminate', id: 'a' });
    cleanUps.finish('inside', failed);
    expect(it.take()).toEqual(['a exited 1 shutdown']);
    expect(it.lines).toEqual(['the clean-up of inside threw: Error: cannot clean up']);
  });

  it('may go on as long as it takes while the child lives, and has the time of the child when that is to stop', () => {
    const { it, cleanUps } = openAround({ shutdown: 300 });
    it.ref('a').send({ type: 'leave' });
    it.clock.increment(1e6);
    expect([cleanUps.busy, it.take(), it.table()]).toEqual(['inside', [], 'a running 1']);
    const answers = it.ask({ type: 'child.terminate', id: 'a' });
    it.clock.increment(299);
    expect([answers, cleanUps.busy]).toEqual([[], 'inside']);
    it.clock.increment(1);
    expect([it.take(), answers, cleanUps.cut]).toEqual([['a exited 1 killed'], [done], ['inside']]);
  });

  it('that is over while the child lives is nothing to that', () => {
    const { it, cleanUps } = openAround();
    it.ref('a').send({ type: 'leave' });
    cleanUps.finish('inside');
    expect([it.take(), it.tell({ type: 'child.terminate', id: 'a' })]).toEqual([[], 'ok']);
  });
});

describe('The clean-up in a supervisor in a supervisor', () => {
  const openNested = (spec: Partial<ChildSpec> = {}) => {
    const cleanUps = new CleanUps();
    const x: ChildSpec = { id: 'x', src: cleanUps.src, shutdown: 300 };
    const it = new Scene((logger) =>
      supervisor({ logger, children: [{ id: 'inner', src: supervisor({ logger, children: [x] }), ...spec }] }),
    );
    it.take();
    cleanUps.journal.take();
    return { it, cleanUps };
  };

  it('is waited for by the inner one, and so by the outer', () => {
    const { it, cleanUps } = openNested();
    const answers = it.ask({ type: 'supervisor.stop' });
    it.clock.increment(299);
    expect([it.take(), answers, cleanUps.busy]).toEqual([[], [], 'x']);
    cleanUps.finish('x');
    expect([it.take(), answers]).toEqual([['inner exited 1 shutdown', 'stopped shutdown'], [done]]);
    expect([cleanUps.cut, it.timers]).toEqual([[], 0]);
  });

  it('is cut short when the time of the child is over', () => {
    const { it, cleanUps } = openNested();
    it.ask({ type: 'supervisor.stop' });
    it.clock.increment(300);
    expect(it.take()).toEqual(['inner exited 1 shutdown', 'stopped shutdown']);
    expect([cleanUps.cut, it.timers]).toEqual([['x'], 0]);
  });

  it('is cut short when the time of the inner supervisor is over', () => {
    const { it, cleanUps } = openNested({ shutdown: 100 });
    it.ask({ type: 'supervisor.stop' });
    it.clock.increment(100);
    expect(it.take()).toEqual(['inner exited 1 killed', 'stopped shutdown']);
    expect([cleanUps.cut, it.timers]).toEqual([['x'], 0]);
  });

  it('is cut short at once when the inner supervisor is killed', () => {
    const { it, cleanUps } = openNested({ shutdown: 'brutal_kill' });
    expect(it.tell({ type: 'supervisor.stop' })).toBe('ok');
    expect([it.take()[0], cleanUps.cut, it.timers]).toEqual(['inner exited 1 killed', ['x'], 0]);
  });

  it('after a crash is the affair of the inner one', () => {
    const { it, cleanUps } = openNested();
    it.crash('x');
    const answers = it.ask({ type: 'supervisor.which_children' });
    expect([it.take(), answers.length, cleanUps.journal.take()]).toEqual([[], 1, '']);
    cleanUps.finish('x');
    expect([it.take(), cleanUps.journal.take(), it.timers]).toEqual([[], '-x +x', 0]);
  });

  it('has no time where the inner one has crashed: nobody is left to wait', () => {
    const { it, cleanUps } = openNested();
    breakDown(it.ref('inner'));
    expect(it.take()).toEqual(['inner exited 1 error', 'inner restarting in 0', 'inner started 2']);
    expect([cleanUps.journal.take(), cleanUps.cut]).toEqual(['-x +x', ['x']]);
  });

  it('comes before the next incarnation also where the inner one died of what its child did', () => {
    const { it, cleanUps } = openNested();
    it.anyRef('x').send({ type: 'do', work: () => breakDown(it.ref('inner')) });
    expect(it.take()).toEqual(['inner exited 1 error', 'inner restarting in 0', 'inner started 2']);
    expect([cleanUps.journal.take(), cleanUps.cut]).toEqual(['-x +x', ['x']]);
  });
});

describe('The clean-up', () => {
  const inTree = (src: AnyActorLogic) => sessionTree({ logger: () => {}, children: () => [{ id: 'a', src }] });
  const sessions: [what: string, id: string, wrap: (src: AnyActorLogic) => AnyActorLogic][] = [
    ['a session', 's1', (src) => src],
    ['an actor in a session', 'inside', around],
    ['a child of a session tree', 'a', inTree],
  ];

  async function openOne(wrap: (src: AnyActorLogic) => AnyActorLogic, shutdown?: Shutdown) {
    const cleanUps = new CleanUps();
    const opened = openHost({ session: wrap(cleanUps.src), ...(shutdown !== undefined && { shutdown }) });
    const ref = await opened.open('s1');
    opened.events.length = 0;
    cleanUps.journal.take();
    return { ...opened, ref, cleanUps };
  }

  describe.each(sessions)('of %s', (_what, id, wrap) => {
    it('is waited for when the session is stopped', async () => {
      const { host, clock, events, cleanUps } = await openOne(wrap);
      const answers = new Answers();
      answers.note('stop', host.stopSession('s1'));
      clock.increment(4999);
      await settled();
      expect([answers.given, events, cleanUps.busy, host.ids()]).toEqual([[], [], id, ['s1']]);
      cleanUps.finish(id);
      await settled();
      expect([answers.given, told(events)]).toEqual([[['stop', true]], [stopped('s1', 'shutdown')]]);
      expect([cleanUps.cut, clock.timers, host.count()]).toEqual([[], 0, 0]);
    });

    it('is cut short when the time of the session is over', async () => {
      const { host, clock, events, cleanUps } = await openOne(wrap, 300);
      const stop = host.stopSession('s1');
      clock.increment(300);
      expect([await stop, told(events)]).toEqual([done, [stopped('s1', 'killed')]]);
      expect([cleanUps.cut, clock.timers]).toEqual([[id], 0]);
    });

    it('is cut short at once where the session is to be killed', async () => {
      const { host, clock, events, cleanUps } = await openOne(wrap, 'brutal_kill');
      expect([await host.stopSession('s1'), told(events)]).toEqual([done, [stopped('s1', 'killed')]]);
      expect([cleanUps.cut, clock.timers]).toEqual([[id], 0]);
    });

    it('comes before the next incarnation where the session is restarted by hand', async () => {
      const { host, clock, events, cleanUps } = await openOne(wrap);
      const restart = host.restartSession('s1');
      expect([events, cleanUps.journal.take()]).toEqual([[], '']);
      cleanUps.finish(id);
      expect([await restart, told(events)]).toEqual([done, [restarted('s1', 2)]]);
      expect([cleanUps.journal.take(), clock.timers]).toEqual([`-${id} +${id}`, 0]);
    });

    it('is waited for when the host is closed, beside those of the other sessions', async () => {
      const { host, open, clock, events, cleanUps } = await openOne(wrap, 300);
      await open('s2');
      events.length = 0;
      const closing = host.close();
      clock.increment(299);
      expect([await states(closing), events]).toEqual([['pending'], []]);
      clock.increment(1);
      await closing;
      expect(told(events)).toEqual([stopped('s1', 'killed'), stopped('s2', 'killed')]);
      expect([cleanUps.journal.alive, clock.timers]).toEqual(['', 0]);
    });

    it('has no time when the host is stopped by force', async () => {
      const { host, clock, cleanUps } = await openOne(wrap);
      host.actor.stop();
      expect([cleanUps.journal.take(), cleanUps.cut, clock.timers]).toEqual([`-${id}`, [id], 0]);
    });
  });

  it.each(sessions.slice(0, 2))('of %s comes before its restart after a crash', async (_what, id, wrap) => {
    const { host, clock, events, ref, cleanUps } = await openOne(wrap);
    ref.send(crash);
    expect([host.isRunning('s1'), events, clock.timers]).toEqual([false, [], 1]);
    cleanUps.finish(id);
    expect([host.isRunning('s1'), clock.timers]).toEqual([true, 0]);
    expect(told(events)).toEqual([crashed('s1', 1, asTold, crash), restarted('s1', 2)]);
    expect(cleanUps.journal.take()).toBe(`-${id} +${id}`);
  });

  it('of a child of a session tree comes before its restart after a crash: nobody is there meanwhile', async () => {
    const { host, events, cleanUps } = await openOne(inTree);
    const child = () => host.whereis('s1', 'a');
    child()!.send(crash);
    expect(child()).toBeUndefined();
    cleanUps.finish('a');
    expect([child()?.getSnapshot().status, cleanUps.journal.take()]).toEqual(['active', '-a +a']);
    expect([host.isRunning('s1'), events]).toEqual([true, []]);
  });

  it('of a session that has crashed is waited for by who stops it meanwhile, and no longer than from the crash', async () => {
    const { host, clock, events, ref, cleanUps } = await openOne((src) => src);
    ref.send(crash);
    clock.increment(4000);
    const stop = host.stopSession('s1');
    clock.increment(999);
    expect([events, cleanUps.busy]).toEqual([[], 's1']);
    clock.increment(1);
    expect([await stop, told(events)]).toEqual([done, [crashed('s1', 1, asTold, crash), stopped('s1', 'error')]]);
    expect([cleanUps.cut, clock.timers]).toEqual([['s1'], 0]);
  });

  it('of a session that has crashed is waited for by who restarts it meanwhile, and by what it is sent', async () => {
    const { host, events, ref, cleanUps } = await openOne((src) => src);
    ref.send(crash);
    const restart = host.restartSession('s1');
    ref.send(crash);
    expect([events, cleanUps.busy]).toEqual([[], 's1']);
    cleanUps.finish('s1');
    expect(await restart).toEqual(done);
    expect(told(events)).toEqual([crashed('s1', 1, asTold, crash), restarted('s1', 2)]);
    // The next life has had what was sent.
    expect([cleanUps.busy, host.isRunning('s1')]).toEqual(['s1', false]);
  });

  it('of a session that fails is its crash, and its end', async () => {
    const { host, events, cleanUps } = await openOne((src) => src);
    const stop = host.stopSession('s1');
    cleanUps.finish('s1', failed);
    expect(await stop).toEqual(done);
    expect(told(events)).toEqual([crashed('s1', 1, failed), stopped('s1', 'error')]);
  });

  it('of an actor in a session that fails is logged', async () => {
    const { host, log, events, cleanUps } = await openOne(around);
    const stop = host.stopSession('s1');
    cleanUps.finish('inside', failed);
    expect([await stop, told(events)]).toEqual([done, [stopped('s1', 'shutdown')]]);
    expect(log).toEqual(['the clean-up of inside threw: Error: cannot clean up']);
  });
});
