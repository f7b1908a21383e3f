import type { AnyActorRef, Snapshot, Subscription } from 'xstate';
import { savedAs, tag } from './core/save-value.ts';
import type { SavedOutside } from './core/save-value.ts';

/**
 * Where the receiver of an `ask` sends its answer: `event.replyTo.send(answer)`, or, where the answer is an object,
 * `sendTo(({ event }) => event.replyTo, answer)`.
 */
export type ReplyTo<R> = Omit<AnyActorRef, 'send'> & { send(reply: R): void };

let replies = 0;

const snapshot: Snapshot<unknown> = { status: 'active', output: undefined, error: undefined };

/** What stands in for whoever asked: enough of an actor to be sent to, and to sit in a context that is persisted. */
export abstract class ReplyRef {
  /** May be taken off the ref. */
  readonly send = (answer: unknown): void => this.answered(answer);
  #id: string | undefined;

  constructor(readonly system: AnyActorRef['system']) {}

  protected abstract answered(answer: unknown): void;

  get ref(): this {
    return this;
  }

  get id(): string {
    return (this.#id ??= `reply:${++replies}`);
  }

  get sessionId(): string {
    return this.id;
  }

  get src(): string {
    return 'ask';
  }

  /** The way of XState's `sendTo`. */
  _send(answer: unknown): void {
    this.answered(answer);
  }

  getSnapshot(): Snapshot<unknown> {
    return snapshot;
  }

  getPersistedSnapshot(): Snapshot<unknown> {
    return snapshot;
  }

  subscribe(): Subscription {
    return { unsubscribe() {} };
  }

  /** In a session that is saved: nobody will wait for the answer when it comes back. */
  get [savedAs](): SavedOutside {
    return { [tag]: 'reply' };
  }

  toJSON(): object {
    return { xstate$$type: 1, id: this.id };
  }
}

/** Whoever asked a session that has come back since, and waits no more. */
export class LateReplyRef extends ReplyRef {
  constructor(
    system: AnyActorRef['system'],
    private readonly late: (answer: unknown, target: LateReplyRef) => void,
  ) {
    super(system);
  }

  protected override answered(answer: unknown): void {
    this.late(answer, this);
  }
}
