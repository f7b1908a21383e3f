import type { AnyActorLogic, AnyActorRef, AnyEventObject, Observer, Subscription } from 'xstate';
import { isEvent, requireEvent, requireFunction } from './core/arguments.ts';
import { harmless, harmlessObserver } from './harmless.ts';
import { logThrown, safely } from './logger.ts';
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
    guardInspection(ref, (error) => logThrown(log, 'an inspector', error));
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
  const failed = (error: unknown) => logThrown(log, `an observer of ${ref.id}`, error);
  Object.assign(ref, {
    subscribe(
      first: Observer<unknown> | ((snapshot: unknown) => void),
      error?: (e: unknown) => void,
      complete?: () => void,
    ) {
      return subscribe.call(ref, harmlessObserver(first, error, complete, failed));
    },
    on(type: string, listener: (event: unknown) => void) {
      requireFunction('listener', listener);
      return on.call(ref, type, harmless(listener, failed));
    },
    send(event: AnyEventObject) {
      requireEvent('event', event);
      send(event);
    },
  });
  // And so would having no observer at all, for the root of a system.
  subscribe.call(ref, { error() {} });
}
