import { startChild } from './child-life.ts';
import { startFailed } from './child-replies.ts';
import { shutDown } from './end-supervision.ts';
import { retryLater } from './restart.ts';
import type { ChildBefore } from './supervision-before.ts';
import type { Resume, StartAnswer } from './supervision-messages.ts';
import { add, become } from './supervision-state.ts';
import type { Child, Procedure, Supervision } from './supervision-state.ts';

/**
 * Starts the first children of a supervisor that comes back: those that ran go on, those that were down stay down, those
 * that waited for a restart wait for it. A spec that it did not have starts. If one fails to start, it is as at the first
 * start.
 */
export function* resume(sup: Supervision, { specs, before }: Resume): Procedure {
  sup.budget.recall(before.restarts);
  const known = new Map(before.children.map((child) => [child.id, child]));
  const present = specs.filter(({ id }) => known.get(id)?.status !== 'gone');
  for (const child of present.map((spec) => add(sup, spec))) {
    const answer = yield* goOn(sup, child, known.get(child.spec.id));
    if (answer?.type === 'failed') return yield* shutDown(sup, 'start_failed', startFailed(child, answer.error));
  }
  sup.phase = 'running';
  sup.hasStarted = true;
}

function* goOn(sup: Supervision, child: Child, before: ChildBefore | undefined): Procedure<StartAnswer | undefined> {
  if (before === undefined) return yield* startChild(sup, child);
  const { status, incarnation, attempt, restartAt, startedAt, isSaved } = before;
  child.incarnation = incarnation;
  child.attempt = attempt;
  if (status === 'restarting') {
    become(sup, child, 'restarting');
    // The computer's clock may have been set back meanwhile.
    const longest = sup.flags.backoff?.maxMs ?? 0;
    retryLater(sup, child, Math.max(0, Math.min(longest, restartAt - sup.now)));
  }
  if (status !== 'running') return undefined;
  // It is still the same life.
  if (isSaved) child.incarnation--;
  const answer = yield* startChild(sup, child, isSaved);
  if (isSaved && answer.type === 'started') child.startedAt = startedAt;
  return answer;
}
