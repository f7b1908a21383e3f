import type { ChildRules } from './child-spec.ts';
import type { Intensity } from './intensity.ts';
import type { ChildInfo } from './supervision-messages.ts';
import type { Strategy, Supervision, SupervisionPhase } from './supervision-state.ts';

/** How many restarts a supervisor allows, and how many it has made in the window that ends now. */
export interface Allowance extends Intensity {
  readonly strategy: Strategy;
  readonly used: number;
}

/** A child as its supervisor sees it. Times are on the supervisor's clock. */
export interface ChildView<TRef = unknown> extends ChildInfo<TRef> {
  /** Of the life that it lives; undefined: it does not run. */
  readonly startedAt: number | undefined;
  /** When the wait for its restart is over; undefined: it does not wait. */
  readonly restartAt: number | undefined;
}

/** A child that is supervised as if alone. */
export interface LoneView<TRef = unknown> extends ChildView<TRef> {
  readonly allowance: Allowance;
}

/** A supervisor, as it shows itself to whoever watches it. */
export interface SupervisorView<TRef = unknown> {
  readonly phase: SupervisionPhase;
  readonly allowance: Allowance;
  /** In start order. */
  readonly children: readonly ChildView<TRef>[];
}

/** @param now on the supervisor's clock */
export function viewOf<TRef>(state: Supervision<ChildRules, TRef>, now: number): SupervisorView<TRef> {
  const { strategy } = state.flags;
  const { intensity } = state.budget;
  return {
    phase: state.phase,
    allowance: { strategy, ...intensity, used: state.budget.restarts(now) },
    children: Array.from(state.children.values(), ({ spec, status, ref, incarnation, startedAt, retryAt }) => ({
      id: spec.id,
      status,
      ref: status === 'running' ? ref : undefined,
      type: spec.type,
      restart: spec.restart,
      incarnation,
      startedAt: status === 'running' ? startedAt : undefined,
      restartAt: status === 'restarting' ? retryAt : undefined,
    })),
  };
}
