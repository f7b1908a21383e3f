import type { AnyActorRef, AnyEventObject } from 'xstate';
import { clockOf, home, internals, systemLoggerOf } from './internals.ts';
import type { SystemInternals } from './internals.ts';
import type { Restoring } from './restoring.ts';

/**
 * What stands in for a supervisor as the parent of one incarnation of a child: it knows who speaks, and which life of
 * it. XState sends to it as to the parent itself.
 */
export interface Port {
  /** The supervisor. */
  readonly owner: AnyActorRef;
  readonly sessionId: string;
  /** The supervisor's; while an actor is created that is to have a system of its own, that one. */
  readonly system: AnyActorRef['system'];
  birthplace: SystemInternals | undefined;
  readonly _parent: AnyActorRef | undefined;
  /** While its actor is made of what was taken of an earlier one. */
  readonly restoring?: Restoring | undefined;
  _send(event: AnyEventObject): void;
  /** The actor has ended: done, crashed or stopped. Called before its observers hear of it. */
  ended(): void;
  /** The event that its actor is processing, also when it has just crashed of it. */
  processing(): AnyEventObject | undefined;
  /** An actor began within it: its own, or one of its descendants. */
  joined(): void;
  /** One that had begun has ended. */
  left(): void;
  /** One that is ending has more to clean up than XState waits for. */
  cleaningUp(actor: AnyActorRef, begin: CleanUp): void;
  /** Something threw, or rejected, that is not to disturb anybody. */
  failed(what: string, error: unknown): void;
}

/** A clean-up that went wrong; the error may be anything. */
export interface FailedCleanUp {
  readonly error: unknown;
}

/**
 * Work that goes on after the end of its actor.
 *
 * @param done to be called when it is
 * @returns what is called when its time is over: it must come to its end now
 */
export type CleanUp = (done: (failure?: FailedCleanUp) => void) => () => void;

/** The port of the incarnation that an actor lives in, once it has started: its own, or that of an ancestor. */
export const homeOf = (ref: AnyActorRef): Port | undefined => internals(ref)[home];

/** How long a clean-up may take where nobody supervises it: as long as a child's by default. */
const unsupervisedMs = 5000;

/**
 * Begins what `ref` cleans up after its end: XState ends an actor in one go. Its supervisor, at whatever distance, waits
 * for that up to its shutdown time.
 */
export function cleanUp(ref: AnyActorRef, begin: CleanUp): void {
  const port = homeOf(ref);
  if (port !== undefined) return port.cleaningUp(ref, begin);
  const clock = clockOf(ref);
  let timer: unknown;
  let isDone = false;
  const cutShort = begin((failure) => {
    isDone = true;
    clock.clearTimeout(timer);
    if (failure !== undefined) systemLoggerOf(ref)(`The clean-up of ${ref.id} failed`, failure.error);
  });
  if (!isDone) timer = clock.setTimeout(cutShort, unsupervisedMs);
}
