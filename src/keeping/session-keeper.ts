import type { AnyActorRef } from 'xstate';
import { NotAtRestError } from '../core/not-at-rest.ts';
import { isSameState } from '../core/same-state.ts';
import { RECORD_FORMAT } from '../core/session-record.ts';
import type { SessionRecord } from '../core/session-record.ts';
import type { SessionLifecycleEvent } from '../core/session-events.ts';
import type { ExitReason } from '../core/exit.ts';
import { keepSystem, refuseAnswers } from '../xstate/kept-system.ts';
import { Restoring } from '../xstate/restoring.ts';
import type { TakenActor } from '../xstate/restoring.ts';
import { HeldAnswers } from './held-answers.ts';
import type { Answering } from './held-answers.ts';
import type { KeepingHome, KeptSession } from './keeping-home.ts';
import { LastSnapshot } from './last-snapshot.ts';
import type { SessionKeeping } from './session-keeping.ts';
import { SessionOutbox } from './session-outbox.ts';
import type { SessionWriter, Write, Written } from './session-writer.ts';

/** What is known of a session as it begins to be kept. */
interface Before {
  /** Where it stands in the order of registration. */
  readonly order: number;
  /** What it comes back from. */
  readonly record: SessionRecord | undefined;
  /** What is in the store is not what it comes back as. */
  readonly isOutdated: boolean;
}

/**
 * Keeps one session: takes its state when it is at rest, has it written as `persist` says, and knows what its next
 * incarnation begins from.
 */
export class SessionKeeper implements SessionKeeping, Answering {
  private readonly outbox: SessionOutbox;
  private phase: 'kept' | 'suspended' | 'deleted' = 'kept';
  /** Which incarnation it is, or was. */
  private number = 1;
  /** While it lives, and its state is kept. */
  actor: AnyActorRef | undefined;
  private unwatch: (() => void) | undefined;
  private readonly last: LastSnapshot;
  private readonly answers: HeldAnswers;
  /** Of the last crash. */
  private cause: unknown;
  /** Its state has changed since the last snapshot. */
  private isDirty = false;
  /** There is something that has not been given to the writer. */
  private isStale = false;
  private isScheduled = false;
  private timer: unknown;
  /** An incarnation has run, or it comes back. */
  private hasBegun = false;
  /** What was written last; undefined: there may be something else on the disk. */
  private saved: SessionRecord | undefined;
  /** Why the state cannot be taken. */
  private fault: Error | undefined;
  /** What it crashed on too often, until that has been set aside. */
  private readonly poison: SessionRecord[] = [];

  constructor(
    private readonly kept: KeptSession,
    private readonly home: KeepingHome,
    private readonly writer: SessionWriter,
    private readonly before: Before,
  ) {
    writer.prepare = () => this.prepare();
    this.outbox = new SessionOutbox((event) => kept.home.emit(event));
    this.answers = new HeldAnswers(this, writer);
    const { record } = before;
    this.last = new LastSnapshot(record);
    if (record === undefined) return;
    this.number = record.incarnation;
    this.hasBegun = true;
  }

  get id(): string {
    return this.kept.session.id;
  }

  attach(number: number, actor: AnyActorRef): void {
    const isSameLife = number === this.number;
    const isRestored = this.last.taken !== undefined;
    this.number = number;
    if (this.phase !== 'kept') return;
    this.hasBegun = true;
    this.actor = actor;
    this.unwatch = keepSystem(actor, {
      changed: () => this.stateChanged(),
      beforeEvent: this.home.takesBeforeEvents ? () => this.takeIfAtRest() : undefined,
      whenKept: (written, of) => (this.home.isEach ? this.answers.hold(of, written) : written()),
    });
    // It is as it was written, timers and all.
    const isAsWritten = isRestored && isSameLife && !this.before.isOutdated;
    if (isAsWritten && this.home.keeping.timers === 'deadline') return;
    if (!isRestored || isSameLife) this.isDirty = true;
    this.schedule();
  }

  changed(): void {
    if (this.phase === 'kept') this.schedule();
  }

  crashed(error: unknown): void {
    this.cause = error;
    this.standStill();
    this.lose('error');
    this.last.crashes += 1;
    if (this.home.keeping.restartFrom === 'start') this.last.taken = undefined;
    this.changed();
  }

  failedToStart(error: unknown): boolean {
    this.cause = error;
    if (this.before.record === undefined) {
      this.phase = 'deleted';
      this.home.deleted(this.id);
      this.home.over(this.id);
      return false;
    }
    this.last.crashes += 1;
    this.isStale = true;
    if (this.isPoisoned) return true;
    this.end('suspended', 'error');
    return false;
  }

  renew(reason: ExitReason): void {
    this.lose(reason);
    this.last.clear();
    this.changed();
  }

  /** Whether its next incarnation would begin with a state that it has crashed on too often. */
  private get isPoisoned(): boolean {
    return this.last.taken !== undefined && this.last.crashes >= this.home.keeping.poisonAfter;
  }

  next(): TakenActor | undefined {
    if (this.isPoisoned) this.setAside();
    const { home } = this;
    const { taken } = this.last;
    const { outside } = this.kept.home;
    return taken && Restoring.of(taken, { timers: home.keeping.timers, now: home.wall.now(), outside });
  }

  suspend(): void {
    if (this.phase !== 'kept') return;
    const { actor, home } = this;
    try {
      this.take();
      this.standStill();
      // What it was like is about to be written.
      this.forget();
    } catch (error) {
      // One that is in the middle of something comes back from where it was before.
      if (!(error instanceof NotAtRestError)) this.fault = error as Error;
    }
    this.end('suspended', 'shutdown');
    if (actor !== undefined && home.isEach) refuseAnswers(actor, () => this.answers.lost('shutdown'));
  }

  end(phase: 'suspended' | 'deleted', reason: ExitReason): void {
    if (this.phase !== 'kept') return;
    this.lose(reason);
    this.phase = phase;
    if (this.timer !== undefined) this.home.clock.clearTimeout(this.timer);
    if (phase === 'deleted') this.home.deleted(this.id);
    // One that has never been written has nothing to be deleted.
    if (this.isStale || phase === 'deleted') this.want();
    this.home.over(this.id);
  }

  get isOver(): boolean {
    return this.phase !== 'kept';
  }

  get isDeleted(): boolean {
    return this.phase === 'deleted';
  }

  takeBack(): void {
    this.outbox.close();
    // What it came back from stays.
    if (this.before.record !== undefined) return this.end('suspended', 'shutdown');
    // It may have failed for good since, which would be kept.
    if (this.phase === 'suspended') this.phase = 'kept';
    this.end('deleted', 'shutdown');
  }

  tell(event: SessionLifecycleEvent): void {
    const isPromise = event.type === 'session.started' || event.type === 'session.updated';
    if (!isPromise || !this.home.isEach) return this.outbox.tell(event);
    const whenLate =
      event.type === 'session.started'
        ? () => this.outbox.close()
        : (tell: () => void) => {
            const late: Written = (error) => error === undefined && this.phase === 'kept' && tell();
            this.writer.whenWritten('value', late, true);
          };
    this.outbox.tellWhen(event, (written) => this.whenKept(written), whenLate);
  }

  whenKept(written: Written): void {
    if (!this.home.isEach) return written();
    // It may be in the middle of the event that it answers.
    queueMicrotask(() => {
      this.sync();
      this.writer.whenWritten('value', written);
    });
  }

  /** Has written what has not been. */
  sync(): void {
    if (this.isStale) this.want();
  }

  private stateChanged(): void {
    this.isDirty = true;
    this.schedule();
  }

  private schedule(): void {
    this.isStale = true;
    const { home } = this;
    const { persist } = home.keeping;
    if (home.isEach) {
      if (this.isScheduled) return;
      this.isScheduled = true;
      queueMicrotask(this.written);
    } else if (typeof persist === 'object') {
      this.timer ??= home.clock.setTimeout(this.due, persist.everyMs);
    }
  }

  private readonly written = (): void => {
    this.isScheduled = false;
    this.sync();
  };

  private readonly due = (): void => {
    this.timer = undefined;
    this.sync();
  };

  private want(): void {
    if (this.home.store !== undefined) this.writer.want();
  }

  private prepare(): Write {
    const { home, id } = this;
    const { store } = home;
    // Nothing is to be there of one that is over, or has not begun: another one of its id may have been.
    this.isStale = false;
    if (this.phase === 'deleted' || !this.hasBegun) {
      return async () => {
        await this.putAside();
        await store!.delete(id);
      };
    }
    if (this.fault !== undefined) throw this.fault;
    try {
      this.take();
    } catch (error) {
      this.isStale = error instanceof NotAtRestError;
      throw error;
    }
    const record = this.record();
    return async () => {
      // Much of what happens to a session changes nothing of it.
      if (this.poison.length === 0 && this.saved !== undefined && isSameState(record, this.saved)) return;
      // A write that fails may have come to the disk all the same.
      this.saved = undefined;
      await this.putAside();
      await store!.save(record);
      this.saved = record;
    };
  }

  private async putAside(): Promise<void> {
    const { poison, id } = this;
    const { store } = this.home;
    for (let first; (first = poison[0]) !== undefined; poison.shift()) {
      await store!.save(first);
      await store!.setAside(id, 'poison');
    }
  }

  private record(): SessionRecord {
    const { kept, home } = this;
    const { taken, crashes } = this.last;
    return {
      format: RECORD_FORMAT,
      session: kept.session,
      logic: home.keeping.logic,
      snapshot: taken?.snapshot ?? null,
      // What is kept of an event is an object, as it was.
      timers: (taken?.timers ?? []) as SessionRecord['timers'],
      incarnation: this.number,
      restarts: kept.restarts.map((time) => home.wall.toWall(time)),
      ...(crashes > 0 && { crashes }),
      order: this.before.order,
      savedAt: Math.floor(taken?.takenAt ?? home.wall.now()),
    };
  }

  /** @throws NotAtRestError, UnsavableError */
  private take(): void {
    const { actor } = this;
    // One that has just ended has nothing to go on from.
    if (!this.isDirty || actor === undefined || actor.getSnapshot().status !== 'active') return;
    this.last.take(actor, (time) => this.home.wall.toWall(time));
    this.isDirty = false;
  }

  // For timers that wait for what remains, it is now that their time stops, however long ago the state was taken.
  private standStill(): void {
    const { actor, home } = this;
    const { taken } = this.last;
    if (taken === undefined || actor === undefined || home.keeping.timers !== 'remaining') return;
    this.last.taken = { ...taken, takenAt: home.wall.now() };
    this.isStale = true;
    // When it was saved is no difference of which it would be written.
    this.saved = undefined;
  }

  private takeIfAtRest(): void {
    try {
      this.take();
    } catch {
      // What cannot be saved is told when it is to be written.
    }
  }

  private setAside(): void {
    const { kept, home, cause: error } = this;
    const { crashes } = this.last;
    if (home.store !== undefined) this.poison.push(this.record());
    this.last.clear();
    home.log(
      `session ${kept.session.name} (${kept.session.id}) begins afresh: it crashed ${crashes} times on its last snapshot`,
      error,
    );
    this.tell({ type: 'session.poisoned', session: kept.session, crashes, error });
    this.changed();
  }

  // The incarnation is gone, and what has not been taken of it is, too.
  private lose(reason: ExitReason): void {
    if (this.actor === undefined) return;
    this.forget();
    this.answers.lose(reason);
  }

  private forget(): void {
    this.unwatch?.();
    this.unwatch = undefined;
    this.actor = undefined;
    this.isDirty = false;
  }
}
