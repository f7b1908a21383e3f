import { attemptAfter } from './backoff.ts';
import type { LifeOfChild, StartAnswer, SupervisionReport } from './supervision-messages.ts';
import { become, remove, report, rise } from './supervision-state.ts';
import type { Child, Procedure, Supervision } from './supervision-state.ts';

type ChildExited = Extract<SupervisionReport, { readonly type: 'child.exited' }>;
type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };

/**
 * Starts a child and waits for what comes of it. One that fails is left as it was.
 *
 * @param resumed it goes on with a life that was saved
 */
export function* startChild(sup: Supervision, child: Child, resumed = false): Procedure<StartAnswer> {
  const { spec } = child;
  const ticket = ++sup.tickets;
  sup.starting = ticket;
  sup.effects.push({ type: 'start', spec, incarnation: child.incarnation + 1, ticket, ...(resumed && { resumed }) });
  let answer = yield;
  // Another child died meanwhile: it has been noted, and has its turn later.
  while (answer.type === 'exited') answer = yield;
  if (answer.type === 'started') {
    rise(sup, child, answer.ref, answer.now);
    const { ref, incarnation } = child;
    report(sup, { type: 'child.started', id: spec.id, ref, incarnation, ...(resumed && { resumed }) });
  } else if (answer.type === 'ignored') {
    report(sup, { type: 'child.ignored', id: spec.id });
    retire(sup, child);
  } else {
    report(sup, { type: 'child.start_failed', id: spec.id, error: answer.error });
  }
  return answer;
}

/**
 * Takes a child down, whatever it is doing, and calls off its retry. If it has died of itself, that is how it ended: no
 * more comes of that death.
 */
export function* stopChild(sup: Supervision, child: Child, reason: 'shutdown' | 'restart'): Procedure {
  if (child.status === 'running') {
    if (child.death === undefined) {
      sup.effects.push({ type: 'stop', id: child.spec.id, incarnation: child.incarnation, reason });
    }
    while (child.death === undefined) yield;
    bury(sup, child);
  }
  retire(sup, child);
}

/** Takes all children down at once. */
export function* stopAllChildren(sup: Supervision): Procedure {
  const alive: LifeOfChild[] = [];
  for (const child of sup.children.values()) {
    if (child.status === 'running' && child.death === undefined) {
      alive.push({ id: child.spec.id, incarnation: child.incarnation });
    } else {
      if (child.death !== undefined) bury(sup, child);
      retire(sup, child);
    }
  }
  if (alive.length > 0) sup.effects.push({ type: 'stop_all', children: alive });
  while (sup.children.size > 0) {
    const signal = yield;
    const child = signal.type === 'exited' ? sup.children.get(signal.id) : undefined;
    if (child === undefined) continue;
    bury(sup, child);
    retire(sup, child);
  }
}

/** The supervisor takes notice of a child's death. */
export function bury(sup: Supervision, child: Child): void {
  const death = child.death!;
  const { id, now, reason, error, output, incarnation } = death;
  const exited: Mutable<ChildExited> = { type: 'child.exited', id, reason, incarnation };
  if ('error' in death) exited.error = error;
  if ('output' in death) exited.output = output;
  report(sup, exited);
  const { backoff } = sup.flags;
  if (backoff !== undefined) child.attempt = attemptAfter(backoff, child.attempt, now - child.startedAt);
  child.cause = error;
  child.death = undefined;
}

/**
 * A child is down, and is not coming back of itself. Its spec stays, unless it is temporary, or its supervisor dynamic.
 */
export function retire(sup: Supervision, child: Child): void {
  if (child.retry !== undefined) sup.effects.push({ type: 'cancel', id: child.spec.id, ticket: child.retry });
  child.retry = undefined;
  become(sup, child, 'stopped');
  if (sup.flags.kind === 'dynamic' || child.spec.restart === 'temporary') remove(sup, child);
}
