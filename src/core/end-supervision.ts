import { answer } from './answer.ts';
import { retire, stopAllChildren, stopChild } from './child-life.ts';
import { stopping } from './child-replies.ts';
import { gaveUp } from './gave-up.ts';
import type { SupervisionError } from './supervision-error.ts';
import type { EndReason, Message } from './supervision-messages.ts';
import { reply, report } from './supervision-state.ts';
import type { Child, Procedure, Supervision } from './supervision-state.ts';

/** A child must come back once more than the intensity allows: it is gone, and the rest goes too. */
export function* giveUp(sup: Supervision, child: Child): Procedure {
  const error = gaveUp('The supervisor', sup.flags.intensity, child.cause);
  retire(sup, child);
  report(sup, { type: 'supervisor.gave_up', restarts: error.restarts, withinMs: error.withinMs });
  yield* shutDown(sup, 'gave_up', error);
}

/** Ends: a static supervisor stops its children one by one, the last started first, a dynamic one all at once. */
export function* shutDown(
  sup: Supervision,
  reason: EndReason,
  error?: SupervisionError<'gave_up' | 'start_failed'>,
): Procedure {
  sup.phase = 'stopping';
  const children = [...sup.children.values()].toReversed();
  for (const child of children) if (child.status === 'restarting') retire(sup, child);
  for (let message = sup.mailbox.shift(); message !== undefined; message = sup.mailbox.shift()) refuse(sup, message);
  if (sup.flags.kind === 'dynamic') {
    yield* stopAllChildren(sup);
  } else {
    for (const child of children) yield* stopChild(sup, child, 'shutdown');
  }
  report(sup, { type: 'supervisor.stopped', reason });
  sup.effects.push({ type: 'end', reason, ...(error !== undefined && { error }) });
}

/** Nothing that comes once the supervisor is stopping is done, but questions are answered; who commanded is told so. */
export function refuse(sup: Supervision, message: Message): void {
  if (message.type === 'which_children' || message.type === 'count_children') answer(sup, message);
  else if ('to' in message) reply(sup, message.to, stopping());
}
