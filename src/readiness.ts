import type { AnyActorLogic } from 'xstate';
import type { Incarnation } from './incarnation.ts';
import { isSupervisor } from './logic.ts';
import type { Clock } from './xstate/internals.ts';

/** When a child that runs counts as started. */
export interface ReadinessRule {
  readonly ready: ((snapshot: unknown) => boolean) | undefined;
  readonly startTimeoutMs: number | undefined;
}

/** A supervisor has started when its own first start is over; `ready` may ask for more. */
export function readyOf(
  src: AnyActorLogic,
  ready?: (snapshot: unknown) => boolean,
): ((snapshot: unknown) => boolean) | undefined {
  if (!isSupervisor(src)) return ready;
  return (snapshot) => (supervisorIn(snapshot)?.hasStarted ?? true) && (ready?.(snapshot) ?? true);
}

/** Whether it is a supervisor whose first start went well. */
export const hasStarted = ({ src, actor }: Incarnation): boolean =>
  isSupervisor(src) && (supervisorIn(actor.getSnapshot())?.hasStarted ?? false);

const supervisorIn = (snapshot: unknown): { readonly hasStarted: boolean } | undefined =>
  (snapshot as { readonly context?: { readonly supervisor?: { readonly hasStarted: boolean } } }).context?.supervisor;

/** How a wait ended: with `error` if not well. */
export interface Readiness {
  readonly error?: unknown;
}

/** A child has ended before it was ready. */
export function endedEarly({ actor, exit }: Incarnation): Readiness {
  const { reason, error } = exit!;
  return { error: reason === 'error' ? error : new Error(`Child ${actor.id} ended (${reason}) before it was ready`) };
}

const isReady: Readiness = {};

/** Whether a child that runs is ready. */
export function readinessOf(ready: ReadinessRule['ready'], snapshot: unknown): Readiness | undefined {
  try {
    return ready === undefined || ready(snapshot) ? isReady : undefined;
  } catch (error) {
    return { error };
  }
}

/**
 * Waits until a child is ready that is not yet. If it ends first, there is nothing to tell: its exit is.
 *
 * @param tell called once, later
 * @returns calls the wait off
 */
export function awaitReady(
  life: Incarnation,
  { ready, startTimeoutMs }: ReadinessRule,
  clock: Clock,
  tell: (readiness: Readiness) => void,
): () => void {
  const { actor } = life;
  const settle = (readiness: Readiness | undefined) => {
    if (readiness === undefined || life.exit !== undefined) return;
    callOff();
    tell(readiness);
  };
  const subscription = actor.subscribe({
    next: (snapshot: unknown) => settle(readinessOf(ready, snapshot)),
    error() {},
  });
  const late = () => settle({ error: new Error(`Child ${actor.id} was not ready within ${startTimeoutMs} ms`) });
  const timer = startTimeoutMs === undefined ? undefined : clock.setTimeout(late, startTimeoutMs);
  const callOff = () => {
    subscription.unsubscribe();
    if (timer !== undefined) clock.clearTimeout(timer);
  };
  return callOff;
}
