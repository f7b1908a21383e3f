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

interface Pending extends SavedTimer {
  readonly event: EventObject;
  /** Its turn, among those that are due at one moment too. */
  readonly turn: number;
}

interface Scheduled {
  readonly source: ActorInternals;
  readonly turn: number;
  readonly remaining: number;
  readonly entry: ScheduledEvent;
}

/** The timers of a session that comes back: each is scheduled again as soon as its actors stand. */
export class RestoredTimers {
  /** By the path of an actor that is still to stand. */
  private readonly waiting = new Map<string, Pending[]>();
  private readonly actors = new Map<string, ActorInternals>();
  /** Of what is being started. */
  private scheduled: Scheduled[] = [];
  private depth = 0;

  constructor(
    timers: readonly (SavedTimer & { readonly event: EventObject })[],
    private readonly policy: TimerPolicy,
    private readonly now: number,
    private readonly takenAt: number,
  ) {
    // Those of one moment in the order in which they were scheduled.
    const inOrder = [...timers].sort((a, b) => a.dueAt - b.dueAt);
    inOrder.forEach((timer, turn) => this.wait(timer.source, { ...timer, turn }));
  }

  /** An actor has been restored. It has not started: what it does first may cancel its timers. */
  stand(path: string, ref: AnyActorRef): void {
    this.actors.set(path, internals(ref));
    const waiting = this.waiting.get(path) ?? [];
    this.waiting.delete(path);
    for (const timer of waiting) this.schedule(timer);
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

  private wait(path: string, timer: Pending): void {
    const others = this.waiting.get(path);
    if (others === undefined) this.waiting.set(path, [timer]);
    else others.push(timer);
  }

  private schedule(timer: Pending): void {
    const { source, target, event, id, delayMs, dueAt, turn } = timer;
    const from = this.actors.get(source)!;
    const to = target === null ? (from._parent as ActorInternals) : this.actors.get(target);
    if (to === undefined) return this.wait(target!, timer);
    const remaining = this.remainingOf(delayMs, dueAt);
    ownTimers.schedule(from, to, event, delayMs, id, remaining);
    this.scheduled.push({ source: from, turn, remaining, entry: scheduledAs(from, id)! });
  }

  private remainingOf(delayMs: number, dueAt: number): number {
    if (this.policy === 'restart') return delayMs;
    const remaining = dueAt - (this.policy === 'deadline' ? this.now : this.takenAt);
    // The computer's clock may have been set back meanwhile.
    return Math.max(0, Math.min(delayMs, remaining));
  }

  // They came actor by actor: now that all stand, those that are due fire in the order of their deadlines.
  private settle(): void {
    const { scheduled } = this;
    this.scheduled = [];
    const isInOrder = scheduled.every(({ turn }, index) => index === 0 || scheduled[index - 1]!.turn < turn);
    for (const { source, entry, remaining } of scheduled.sort((a, b) => a.turn - b.turn)) {
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
