import type { AnyActorRef, EventObject } from 'xstate';
import { internals, running } from './internals.ts';
import type { ActorInternals, ScheduledEvent } from './internals.ts';
import { ownTimers, scheduledAs } from './own-timers.ts';
import type { SavedTimer } from './take-snapshot.ts';

/**
 * When a timer that was pending fires in a session that has come back.
 *
 * - `deadline`: when it would have; at once, where that is over
 * - `remaining`: after what was left of its delay
 * - `restart`: after its delay
 */
export type TimerPolicy = 'deadline' | 'remaining' | 'restart';

type Pending = SavedTimer & { readonly event: EventObject };

interface Scheduled {
  readonly source: ActorInternals;
  readonly dueAt: number;
  readonly remaining: number;
  readonly entry: ScheduledEvent;
}

/** The timers of a session that comes back: each is scheduled again as soon as its actors stand. */
export class RestoredTimers {
  private waiting: Pending[];
  private readonly actors = new Map<string, ActorInternals>();
  /** Of what is being started. */
  private scheduled: Scheduled[] = [];
  private depth = 0;

  constructor(
    timers: readonly Pending[],
    private readonly policy: TimerPolicy,
    private readonly now: number,
    private readonly takenAt: number,
  ) {
    // Those of one moment in the order in which they were scheduled.
    this.waiting = [...timers].sort((a, b) => a.dueAt - b.dueAt);
  }

  /** An actor has been restored. It has not started: what it does first may cancel its timers. */
  stand(path: string, ref: AnyActorRef): void {
    this.actors.set(path, internals(ref));
    if (this.waiting.length > 0) this.waiting = this.waiting.filter((timer) => !this.schedule(timer));
  }

  /** Starts actors, and others within them. */
  during(start: () => void): void {
    this.depth++;
    try {
      start();
    } finally {
      if (--this.depth === 0) this.settle();
    }
  }

  private schedule({ source, target, event, id, delayMs, dueAt }: Pending): boolean {
    const from = this.actors.get(source);
    const to = target === null ? (from?._parent as ActorInternals | undefined) : this.actors.get(target);
    if (from === undefined || to === undefined) return false;
    const remaining = this.remainingOf(delayMs, dueAt);
    ownTimers.schedule(from, to, event, delayMs, id, remaining);
    this.scheduled.push({ source: from, dueAt, remaining, entry: scheduledAs(from, id)! });
    return true;
  }

  private remainingOf(delayMs: number, dueAt: number): number {
    if (this.policy === 'restart') return delayMs;
    const remaining = dueAt - (this.policy === 'deadline' ? this.now : this.takenAt);
    // The computer's clock may have been set back meanwhile.
    return Math.max(0, Math.min(delayMs, remaining));
  }

  // They came supervisor by supervisor: now that all stand, those that are due fire in the order of their deadlines.
  private settle(): void {
    const { scheduled } = this;
    this.scheduled = [];
    const isInOrder = scheduled.every(({ dueAt }, index) => index === 0 || scheduled[index - 1]!.dueAt <= dueAt);
    for (const { source, entry, remaining } of scheduled.sort((a, b) => a.dueAt - b.dueAt)) {
      const { id, target, event, delay } = entry;
      // Unless it has been cancelled, or scheduled anew, meanwhile.
      if (scheduledAs(source, id) !== entry) continue;
      const isRunning = source._processingStatus === running;
      if (isInOrder && isRunning) continue;
      ownTimers.cancel(source, id);
      if (isRunning) ownTimers.schedule(source, target, event, delay, id, remaining);
    }
  }
}
