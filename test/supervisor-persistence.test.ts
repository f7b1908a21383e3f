import { createActor, setup } from 'xstate';
import type { AnyActorLogic, AnyActorRef, Snapshot } from 'xstate';
import { ask, dynamicSupervisor, sessionRuntime, sessionTree, supervisor } from '../src/index.ts';
import type { ChildSpec, Session, SupervisorLogic, SupervisorOptions } from '../src/index.ts';
import { childrenOf } from './support/break-actor.ts';
import { doing } from './support/doing.ts';
import { openHost } from './support/open-host.ts';
import { made } from './support/sessions.ts';
import { hasNoted, Journal, scripted, worker } from './support/workers.ts';

const logger = () => {};
const crash = { type: 'crash' };
const journal = new Journal();
const src = worker({ journal });
const [a, b] = ['a', 'b'].map((id) => ({ id, src })) as [ChildSpec, ChildSpec];
const inner = { id: 'inner', src: supervisor({ logger, children: [{ id: 'x', src }] }) };

const actors: AnyActorRef[] = [];

afterEach(() => {
  for (const actor of actors.splice(0)) actor.stop();
  journal.take();
});

function start(logic: AnyActorLogic, options: { readonly input?: unknown; readonly snapshot?: unknown } = {}) {
  const actor = createActor(logic, options as never);
  actors.push(actor);
  return actor.start();
}

/** What is kept of an actor: plain JSON. */
const kept = (actor: Pick<AnyActorRef, 'getPersistedSnapshot'>): Snapshot<unknown> =>
  JSON.parse(JSON.stringify(actor.getPersistedSnapshot()));

/** Another life of an actor, from what is kept of it. */
function restored(logic: AnyActorLogic, actor: AnyActorRef): AnyActorRef {
  const snapshot = kept(actor);
  actor.stop();
  journal.take();
  return start(logic, { snapshot });
}

const session: Session = made({ name: 'shop' });

const supervisors: [name: string, logic: AnyActorLogic, lives: string, input?: object][] = [
  ['supervisor', supervisor({ logger, children: [a, b, inner] }), '+a +b +x'],
  ['dynamicSupervisor', dynamicSupervisor({ logger }), ''],
  ['sessionTree', sessionTree({ logger, children: () => [a, inner] }), '+a +x', { session }],
  ['sessionRuntime', sessionRuntime({ logger, session: doing, projectPaths: 'text' }), ''],
];

describe.each(supervisors)('What is kept of a %s', (_name, logic, lives, input) => {
  it('is plain, with nothing of what is inside it', () => {
    const actor = start(logic, { input });
    const plain = { status: 'active', value: 'running', ...(input && { input }) };
    expect(kept(actor)).toEqual(plain);
    actor.send({ type: 'child.start', spec: { id: 'late', src } });
    expect(kept(actor)).toEqual(plain);
  });

  it('makes one that begins at its beginning: its children start anew', async () => {
    const actor = restored(logic, start(logic, { input }));
    expect(journal.take()).toBe(lives);
    expect(actor.getSnapshot()).toMatchObject({ status: 'active', value: 'running' });
    expect(await ask(actor as never, { type: 'supervisor.stop' } as never)).toEqual({ ok: true, value: undefined });
    expect([actor.getSnapshot().status, journal.alive]).toEqual(['done', '']);
  });

  it('can be kept again', () => {
    const actor = start(logic, { input });
    const before = kept(actor);
    expect(kept(restored(logic, actor))).toEqual(before);
  });

  it.each<[string, (logic: AnyActorLogic) => AnyActorLogic]>([
    [
      'invokes',
      (sup) => setup({ actors: { sup } }).createMachine({ invoke: { src: 'sup', id: 'sup', input: input as never } }),
    ],
    [
      'spawns',
      (sup) =>
        setup({ actors: { sup } }).createMachine({
          context: ({ spawn }) => ({ ref: spawn('sup', { id: 'sup', input: input as never }) }),
        }),
    ],
  ])('is part of what is kept of a machine that %s it, and the restored machine has one that works', (_how, within) => {
    const machine = within(logic);
    const actor = restored(machine, start(machine));
    expect(journal.take()).toBe(lives);
    const { sup } = actor.getSnapshot().children as Record<string, AnyActorRef>;
    expect(sup!.getSnapshot()).toMatchObject({ status: 'active', value: 'running' });
    sup!.send({ type: 'supervisor.stop' });
    expect([sup!.getSnapshot().status, journal.alive]).toEqual(['done', '']);
  });
});

describe('A restored supervisor', () => {
  it('has the children of its options, whatever had become of them', () => {
    const logic = supervisor({ logger, children: [a, b], intensity: { maxRestarts: 1 } });
    const actor = start(logic);
    for (const event of [
      { type: 'child.terminate', id: 'a' },
      { type: 'child.delete', id: 'a' },
      { type: 'child.start', spec: { id: 'late', src } },
    ]) {
      actor.send(event);
    }
    const after = restored(logic, actor);
    expect(journal.take()).toBe('+a +b');
    const refs = childrenIn(after);
    refs.a!.send(crash);
    expect([journal.take(), after.getSnapshot().status]).toEqual(['-a +a', 'active']);
  });

  it.each<[string, SupervisorLogic, (actor: AnyActorRef) => void]>([
    ['starting', supervisor({ logger, children: [{ ...a, ready: hasNoted }] }), () => {}],
    [
      'restarting',
      supervisor({
        logger,
        strategy: 'one_for_all',
        children: [{ id: 'slow', src: worker({ closing: 'never' }) }, a],
      }),
      (actor) => childrenIn(actor).a!.send(crash),
    ],
    [
      'stopping',
      supervisor({ logger, children: [a, { id: 'slow', src: worker({ closing: 'never' }) }] }),
      (actor) => actor.send({ type: 'supervisor.stop' }),
    ],
  ])('that was %s begins at its beginning', (value, logic, act) => {
    const actor = start(logic);
    act(actor);
    expect(kept(actor)).toEqual({ status: 'active', value });
    restored(logic, actor);
    expect(journal.take()).toBe('+a');
  });
});

describe('A restored session tree', () => {
  const children = jest.fn((_: { readonly session: Session }): ChildSpec[] => [a]);
  const tree = sessionTree({ logger, children });

  it('has its session again', () => {
    restored(tree, start(tree, { input: { session } }));
    expect(children.mock.calls).toEqual([[{ session }], [{ session }]]);
  });

  it('may be a session of a host, whose ref persists it', async () => {
    const { open, host } = openHost({ session: tree });
    const snapshot = kept(await open('s1'));
    children.mockClear();
    start(tree, { snapshot });
    expect(children.mock.calls).toEqual([[{ session: host.list()[0] }]]);
  });
});

describe('A supervisor that has ended', () => {
  const options: SupervisorOptions = { logger, intensity: { maxRestarts: 0 }, children: [a] };
  const failing = { ...a, ...scripted('fail') };

  it.each<[string, AnyActorLogic, (actor: AnyActorRef) => void, Partial<Snapshot<unknown>>]>([
    ['is done', supervisor(options), (actor) => actor.send({ type: 'supervisor.stop' }), { status: 'done' }],
    [
      'gave up',
      supervisor(options),
      (actor) => childrenIn(actor).a!.send(crash),
      { status: 'error', error: expect.objectContaining({ code: 'gave_up', restarts: 0 }) },
    ],
    [
      'could not start',
      supervisor({ ...options, children: [failing] }),
      () => {},
      { status: 'error', error: expect.objectContaining({ code: 'start_failed' }) },
    ],
    [
      'could not even be created',
      sessionTree({ ...options, children: () => undefined as never }),
      () => {},
      { status: 'error' },
    ],
  ])('and %s is restored as what it was, and starts nothing', (_how, logic, act, end) => {
    const actor = start(logic);
    act(actor);
    expect(kept(actor)).toMatchObject(end);
    const after = restored(logic, actor);
    expect(after.getSnapshot()).toMatchObject(end);
    expect(kept(after)).toEqual(kept(actor));
    after.send({ type: 'child.start', spec: b });
    expect(journal.take()).toBe('');
  });

  it('has ended in a restored machine, too', () => {
    const machine = setup({ actors: { sup: supervisor(options) } }).createMachine({
      initial: 'on',
      invoke: { src: 'sup', id: 'sup' },
      states: { on: {} },
    });
    const actor = start(machine);
    (actor.getSnapshot().children.sup as AnyActorRef).send({ type: 'supervisor.stop' });
    const after = restored(machine, actor);
    expect([after.getSnapshot().status, journal.take()]).toEqual(['active', '']);
  });
});

it('What is kept of a host’s actors is that they are; of the registry, its sessions', async () => {
  const { host, open } = openHost({ session: doing });
  await open('s1');
  const { registry, sessions } = await childrenOf(host);
  expect([host.actor, sessions].map(kept)).toEqual(Array(2).fill({ status: 'active', value: 'running' }));
  expect(kept(registry)).toMatchObject({ context: { sessions: [{ id: 's1' }] } });
});

/** The children that run, by their ids. */
function childrenIn(actor: AnyActorRef): Record<string, AnyActorRef | undefined> {
  const refs: Record<string, AnyActorRef | undefined> = {};
  const send = (answer: { value: { id: string; ref?: AnyActorRef }[] }) => {
    for (const { id, ref } of answer.value) refs[id] = ref;
  };
  actor.send({ type: 'supervisor.which_children', replyTo: { send } });
  return refs;
}
