import type { AnyActorRef, EventObject, Subscription } from 'xstate';
import { describe, requireEvent, requireObject, requireTimer } from './core/arguments.ts';
import { isCommandType } from './core/commands.ts';
import { ok, refused } from './core/result.ts';
import { SupervisionError } from './core/supervision-error.ts';
import { asking } from './diagnostics.ts';
import type { AskTrace } from './diagnostics.ts';
import { monitor, requireActorRef } from './monitor.ts';
import { ReplyRef } from './reply-ref.ts';
import { StableRef } from './session-ref.ts';
import { deadLetter } from './xstate/dead-letters.ts';
import { keeperOfSystem } from './xstate/kept-system.ts';
import type { SystemKeeper } from './xstate/kept-system.ts';
import { clockOf, isStopped, runtimeAround } from './xstate/internals.ts';

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

/** Options of `ask`. */
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
  try {
    requireActorRef('ref', ref);
    requireEvent('event', event);
    const receiver = ref as unknown as AnyActorRef;
    const timeoutMs = timeoutOf(options);
    if (asking.isFollowed) return new TracedConversation(receiver, event, timeoutMs).begin() as never;
    // Not one `new` for both: V8 then allocates more, now and then.
    return new Conversation(receiver, event, timeoutMs).begin() as never;
  } catch (error) {
    return rejected(error);
  }
}

const rejected = async (error: unknown): Promise<never> => {
  throw error;
};

/** In place of an answer that waits until what it tells of is kept. */
const held = Symbol('held');

/** One question and the wait for its answer, which is sent to it. Of that, the receiver of the question sees nothing. */
class Conversation extends ReplyRef {
  readonly #ref: AnyActorRef | StableRef;
  readonly #event: EventObject;
  readonly #timeoutMs: number | undefined;
  #isOpen = true;
  /** The answer that came at once. */
  #answer: unknown;
  #resolve: ((answer: unknown) => void) | undefined;
  #reject: ((error: unknown) => void) | undefined;
  #timer: unknown;
  #watching: Subscription | undefined;

  constructor(ref: AnyActorRef | StableRef, event: EventObject, timeoutMs: number | undefined) {
    super(ref.system);
    this.#ref = ref;
    this.#event = event;
    this.#timeoutMs = timeoutMs;
  }

  // Most answer at once: what is needed to wait is made for those that do not.
  begin(): Promise<unknown> {
    const ref = this.#ref;
    if (!(ref instanceof StableRef)) {
      if (!isStopped(ref)) this.#ask();
      return this.#answerOf(ref);
    }
    if (ref.isRunning || ref.isOver) {
      // It may be another one when the question has been dealt with.
      const { actor } = ref.incarnation;
      if (ref.isRunning) this.#ask();
      return this.#answerOf(actor);
    }
    // A session that is down keeps the question for its next incarnation.
    ref.whenSettled(() => this.#isOpen && this.#watch(ref.incarnation.actor));
    const answer = this.#wait();
    this.#limitTime();
    this.#ask();
    return answer;
  }

  protected override answered(answer: unknown): void {
    if (!this.#isOpen) {
      return deadLetter(this.asked, { type: 'dead_letter', event: answer, target: this, reason: 'late_reply' });
    }
    this.#close();
    const keeper = keeperOfSystem(this.asked);
    if (keeper === undefined) this.succeeded(answer);
    else this.#hold(answer, keeper);
  }

  // Apart, or every answer would cost what is kept for this one.
  #hold(answer: unknown, keeper: SystemKeeper): void {
    this.#answer = held;
    keeper.whenKept((error) => {
      if (error === undefined) this.succeeded(answer);
      else this.#fail(error);
    }, this.asked);
  }

  /** The answer is in. */
  protected succeeded(answer: unknown): void {
    if (this.#resolve === undefined) this.#answer = answer;
    else this.#resolve(answer);
  }

  /** No answer has come, or will come. */
  protected failed(error: unknown): void {
    asking.fail(() => this.trace, error);
  }

  protected get trace(): AskTrace {
    return { actor: runtimeAround(this.asked), ref: this.#ref, event: this.#event };
  }

  protected get asked(): AnyActorRef {
    const ref = this.#ref;
    return ref instanceof StableRef ? ref.incarnation.actor : ref;
  }

  #ask(): void {
    // Not a spread: of objects of many shapes that is ten times slower.
    const question: EventObject & { replyTo?: ReplyRef } = Object.assign({}, this.#event);
    question.replyTo = this;
    this.#ref.send(question);
  }

  #answerOf(actor: AnyActorRef): Promise<unknown> {
    if (this.#answer === held) return this.#wait();
    if (!this.#isOpen) return Promise.resolve(this.#answer);
    const answer = this.#wait();
    this.#watch(actor);
    if (this.#isOpen) this.#limitTime();
    return answer;
  }

  #wait(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  #watch(actor: AnyActorRef): void {
    this.#watching = monitor(actor, ({ reason }) => {
      const message = `The actor ${this.#ref.id} ended (${reason}) before it answered ${this.#event.type}`;
      this.#refuse(new SupervisionError('actor_stopped', message, { reason }));
    });
  }

  #limitTime(): void {
    const { type } = this.#event;
    const timeoutMs = this.#timeoutMs ?? (isCommandType(type) ? Infinity : 5000);
    if (timeoutMs === Infinity) return;
    this.#timer = clockOf(this.#ref).setTimeout(() => {
      const message = `The actor ${this.#ref.id} did not answer ${type} within ${timeoutMs} ms`;
      this.#refuse(new SupervisionError('ask_timeout', message, { timeoutMs }));
    }, timeoutMs);
  }

  #refuse(error: SupervisionError): void {
    this.#close();
    this.#fail(error);
  }

  #fail(error: unknown): void {
    this.failed(error);
    this.#reject!(error);
  }

  #close(): void {
    this.#isOpen = false;
    this.#watching?.unsubscribe();
    if (this.#timer !== undefined) clockOf(this.#ref).clearTimeout(this.#timer);
  }
}

/** One that somebody follows. */
class TracedConversation extends Conversation {
  readonly #trace: AskTrace;

  constructor(ref: AnyActorRef | StableRef, event: EventObject, timeoutMs: number | undefined) {
    super(ref, event, timeoutMs);
    this.#trace = asking.begin(this.trace);
  }

  override begin(): Promise<unknown> {
    try {
      return super.begin();
    } catch (error) {
      this.failed(error);
      throw error;
    }
  }

  protected override succeeded(answer: unknown): void {
    super.succeeded(answer);
    asking.end(this.#trace, ok(answer));
  }

  protected override failed(error: unknown): void {
    asking.end(this.#trace, refused(error));
  }
}

function timeoutOf(options: AskOptions | undefined): number | undefined {
  if (options === undefined) return undefined;
  requireObject('options', options);
  const { timeoutMs } = options;
  if (timeoutMs === undefined) return undefined;
  if (typeof timeoutMs !== 'number') throw new TypeError(`timeoutMs must be a number, not ${describe(timeoutMs)}`);
  if (!(timeoutMs >= 0)) throw new RangeError(`timeoutMs must be at least 0, not ${timeoutMs}`);
  if (timeoutMs !== Infinity) requireTimer('timeoutMs', timeoutMs);
  return timeoutMs;
}
