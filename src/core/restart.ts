import { backoffDelay } from './backoff.ts';
import { startChild, stopChild } from './child-life.ts';
import { giveUp } from './end-supervision.ts';
import { become, report } from './supervision-state.ts';
import type { Child, Procedure, Supervision } from './supervision-state.ts';

/** A member that failed to start, and so ended a restart. */
interface Failure {
  readonly child: Child;
  readonly error: unknown;
}

/** Pays for a restart and makes it, or gives up. */
export function* chargeAndRestart(sup: Supervision, child: Child): Procedure {
  yield* sup.budget.charge(sup.now) ? restart(sup, child) : giveUp(sup, child);
}

/** A restart that has been paid for: at once, or after the child's back-off. */
export function* restart(sup: Supervision, child: Child): Procedure {
  const { backoff, random } = sup.flags;
  const delayMs = backoff === undefined ? 0 : backoffDelay(backoff, child.attempt++, random);
  become(sup, child, 'restarting');
  report(sup, { type: 'child.restarting', id: child.spec.id, delayMs });
  if (backoff === undefined) yield* startAgain(sup, child);
  else retryLater(sup, child, delayMs);
}

/** Starts a child again, with its group. Whichever member fails to start is the one to be retried. */
export function* startAgain(sup: Supervision, child: Child): Procedure {
  sup.phase = 'restarting';
  const failure = yield* sup.flags.strategy === 'one_for_one' ? startMembers(sup, [child]) : restartGroup(sup, child);
  sup.phase = 'running';
  if (failure === undefined) return;
  const { child: failed, error } = failure;
  failed.cause = error;
  become(sup, failed, 'restarting');
  if (failed !== child && sup.flags.backoff === undefined) {
    report(sup, { type: 'child.restarting', id: failed.spec.id, delayMs: 0 });
  }
  // A retry is a message to oneself, not a loop: what is already in the mailbox comes first. It is paid for when it
  // falls due, but with a back-off it has been decided now.
  if (sup.flags.backoff === undefined) retryLater(sup, failed, 0);
  else yield* chargeAndRestart(sup, failed);
}

function* restartGroup(sup: Supervision, pivot: Child): Procedure<Failure | undefined> {
  const group = groupOf(sup, pivot);
  const restarting = group.filter(({ status }) => status === 'restarting');
  const comesBack = ({ spec }: Child) => spec.restart !== 'temporary';
  for (const child of group.toReversed()) yield* stopChild(sup, child, comesBack(child) ? 'restart' : 'shutdown');
  // All others come back: also those that had finished, or had been stopped by hand.
  const failure = yield* startMembers(sup, group.filter(comesBack));
  if (failure === undefined) return undefined;
  // That is the one to be tried again: those after it are down, whatever they waited for.
  for (const child of restarting) {
    if (child.status === 'stopped' && child !== failure.child) {
      report(sup, { type: 'child.restart_cancelled', id: child.spec.id });
    }
  }
  return failure;
}

function groupOf(sup: Supervision, pivot: Child): Child[] {
  const children = [...sup.children.values()];
  return sup.flags.strategy === 'one_for_all' ? children : children.slice(children.indexOf(pivot));
}

function* startMembers(sup: Supervision, members: readonly Child[]): Procedure<Failure | undefined> {
  for (const child of members) {
    const answer = yield* startChild(sup, child);
    if (answer.type === 'failed') return { child, error: answer.error };
  }
  return undefined;
}

/** A retry that falls due after a delay; 0: in its turn. */
export function retryLater(sup: Supervision, child: Child, delayMs: number): void {
  child.retry = ++sup.tickets;
  child.retryAt = sup.now + delayMs;
  sup.effects.push({ type: 'schedule', id: child.spec.id, delayMs, ticket: child.retry });
}
