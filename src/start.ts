import type { Incarnation } from './incarnation.ts';
import { awaitReady, endedEarly, hasStarted, readinessOf } from './readiness.ts';
import type { Readiness, ReadinessRule } from './readiness.ts';
import type { Clock } from './xstate/internals.ts';

/** What comes of a start, told once. */
export interface StartOutcome {
  /** It counts as started. It may have ended since. */
  started(life: Incarnation): void;
  /** It has failed, and is gone. */
  failed(error: unknown): void;
  /** Does something in the supervisor's turn. */
  inTurn(act: () => void): void;
}

/** One start of an incarnation: it may run for a while before it counts as started. */
export class Start {
  private callOff: (() => void) | undefined;
  private failure: Readiness | undefined;
  private isReady = false;
  private isSettled = false;

  constructor(
    readonly life: Incarnation,
    private readonly outcome: StartOutcome,
  ) {}

  begin(rule: ReadinessRule, clock: Clock): void {
    const { life, outcome } = this;
    // A supervisor may have given up since: its first start went well.
    if (!life.start() && !hasStarted(life)) {
      const { error } = life.exit!;
      if (life.isGone()) this.fail(error);
      else this.failure = { error };
      return;
    }
    const readiness = readinessOf(rule.ready, life.actor.getSnapshot());
    if (readiness !== undefined) this.settle(readiness);
    else if (life.exit !== undefined) this.settle(endedEarly(life));
    else this.callOff = awaitReady(life, rule, clock, (later) => outcome.inTurn(() => this.settle(later)));
  }

  /** All of it has ended. A supervisor may have started and given up in one go. */
  exited(): void {
    if (this.isReady || (this.failure === undefined && hasStarted(this.life))) this.settle({});
    else this.fail((this.failure ?? endedEarly(this.life)).error);
  }

  /** Nobody is interested any more. */
  abandon(): void {
    this.isSettled = true;
    this.callOff?.();
    this.life.halt('killed');
  }

  // It counts as started, or else it has to go.
  private settle(readiness: Readiness): void {
    if (this.isSettled) return;
    if (!('error' in readiness)) {
      this.isReady = true;
      this.callOff?.();
      // It has ended since, and is told of once it has done so in whole.
      if (this.life.exit !== undefined && !this.life.isGone()) return;
      this.isSettled = true;
      this.outcome.started(this.life);
    } else if (this.life.halt('killed')) {
      this.fail(readiness.error);
    } else {
      this.failure = readiness;
    }
  }

  private fail(error: unknown): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.callOff?.();
    this.outcome.failed(error);
  }
}
