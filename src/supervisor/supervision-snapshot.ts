import type { AnyActorRef } from 'xstate';
import type { ResolvedChildSpec } from '../child-spec.ts';
import { NotAtRestError } from '../core/not-at-rest.ts';
import { Saved } from '../core/save-value.ts';
import type { ChildBefore, SupervisionBefore } from '../core/supervision-before.ts';
import type { Child, Supervision } from '../core/supervision-state.ts';
import { timeOf } from '../xstate/internals.ts';
import type { Clock } from '../xstate/internals.ts';
import type { Restoring, TakenActor } from '../xstate/restoring.ts';
import type { Taking } from '../xstate/take-snapshot.ts';

/** A child of a supervisor as it is saved. Times are in milliseconds since the Unix epoch. */
export interface SavedChild extends Omit<ChildBefore, 'status' | 'isSaved'> {
  /** `added`: by `child.start`. Its spec cannot be saved, and so it cannot come back. */
  readonly status: ChildBefore['status'] | 'added';
  /** Of the life that it lives, where that can go on. */
  readonly snapshot?: unknown;
}

export interface SavedSupervision {
  /** When it made the restarts that still count, the oldest first. */
  readonly restarts: readonly number[];
  readonly children: readonly SavedChild[];
}

type State = Supervision<ResolvedChildSpec, AnyActorRef>;

export interface SupervisionParts {
  readonly id: string;
  readonly state: State;
  /** Those of its options. */
  readonly specs: readonly ResolvedChildSpec[];
  readonly clock: Clock;
  readonly whereis: (id: string) => AnyActorRef | undefined;
}

/**
 * A supervisor's children and restarts, to be saved.
 *
 * @throws NotAtRestError where it is starting or stopping, itself or a child
 */
export function saveSupervision(
  { id: name, state, specs, clock, whereis }: SupervisionParts,
  taking: Taking,
): SavedSupervision {
  if (state.phase !== 'running') throw new NotAtRestError(name, `is ${state.phase}`);
  if (state.procedure !== undefined) throw new NotAtRestError(name, 'is starting or stopping a child');
  const now = timeOf(clock);
  const toWall = (time: number) => taking.toWall(time);
  const saved = (child: Child<ResolvedChildSpec>): SavedChild => {
    const { spec, incarnation, attempt, status, startedAt, retryAt } = child;
    const base = { id: spec.id, incarnation, attempt, startedAt: toWall(startedAt), restartAt: toWall(retryAt) };
    if (!specs.includes(spec)) return { ...base, status: 'added' };
    // One that cleans up after its end has yet to tell of it: it starts anew.
    const ref = status === 'running' ? whereis(spec.id) : undefined;
    return ref === undefined ? { ...base, status } : { ...base, status, snapshot: new Saved(taking.take(ref)) };
  };
  const gone = specs.filter(({ id }) => !state.children.has(id));
  return {
    restarts: state.budget.log(now).map(toWall),
    children: [
      ...Array.from(state.children.values(), saved),
      ...gone.map(({ id }) => ({
        id,
        status: 'gone' as const,
        incarnation: 0,
        attempt: 0,
        startedAt: 0,
        restartAt: 0,
      })),
    ],
  };
}

/** What a supervisor that comes back goes on from. */
export class Resumption {
  private readonly snapshots = new Map<string, unknown>();

  constructor(
    private readonly saved: SavedSupervision,
    private readonly restoring: Restoring,
  ) {
    for (const child of saved.children) if ('snapshot' in child) this.snapshots.set(child.id, child.snapshot);
  }

  before(clock: Clock): SupervisionBefore {
    const toClock = (time: number) => this.restoring.timeOn(clock, time);
    // The computer's clock may have been set back meanwhile.
    const over = (time: number) => Math.min(timeOf(clock), toClock(time));
    const children = this.saved.children.map((child): ChildBefore => {
      const { id, status, incarnation, attempt, startedAt, restartAt } = child;
      return {
        id,
        status: status === 'added' ? 'gone' : status,
        incarnation,
        isSaved: this.snapshots.has(id),
        startedAt: over(startedAt),
        attempt,
        restartAt: toClock(restartAt),
      };
    });
    return { restarts: this.saved.restarts.map(over), children };
  }

  /** Those that cannot come back: their specs came by `child.start`, or are no more. */
  lost(specs: readonly ResolvedChildSpec[]): string[] {
    const ids = new Set(specs.map(({ id }) => id));
    return this.saved.children
      .filter(({ id, status }) => status === 'added' || (status !== 'gone' && !ids.has(id)))
      .map(({ id }) => id);
  }

  /** What a child's life goes on from. It is needed once. */
  take(id: string): TakenActor {
    const snapshot = this.snapshots.get(id);
    this.snapshots.delete(id);
    return { snapshot, restoring: this.restoring };
  }
}
