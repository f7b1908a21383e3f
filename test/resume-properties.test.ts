import fc from 'fast-check';
import { assign, cancel, createMachine, fromTransition, raise, sendParent, sendTo, setup } from 'xstate';
import type { AnyActorLogic, AnyActorRef, AnyMachineSnapshot } from 'xstate';
import { sessionTree } from '../src/index.ts';
import { settled } from './support/answers.ts';
import { SuccessiveHosts } from './support/successive-hosts.ts';

interface Log {
  readonly log: readonly string[];
}

/** Beats, and tells its parent late of what it is asked. */
const kid = setup({
  types: { context: {} as Log },
  actions: { note: assign({ log: ({ context, event }) => [...context.log, event.type].slice(-8) }) },
}).createMachine({
  context: { log: [] },
  on: { ASK: { actions: ['note', sendParent({ type: 'ANSWER' }, { delay: 25 })] } },
  initial: 'up',
  states: {
    up: { on: { STEP: 'down' }, after: { 40: { target: 'up', reenter: true, actions: 'note' } } },
    down: { on: { STEP: 'up' }, after: { 30: 'up' } },
  },
});

const clockwork = setup({
  types: { context: {} as Log & { readonly kids: readonly AnyActorRef[] } },
  actions: { note: assign({ log: ({ context, event }) => [...context.log, event.type].slice(-8) }) },
  actors: { kid, total: fromTransition((total: number) => total + 1, 0) },
}).createMachine({
  id: 'clockwork',
  context: { log: [], kids: [] },
  invoke: [
    { src: 'kid', id: 'kid', systemId: 'the-kid' },
    { src: 'total', id: 'total' },
  ],
  type: 'parallel',
  on: {
    PING: { actions: raise({ type: 'PONG' }, { delay: 15, id: 'pong' }) },
    NEVER: { actions: cancel('pong') },
    PONG: { actions: 'note' },
    ANSWER: { actions: 'note' },
    ASK: { actions: [sendTo('kid', { type: 'ASK' }), sendTo('total', { type: 'ADD' }, { delay: 35 })] },
    SPAWN: {
      guard: ({ context }) => context.kids.length < 3,
      actions: assign({
        kids: ({ context, spawn }) => [...context.kids, spawn('kid', { id: `k${context.kids.length}` })],
      }),
    },
  },
  states: {
    flow: {
      initial: 'idle',
      states: {
        idle: { on: { STEP: 'busy' }, after: { 70: 'busy' } },
        busy: {
          on: { STEP: 'idle' },
          initial: 'one',
          after: { 30: { target: 'idle', actions: 'note' } },
          states: { one: { after: { 10: 'two' } }, two: {} },
        },
      },
    },
  },
});

const tree = sessionTree({
  logger: () => {},
  children: () => [
    { id: 'a', src: kid },
    { id: 'clockwork', src: clockwork },
  ],
});

const words = ['PING', 'NEVER', 'ASK', 'SPAWN', 'STEP'];

type Step =
  | { readonly type: 'send'; readonly to: number; readonly word: string }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'next host'; readonly how: 'close' | 'kill'; readonly downMs: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ type: fc.constant('send' as const), to: fc.nat(), word: fc.constantFrom(...words) }),
    },
    { weight: 4, arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 60 }) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant('next host' as const),
        how: fc.constantFrom('close' as const, 'kill' as const),
        downMs: fc.constantFrom(0, 0, 5, 1000),
      }),
    },
  ),
  { maxLength: 25 },
);

type Policy = 'deadline' | 'remaining';

/** One session in one host after the other, or in one all the time. */
class Run {
  private readonly line: SuccessiveHosts<AnyActorLogic>;

  constructor(
    session: AnyActorLogic,
    private readonly timers: Policy,
    private readonly isBroken: boolean,
  ) {
    this.line = new SuccessiveHosts({ session, timers, intensity: { maxRestarts: 0 } });
  }

  async begin(): Promise<void> {
    await this.line.begin().open('s1');
    await settled();
  }

  async act(step: Step): Promise<void> {
    const { line } = this;
    if (step.type === 'send') {
      const actors = this.actors;
      actors[step.to % actors.length]![1].send({ type: step.word });
      await settled();
    } else if (step.type === 'wait') {
      await this.elapse(step.ms);
    } else if (this.isBroken) {
      // What is left of a timer is known as of the close; a host that is killed says it of its last change.
      if (step.how === 'close' || this.timers === 'remaining') await line.close();
      else line.kill();
      // What begins at a deadline that is over begins late: those would not be the same.
      line.begin({}, this.timers === 'deadline' ? 0 : step.downMs);
      await line.resume();
      await this.elapse(0);
    }
  }

  get looks(): unknown {
    return this.actors.map(([path, ref]) => {
      const { status, value, context } = ref.getSnapshot() as AnyMachineSnapshot;
      return { path, status, value, context: plain(context) };
    });
  }

  close(): Promise<void> {
    return this.line.close();
  }

  // What is due comes a millisecond at a time, as on a real clock.
  private async elapse(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 1) this.line.test.clock.increment(1);
    this.line.test.clock.increment(0);
    await settled();
  }

  /** Those that live, in order, by their paths. */
  private get actors(): [path: string, ref: AnyActorRef][] {
    const { host } = this.line.test;
    const below = ([path, ref]: [string, AnyActorRef]): [string, AnyActorRef][] => [
      [path, ref],
      ...Object.entries(
        ((ref.getSnapshot() as Partial<AnyMachineSnapshot>).children ?? {}) as Record<string, AnyActorRef>,
      )
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([id, child]) => below([`${path}/${id}`, child])),
    ];
    const inTree = ['a', 'clockwork'].flatMap((id) => {
      const child = host.whereis('s1', id);
      return child === undefined ? [] : below([id, child]);
    });
    return inTree.length > 0 ? inTree : below(['', host.session('s1')!]);
  }
}

function plain(context: unknown): unknown {
  const { kids, log } = (context ?? {}) as { readonly kids?: readonly AnyActorRef[]; readonly log?: unknown };
  return { log, kids: kids?.map(({ id }) => id) };
}

it.each<[string, AnyActorLogic, Policy]>([
  ['a machine, with timers at their deadlines', clockwork, 'deadline'],
  ['a machine, with timers that stand still', clockwork, 'remaining'],
  ['a tree, with timers that stand still', tree, 'remaining'],
  ['a tree, with timers at their deadlines', tree, 'deadline'],
  ['an empty machine', createMachine({}), 'deadline'],
])(
  'Whenever the host of %s goes and another comes, it is as if it never had',
  async (_name, logic, timers) => {
    await fc.assert(
      fc.asyncProperty(steps, async (path) => {
        const [through, broken] = [new Run(logic, timers, false), new Run(logic, timers, true)];
        await through.begin();
        await broken.begin();
        for (const step of path) {
          await through.act(step);
          await broken.act(step);
          expect(broken.looks).toEqual(through.looks);
        }
        await through.close();
        await broken.close();
      }),
      { numRuns: 60 },
    );
  },
  120_000,
);
