import type { AnyActorRef, AnyEventObject } from 'xstate';
import { refused } from '../core/result.ts';
import type { Result } from '../core/result.ts';
import { stopping } from '../core/stopping.ts';
import type { SupervisionError } from '../core/supervision-error.ts';
import { isStopped, relay } from '../xstate/internals.ts';

type Written = Result<unknown, SupervisionError>;

/** Writes to the registry of the sessions, for the one who may, and acts on its answers. */
export class RegistryWriter {
  /** @param later does something in the turn of `self` */
  constructor(
    private readonly self: AnyActorRef,
    private readonly registry: AnyActorRef,
    private readonly writer: object,
    private readonly later: (proceed: () => void) => void,
  ) {}

  // The registry answers at once, unless it is in the middle of something that led here.
  write(event: AnyEventObject & { writer?: object; replyTo?: object }, then: (written: Written) => void): void {
    // A registry that is gone took the table with it, and the runtime is about to restart.
    if (isStopped(this.registry)) return then(refused(stopping()));
    const answer = new Answer((written) => this.later(() => then(written)));
    event.writer = this.writer;
    event.replyTo = answer;
    relay(this.self, this.registry, event);
    const written = answer.take();
    // Now that the registry is done with it, what follows may write to it again.
    if (written !== undefined) then(written);
  }
}

/** What the registry answers: at once, or `later`. */
class Answer {
  private isLate = false;
  private written: Written | undefined;

  constructor(private readonly later: (written: Written) => void) {}

  send(written: Written): void {
    if (this.isLate) this.later(written);
    else this.written = written;
  }

  take(): Written | undefined {
    this.isLate = true;
    return this.written;
  }
}
