import type { AnyActorLogic, AnyActorRef, AnyEventObject, Observer, Subscription } from 'xstate';
import { isEvent, messageOf, requireEvent, requireFunction } from './core/arguments.ts';
import { contain, safely } from './logger.ts';
import type { Logger } from './logger.ts';
import { guardInspection, systemLoggerOf } from './xstate/internals.ts';

const loggers = new WeakMap<AnyActorRef, Logger>();

/** Whoever hears what an actor's audience throws: its own logger, or else that of its system. */
export const loggerOf = (ref: AnyActorRef): Logger => loggers.get(ref) ?? safely(systemLoggerOf(ref));

/**
 * A logic whose actors survive their audience: what an observer, a listener or an inspector throws goes to the logger.
 * XState throws it at the process, and an inspector that throws wedges the actor's mailbox for good. What is no event
 * is refused by `send`, and ignored where it came another way: XState would crash the actor.
 */
export function guarded<T extends AnyActorLogic>(logic: T, log: Logger): T {
  const wrapper = Object.create(logic) as T;
  const guard = (ref: AnyActorRef) => {
    loggers.set(ref, log);
    guardAudience(ref, log);
    guardInspection(ref, (error) => log(`an inspector threw: ${messageOf(error)}`, error));
  };
  return Object.assign(wrapper, {
    getInitialSnapshot: (scope: { readonly self: AnyActorRef }, input: unknown) => {
      guard(scope.self);
      return logic.getInitialSnapshot(scope as never, input);
    },
    transition: (snapshot: unknown, event: AnyEventObject, scope: unknown) =>
      isEvent(event) ? logic.transition(snapshot as never, event, scope as never) : snapshot,
    ...(logic.restoreSnapshot && {
      restoreSnapshot: (snapshot: unknown, scope: { readonly self: AnyActorRef }) => {
        guard(scope.self);
        return logic.restoreSnapshot!(snapshot as never, scope as never);
      },
    }),
  });
}

function guardAudience(ref: AnyActorRef, log: Logger): void {
  const { on, send } = ref;
  const subscribe = ref.subscribe as (observer: Observer<unknown>) => Subscription;
  const safe =
    <A extends unknown[]>(fn: ((...args: A) => void) | undefined) =>
    (...args: A) =>
      contain(log, `an observer of ${ref.id}`, () => fn?.(...args));
  Object.assign(ref, {
    subscribe(
      first: Observer<unknown> | ((snapshot: unknown) => void),
      error?: (e: unknown) => void,
      complete?: () => void,
    ) {
      const given = typeof first === 'function' ? { next: first, error, complete } : first;
      // One without an error handler would turn the actor's end into an `uncaughtException`.
      return subscribe.call(ref, {
        next: safe(given?.next?.bind(given)),
        error: safe(given?.error?.bind(given)),
        complete: safe(given?.complete?.bind(given)),
      });
    },
    on(type: string, listener: (event: unknown) => void) {
      requireFunction('listener', listener);
      return on.call(ref, type, safe(listener));
    },
    send(event: AnyEventObject) {
      requireEvent('event', event);
      send(event);
    },
  });
  // And so would having no observer at all, for the root of a system.
  subscribe.call(ref, { error() {} });
}
