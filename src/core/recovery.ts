import { attemptAfter, backoffDelay } from './backoff.ts';
import type { Backoff } from './backoff.ts';
import type { RestartType } from './child-spec.ts';
import type { ExitReason } from './exit.ts';
import { fate } from './fate.ts';
import type { Fate } from './fate.ts';
import { RestartBudget } from './intensity.ts';
import type { Intensity } from './intensity.ts';

export interface RecoveryRules {
  readonly restart: RestartType;
  readonly intensity: Intensity;
  readonly backoff: Backoff | undefined;
  readonly random: () => number;
}

/** What follows from an exit. */
export interface Verdict {
  readonly fate: Fate;
  /** How long the restart has to wait, in milliseconds; undefined: not at all. */
  readonly delayMs: number | undefined;
}

/** What a recovery has counted. */
export interface RecoveryLog {
  /** When the restarts were made that still count, the oldest first. */
  readonly restarts: readonly number[];
  /** As the back-off counts them. */
  readonly attempts: number;
}

/**
 * The exits of a child that is supervised alone, as by a `one_for_one` supervisor of its own, and what follows from each.
 *
 * @example
 * const recovery = new Recovery({ restart: 'transient', intensity: { maxRestarts: 1, withinMs: 5000 }, ... });
 * recovery.after('error', 0, 0).fate; // 'restart'
 * recovery.after('error', 5000, 5000).fate; // 'give_up'
 */
export class Recovery {
  private readonly budget: RestartBudget;
  private attempts = 0;

  constructor(private readonly rules: RecoveryRules) {
    this.budget = new RestartBudget(rules.intensity);
  }

  /** What of it still counts, for `recall`. */
  log(now: number): RecoveryLog {
    return { restarts: this.budget.log(now), attempts: this.attempts };
  }

  /** Goes on from what another has counted. */
  recall({ restarts, attempts }: RecoveryLog): void {
    this.budget.recall(restarts);
    this.attempts = attempts;
  }

  /** How many restarts count in the window that ends now. */
  used(now: number): number {
    return this.budget.restarts(now);
  }

  /**
   * @param now of a monotonic clock, in milliseconds
   * @param ranMs how long the life ran that has ended; one that failed to start ran for no time
   */
  after(reason: ExitReason, now: number, ranMs: number): Verdict {
    const { restart, backoff, random } = this.rules;
    const next = fate(restart, reason, () => this.budget.charge(now));
    if (next !== 'restart' || backoff === undefined) return { fate: next, delayMs: undefined };
    this.attempts = attemptAfter(backoff, this.attempts, ranMs);
    return { fate: next, delayMs: backoffDelay(backoff, this.attempts++, random) };
  }
}
