import { assign, createMachine, sendTo, setup, spawnChild } from 'xstate';
import type { AnyActorLogic, AnyActorRef, AnyMachineSnapshot } from 'xstate';
import { dynamicSupervisor, fromTask, sessionTree, supervisor } from '../src/index.ts';
import type { ChildSpec, SessionTreeOptions, TaskScope } from '../src/index.ts';
import type { SupervisorActor } from '../src/supervisor/supervisor-actor.ts';
import { settled } from './support/answers.ts';
import { goOn, live } from './support/lone-life.ts';
import type { LoneLife } from './support/lone-life.ts';
import { made } from './support/sessions.ts';
import { scripted } from './support/workers.ts';

const lines: string[] = [];
const logger = (line: string) => void lines.push(line);
const session = made({ name: 'shop' });
const input = { session };

afterEach(() => void lines.splice(0));

/** Counts, ends at `END`, crashes at `CRASH`, and beats every 100 ms. */
const counter = setup({
  types: { context: {} as { readonly count: number; readonly beats: number } },
  actions: {
    add: assign({ count: ({ context }) => context.count + 1 }),
    beat: assign({ beats: ({ context }) => context.beats + 1 }),
    crash: () => {
      throw new Error('crashed as told');
    },
  },
}).createMachine({
  context: { count: 0, beats: 0 },
  initial: 'on',
  on: { ADD: { actions: 'add' }, CRASH: { actions: 'crash' }, END: '.over' },
  states: { on: { after: { 100: { target: 'on', reenter: true, actions: 'beat' } } }, over: { type: 'final' } },
});

const child = (id: string, more: Partial<ChildSpec> = {}): ChildSpec => ({ id, src: counter, ...more });

const tree = (children: readonly ChildSpec[], options: Partial<SessionTreeOptions> = {}) =>
  sessionTree({ logger, children: () => children, ...options });

const supervisorOf = (actor: AnyActorRef): SupervisorActor =>
  (actor.getSnapshot() as AnyMachineSnapshot).context.supervisor as SupervisorActor;

const find = (life: LoneLife, id: string): AnyActorRef | undefined => supervisorOf(life.actor).whereis(id);
const contextOf = (ref: AnyActorRef | undefined): unknown =>
  (ref?.getSnapshot() as AnyMachineSnapshot | undefined)?.context;
const statuses = (life: LoneLife): string =>
  supervisorOf(life.actor)
    .children.map(({ id, status, incarnation }) => `${id} ${status} ${incarnation}`)
    .join(', ');

describe('A session tree that comes back', () => {
  it('has its children as they were: their states, incarnations and timers', () => {
    const logic = tree([child('a'), child('b')]);
    const first = live(logic, { input });
    find(first, 'a')!.send({ type: 'CRASH' });
    find(first, 'a')!.send({ type: 'ADD' });
    first.clock.increment(100);
    first.clock.increment(50);
    lines.splice(0);
    const second = goOn(logic, first, { now: 150 });
    expect(statuses(second)).toBe('a running 2, b running 1');
    expect(contextOf(find(second, 'a'))).toEqual({ count: 1, beats: 1 });
    second.clock.increment(49);
    expect(contextOf(find(second, 'b'))).toEqual({ count: 0, beats: 1 });
    second.clock.increment(1);
    expect([contextOf(find(second, 'a')), contextOf(find(second, 'b'))]).toEqual([
      { count: 1, beats: 2 },
      { count: 0, beats: 2 },
    ]);
    expect(lines).toEqual([]);
  });

  it('has its session again', () => {
    const children = jest.fn(() => [child('a')]);
    const logic = sessionTree({ logger, children });
    goOn(logic, live(logic, { input }));
    expect(children.mock.calls).toEqual([[{ session }], [{ session }]]);
  });

  it('does not ask for the input of those that go on', () => {
    const asked = jest.fn(() => 1);
    const logic = tree([child('a', { input: asked })]);
    goOn(logic, live(logic, { input }));
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('keeps those down that were: stopped by hand, at their end, deleted, forgotten, left out', () => {
    const logic = tree([
      child('terminated'),
      child('ended', { restart: 'transient' }),
      child('temporary', { restart: 'temporary' }),
      child('deleted'),
      child('ignored', { enabled: () => false }),
      child('last'),
    ]);
    const first = live(logic, { input });
    find(first, 'ended')!.send({ type: 'END' });
    find(first, 'temporary')!.send({ type: 'END' });
    first.actor.send({ type: 'child.terminate', id: 'terminated' });
    first.actor.send({ type: 'child.terminate', id: 'deleted' });
    first.actor.send({ type: 'child.delete', id: 'deleted' });
    const before = statuses(first);
    const second = goOn(logic, first);
    expect(statuses(second)).toBe(before);
    expect(before).toBe('terminated stopped 1, ended stopped 1, ignored stopped 0, last running 1');
    second.actor.send({ type: 'child.restart', id: 'terminated' });
    expect(statuses(second)).toContain('terminated running 2');
    expect(contextOf(find(second, 'terminated'))).toEqual({ count: 0, beats: 0 });
  });

  it('still counts its restarts, as long as they count', () => {
    const logic = tree([child('a')], { intensity: { maxRestarts: 1, withinMs: 1000 } });
    const crashed = (now: number) => {
      const first = live(logic, { input });
      first.clock.increment(500);
      find(first, 'a')!.send({ type: 'CRASH' });
      const second = goOn(logic, first, { now });
      find(second, 'a')!.send({ type: 'CRASH' });
      return second.actor.getSnapshot().status;
    };
    expect([crashed(500), crashed(1500), crashed(1501)]).toEqual(['error', 'error', 'active']);
  });

  it.each([
    ['waits for what is left of it', 120, 80],
    ['restarts it at once where that is over', 1000, 0],
  ])('that waited for the restart of a child %s', (_what, now, left) => {
    const logic = tree([child('a'), child('b')], { backoff: { minMs: 200, maxMs: 1000, jitter: 'none' } });
    const first = live(logic, { input });
    find(first, 'a')!.send({ type: 'CRASH' });
    first.clock.increment(100);
    const second = goOn(logic, first, { now });
    if (left > 0) {
      expect(statuses(second)).toBe('a restarting 1, b running 1');
      second.clock.increment(left - 1);
      expect(statuses(second)).toBe('a restarting 1, b running 1');
      second.clock.increment(1);
    }
    expect(statuses(second)).toBe('a running 2, b running 1');
    // The back-off goes on, too.
    find(second, 'a')!.send({ type: 'CRASH' });
    expect(supervisorOf(second.actor).view.children[0]!.restartAt).toBe(second.clock.now() + 400);
  });

  it('waits no longer than its back-off, and counts restarts no longer than that, where the clock was set back', () => {
    const backoff = { minMs: 200, maxMs: 1000, jitter: 'none', resetAfterMs: 5000 } as const;
    const logic = tree([child('a')], { backoff, intensity: { maxRestarts: 1, withinMs: 2000 } });
    const first = live(logic, { input });
    find(first, 'a')!.send({ type: 'CRASH' });
    const second = goOn(logic, first, { now: -100_000 });
    second.clock.increment(1000);
    expect(statuses(second)).toBe('a running 2');
    second.clock.increment(1001);
    find(second, 'a')!.send({ type: 'CRASH' });
    expect(statuses(second)).toBe('a restarting 2');
  });

  it('begins its back-off anew after a child that ran long enough, before and after', () => {
    const logic = tree([child('a')], { backoff: { minMs: 10, maxMs: 1000, jitter: 'none', resetAfterMs: 500 } });
    const first = live(logic, { input });
    find(first, 'a')!.send({ type: 'CRASH' });
    first.clock.increment(10);
    first.clock.increment(300);
    const second = goOn(logic, first, { now: 310 });
    second.clock.increment(200);
    find(second, 'a')!.send({ type: 'CRASH' });
    expect(supervisorOf(second.actor).view.children[0]!.restartAt).toBe(210);
  });

  it('has no child whose spec is no more, and starts those that are new', () => {
    const first = live(tree([child('a'), child('b'), child('c')]), { input });
    find(first, 'c')!.send({ type: 'ADD' });
    const second = goOn(tree([child('new'), child('c')]), first);
    expect(statuses(second)).toBe('new running 1, c running 1');
    expect(contextOf(find(second, 'c'))).toEqual({ count: 1, beats: 0 });
    expect(lines).toEqual(['a, b of s1 cannot come back: there is no spec of it in its options']);
  });

  it('has no child that was added by child.start, even in the place of another', () => {
    const logic = tree([child('a'), child('b')]);
    const first = live(logic, { input });
    for (const type of ['child.terminate', 'child.delete']) first.actor.send({ type, id: 'a' });
    first.actor.send({ type: 'child.start', spec: child('a', scripted('run')) });
    first.actor.send({ type: 'child.start', spec: child('late') });
    const second = goOn(logic, first);
    expect(statuses(second)).toBe('b running 1');
    expect(lines).toEqual(['a, late of s1 cannot come back: there is no spec of it in its options']);
  });

  it('fails to start where a child cannot go on, and nothing runs', () => {
    const other = createMachine({ initial: 'elsewhere', states: { elsewhere: {} } });
    const first = live(tree([child('a'), { id: 'b', src: other }]), { input });
    const second = goOn(tree([child('a'), child('b')]), first);
    expect([second.hasStarted, second.life.exit?.reason, second.life.isGone()]).toEqual([false, 'error', true]);
    expect(second.life.exit!.error).toMatchObject({ code: 'start_failed', message: expect.stringContaining('b') });
  });

  it('can be taken again, and again', () => {
    const logic = tree([child('a'), { id: 'inner', src: supervisor({ logger, children: [child('x')] }) }]);
    let life = live(logic, { input });
    for (let time = 1; time <= 3; time++) {
      supervisorOf(find(life, 'inner')!).whereis('x')!.send({ type: 'ADD' });
      const taken = life.take();
      life = goOn(logic, life, { now: 0 });
      expect(life.take()).toEqual(taken);
      expect(contextOf(supervisorOf(find(life, 'inner')!).whereis('x'))).toEqual({ count: time, beats: 0 });
    }
  });

  it('finds its actors again, across its supervisors, by refs and by names', () => {
    const knowing = createMachine({
      context: ({ self }) => ({ first: self.system.get('first') as AnyActorRef | undefined }),
    });
    const logic = tree([
      child('a', { systemId: 'first' }),
      { id: 'inner', src: supervisor({ logger, children: [{ id: 'x', src: knowing }] }) },
    ]);
    const second = goOn(logic, live(logic, { input }));
    const a = find(second, 'a');
    expect(second.actor.system.get('first' as never)).toBe(a);
    expect(contextOf(supervisorOf(find(second, 'inner')!).whereis('x'))).toEqual({ first: a });
  });

  it('fires what is overdue in the order of the deadlines, whichever child it is of', () => {
    const order: string[] = [];
    const ringing = (id: string, delay: number): ChildSpec => ({
      id,
      src: createMachine({ after: { [delay]: { actions: () => void order.push(id) } } }),
    });
    const logic = tree([ringing('late', 30), ringing('early', 10), ringing('middle', 20)]);
    const second = goOn(logic, live(logic, { input }), { now: 1000 });
    second.clock.increment(0);
    expect(order).toEqual(['early', 'middle', 'late']);
  });

  it('is not taken while it stops a child', () => {
    const lingering = createMachine({
      on: { 'supervisor.shutdown': {}, END: '.over' },
      initial: 'on',
      states: { on: {}, over: { type: 'final' } },
    });
    const logic = tree([{ id: 'a', src: lingering }, child('b')]);
    const first = live(logic, { input });
    const a = find(first, 'a')!;
    first.actor.send({ type: 'child.terminate', id: 'a' });
    expect(() => first.take()).toThrow('s1 is starting or stopping a child, and must be at rest');
    a.send({ type: 'END' });
    expect(statuses(goOn(logic, first))).toBe('a stopped 1, b running 1');
  });

  it('waits for one that is to be ready first, and then has the next as it was', () => {
    const moody = createMachine({
      initial: 'awake',
      states: { awake: { on: { NAP: 'asleep' } }, asleep: { on: { WAKE: 'awake' } } },
    });
    const ready = (snapshot: AnyMachineSnapshot) => snapshot.value === 'awake';
    const logic = tree([{ id: 'moody', src: moody, ready: ready as never }, child('a')]);
    const first = live(logic, { input });
    find(first, 'moody')!.send({ type: 'NAP' });
    find(first, 'a')!.send({ type: 'ADD' });
    const second = goOn(logic, first, { now: 30 });
    expect(statuses(second)).toBe('moody stopped 0, a stopped 0');
    expect(() => second.take()).toThrow('s1 is starting, and must be at rest for its snapshot to be taken');
    second.clock.increment(50);
    find(second, 'moody')!.send({ type: 'WAKE' });
    expect(statuses(second)).toBe('moody running 1, a running 1');
    second.clock.increment(69);
    expect(contextOf(find(second, 'a'))).toEqual({ count: 1, beats: 0 });
    second.clock.increment(1);
    expect(contextOf(find(second, 'a'))).toEqual({ count: 1, beats: 1 });
  });

  it('waits for a task that runs again to be ready again', async () => {
    let open = () => {};
    const task = fromTask(async ({ progress }: TaskScope) => {
      await new Promise<void>((resolve) => (open = resolve));
      progress('open');
      await new Promise(() => {});
    });
    const ready = ({ progress }: { readonly progress: unknown }) => progress === 'open';
    const logic = tree([{ id: 'task', src: task, ready: ready }, child('a')]);
    const first = live(logic, { input });
    open();
    await settled();
    expect(statuses(first)).toBe('task running 1, a running 1');
    const second = goOn(logic, first);
    expect(statuses(second)).toBe('task stopped 0, a stopped 0');
    open();
    await settled();
    expect(statuses(second)).toBe('task running 1, a running 1');
  });

  it.each([
    ['one_for_all', 'a running 2, b running 2'],
    ['rest_for_one', 'a running 1, b running 2'],
  ] as const)('still has its strategy, %s', (strategy, after) => {
    const logic = tree([child('a'), child('b')], { strategy });
    const second = goOn(logic, live(logic, { input }));
    find(second, 'b')!.send({ type: 'CRASH' });
    expect(statuses(second)).toBe(after);
  });

  it('still ends with its last significant child', () => {
    const significant = (id: string) => child(id, { restart: 'transient', significant: true });
    const logic = tree([significant('a'), significant('b')], { autoShutdown: 'all_significant' });
    const first = live(logic, { input });
    find(first, 'a')!.send({ type: 'END' });
    const second = goOn(logic, first);
    expect(second.actor.getSnapshot().status).toBe('active');
    find(second, 'b')!.send({ type: 'END' });
    expect([second.actor.getSnapshot().status, second.life.exit?.reason]).toEqual(['done', 'normal']);
  });
});

describe('A supervisor that is a child of a session', () => {
  it.each<[string, (sup: AnyActorLogic) => AnyActorLogic]>([
    ['invoked', (sup) => setup({ actors: { sup } }).createMachine({ invoke: { src: 'sup', id: 'sup' } })],
    ['spawned', (sup) => setup({ actors: { sup } }).createMachine({ entry: spawnChild('sup', { id: 'sup' }) })],
  ])('comes back with its children: %s', (_how, within) => {
    const machine = within(supervisor({ logger, children: [child('a'), child('b')] }));
    const first = live(machine);
    const sup = (life: LoneLife) => supervisorOf(life.actor.getSnapshot().children.sup);
    sup(first).whereis('a')!.send({ type: 'ADD' });
    first.clock.increment(40);
    const second = goOn(machine, first, { now: 40 });
    second.clock.increment(60);
    expect(contextOf(sup(second).whereis('a'))).toEqual({ count: 1, beats: 1 });
    expect(sup(second).children).toHaveLength(2);
  });

  it('that is dynamic comes back without them, and says so', () => {
    const machine = setup({ actors: { sup: dynamicSupervisor({ logger }) } }).createMachine({
      invoke: { src: 'sup', id: 'sup' },
      on: { START: { actions: sendTo('sup', ({ event }) => ({ type: 'child.start', spec: event.spec })) } },
    });
    const first = live(machine);
    for (let n = 0; n < 12; n++) first.actor.send({ type: 'START', spec: child(`c${n}`) });
    const second = goOn(machine, first);
    expect(supervisorOf(second.actor.getSnapshot().children.sup).counts).toMatchObject({ specs: 0 });
    expect(lines).toEqual([
      'c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 2 more of sup cannot come back: there is no spec of it in its options',
    ]);
  });
});
