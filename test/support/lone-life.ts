import { createActor, fromTransition, SimulatedClock } from 'xstate';
import type { AnyActorLogic, AnyActorRef, AnyEventObject } from 'xstate';
import { Incarnation } from '../../src/incarnation.ts';
import { timeOf } from '../../src/xstate/internals.ts';
import { Restoring } from '../../src/xstate/restoring.ts';
import type { TimerPolicy } from '../../src/xstate/restored-timers.ts';
import { takeSnapshot } from '../../src/xstate/take-snapshot.ts';
import type { TakenSnapshot } from '../../src/xstate/take-snapshot.ts';

interface LifeOptions {
  readonly input?: unknown;
  readonly from?: TakenSnapshot;
  readonly timers?: TimerPolicy;
  readonly clock?: SimulatedClock;
  /** What the wall clock says as it begins. By default what its own does. */
  readonly now?: number;
}

/** One life of a session, root of an actor system of its own, beneath a supervisor that does nothing about it. */
export class LoneLife {
  readonly clock: SimulatedClock;
  readonly life: Incarnation;
  readonly hasStarted: boolean;
  readonly heard: AnyEventObject[] = [];
  exits = 0;

  constructor(logic: AnyActorLogic, { input, from, timers, clock = new SimulatedClock(), now }: LifeOptions = {}) {
    this.clock = clock;
    const self = createActor(
      fromTransition(() => {}, undefined),
      { clock },
    ).start();
    const supervisor = {
      self,
      exited: () => void this.exits++,
      said: (_life: unknown, event: AnyEventObject) => void this.heard.push(event),
      failed: (what: string, error: unknown) => {
        throw new Error(what, { cause: error });
      },
    };
    const taken = from && Restoring.of(from, { ...(timers && { timers }), now: now ?? clock.now() });
    const birth = { id: 's1', src: logic, input, number: 1, shutdown: 0, ownSystem: true, taken };
    this.life = new Incarnation(supervisor, birth);
    this.hasStarted = this.life.start();
  }

  get actor(): AnyActorRef {
    return this.life.actor;
  }

  /** As JSON, and back. */
  take(now = this.clock.now()): TakenSnapshot {
    const toWall = (time: number) => now + time - timeOf(this.clock);
    return JSON.parse(JSON.stringify(takeSnapshot(this.actor, toWall))) as TakenSnapshot;
  }

  stop(): void {
    this.life.halt('killed');
  }
}

const lives: LoneLife[] = [];

afterEach(() => {
  for (const life of lives.splice(0)) life.stop();
});

export function live(logic: AnyActorLogic, options?: LifeOptions): LoneLife {
  const life = new LoneLife(logic, options);
  lives.push(life);
  return life;
}

/** The life is killed, and another goes on from what was taken of it. */
export function goOn(logic: AnyActorLogic, life: LoneLife, options?: LifeOptions): LoneLife {
  const from = life.take();
  life.stop();
  return live(logic, { from, ...options });
}
