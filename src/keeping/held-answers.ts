import type { AnyActorRef } from 'xstate';
import { isClean } from '../core/exit.ts';
import type { ExitReason } from '../core/exit.ts';
import { SupervisionError } from '../core/supervision-error.ts';
import { monitor } from '../monitor.ts';
import type { SessionWriter, Written } from './session-writer.ts';

/** The session whose answers are held. */
export interface Answering {
  readonly id: string;
  /** Its actor, while it lives. */
  readonly actor: AnyActorRef | undefined;
  /** Has written what has not been. */
  sync(): void;
}

/** What a session answers, held until the state that it tells of is on the disk; refused where that is lost before. */
export class HeldAnswers {
  /** Why its last incarnation has ended. */
  private lastReason: ExitReason = 'shutdown';

  constructor(
    private readonly of: Answering,
    private readonly writer: SessionWriter,
  ) {}

  /** @param from the actor that answers: that of the session, or one in it */
  hold(from: AnyActorRef, written: Written): void {
    const { actor } = this.of;
    // It may be in the middle of the event that it answers.
    queueMicrotask(() => {
      if (actor === this.of.actor && from !== actor) this.whenChildWritten(from, written);
      else if (actor === this.of.actor) this.whenWritten(written);
      // What it did last was to finish, and what it finished with is what comes of it.
      else if (this.lastReason === 'normal') this.whenWritten(written, 'value');
      else written(this.lost(this.lastReason));
    });
  }

  /** An incarnation has ended, and what has not been taken of its state is gone with it. */
  lose(reason: ExitReason): void {
    this.lastReason = reason;
    if (reason !== 'normal') this.writer.lose(this.lost(reason));
  }

  /** What an answer is refused with that is lost. */
  lost(reason: ExitReason): SupervisionError<'actor_stopped'> {
    const message = `Session ${this.of.id} ended before its answer was on the disk`;
    return new SupervisionError('actor_stopped', message, { reason });
  }

  private whenWritten(written: Written, kind: 'state' | 'value' = 'state'): void {
    this.of.sync();
    this.writer.whenWritten(kind, written);
  }

  // An actor in it may crash while it lives on.
  private whenChildWritten(child: AnyActorRef, written: Written): void {
    let lost: SupervisionError | undefined;
    const told: Written = (error) => {
      watch.unsubscribe();
      written(error);
    };
    const watch = monitor(child, ({ reason }) => {
      if (isClean(reason)) return;
      lost = this.lost(reason);
      this.writer.lose(lost, told);
    });
    if (lost === undefined) this.whenWritten(told);
    else written(lost);
  }
}
