import type { ExitReason } from '../core/exit.ts';
import { Recovery } from '../core/recovery.ts';
import type { Verdict } from '../core/recovery.ts';
import type { Result } from '../core/result.ts';
import type { SessionRecord } from '../core/session-record.ts';
import type { Session } from '../core/session.ts';
import type { SupervisionError } from '../core/supervision-error.ts';
import { sessionRestart } from '../diagnostics.ts';
import type { SessionRestartTrace } from '../diagnostics.ts';
import type { SessionHome } from './session-home.ts';
import { SessionRetry } from './session-retry.ts';
import { timeOf } from '../xstate/internals.ts';

interface Restarted {
  readonly home: SessionHome;
  readonly session: Session;
  /** Which incarnation it is, or was. */
  readonly number: number;
}

/** The restarts of a session: whether one follows an exit, and when; and the trace of the one that is under way. */
export class SessionRestarts {
  private readonly recovery: Recovery;
  private retry: SessionRetry | undefined;
  /** From what made the restart necessary until the next incarnation runs: where anybody follows it. */
  private trace: SessionRestartTrace | undefined;

  constructor(private readonly of: Restarted) {
    this.recovery = new Recovery(of.home.options);
  }

  /** Those of a session that comes back count as before. */
  recall({ restarts }: SessionRecord): void {
    const times = this.of.home.archive!.wall.toClock(restarts);
    // The record does not say what the back-off counted; without a quiet time between them it is as many.
    this.recovery.recall({ restarts: times, attempts: restarts.length });
  }

  /** When there was one, as far as that still counts. */
  get counted(): readonly number[] {
    return this.recovery.log(timeOf(this.of.home.clock)).restarts;
  }

  /** When the back-off is over; undefined: there is none. */
  get dueAt(): number | undefined {
    return this.retry?.dueAt;
  }

  /** What follows an exit that nobody asked for. */
  after(reason: ExitReason, startedAt: number): Verdict {
    const now = timeOf(this.of.home.clock);
    const verdict = this.recovery.after(reason, now, now - startedAt);
    if (verdict.fate === 'restart' || verdict.fate === 'give_up') this.begin(reason === 'error' ? 'crash' : 'exit');
    return verdict;
  }

  /** One by hand, also instead of one that waits. */
  command(): void {
    this.cancel();
    this.begin('command');
  }

  /** Waits for the turn of the session or, where there is a back-off, for that. */
  wait(delayMs: number | undefined): void {
    this.retry = new SessionRetry(this.of.home);
    this.retry.begin(this.of, delayMs);
  }

  /** Whether it is this that is waited for. */
  isDue(retry: unknown): boolean {
    return retry === this.retry;
  }

  cancel(): void {
    this.retry?.cancel();
    this.retry = undefined;
  }

  /** It is over, if there was one: the next incarnation runs, or none will. */
  end(result: Result<SessionRestartTrace['result'], SupervisionError>): void {
    const { trace } = this;
    this.trace = undefined;
    sessionRestart.end(trace, result);
  }

  // One that cuts a back-off short is the one that has begun.
  private begin(cause: SessionRestartTrace['cause']): void {
    if (this.trace !== undefined || !sessionRestart.isWatched) return;
    const { home, session, number: incarnation } = this.of;
    this.trace = sessionRestart.begin({ actor: home.runtime, session, cause, incarnation });
  }
}
