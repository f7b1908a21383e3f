import fc from 'fast-check';
import { resolveBackoff } from '../src/core/backoff.ts';
import type { ChildRules } from '../src/core/child-spec.ts';
import type { ExitReason } from '../src/core/exit.ts';
import { plan } from '../src/core/plan.ts';
import type { Effect, Input, LifeOfChild } from '../src/core/supervision-messages.ts';
import { countChildren, createSupervision, whichChildren } from '../src/core/supervision-state.ts';
import type { SupervisionFlags } from '../src/core/supervision-state.ts';

type Start = Effect & { type: 'start' };

/** An engine that answers when it is told to, and that checks whatever it is told to do. */
class World {
  readonly state;
  readonly inputs: Input[] = [];
  readonly batches: Effect[][] = [];
  readonly alive = new Map<string, LifeOfChild>();
  readonly replies: unknown[] = [];
  readonly gone: LifeOfChild[] = [];
  /** Effects that are to be answered. */
  start: Start | undefined;
  readonly stops = new Map<string, LifeOfChild>();
  readonly timers: (Effect & { type: 'schedule' })[] = [];
  asked = 0;
  now = 0;
  ends = 0;
  isStopping = false;

  constructor(readonly flags: SupervisionFlags) {
    this.state = createSupervision(flags);
  }

  tell(input: Input): void {
    this.inputs.push(input);
    const effects = plan(this.state, input);
    this.batches.push(effects);
    effects.forEach((effect, index) => this.execute(effect, index === effects.length - 1));
    this.recount();
  }

  exit(life: LifeOfChild, reason: ExitReason): void {
    this.alive.delete(life.id);
    this.stops.delete(life.id);
    this.gone.push(life);
    this.tell({ type: 'exited', ...life, reason, now: this.now });
  }

  answerStart(type: 'started' | 'failed' | 'ignored'): void {
    const { spec, incarnation, ticket } = this.start!;
    this.start = undefined;
    const { now } = this;
    if (type === 'started') this.alive.set(spec.id, { id: spec.id, incarnation });
    if (type === 'started') this.tell({ type, ticket, ref: `${spec.id}#${incarnation}`, now });
    else if (type === 'failed') this.tell({ type, ticket, error: `no ${spec.id}`, now });
    else this.tell({ type, ticket });
  }

  private execute(effect: Effect, isLast: boolean): void {
    if (effect.type !== 'reply') expect(this.ends).toBe(0);
    switch (effect.type) {
      case 'start':
        this.checkAwaited(isLast);
        expect(this.isStopping).toBe(false);
        expect(this.alive.has(effect.spec.id)).toBe(false);
        this.start = effect;
        return;
      case 'stop':
      case 'stop_all':
        this.checkAwaited(isLast);
        for (const { id, incarnation } of effect.type === 'stop' ? [effect] : effect.children) {
          expect(this.alive.get(id)).toEqual({ id, incarnation });
          this.stops.set(id, { id, incarnation });
        }
        return;
      case 'schedule':
        this.timers.push(effect);
        return;
      case 'reply':
        this.replies.push(effect.to);
        return;
      case 'report':
        if (effect.event.type === 'supervisor.gave_up' || effect.event.type === 'supervisor.stopped')
          this.isStopping = true;
        return;
      case 'end':
        expect(isLast).toBe(true);
        expect(this.alive.size).toBe(0);
        this.ends++;
        return;
      case 'cancel':
        return;
    }
  }

  private checkAwaited(isLast: boolean): void {
    expect(isLast).toBe(true);
    expect([this.start, this.stops.size]).toEqual([undefined, 0]);
  }

  private recount(): void {
    const children = [...this.state.children.values()];
    expect(countChildren(this.state)).toEqual({
      specs: children.length,
      active: this.alive.size,
      supervisors: children.filter(({ spec }) => spec.type === 'supervisor').length,
      workers: children.filter(({ spec }) => spec.type === 'worker').length,
    });
    const significant = children.filter(({ spec, status }) => spec.significant && status !== 'stopped');
    expect(this.state.significant).toBe(significant.length);
    if (this.flags.kind === 'dynamic') {
      expect(children.length).toBeLessThanOrEqual(this.flags.maxChildren!);
    }
    for (const { id, status, incarnation } of whichChildren(this.state)) {
      if (this.alive.has(id)) expect({ id, incarnation }).toEqual(this.alive.get(id));
      if (this.alive.has(id)) expect(status).toBe('running');
    }
  }
}

const ids = ['a', 'b', 'c', 'd'];

const rules = (significant: boolean) =>
  fc
    .record({
      restart: fc.constantFrom('permanent', 'transient', 'temporary'),
      type: fc.constantFrom('worker', 'supervisor'),
      significant: significant ? fc.boolean() : fc.constant(false),
    })
    .map((spec) => ({ ...spec, significant: spec.significant && spec.restart !== 'permanent' }));

const flags: fc.Arbitrary<SupervisionFlags> = fc
  .record(
    {
      kind: fc.constantFrom('static', 'static', 'dynamic'),
      strategy: fc.constantFrom('one_for_one', 'one_for_all', 'rest_for_one'),
      autoShutdown: fc.constantFrom('never', 'any_significant', 'all_significant'),
      intensity: fc.record({ maxRestarts: fc.constantFrom(0, 1, 3, 100), withinMs: fc.constantFrom(10, 1e6) }),
      backoff: fc.constant(resolveBackoff({ minMs: 1, maxMs: 8, jitter: 'none' })),
      maxChildren: fc.constantFrom(4, 6),
    },
    { requiredKeys: ['kind', 'intensity', 'maxChildren'] },
  )
  .map((some) => (some.kind === 'dynamic' ? { ...some, strategy: 'one_for_one', autoShutdown: 'never' } : some));

type Act = (world: World, specs: Record<string, ChildRules>) => void;

const id = fc.constantFrom(...ids, 'x');
const ofAlive = (nth: number, act: (world: World, life: LifeOfChild) => void): Act => {
  return (world) => {
    const lives = [...world.alive.values()];
    if (lives.length > 0) act(world, lives[nth % lives.length]!);
  };
};

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.nat(9), fc.constantFrom<ExitReason[]>('error', 'normal', 'killed'))
      .map(([nth, reason]) => ofAlive(nth, (world, life) => world.exit(life, reason))),
  },
  {
    weight: 10,
    arbitrary: fc.constantFrom('started', 'started', 'started', 'failed', 'ignored').map((answer): Act => {
      return (world) => world.start && world.answerStart(answer);
    }),
  },
  {
    weight: 6,
    arbitrary: fc.nat(9).map((nth): Act => {
      return (world) => {
        const stops = [...world.stops.values()];
        if (stops.length > 0) world.exit(stops[nth % stops.length]!, 'shutdown');
      };
    }),
  },
  {
    weight: 5,
    arbitrary: fc.tuple(fc.constantFrom('terminate', 'restart', 'delete'), id).map(([type, id]): Act => {
      return (world) => world.tell({ type, id, to: world.asked++ });
    }),
  },
  {
    weight: 3,
    arbitrary: id.map(
      (id): Act =>
        (world, specs) =>
          world.tell({ type: 'start', spec: specs[id]!, to: world.asked++ }),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constant<Act>((world) => {
      const due = world.timers.shift();
      if (due) world.tell({ type: 'retry', id: due.id, ticket: due.ticket, now: world.now });
    }),
  },
  {
    weight: 3,
    arbitrary: fc.nat(20).map(
      (ms): Act =>
        (world) =>
          void (world.now += ms),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.nat(9).map((nth): Act => {
      return (world) => {
        const life = world.gone[nth];
        if (life && world.alive.get(life.id)?.incarnation !== life.incarnation) {
          world.tell({ type: 'exited', ...life, reason: 'error', now: world.now });
        }
        world.tell({ type: 'started', ticket: world.state.tickets - 1 - nth, now: world.now });
      };
    }),
  },
  { weight: 1, arbitrary: fc.constant<Act>((world) => world.now > 60 && world.tell({ type: 'stop' })) },
);

const scenario = flags.chain((flags) =>
  fc.record({
    flags: fc.constant(flags),
    specs: fc
      .array(rules(flags.autoShutdown !== undefined && flags.autoShutdown !== 'never'), { minLength: 5, maxLength: 5 })
      .map((five) =>
        Object.fromEntries(five.map((rest, index) => [[...ids, 'x'][index]!, { id: [...ids, 'x'][index]!, ...rest }])),
      ),
    acts: fc.array(act, { maxLength: 120, size: 'max' }),
  }),
);

describe('whatever comes, in whatever order, a supervisor', () => {
  it('runs each child once, answers each command once, counts right, and ends once, with all down', () => {
    fc.assert(
      fc.property(scenario, ({ flags, specs, acts }) => {
        const world = new World(flags);
        world.tell({ type: 'init', specs: ids.map((id) => specs[id] as ChildRules) });
        for (const act of acts) act(world, specs);
        world.tell({ type: 'stop' });
        while (world.start !== undefined || world.stops.size > 0) {
          if (world.start !== undefined) world.answerStart('started');
          for (const life of world.stops.values()) world.exit(life, 'shutdown');
        }
        expect(world.ends).toBe(1);
        expect(world.alive.size).toBe(0);
        expect([...world.replies].sort((a, b) => Number(a) - Number(b))).toEqual(
          Array.from({ length: world.asked }, (_, n) => n),
        );

        const again = createSupervision(flags);
        expect(world.inputs.map((input) => plan(again, input))).toEqual(world.batches);
      }),
      { numRuns: 200 },
    );
  });
});
