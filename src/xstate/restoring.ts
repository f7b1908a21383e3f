import { createActor } from 'xstate';
import type { AnyActorLogic, AnyActorRef } from 'xstate';
import { requireObject, requireOneOf } from '../core/arguments.ts';
import { reviveValue } from '../core/revive-value.ts';
import type { Outside } from '../core/revive-value.ts';
import { pathFrom, portOf } from './actor-path.ts';
import { internals, timeOf } from './internals.ts';
import type { ActorInternals, Clock } from './internals.ts';
import { RestoredTimers } from './restored-timers.ts';
import type { TimerPolicy } from './restored-timers.ts';
import { endedBefore } from './supervised-system.ts';
import type { TakenSnapshot } from './take-snapshot.ts';

/** What one actor is made again of. */
export interface TakenActor {
  readonly snapshot: unknown;
  readonly restoring: Restoring;
}

export interface RestoreOptions {
  /** When a timer that was pending fires. By default at its deadline: at once, where that is over. */
  readonly timers?: TimerPolicy;
  /** In milliseconds since the Unix epoch. */
  readonly now: number;
  /** What it refers to outside of itself. */
  readonly outside?: Outside;
}

/** Makes a session again of what `takeSnapshot` took: its actors, as they come to stand, their refs and their timers. */
export class Restoring {
  private readonly timers: RestoredTimers;
  private readonly now: number;
  private readonly stillFor: number;
  private readonly first: TakenActor;
  private root: AnyActorRef | undefined;
  private readonly refs = new Map<string, ((ref: AnyActorRef) => void)[]>();

  private constructor(taken: TakenSnapshot, { timers = 'deadline', now, outside }: RestoreOptions) {
    const at = (path: string, put: (ref: AnyActorRef) => void) => {
      const puts = this.refs.get(path);
      if (puts === undefined) this.refs.set(path, [put]);
      else puts.push(put);
    };
    const saved = taken.timers.map((timer) => ({ ...timer, event: reviveValue(timer.event, at, outside) as never }));
    this.timers = new RestoredTimers(saved, timers, now, taken.takenAt);
    this.stillFor = timers === 'deadline' ? 0 : now - taken.takenAt;
    this.now = now;
    this.first = { snapshot: reviveValue(taken.snapshot, at, outside), restoring: this };
  }

  /**
   * @param taken from JSON
   * @returns what the session's root begins from
   * @throws TypeError for what `takeSnapshot` does not make, and for a policy that there is not
   */
  static of(taken: TakenSnapshot, options: RestoreOptions): TakenActor {
    requireObject('the snapshot', taken);
    requireOneOf('timers', options.timers ?? 'deadline', ['deadline', 'remaining', 'restart']);
    return new Restoring(taken, options).first;
  }

  /** The time on a clock of a moment in the life that was taken. With timers that stood still, all time did. */
  timeOn(clock: Clock, wallTime: number): number {
    return timeOf(clock) + wallTime + this.stillFor - this.now;
  }

  /** @throws TypeError where there is no snapshot: XState would take that for a beginning */
  create(logic: AnyActorLogic, options: object, snapshot: unknown): AnyActorRef {
    requireObject('the snapshot', snapshot);
    const actor = createActor(logic, { ...options, snapshot } as never);
    this.root ??= actor;
    const fault = faultIn(internals(actor), snapshot);
    // XState leaves out a child whose logic it does not find, and does not start one that it could not restore.
    if (fault !== undefined) internals(actor)._snapshot = { status: 'error', output: undefined, error: fault.error };
    else this.stand(actor);
    return actor;
  }

  /** Starts what has been created. */
  start(actor: AnyActorRef): void {
    this.timers.during(() => actor.start());
  }

  private stand(actor: AnyActorRef): void {
    const path = pathFrom(this.root!, actor)!;
    const puts = this.refs.get(path);
    this.refs.delete(path);
    for (const put of puts ?? []) put(actor);
    this.timers.stand(path, actor);
    for (const child of Object.values(internals(actor)._snapshot?.children ?? {})) {
      this.stand(child as never);
      if (child._snapshot?.status !== 'active') endedBefore(child as never, portOf(actor));
    }
  }
}

/** The restoring that an actor is part of, as it is created. */
export const restoringOf = (ref: AnyActorRef): Restoring | undefined => portOf(ref)?.restoring;

interface Kept {
  readonly status?: unknown;
  readonly children?: Readonly<Record<string, { readonly snapshot: Kept }>>;
}

interface Fault {
  readonly error: unknown;
}

/** What has not come back, if anything. */
function faultIn({ id, _snapshot: snapshot }: ActorInternals, kept: Kept | null): Fault | undefined {
  if (typeof kept !== 'object' || kept === null) return { error: new TypeError(`The snapshot has nothing of ${id}`) };
  if (snapshot?.status === 'error' && kept.status !== 'error') return { error: snapshot.error };
  if (snapshot?.children === undefined) return undefined;
  for (const [childId, child] of Object.entries(kept.children ?? {})) {
    const actor = snapshot.children[childId];
    if (actor === undefined)
      return { error: new Error(`The snapshot has a child ${childId} of which ${id} has no logic`) };
    const fault = faultIn(actor, child.snapshot);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
