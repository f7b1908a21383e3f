import type { AnyActorRef } from 'xstate';
import type { SupervisedSession } from '../../supervised-session.ts';
import { supervisorOf } from '../../supervisor-of.ts';
import { startedBy, timersIn } from '../../xstate/internals.ts';
import { acceptsOf } from './accepts.ts';
import type { LifecycleLog } from './lifecycle-log.ts';
import type { Plainer } from './plain.ts';
import type { ChildDetail, SessionDetail, Timer } from '../protocol.ts';
import { pathBelow } from './session-steps.ts';
import type { SessionSteps } from './session-steps.ts';
import { stateOf, supervisionOf } from './tree-nodes.ts';
import type { ToEpoch } from './tree-nodes.ts';

/** How many actors below a session are shown, and how many of its timers. */
const most = 200;

export interface DetailSources {
  readonly plainer: Plainer;
  readonly lifecycle: LifecycleLog;
  readonly toEpoch: ToEpoch;
}

/** All that is shown of one session. */
export function detailOf(
  supervised: SupervisedSession,
  steps: SessionSteps,
  { plainer, lifecycle, toEpoch }: DetailSources,
): SessionDetail {
  const { actor, ref, session, view } = supervised;
  const { id, name, projectPath, createdAt, updatedAt } = session;
  return {
    id,
    gone: false,
    name,
    projectPath,
    createdAt,
    updatedAt,
    config: plainer.plain(session.config, 'config'),
    status: view.status,
    incarnation: view.incarnation,
    restarts: view.incarnation - 1,
    ...(view.startedAt !== undefined && { startedAt: toEpoch(view.startedAt) }),
    ...(view.restartAt !== undefined && { restartAt: toEpoch(view.restartAt) }),
    supervision: supervisionOf(view.allowance),
    snapshot: snapshotOf(ref.getSnapshot(), plainer),
    steps: steps.plain(plainer),
    crashes: lifecycle.crashesOf(id),
    timers: actor === undefined ? [] : timersOf(actor),
    children: actor === undefined ? [] : [...childrenOf(actor, actor)].slice(0, most),
    accepts: actor === undefined ? [] : acceptsOf(actor.getSnapshot()),
  };
}

function snapshotOf(snapshot: object, plainer: Plainer): SessionDetail['snapshot'] {
  const { status, value, context, output, error, tags } = snapshot as Record<string, unknown>;
  return {
    status: String(status),
    ...(value !== undefined && { value: plainer.plain(value, 'value') }),
    ...(context !== undefined && { context: plainer.plain(context, 'context') }),
    ...(output !== undefined && { output: plainer.plain(output, 'output') }),
    ...(error !== undefined && { error: plainer.error(error) }),
    ...(tags instanceof Set && tags.size > 0 && { tags: Array.from(tags, String) }),
  };
}

function timersOf(root: AnyActorRef): Timer[] {
  const timers = timersIn(root).map(({ actor, event, delayMs, dueAt }) => ({
    actor: pathBelow(root, actor) ?? actor.id,
    event: event.type,
    delayMs,
    dueAt,
  }));
  return timers.sort((a, b) => a.dueAt - b.dueAt).slice(0, most);
}

function* childrenOf(root: AnyActorRef, actor: AnyActorRef): Generator<ChildDetail> {
  for (const child of new Set([...(supervisorOf(actor)?.actors ?? []), ...startedBy(actor)])) {
    const state = stateOf(child);
    const { status } = child.getSnapshot() as { readonly status: string };
    yield { path: pathBelow(root, child) ?? child.id, status, ...(state !== undefined && { state }) };
    yield* childrenOf(root, child);
  }
}
