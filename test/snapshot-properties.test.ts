import fc from 'fast-check';
import type { AnyActorLogic, AnyActorRef, AnyMachineSnapshot } from 'xstate';
import { SupervisorActor } from '../src/supervisor/supervisor-actor.ts';
import { pathFrom } from '../src/xstate/actor-path.ts';
import { clockOf, momentOn, remainingAt, scheduledIn } from '../src/xstate/internals.ts';
import { sessions, words } from './support/busy-session.ts';
import { LoneLife } from './support/lone-life.ts';
import { made } from './support/sessions.ts';

type Step =
  | { readonly type: 'send'; readonly to: number; readonly word: string }
  | { readonly type: 'command'; readonly command: string; readonly id: string }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'settle' }
  | { readonly type: 'go on'; readonly downMs: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        type: fc.constant('send' as const),
        to: fc.nat(),
        word: fc.constantFrom(...words, 'CRASH', 'CRASH'),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.constant('command' as const),
        command: fc.constantFrom('child.terminate', 'child.restart', 'child.delete'),
        id: fc.constantFrom('a', 'busy', 'inner', 'y'),
      }),
    },
    { weight: 4, arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 60 }) }) },
    { weight: 2, arbitrary: fc.constant({ type: 'settle' as const }) },
    {
      weight: 2,
      arbitrary: fc.record({ type: fc.constant('go on' as const), downMs: fc.constantFrom(0, 50, 100_000) }),
    },
  ),
  { maxLength: 40 },
);

const input = { session: made() };

/** A session on a clock of its own, which may be killed and go on, at a later time of another clock. */
class Run {
  private life: LoneLife;

  constructor(private readonly logic: AnyActorLogic) {
    this.life = new LoneLife(logic, { input });
  }

  act(step: Step): Promise<void> | void {
    const { life } = this;
    if (life.life.exit !== undefined) return;
    const actors = [...actorsBelow(life.actor)];
    switch (step.type) {
      case 'send':
        return actors[step.to % actors.length]!.send({ type: step.word });
      case 'command':
        for (const actor of actors) if (supervisorIn(actor)) actor.send({ type: step.command, id: step.id });
        return;
      case 'wait':
        return life.clock.increment(step.ms);
      case 'settle':
        return new Promise((resolve) => setImmediate(resolve));
      case 'go on': {
        const from = life.take(1_000_000);
        life.stop();
        // For timers that wait for what remains, time has stood still meanwhile.
        const timers = step.downMs === 0 ? 'deadline' : 'remaining';
        this.life = new LoneLife(this.logic, { from, timers, now: 1_000_000 + step.downMs });
        if (!this.life.hasStarted) throw this.life.life.exit!.error;
      }
    }
  }

  get looks(): unknown {
    const { exit, actor } = this.life.life;
    if (exit !== undefined) return { reason: exit.reason, error: String(exit.error) };
    const moment = momentOn(clockOf(actor));
    const timers = scheduledIn(actor).map((scheduled) => {
      const [source, target] = [scheduled.source, scheduled.target].map((ref) => pathFrom(actor, ref as never));
      return [source, target, scheduled.event, scheduled.delay, remainingAt(moment, scheduled)];
    });
    const inOrder = timers.sort((a, b) => Number(a[4]) - Number(b[4]) || String(a).localeCompare(String(b)));
    return { actors: Array.from(actorsBelow(actor), (ref) => looksOf(ref, actor)), timers: inOrder };
  }

  stop(): void {
    this.life.stop();
  }
}

const supervisorIn = (ref: AnyActorRef): SupervisorActor | undefined => {
  const { context } = ref.getSnapshot() as Partial<AnyMachineSnapshot>;
  const found: unknown = (context as { supervisor?: unknown } | undefined)?.supervisor;
  return found instanceof SupervisorActor ? found : undefined;
};

/** An actor and all below it that live, in order. */
function* actorsBelow(ref: AnyActorRef): Generator<AnyActorRef> {
  yield ref;
  const children =
    supervisorIn(ref)?.actors ?? Object.values((ref.getSnapshot() as Partial<AnyMachineSnapshot>).children ?? {});
  const byId = children.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  for (const child of byId) yield* actorsBelow(child);
}

function looksOf(ref: AnyActorRef, root: AnyActorRef): unknown {
  const { status, value, context, output, error } = ref.getSnapshot() as AnyMachineSnapshot;
  const path = pathFrom(root, ref);
  const supervisor = supervisorIn(ref);
  if (supervisor !== undefined) {
    const now = (clockOf(ref) as LoneLife['clock']).now();
    const { children, ...view } = supervisor.view;
    const looks = children.map(({ ref: child, startedAt, restartAt, ...rest }) => ({
      ...rest,
      path: child && pathFrom(root, child),
      ranMs: startedAt === undefined ? undefined : now - startedAt,
      waitsMs: restartAt === undefined ? undefined : restartAt - now,
    }));
    return { path, status, value, view, looks };
  }
  return { path, status, value, context: plain(context, root), output, error: error && String(error) };
}

/** With the paths of actors in their place. */
function plain(value: unknown, root: AnyActorRef): unknown {
  if (value instanceof Map) return Array.from(value, ([key, ref]) => [key, pathFrom(root, ref as AnyActorRef)]);
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Error) return value;
  if (Array.isArray(value)) return value.map((item) => plain(item, root));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, root)]));
}

it.each(sessions)(
  'Whenever %s is killed and goes on, it is as if it never was',
  async (_name, logic) => {
    await fc.assert(
      fc.asyncProperty(steps, async (path) => {
        const [through, broken] = [new Run(logic), new Run(logic)];
        try {
          for (const step of path) {
            if (step.type !== 'go on') await through.act(step);
            await broken.act(step);
            expect(broken.looks).toEqual(through.looks);
          }
        } finally {
          through.stop();
          broken.stop();
        }
      }),
      { numRuns: 200 },
    );
  },
  60_000,
);
