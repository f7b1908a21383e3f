import { answer } from './answer.ts';
import { bury, retire, startChild, stopChild } from './child-life.ts';
import { done, notFound, notStopped, present, started, startFailed, tooMany } from './child-replies.ts';
import type { ChildRules } from './child-spec.ts';
import { giveUp, refuse, shutDown } from './end-supervision.ts';
import { fate } from './fate.ts';
import { chargeAndRestart, restart, startAgain } from './restart.ts';
import { resume } from './resume.ts';
import type { ChildCommand, Effect, Exited, Input, Message, Retry, StartCommand } from './supervision-messages.ts';
import { add, note, remove, reply, report } from './supervision-state.ts';
import type { Child, Procedure, Signal, Supervision } from './supervision-state.ts';

/**
 * The supervision rules, exactly as OTP has them: what a supervisor does about one input. The result depends on the
 * state and the input alone; the state is updated in place.
 *
 * The engine carries the effects out, in order, and feeds what comes of them back, at once or later. A supervisor is
 * serial: while it waits for a child to start or to stop, every other message waits in its mailbox, `stop` too; only
 * the death of another child is noted at once, so that a procedure that comes to stop that child finds how it ended.
 *
 * @example
 * for (const effect of plan(state, { type: 'exited', id: 'a', incarnation: 1, reason: 'error', error, now })) {
 *   execute(effect); // { type: 'report', ... }, ..., { type: 'start', spec, incarnation: 2, ticket: 7 }
 * }
 */
export function plan<TSpec extends ChildRules, TRef>(
  state: Supervision<TSpec, TRef>,
  input: Input<TSpec, TRef>,
): Effect<TSpec, TRef>[] {
  receive(state, input);
  const { effects } = state;
  state.effects = [];
  return effects;
}

function receive(sup: Supervision, input: Input): void {
  if ('now' in input) sup.now = input.now;
  switch (input.type) {
    case 'started':
    case 'failed':
    case 'ignored':
      if (input.ticket !== sup.starting) return;
      sup.starting = undefined;
      proceed(sup, input);
      break;
    case 'exited':
      if (!note(sup, input)) return;
      if (sup.phase !== 'stopping') sup.mailbox.push(input);
      proceed(sup, input);
      break;
    default:
      if (sup.phase === 'stopping') refuse(sup, input);
      else sup.mailbox.push(input);
  }
  work(sup);
}

function proceed(sup: Supervision, signal: Signal): void {
  if (sup.procedure?.next(signal).done) sup.procedure = undefined;
}

function work(sup: Supervision): void {
  while (sup.procedure === undefined) {
    const message = sup.mailbox.shift();
    if (message === undefined) return;
    const procedure = handle(sup, message);
    if (procedure?.next().done === false) sup.procedure = procedure;
  }
}

function handle(sup: Supervision, message: Message): Procedure | undefined {
  switch (message.type) {
    case 'init':
      return init(sup, message.specs);
    case 'resume':
      return resume(sup, message);
    case 'exited':
      return exited(sup, message);
    case 'retry':
      return retry(sup, message);
    case 'start':
      return start(sup, message);
    case 'terminate':
      return terminate(sup, message);
    case 'restart':
      return restartByHand(sup, message);
    case 'delete':
      return deleteSpec(sup, message);
    case 'which_children':
    case 'count_children':
      return answer(sup, message);
    case 'stop':
      return shutDown(sup, 'shutdown');
  }
}

// One that fails takes those already started down again, and there is no retry.
function* init(sup: Supervision, specs: readonly ChildRules[]): Procedure {
  for (const child of specs.map((spec) => add(sup, spec))) {
    const answer = yield* startChild(sup, child);
    if (answer.type === 'failed') return yield* shutDown(sup, 'start_failed', startFailed(child, answer.error));
  }
  sup.phase = 'running';
  sup.hasStarted = true;
}

function* exited(sup: Supervision, death: Exited): Procedure {
  const child = sup.children.get(death.id);
  // A procedure came to this child first, and has dealt with its death.
  if (child?.death !== death) return;
  bury(sup, child);
  switch (fate(child.spec.restart, death.reason, () => sup.budget.charge(sup.now))) {
    case 'restart':
      return yield* restart(sup, child);
    case 'give_up':
      return yield* giveUp(sup, child);
    case 'keep':
    case 'forget':
      retire(sup, child);
      if (endsSupervisor(sup, child)) yield* shutDown(sup, 'auto_shutdown');
  }
}

// Only a child's own end counts: none that was stopped by hand, or with its group.
function endsSupervisor({ flags, significant }: Supervision, { spec }: Child): boolean {
  if (!spec.significant || flags.autoShutdown === 'never') return false;
  return flags.autoShutdown === 'any_significant' || significant === 0;
}

function* retry(sup: Supervision, { id, ticket }: Retry): Procedure {
  const child = sup.children.get(id);
  if (child?.retry === undefined || child.retry !== ticket) return;
  child.retry = undefined;
  // With a back-off it has been paid for.
  yield* sup.flags.backoff === undefined ? chargeAndRestart(sup, child) : startAgain(sup, child);
}

function* start(sup: Supervision, { spec, to }: StartCommand): Procedure {
  const { maxChildren } = sup.flags;
  if (sup.children.size >= maxChildren) return reply(sup, to, tooMany(spec.id, maxChildren));
  const other = sup.children.get(spec.id);
  if (other !== undefined) return reply(sup, to, present(other));
  const child = add(sup, spec);
  const answer = yield* startChild(sup, child);
  if (answer.type === 'failed') remove(sup, child);
  reply(sup, to, started(child, answer));
}

function named(sup: Supervision, { id, ref }: ChildCommand): Child | undefined {
  const child = sup.children.get(id);
  return ref === undefined || child?.ref === ref ? child : undefined;
}

function* terminate(sup: Supervision, command: ChildCommand): Procedure {
  const child = named(sup, command);
  const { to } = command;
  if (child === undefined) return reply(sup, to, notFound(command));
  const { status } = child;
  yield* stopChild(sup, child, 'shutdown');
  if (status === 'restarting') report(sup, { type: 'child.restart_cancelled', id: child.spec.id });
  reply(sup, to, done);
}

// Free of charge. If it fails, the spec stays, and there is no retry. A child that waits for its back-off is restarting,
// and is left to it: whoever wants it now terminates it first.
function* restartByHand(sup: Supervision, command: ChildCommand): Procedure {
  const child = named(sup, command);
  const { to } = command;
  if (child?.status !== 'stopped') return reply(sup, to, notStopped(command, child));
  const answer = yield* startChild(sup, child);
  reply(sup, to, started(child, answer));
}

function deleteSpec(sup: Supervision, command: ChildCommand): undefined {
  const child = named(sup, command);
  const { to } = command;
  if (child?.status !== 'stopped') return reply(sup, to, notStopped(command, child));
  remove(sup, child);
  report(sup, { type: 'child.deleted', id: child.spec.id });
  reply(sup, to, done);
}
