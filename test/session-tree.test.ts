import { createActor, createMachine } from 'xstate';
import type { ActorRefFromLogic, SimulatedClock } from 'xstate';
import { ask, dynamicSupervisor, sessionTree, supervisor } from '../src/index.ts';
import type {
  ChildSpec,
  Session,
  SessionHostOptions,
  SessionRef,
  SessionTreeOptions,
  Strategy,
  SupervisorLogic,
} from '../src/index.ts';
import { Answers, settled } from './support/answers.ts';
import { doing } from './support/doing.ts';
import { nonsense } from './support/nonsense.ts';
import { openHost, steadyBackoff } from './support/open-host.ts';
import { outcomeOf, told as toldOf } from './support/outcome.ts';
import { short } from './support/scene.ts';
import { made } from './support/sessions.ts';
import { crashed, failed, restarted, started, stopped, told } from './support/told.ts';
import { worker as member } from './support/worker.ts';
import { Journal, scripted, worker } from './support/workers.ts';

type TreeLogic = SupervisorLogic<{ readonly session: Session }>;
type TreeRef = SessionRef<TreeLogic>;
type SupervisorRef = ActorRefFromLogic<SupervisorLogic>;
type Children = SessionTreeOptions['children'];

const logger = () => {};
const done = { ok: true, value: undefined };
const refusedWith = (code: string, fields: object = {}) => ({
  ok: false,
  error: expect.objectContaining({ code, ...fields }),
});
const crash = { type: 'crash' };
const asTold = new Error('crashed as told');

const src = worker();
const a = { id: 'a', src };
const b = { id: 'b', src };

/** A host whose sessions are trees. */
function openTrees(
  children: Children,
  tree: Omit<SessionTreeOptions, 'children'> = {},
  options: Partial<SessionHostOptions<TreeLogic>> = {},
) {
  const opened = openHost<TreeLogic>({ session: sessionTree({ logger, ...tree, children }), ...options });
  /** The child of the one session. */
  const child = (id: string) => opened.host.whereis('s1', id)!;
  return { ...opened, child };
}

/** Each child: its id, its status, which life it is. */
async function tableOf(ref: TreeRef | SupervisorRef): Promise<string> {
  const answer = await ask(ref as TreeRef, { type: 'supervisor.which_children' });
  if (!answer.ok) throw new Error('it did not answer');
  return answer.value.map(({ id, status, incarnation }) => `${id} ${status} ${incarnation}`).join(', ');
}

function pass(clock: SimulatedClock, ms: number): void {
  for (let passed = 0; passed < ms; passed++) clock.increment(1);
}

describe('A session tree', () => {
  it('starts its children in their order, and stops them in reverse', async () => {
    const journal = new Journal();
    const { host, events, open } = openTrees(() => ['a', 'b', 'c'].map((id) => ({ id, src: worker({ journal }) })));
    await open();
    expect(journal.take()).toBe('+a +b +c');
    expect(await host.stopSession('s1')).toEqual(done);
    expect(journal.take()).toBe('-c -b -a');
    expect(told(events)).toEqual([started('s1'), stopped('s1', 'shutdown')]);
  });

  it('makes its children anew for each of its lives, from the session as it is then', async () => {
    const children = jest.fn<readonly ChildSpec[], Parameters<Children>>(({ session }) => [
      { ...a, input: { name: session.name, config: session.config } },
    ]);
    const { host, open, child } = openTrees(children);
    await open();
    const input = () => child('a').getSnapshot().context.input;
    expect(input()).toEqual({ name: 's1', config: {} });

    await host.renameSession('s1', 'shop');
    await host.configureSession('s1', { model: 'small' });
    expect(children).toHaveBeenCalledTimes(1);
    child('a').send(crash);
    expect(input()).toEqual({ name: 's1', config: {} });
    expect(children).toHaveBeenCalledTimes(1);

    await host.restartSession('s1');
    expect(input()).toEqual({ name: 'shop', config: { model: 'small' } });
    expect(children.mock.calls.map(([{ session }]) => session.name)).toEqual(['s1', 'shop']);
    expect(children).toHaveBeenLastCalledWith({ session: host.list()[0] });
  });

  it.each<[Strategy, string]>([
    ['one_for_one', 'a running 1, b running 2, c running 1'],
    ['one_for_all', 'a running 2, b running 2, c running 2'],
    ['rest_for_one', 'a running 1, b running 2, c running 2'],
  ])('restarts a child that crashes by its strategy, and is not restarted itself: %s', async (strategy, table) => {
    const { host, events, open, child } = openTrees(() => [a, b, { id: 'c', src }], { strategy });
    const ref = await open();
    const old = child('b');
    old.send(crash);
    expect(await tableOf(ref)).toBe(table);
    expect(child('b')).not.toBe(old);
    expect(child('b').getSnapshot().status).toBe('active');
    expect(told(events)).toEqual([started('s1')]);
    await host.restartSession('s1');
    expect(told(events).slice(1)).toEqual([restarted('s1', 2)]);
  });

  it('has supervisors among its children, each with a fate of its own', async () => {
    const inner = supervisor({ logger, intensity: { maxRestarts: 1 }, children: [{ id: 'x', src }] });
    const { events, open, child } = openTrees(() => [
      a,
      { id: 'inner', src: inner },
      { id: 'jobs', src: dynamicSupervisor({ logger }) },
    ]);
    const ref = await open();
    const x = async () => {
      const answer = await ask(child('inner') as SupervisorRef, { type: 'supervisor.which_children' });
      return answer.ok ? answer.value[0]!.ref! : undefined;
    };
    await ask(child('jobs') as SupervisorRef, { type: 'child.start', spec: b });
    (await x())!.send(crash);
    expect(await tableOf(ref)).toBe('a running 1, inner running 1, jobs running 1');
    (await x())!.send(crash);
    expect(await tableOf(ref)).toBe('a running 1, inner running 2, jobs running 1');
    expect(await tableOf(child('jobs') as SupervisorRef)).toBe('b running 1');
    expect(told(events)).toEqual([started('s1')]);
  });
});

describe('host.whereis', () => {
  it('finds a child while it runs, and nothing while it is down', async () => {
    const { open, clock, child } = openTrees(() => [a, { ...b, enabled: () => false }], { backoff: steadyBackoff });
    const ref = await open();
    const first = child('a');
    expect(first.getSnapshot().status).toBe('active');
    expect(child('b')).toBeUndefined();

    first.send(crash);
    expect(child('a')).toBeUndefined();
    clock.increment(99);
    expect(child('a')).toBeUndefined();
    clock.increment(1);
    const second = child('a');
    expect([second.id, second === first, second.getSnapshot().status]).toEqual(['a', false, 'active']);

    await ask(ref, { type: 'child.terminate', id: 'a' });
    expect(child('a')).toBeUndefined();
    await ask(ref, { type: 'child.restart', id: 'a' });
    expect([second, undefined]).not.toContain(child('a'));
    await ask(ref, { type: 'child.terminate', id: 'a' });
    await ask(ref, { type: 'child.delete', id: 'a' });
    expect(child('a')).toBeUndefined();
  });

  it('finds one that is started later', async () => {
    const { open, child } = openTrees(() => []);
    const answer = await ask(await open(), { type: 'child.start', spec: a });
    expect(answer).toEqual({ ok: true, value: { id: 'a', ref: child('a') } });
  });

  it('finds the children of the tree, and not those of a supervisor in it', async () => {
    const inner = supervisor({ logger, children: [{ id: 'x', src }] });
    const { open, child } = openTrees(() => [{ id: 'inner', src: inner }]);
    await open();
    expect(child('inner').id).toBe('inner');
    expect(child('x')).toBeUndefined();
  });

  it('finds nothing for a session or a child that nobody knows', async () => {
    const { host, open } = openTrees(() => [a]);
    await open();
    for (const name of ['', 'A', 'b', 's2', '__proto__', 'constructor']) {
      expect([host.whereis('s1', name), host.whereis(name, 'a')]).toEqual([undefined, undefined]);
    }
  });

  it('finds nothing for nonsense', async () => {
    const { host, open } = openTrees(() => [a]);
    await open();
    const bad: string[] = [];
    for (const [name, value] of Object.entries(nonsense)) {
      for (const find of [() => host.whereis('s1', value as string), () => host.whereis(value as string, 'a')]) {
        const outcome = await outcomeOf(find);
        if (outcome.type === 'threw' || outcome.answer !== undefined) bad.push(`${name}: ${toldOf(outcome)}`);
      }
    }
    expect(bad).toEqual([]);
  });

  it('finds nothing in a session that is no tree, whatever it holds', async () => {
    const context = { supervisor: { whereis: () => 'found', state: { children: new Map([['a', {}]]) } } };
    const { host, open } = openHost({ session: createMachine({ context }) });
    await open();
    expect(host.whereis('s1', 'a')).toBeUndefined();
  });

  it('finds nothing while the session waits for its restart', async () => {
    const { host, clock, open, child } = openTrees(() => [a], {}, { restart: 'permanent', backoff: steadyBackoff });
    const ref = await open();
    const old = child('a');
    ref.send({ type: 'supervisor.stop' });
    expect([host.isRunning('s1'), child('a')]).toEqual([false, undefined]);
    clock.increment(100);
    expect([host.isRunning('s1'), child('a') === old, child('a').getSnapshot().status]).toEqual([
      true,
      false,
      'active',
    ]);
  });

  it('finds whom the restart of the session has not stopped yet, and then whom it has started', async () => {
    const { host, clock, open, child } = openTrees(() => [a, { id: 'slow', src: worker({ closing: 100 }) }, b]);
    await open();
    const old = ['a', 'slow', 'b'].map(child);
    const restart = host.restartSession('s1');
    expect(['a', 'slow', 'b'].map(child)).toEqual([old[0], old[1], undefined]);
    clock.increment(100);
    await restart;
    const now = ['a', 'slow', 'b'].map(child);
    expect(now.map((ref) => ref.getSnapshot().status)).toEqual(['active', 'active', 'active']);
    expect(now.some((ref) => old.includes(ref))).toBe(false);
    void host.stopSession('s1');
    clock.increment(100);
  });

  it('finds nothing from when the session is said to be over', async () => {
    const { host, open, child } = openTrees(() => [a]);
    await open();
    const found: unknown[] = [];
    host.on('session.stopped', () => found.push(child('a')));
    await host.stopSession('s1');
    expect([...found, child('a')]).toEqual([undefined, undefined]);
  });
});

describe('To its children a tree is what a session is to its host:', () => {
  const members: Children = ({ session }) => ['a', 'b', 'down'].map((id) => ({ id, src: member, input: { session } }));
  const openMembers = async () => {
    const opened = openTrees(members);
    await ask(await opened.open(), { type: 'child.terminate', id: 'down' });
    opened.events.length = 0;
    return opened;
  };
  const message = (event: object) => ({ type: 'session.message', id: 's1', event });

  it('each that runs hears of a change of the session', async () => {
    const { host, events, child } = await openMembers();
    await host.renameSession('s1', 'shop');
    expect(['a', 'b'].map((id) => child(id).getSnapshot().context.session)).toEqual([host.list()[0], host.list()[0]]);
    expect(host.list()[0]!.name).toBe('shop');
    expect(told(events)).toEqual([{ type: 'session.updated', id: 's1' }]);
  });

  it('what one says to its parent comes out as a message of the session', async () => {
    const { events, child } = await openMembers();
    child('b').send({ type: 'tell.parent' });
    expect(told(events)).toEqual([message({ type: 'news' })]);
  });

  it('and is no command, and no end, whatever it is', async () => {
    const { host, events, open, child } = openTrees(({ session }) => [{ id: 'a', src: doing, input: { session } }]);
    const ref = await open();
    const types = [
      'supervisor.stop',
      'child.terminate',
      'session.updated',
      'xstate.done.actor.s1',
      'xstate.error.actor.s1',
    ];
    const sayings = types.map((type) => ({ type, id: 'a' }));
    for (const event of sayings) child('a').send({ type: 'tell.parent', event });
    expect(told(events)).toEqual([started('s1'), ...sayings.map(message)]);
    expect([host.isRunning('s1'), await tableOf(ref)]).toEqual([true, 'a running 1']);
  });

  it('where it has no host, nobody hears what they say', () => {
    const actor = createActor(sessionTree({ logger, children: members }), { input: { session: made() } });
    const heard: string[] = [];
    actor.on('*', (event) => heard.push(short(event)));
    actor.on('child.started', ({ ref }) => ref.send({ type: 'tell.parent' }));
    actor.start();
    expect(heard).toEqual(['a started 1', 'b started 1', 'down started 1']);
    expect(actor.getSnapshot().status).toBe('active');
    actor.stop();
  });
});

describe('A tree that gives up', () => {
  it.each(['permanent', 'transient', 'temporary'] as const)(
    'ends as failed, and is not restarted, whatever the session is allowed: %s',
    async (restart) => {
      const journal = new Journal();
      const { host, events, open, child } = openTrees(
        () => ['a', 'b'].map((id) => ({ id, src: worker({ journal }) })),
        { intensity: { maxRestarts: 1, withinMs: 700 } },
        { restart, intensity: { maxRestarts: 100 }, maxSessions: 1 },
      );
      const ref = await open();
      const ends: unknown[] = [];
      ref.subscribe({ error: (error) => ends.push(error), complete: () => ends.push('complete') });
      const seen: unknown[] = [];
      host.on('session.failed', () => {
        seen.push(host.count(), host.lookup('s1').ok, host.lookupByPath('/projects/s1').ok, host.session('s1'));
      });

      child('b').send(crash);
      expect(told(events)).toEqual([started('s1')]);
      journal.take();
      child('a').send(crash);
      expect(told(events)).toEqual([started('s1'), failed('s1', 1, 700, asTold)]);
      expect(seen).toEqual([0, false, false, undefined]);
      expect(journal.take()).toBe('-a -b');
      expect(journal.alive).toBe('');
      expect(ends).toEqual([expect.objectContaining({ code: 'gave_up', restarts: 1, withinMs: 700, cause: asTold })]);

      await open('s1');
      expect(host.isRunning('s1')).toBe(true);
    },
  );

  it('says so once its children have ended, however long that takes', async () => {
    const { host, clock, events, open, child } = openTrees(() => [{ id: 'slow', src: worker({ closing: 100 }) }, b], {
      intensity: { maxRestarts: 0 },
    });
    await open();
    child('b').send(crash);
    clock.increment(99);
    expect([told(events), host.count()]).toEqual([[started('s1')], 1]);
    clock.increment(1);
    expect(told(events).slice(1)).toEqual([failed('s1', 0, 5_000, asTold)]);
  });
});

describe('A tree that cannot start', () => {
  it.each([
    ['fail', new Error('failed as scripted'), '+a +b -b -a'],
    ['crash', asTold, '+a +b +c -c -b -a'],
  ] as const)('is refused with the cause, and leaves nothing behind: %s', async (outcome, cause, lives) => {
    const journal = new Journal();
    const script = scripted(outcome);
    const { host, clock, events, open } = openTrees(() =>
      ['a', 'b', 'c', 'd'].map((id) => ({ id, src: worker({ journal }), ...(id === 'c' && script) })),
    );
    const input = { id: 's1', projectPath: '/projects/s1' };
    const answer = await host.startSession(input);
    expect(answer).toEqual(
      refusedWith('start_failed', { cause: expect.objectContaining({ code: 'start_failed', cause }) }),
    );
    expect(told(events)).toEqual([{ type: 'session.rejected', input, error: !answer.ok && answer.error }]);
    expect([host.count(), host.session('s1'), host.whereis('s1', 'a'), clock.timers]).toEqual([
      0,
      undefined,
      undefined,
      0,
    ]);
    expect([journal.take(), journal.alive]).toEqual([lives, '']);

    await open('s1');
    expect(journal.alive).toBe('a b c d');
  });

  it.each<[string, unknown, string]>([
    ['no array', undefined, 'children must be an array, not undefined'],
    ['something that is no spec', [a, 7], 'children[1]: a child spec must be an object'],
    ['a spec without src', [{ id: 'a' }], 'children[0]: src must be actor logic'],
    ['a bad restart', [a, { ...b, restart: 'always' }], 'children[1]: restart must be'],
    ['a significant child without autoShutdown', [{ ...a, significant: true }], 'a significant child is never'],
    ['an id twice', [a, a], 'children[1]: id "a" is taken by another child'],
  ])('is one whose children function returns %s: the cause names what', async (_what, children, message) => {
    const { host } = openTrees(() => children as ChildSpec[]);
    const answer = await host.startSession({ projectPath: '/projects/s1' });
    expect(answer).toEqual(refusedWith('start_failed', { cause: expect.any(TypeError) }));
    expect(!answer.ok && (answer.error.cause as Error).message).toContain(message);
    expect(!answer.ok && answer.error.message).toContain(message);
    expect(host.count()).toBe(0);
  });

  it('is one whose children function throws', async () => {
    const boom = new Error('boom');
    const { host } = openTrees(() => {
      throw boom;
    });
    expect(await host.startSession({ projectPath: '/projects/s1' })).toEqual(
      refusedWith('start_failed', { cause: boom }),
    );
    expect(host.count()).toBe(0);
  });

  it('again, when it is restarted by hand, has crashed, at the expense of the session', async () => {
    const script = scripted('run', 'fail', 'fail', 'run', 'fail', 'fail');
    const { host, clock, events, open } = openTrees(
      () => [a, { ...b, ...script }],
      {},
      { intensity: { maxRestarts: 2 }, backoff: steadyBackoff },
    );
    await open();
    const cause = expect.objectContaining({ code: 'start_failed', cause: new Error('failed as scripted') });
    expect(await host.restartSession('s1')).toEqual(refusedWith('start_failed', { cause }));
    clock.increment(100);
    clock.increment(200);
    expect(told(events)).toEqual([
      started('s1'),
      crashed('s1', 1, cause, undefined, { delayMs: 100 }),
      crashed('s1', 1, cause, undefined, { delayMs: 200 }),
      restarted('s1', 2),
    ]);
    expect(await tableOf(host.session('s1')!)).toBe('a running 1, b running 1');
    events.length = 0;
    expect(await host.restartSession('s1')).toEqual(refusedWith('start_failed'));
    expect(told(events)).toEqual([crashed('s1', 2, cause), failed('s1', 2, expect.any(Number) as never, cause)]);
  });
});

// As a supervisor in a supervisor, a tree counts as started when its own first start is over.
describe('A tree that starts slowly', () => {
  /** Is ready after so many milliseconds. */
  const wakes = (ms: number, spec: Partial<ChildSpec> = {}): ChildSpec => ({
    id: 'slow',
    src: createMachine({ initial: 'waking', states: { waking: { after: { [ms]: 'up' } }, up: {} } }),
    ready: ({ value }: { readonly value: unknown }) => value === 'up',
    ...spec,
  });
  const input = (id: string) => ({ id, projectPath: `/projects/${id}` });

  it('has started when the last of its children has', async () => {
    const journal = new Journal();
    const { host, clock, events } = openTrees(() => [wakes(100), { id: 'b', src: worker({ journal }) }]);
    const answers = new Answers();
    const starting = host.startSession(input('s1'));
    answers.note('start', starting);
    await settled();
    expect([answers.given, told(events), host.ids()]).toEqual([[], [], ['s1']]);
    clock.increment(99);
    await settled();
    expect([answers.given, told(events), journal.take()]).toEqual([[], [], '']);
    clock.increment(1);
    expect(await starting).toEqual({ ok: true, value: { session: host.list()[0], ref: host.session('s1') } });
    expect([told(events), journal.take()]).toEqual([[started('s1')], '+b']);
  });

  it('holds up no other session', async () => {
    const { host, clock, events, open } = openTrees(({ session }) => (session.id === 's1' ? [wakes(100)] : [a]));
    const first = host.startSession(input('s1'));
    await open('s2');
    expect([told(events), host.isRunning('s2')]).toEqual([[started('s2')], true]);
    clock.increment(100);
    expect(await first).toMatchObject({ ok: true });
    expect(told(events)).toEqual([started('s2'), started('s1')]);
  });

  it.each<[string, () => ChildSpec[], cause: unknown]>([
    [
      'when a child is not ready in time',
      () => [a, wakes(200, { startTimeoutMs: 100 })],
      new Error('Child slow was not ready within 100 ms'),
    ],
    [
      'when one fails, once the others have ended',
      () => [
        { id: 'a', src: worker({ closing: 100 }) },
        { ...b, ...scripted('fail') },
      ],
      new Error('failed as scripted'),
    ],
  ])('has failed to start %s', async (_when, children, cause) => {
    const { host, clock, events } = openTrees(children);
    const starting = host.startSession(input('s1'));
    clock.increment(99);
    await settled();
    expect([told(events), host.ids()]).toEqual([[], ['s1']]);
    clock.increment(1);
    const answer = await starting;
    expect(answer).toEqual(
      refusedWith('start_failed', { cause: expect.objectContaining({ code: 'start_failed', cause }) }),
    );
    expect(told(events)).toEqual([{ type: 'session.rejected', input: input('s1'), error: !answer.ok && answer.error }]);
    expect([host.count(), host.session('s1'), clock.timers]).toEqual([0, undefined, 0]);
  });

  it('is stopped when it has started, if it is told to stop meanwhile', async () => {
    const { host, clock, events } = openTrees(() => [wakes(100)]);
    const answers = new Answers();
    answers.note('start', host.startSession(input('s1')));
    answers.note('stop', host.stopSession('s1'));
    clock.increment(99);
    await settled();
    expect([answers.given, told(events)]).toEqual([[], []]);
    clock.increment(1);
    await settled();
    expect(answers.given).toEqual([
      ['start', true],
      ['stop', true],
    ]);
    expect(told(events)).toEqual([started('s1'), stopped('s1', 'shutdown')]);
  });

  it('is restarted by hand when it has started anew', async () => {
    let ms = 0;
    const { host, clock, events, open } = openTrees(() => (ms === 0 ? [a] : [wakes(ms)]));
    await open('s1');
    ms = 100;
    const answers = new Answers();
    answers.note('restart', host.restartSession('s1'));
    clock.increment(99);
    await settled();
    expect([answers.given, told(events)]).toEqual([[], [started('s1')]]);
    clock.increment(1);
    await settled();
    expect([answers.given, told(events).slice(1)]).toEqual([[['restart', true]], [restarted('s1', 2)]]);
  });

  it('has crashed when a restart by hand fails slowly', async () => {
    let isBroken = false;
    const { host, clock, events, open } = openTrees(() => (isBroken ? [wakes(200, { startTimeoutMs: 100 })] : [a]));
    await open('s1');
    isBroken = true;
    const restart = host.restartSession('s1');
    clock.increment(99);
    expect(told(events)).toEqual([started('s1')]);
    isBroken = false;
    clock.increment(1);
    expect(await restart).toEqual(refusedWith('start_failed'));
    expect(told(events).slice(1)).toEqual([
      crashed('s1', 1, expect.objectContaining({ code: 'start_failed' })),
      restarted('s1', 2),
    ]);
  });
});

describe('A tree that ends itself', () => {
  const significant = (journal: Journal): ChildSpec[] =>
    ['a', 'b', 'c'].map((id) => ({
      id,
      src: worker({ journal }),
      ...(id === 'b' && { restart: 'transient', significant: true }),
    }));
  const autoShutdown = 'any_significant';

  it.each(['transient', 'temporary'] as const)('has ended well, and is not restarted: %s', async (restart) => {
    const journal = new Journal();
    const { host, events, open, child } = openTrees(() => significant(journal), { autoShutdown }, { restart });
    const ref = await open();
    const ends: string[] = [];
    ref.subscribe({ error: () => ends.push('error'), complete: () => ends.push('complete') });
    journal.take();
    child('b').send({ type: 'finish' });
    expect(journal.take()).toBe('-b -c -a');
    expect(told(events)).toEqual([started('s1'), stopped('s1', 'normal')]);
    expect([ends, host.count()]).toEqual([['complete'], 0]);
  });

  it('is restarted if it is permanent, at the expense of the session', async () => {
    const journal = new Journal();
    const { events, open, child } = openTrees(
      () => significant(journal),
      { autoShutdown, intensity: { maxRestarts: 0 } },
      { restart: 'permanent', intensity: { maxRestarts: 1, withinMs: 700 } },
    );
    const ref = await open();
    journal.take();
    child('b').send({ type: 'finish' });
    expect(journal.take()).toBe('-b -c -a +a +b +c');
    expect(await tableOf(ref)).toBe('a running 1, b running 1, c running 1');
    child('b').send({ type: 'finish' });
    expect(journal.alive).toBe('');
    expect(told(events)).toEqual([started('s1'), restarted('s1', 2), failed('s1', 1, 700, undefined)]);
  });

  it('has ended well too when somebody tells it to', async () => {
    const { events, open } = openTrees(() => [a]);
    const ref = await open();
    expect(await ask(ref, { type: 'supervisor.stop' })).toEqual(done);
    expect(told(events)).toEqual([started('s1'), stopped('s1', 'normal')]);
  });
});

describe('restartSession', () => {
  it('restarts a tree as a whole: all down in reverse, all up in order', async () => {
    const journal = new Journal();
    const { host, events, open, child } = openTrees(() =>
      ['a', 'b', 'c'].map((id) => ({ id, src: worker({ journal }) })),
    );
    const ref = await open();
    child('b').send(crash);
    expect(await tableOf(ref)).toBe('a running 1, b running 2, c running 1');
    journal.take();
    const old = child('a');
    expect(await host.restartSession('s1')).toEqual(done);
    expect(journal.take()).toBe('-c -b -a +a +b +c');
    expect(await tableOf(ref)).toBe('a running 1, b running 1, c running 1');
    expect(child('a')).not.toBe(old);
    expect(told(events)).toEqual([started('s1'), restarted('s1', 2)]);
  });

  it('has a tree forget what it was told since its start, and how often it restarted', async () => {
    const { host, open, child } = openTrees(() => [a, b], { intensity: { maxRestarts: 1 } });
    const ref = await open();
    await ask(ref, { type: 'child.start', spec: { id: 'late', src } });
    await ask(ref, { type: 'child.terminate', id: 'a' });
    child('b').send(crash);
    expect(await tableOf(ref)).toBe('a stopped 1, b running 2, late running 1');
    await host.restartSession('s1');
    child('b').send(crash);
    expect(await tableOf(ref)).toBe('a running 1, b running 2');
  });
});

describe('The ref of a tree', () => {
  it('takes the commands of a supervisor, and goes on to when the tree has been restarted', async () => {
    const { host, open, child } = openTrees(() => [a]);
    const ref = await open();
    for (const _life of [1, 2]) {
      expect(await ask(ref, { type: 'child.start', spec: b })).toEqual({
        ok: true,
        value: { id: 'b', ref: child('b') },
      });
      expect(await ask(ref, { type: 'child.terminate', ref: child('a') })).toEqual(done);
      expect(await tableOf(ref)).toBe('a stopped 1, b running 1');
      expect(await ask(ref, { type: 'supervisor.count_children' })).toEqual({
        ok: true,
        value: { specs: 2, active: 1, supervisors: 0, workers: 2 },
      });
      expect(await ask(ref, { type: 'child.delete', id: 'b' })).toEqual(refusedWith('running'));
      await host.restartSession('s1');
    }
    ref.send({ type: 'child.terminate', id: 'a' });
    expect(await tableOf(ref)).toBe('a stopped 1');
  });

  it('keeps a command for the next life, where the tree is down', async () => {
    const { clock, open, child } = openTrees(() => [a], {}, { restart: 'permanent', backoff: steadyBackoff });
    const ref = await open();
    ref.send({ type: 'supervisor.stop' });
    const answer = ask(ref, { type: 'child.start', spec: b });
    clock.increment(100);
    expect(await answer).toEqual({ ok: true, value: { id: 'b', ref: child('b') } });
  });

  it('lets hear of the children, in every life, and the host does not', async () => {
    const { host, events, open, child } = openTrees(() => [a, b], { intensity: { maxRestarts: 1 } });
    const ref = await open();
    const heard: string[] = [];
    ref.on('*', (event) => heard.push(short(event)));
    const ids: string[] = [];
    ref.on('child.started', ({ id }) => ids.push(id));
    const of: string[] = [];
    ref.on('supervisor.gave_up', ({ id }) => of.push(id));
    const take = () => heard.splice(0);

    child('a').send(crash);
    expect(take()).toEqual(['a exited 1 error', 'a restarting in 0', 'a started 2']);
    await host.restartSession('s1');
    expect(take()).toEqual([
      'b exited 1 shutdown',
      'a exited 2 shutdown',
      'stopped shutdown',
      'a started 1',
      'b started 1',
    ]);
    child('b').send(crash);
    child('b').send(crash);
    expect(take()).toEqual([
      'b exited 1 error',
      'b restarting in 0',
      'b started 2',
      'b exited 2 error',
      'gave up',
      'a exited 1 shutdown',
      'stopped gave_up',
    ]);
    expect([ids, of]).toEqual([['a', 'a', 'b', 'b'], ['s1']]);
    expect(told(events)).toEqual([started('s1'), restarted('s1', 2), failed('s1', 1, 5_000, asTold)]);
  });
});

describe('Two trees', () => {
  // The children of both have the same ids, and the same name in their system.
  const named = createMachine({
    invoke: { src: worker(), id: 'member', systemId: 'member' },
    on: { crash: { actions: () => fail() } },
  });
  const fail = (): never => {
    throw asTold;
  };

  it('are apart: what happens in one is nothing to the other', async () => {
    const { host, events, open } = openTrees(() => [{ id: 'a', src: named }], { intensity: { maxRestarts: 1 } });
    const [one, two] = [await open('s1'), await open('s2')];
    const [inOne, inTwo] = [host.whereis('s1', 'a')!, host.whereis('s2', 'a')!];
    const members = [one, two].map((ref) => ref.system.get('member'));
    expect(inOne).not.toBe(inTwo);
    expect(new Set([undefined, ...members]).size).toBe(3);

    inOne.send(crash);
    expect([await tableOf(one), await tableOf(two)]).toEqual(['a running 2', 'a running 1']);
    expect(host.whereis('s2', 'a')).toBe(inTwo);
    expect([one, two].map((ref, n) => ref.system.get('member') === members[n])).toEqual([false, true]);

    host.whereis('s1', 'a')!.send(crash);
    expect(told(events).slice(2)).toEqual([failed('s1', 1, 5_000, asTold)]);
    expect([host.whereis('s1', 'a'), host.whereis('s2', 'a'), two.system.get('member')]).toEqual([
      undefined,
      inTwo,
      members[1],
    ]);
    inTwo.send(crash);
    expect(await tableOf(two)).toBe('a running 2');
  });
});

describe('stopSession of a tree', () => {
  const slow = (journal: Journal, times: readonly number[], spec: Partial<ChildSpec> = {}): ChildSpec[] =>
    times.map((ms, n) => ({ id: 'abc'[n]!, src: worker({ journal, closing: ms }), ...spec }));

  /** What is answered, and what the children write down, when. */
  async function stopping(
    children: ChildSpec[],
    journal: Journal,
    options: Partial<SessionHostOptions<TreeLogic>> = {},
  ) {
    const { host, clock, events, open } = openTrees(() => children, {}, options);
    await open();
    journal.take();
    const answers = new Answers();
    answers.note('stop', host.stopSession('s1'));
    const seen: [ms: number, lines: string][] = [];
    for (let ms = 0; ms < 1_000 && host.count() > 0; ms++) {
      clock.increment(1);
      const lines = journal.take();
      if (lines !== '') seen.push([clock.now(), lines]);
    }
    await settled();
    expect([answers.given, clock.timers]).toEqual([[['stop', true]], 0]);
    return { seen, end: told(events).at(-1) };
  }

  it('takes the sum of the times of its children', async () => {
    const journal = new Journal();
    expect(await stopping(slow(journal, [30, 20, 10]), journal)).toEqual({
      seen: [
        [10, '-c'],
        [30, '-b'],
        [60, '-a'],
      ],
      end: stopped('s1', 'shutdown'),
    });
  });

  it('takes no longer for each than its own shutdown time', async () => {
    const journal = new Journal();
    const children = slow(journal, [999, 20, 999], { shutdown: 50 });
    expect(await stopping(children, journal)).toEqual({
      seen: [
        [50, '-c'],
        [70, '-b'],
        [120, '-a'],
      ],
      end: stopped('s1', 'shutdown'),
    });
  });

  it('kills the tree, and all in it, where the host has set it a time and that is over', async () => {
    const journal = new Journal();
    expect(await stopping(slow(journal, [30, 20, 10]), journal, { shutdown: 40 })).toEqual({
      seen: [
        [10, '-c'],
        [30, '-b'],
        [40, '-a'],
      ],
      end: stopped('s1', 'killed'),
    });
  });

  it('waits for ever by default, if a child may take for ever', async () => {
    const journal = new Journal();
    const { host, clock, events, open } = openTrees(() => slow(journal, [1e9], { shutdown: 'infinity' }));
    await open();
    const stop = host.stopSession('s1');
    clock.increment(1e9 - 1);
    expect([told(events), clock.timers, journal.alive]).toEqual([[started('s1')], 1, 'a']);
    clock.increment(1);
    expect(await stop).toEqual(done);
    expect([told(events).slice(1), journal.alive]).toEqual([[stopped('s1', 'shutdown')], '']);
  });

  it('has what the tree is told meanwhile refused, and what it is asked answered', async () => {
    const journal = new Journal();
    const { host, clock, open } = openTrees(() => slow(journal, [99, 1]));
    const ref = await open();
    const stop = host.stopSession('s1');
    clock.increment(1);
    expect(await ask(ref, { type: 'child.start', spec: { id: 'late', src } })).toEqual(refusedWith('stopping'));
    expect(await tableOf(ref)).toBe('a running 1, b stopped 1');
    clock.increment(99);
    expect(await stop).toEqual(done);
  });

  it('waits for no other tree, and closing the host takes as long as the slowest', async () => {
    const journal = new Journal();
    const { host, clock, open } = openTrees(({ session }) =>
      slow(journal, session.id === 's1' ? [10, 20, 30] : [40, 5]),
    );
    await open();
    await open();
    const close = host.close();
    pass(clock, 59);
    expect(journal.alive).toBe('a');
    pass(clock, 1);
    await close;
    expect([journal.alive, clock.timers]).toEqual(['', 0]);
  });
});
