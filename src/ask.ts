import type { AnyActorRef, EventObject } from 'xstate';
import { describe, requireEvent, requireObject, requireTimer } from './core/arguments.ts';
import { isCommandType } from './core/commands.ts';
import { SupervisionError } from './core/supervision-error.ts';
import { monitor, requireActorRef } from './monitor.ts';
import { ReplyRef } from './reply-ref.ts';
import { StableRef } from './session-ref.ts';
import { deadLetter } from './xstate/dead-letters.ts';
import { clockOf } from './xstate/internals.ts';

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
export async function ask<
  TRef extends { send(event: never): void },
  const TQuestion extends Question<TRef> & { readonly type: string },
>(
  ref: TRef,
  event: TQuestion,
  options?: AskOptions,
): Promise<AnswerTo<Extract<EventOf<TRef>, { readonly type: TQuestion['type'] }>>> {
  requireActorRef('ref', ref);
  requireEvent('event', event);
  return converse(ref as unknown as AnyActorRef, event, timeoutOf(event, options)) as never;
}

function converse(ref: AnyActorRef | StableRef, event: EventObject, timeoutMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const clock = clockOf(ref);
    const { system } = ref;
    let isOpen = true;
    let timer: unknown;
    let unwatch = () => {};
    const close = () => {
      isOpen = false;
      unwatch();
      if (timer !== undefined) clock.clearTimeout(timer);
    };
    const refuse = (error: SupervisionError) => {
      close();
      reject(error);
    };
    const replyTo = new ReplyRef(system, (answer) => {
      if (!isOpen) {
        const asked = ref instanceof StableRef ? ref.incarnation.actor : ref;
        return deadLetter(asked, { type: 'dead_letter', event: answer, target: replyTo, reason: 'late_reply' });
      }
      close();
      resolve(answer);
    });
    const watch = () => {
      // A session that is down keeps the question for its next incarnation.
      if (ref instanceof StableRef && !ref.isRunning && !ref.isOver) return ref.whenSettled(() => isOpen && watch());
      const watching = monitor(ref, ({ reason }) => {
        const message = `The actor ${ref.id} ended (${reason}) before it answered ${event.type}`;
        refuse(new SupervisionError('actor_stopped', message, { reason }));
      });
      unwatch = () => watching.unsubscribe();
    };
    watch();
    if (!isOpen) return;
    if (timeoutMs !== Infinity) {
      timer = clock.setTimeout(() => {
        const message = `The actor ${ref.id} did not answer ${event.type} within ${timeoutMs} ms`;
        refuse(new SupervisionError('ask_timeout', message, { timeoutMs }));
      }, timeoutMs);
    }
    ref.send({ ...event, replyTo });
  });
}

function timeoutOf(event: EventObject, options: AskOptions | undefined): number {
  if (options !== undefined) requireObject('options', options);
  const { timeoutMs = isCommandType(event.type) ? Infinity : 5000 } = options ?? {};
  if (typeof timeoutMs !== 'number') throw new TypeError(`timeoutMs must be a number, not ${describe(timeoutMs)}`);
  if (!(timeoutMs >= 0)) throw new RangeError(`timeoutMs must be at least 0, not ${timeoutMs}`);
  if (timeoutMs !== Infinity) requireTimer('timeoutMs', timeoutMs);
  return timeoutMs;
}
