import { NotAtRestError } from '../core/not-at-rest.ts';
import { asStoreError, storeFailed } from '../core/store-refusals.ts';
import type { StoreError } from '../core/store-refusals.ts';
import type { SupervisionError } from '../core/supervision-error.ts';
import { timeOf } from '../xstate/internals.ts';
import type { Clock } from '../xstate/internals.ts';

/** Brings the store up to date. */
export type Write = () => Promise<void>;

/** What a writer writes of, and whom it tells. */
export interface WriterParts {
  readonly id: string;
  readonly clock: Clock;
  /** How long who waits for the store does so. */
  readonly timeoutMs: number;
  /** A write has failed, or hangs; undefined: it is not tried again before there is more to write. */
  failed(error: StoreError, retryInMs: number | undefined): void;
  /** All is written. */
  idle(): void;
}

/** Hears that what it waited for is on the disk, or why it is not. */
export type Written = (error?: SupervisionError) => void;

interface Waiter {
  readonly revision: number;
  /** `Infinity`: however long it takes. */
  readonly since: number;
  /** What it waits for goes with the incarnation that has it. */
  readonly isOfState: boolean;
  /** That has gone since, while it was under way: nothing is tried again for it. */
  isLost: boolean;
  readonly written: Written;
}

const firstRetryMs = 100;
const lastRetryMs = 10_000;

/**
 * Writes one session to the store, behind its back: one write is under way at a time, and what has changed meanwhile is
 * written next, as it is by then. A write that fails is tried again, after 100 ms and then twice as long each time, up to
 * 10 seconds.
 */
export class SessionWriter {
  /** Counts what there was to write. */
  private wanted = 0;
  private written = 0;
  /** What the write that is under way brings to the disk. */
  private writing: number | undefined;
  private attempts = 0;
  private isStopped = false;
  private retry: unknown;
  private deadline: unknown;
  private waiters: Waiter[] = [];
  /** Why the last write has failed. */
  private error: StoreError | undefined;
  /** What was wanted as it could not be prepared. */
  private refused: number | undefined;
  /** Why it could not be prepared yet. */
  private restless: NotAtRestError | undefined;

  /** @param prepare gives the next write, of the session as it is now; or throws */
  constructor(
    private readonly parts: WriterParts,
    public prepare: () => Write,
  ) {}

  get isIdle(): boolean {
    return this.written === this.wanted;
  }

  /** There is something to write. */
  want(): void {
    this.wanted += 1;
    this.write();
  }

  /** Tries at once what would have been tried again later. */
  hurry(): void {
    if (this.retry === undefined) return;
    this.forgetRetry();
    this.write();
  }

  /** Nothing more is written, but for what is under way; nobody waits for that any more. */
  stop(): void {
    this.isStopped = true;
    this.forgetRetry();
    this.settle(() => true, this.stopped());
  }

  /**
   * Calls back once all that is wanted is on the disk; or, but for those who are patient, when it cannot be, or the time
   * is over.
   *
   * @param kind the state goes with the incarnation that has it
   */
  whenWritten(kind: 'state' | 'value', written: Written, isPatient = false): void {
    if (this.isIdle) return written();
    if (this.isStopped) return written(this.stopped());
    if (this.refused === this.wanted && !isPatient) return written(this.error);
    const since = isPatient ? Infinity : timeOf(this.parts.clock);
    this.waiters.push({ revision: this.wanted, since, isOfState: kind === 'state', isLost: false, written });
    if (!isPatient) this.deadline ??= this.parts.clock.setTimeout(this.timeIsOver, this.parts.timeoutMs);
  }

  /**
   * The state of the session that has not been prepared to be written will not be any more.
   *
   * @param of only that which is waited for so
   */
  lose(error: SupervisionError, of?: Written): void {
    for (const waiter of this.waiters) {
      if (waiter.isOfState && (of === undefined || of === waiter.written)) waiter.isLost = true;
    }
    const { writing = -1 } = this;
    this.settle((waiter) => waiter.isLost && writing < waiter.revision, error);
  }

  // Begins the next write, unless there is none, or it has to wait.
  private write(): void {
    if (this.isStopped || this.isIdle || this.writing !== undefined || this.retry !== undefined) return;
    const revision = this.wanted;
    let write: Write;
    try {
      write = this.prepare();
      this.restless = undefined;
    } catch (error) {
      // Whoever brought it out of its rest will bring it back, and write then.
      if (error instanceof NotAtRestError) this.restless = error;
      else this.refuse(error);
      return;
    }
    this.writing = revision;
    // A store may throw where it should reject.
    void Promise.resolve()
      .then(write)
      .then(
        () => this.succeeded(revision),
        (error: unknown) => this.failed(error),
      );
  }

  private succeeded(revision: number): void {
    this.writing = undefined;
    this.written = revision;
    this.attempts = 0;
    this.error = undefined;
    this.settle((waiter) => waiter.revision <= revision);
    if (this.isIdle) this.parts.idle();
    else this.write();
  }

  private failed(thrown: unknown): void {
    this.writing = undefined;
    this.error = asStoreError(`The session ${this.parts.id} cannot be saved`, thrown);
    this.settle((waiter) => waiter.isLost, this.error);
    if (this.isStopped) return;
    const delayMs = Math.min(lastRetryMs, firstRetryMs * 2 ** this.attempts++);
    this.retry = this.parts.clock.setTimeout(() => {
      this.retry = undefined;
      this.write();
    }, delayMs);
    this.parts.failed(this.error, delayMs);
  }

  // What cannot be saved will not be better of being tried again.
  private refuse(thrown: unknown): void {
    const before = this.error;
    this.error = asStoreError(`The session ${this.parts.id} cannot be saved`, thrown);
    this.refused = this.wanted;
    this.settle((waiter) => waiter.since !== Infinity, this.error);
    // It is said once, and not at each change.
    if (before?.message !== this.error.message) this.parts.failed(this.error, undefined);
  }

  private settle(isConcerned: (waiter: Waiter) => boolean, error?: SupervisionError): void {
    const { waiters } = this;
    if (waiters.length === 0) return;
    const concerned: Waiter[] = [];
    this.waiters = [];
    for (const waiter of waiters) (isConcerned(waiter) ? concerned : this.waiters).push(waiter);
    if (this.waiters.length === 0 && this.deadline !== undefined) {
      this.parts.clock.clearTimeout(this.deadline);
      this.deadline = undefined;
    }
    for (const { written } of concerned) written(error);
  }

  private readonly timeIsOver = (): void => {
    const { clock, timeoutMs } = this.parts;
    this.deadline = undefined;
    const since = timeOf(clock) - timeoutMs;
    // A timer may be early by a fraction of a millisecond.
    const isOver = (waiter: Waiter) => waiter.since <= since + 1;
    const hangs = this.late(`the store has not answered within ${timeoutMs} ms`);
    if (this.error === undefined && this.waiters.some(isOver)) this.parts.failed((this.error = hangs), undefined);
    this.settle(isOver, this.error ?? hangs);
    const next = this.waiters.find((waiter) => waiter.since !== Infinity);
    if (next !== undefined && this.deadline === undefined) {
      this.deadline = clock.setTimeout(this.timeIsOver, Math.max(1, next.since - since));
    }
  };

  private stopped(): StoreError {
    return this.error ?? this.late('the store has not answered before the host closed');
  }

  private late(why: string): StoreError {
    return storeFailed(`The session ${this.parts.id} is not saved`, this.restless ?? new Error(why));
  }

  private forgetRetry(): void {
    if (this.retry === undefined) return;
    this.parts.clock.clearTimeout(this.retry);
    this.retry = undefined;
  }
}
