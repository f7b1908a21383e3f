import type { AnyActorRef, EventObject, Subscription } from 'xstate';
import { describe, requireEvent, requireObject, requireTimer } from './core/arguments.ts';
import { isCommandType } from './core/commands.ts';
import { SupervisionError } from './core/supervision-error.ts';
import type { Incarnation } from './incarnation.ts';
import { lifeOf, monitor, requireActorRef } from './monitor.ts';
import { ReplyRef } from './reply-ref.ts';
import { StableRef } from './session-ref.ts';
import { deadLetter } from './xstate/dead-letters.ts';
import { clockOf, isStopped } from './xstate/internals.ts';

type EventOf<TRef extends { send(event: never): void }> = Parameters<TRef['send']>[0];

type Askable<TEvent> = TEvent extends unknown ? ('replyTo' extends keyof TEvent ? TEvent : never) : never;

type Unaddressed<TEvent> = TEvent extends unknown ? Omit<TEvent, 'replyTo'> : never;

/** The events of a ref that carry a `replyTo`, as they are given to `ask`: without it. */
export type Question<TRef extends { send(event: never): void }> = Unaddressed<Askable<EventOf<TRef>>>;

/** What the answer to an event is, by the type of its `replyTo`. */
export type AnswerTo<TEvent> = TEvent extends { readonly replyTo?: infer T }
  ? NonNullable<T> extends { send(reply: infer R): void }
    ? R
    : never
  : never;

export interface AskOptions {
  /** How long to wait, in milliseconds on the receiver's clock; `Infinity` to wait for ever. */
  readonly timeoutMs?: number;
}

/**
 * Sends an event and waits for the answer. The receiver finds a `replyTo` in the event.
 *
 * There is a time-out of 5000 ms, but none for the commands to supervisors, sessions and registries: those always
 * answer (as in Elixir).
 *
 * @returns the answer, typed by the event's `replyTo: ReplyTo<R>`. Rejects with a `SupervisionError`: `ask_timeout`, or
 *   at once `actor_stopped` if the receiver ends, or restarts, first. An answer that comes too late is a dead letter.
 *
 * @example
 * const cart = await ask(session.ref, { type: 'cart.get' }, { timeoutMs: 200 });
 */
export function ask<
  TRef extends { send(event: never): void },
  const TQuestion extends Question<TRef> & { readonly type: string },
>(
  ref: TRef,
  event: TQuestion,
  options?: AskOptions,
): Promise<AnswerTo<Extract<EventOf<TRef>, { readonly type: TQuestion['type'] }>>> {
  return new Promise<never>((resolve, reject) => {
    // What throws here is a rejection.
    requireActorRef('ref', ref);
    requireEvent('event', event);
    const timeoutMs = timeoutOf(event, options);
    new Conversation(ref as unknown as AnyActorRef, event, timeoutMs, resolve as Answered, reject).begin();
  });
}

type Answered = (answer: unknown) => void;

/** One question and the wait for its answer. */
class Conversation {
  private isOpen = true;
  private timer: unknown;
  private watching: Subscription | undefined;
  private readonly replyTo: ReplyRef;

  constructor(
    private readonly ref: AnyActorRef | StableRef,
    private readonly event: EventObject,
    private readonly timeoutMs: number,
    private readonly resolve: Answered,
    private readonly reject: (error: SupervisionError) => void,
  ) {
    this.replyTo = new ReplyRef(ref.system, (answer) => this.answered(answer));
  }

  begin(): void {
    const { ref } = this;
    const life = lifeOf(ref);
    if (life?.exit === undefined && (ref instanceof StableRef ? ref.isRunning : !isStopped(ref))) {
      this.send();
      // Most answer at once: what is needed to wait is made for those that do not.
      if (this.isOpen) this.wait(life);
    } else if (ref instanceof StableRef && !ref.isOver) {
      // A session that is down keeps the question for its next incarnation.
      ref.whenSettled(() => this.isOpen && this.watch(lifeOf(ref)));
      this.limitTime();
      this.send();
    } else {
      this.watch(life);
    }
  }

  private send(): void {
    // Not a spread: of objects of many shapes that is ten times slower.
    const question: EventObject & { replyTo?: ReplyRef } = Object.assign({}, this.event);
    question.replyTo = this.replyTo;
    this.ref.send(question);
  }

  private wait(life: Incarnation | undefined): void {
    this.watch(life);
    if (this.isOpen) this.limitTime();
  }

  private watch(life: Incarnation | undefined): void {
    this.watching = monitor(life?.actor ?? (this.ref as AnyActorRef), ({ reason }) => {
      const message = `The actor ${this.ref.id} ended (${reason}) before it answered ${this.event.type}`;
      this.refuse(new SupervisionError('actor_stopped', message, { reason }));
    });
  }

  private limitTime(): void {
    const { timeoutMs } = this;
    if (timeoutMs === Infinity) return;
    this.timer = clockOf(this.ref).setTimeout(() => {
      const message = `The actor ${this.ref.id} did not answer ${this.event.type} within ${timeoutMs} ms`;
      this.refuse(new SupervisionError('ask_timeout', message, { timeoutMs }));
    }, timeoutMs);
  }

  private answered(answer: unknown): void {
    if (this.isOpen) {
      this.close();
      this.resolve(answer);
    } else {
      const { ref, replyTo: target } = this;
      const asked = ref instanceof StableRef ? ref.incarnation.actor : ref;
      deadLetter(asked, { type: 'dead_letter', event: answer, target, reason: 'late_reply' });
    }
  }

  private refuse(error: SupervisionError): void {
    this.close();
    this.reject(error);
  }

  private close(): void {
    this.isOpen = false;
    this.watching?.unsubscribe();
    if (this.timer !== undefined) clockOf(this.ref).clearTimeout(this.timer);
  }
}

function timeoutOf(event: EventObject, options: AskOptions | undefined): number {
  if (options !== undefined) requireObject('options', options);
  const { timeoutMs = isCommandType(event.type) ? Infinity : 5000 } = options ?? {};
  if (typeof timeoutMs !== 'number') throw new TypeError(`timeoutMs must be a number, not ${describe(timeoutMs)}`);
  if (!(timeoutMs >= 0)) throw new RangeError(`timeoutMs must be at least 0, not ${timeoutMs}`);
  if (timeoutMs !== Infinity) requireTimer('timeoutMs', timeoutMs);
  return timeoutMs;
}
