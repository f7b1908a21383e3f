import type { AnyActorRef } from 'xstate';
import type { SupervisedSession } from '../../sessions/supervised-session.ts';
import { SupervisorActor } from '../../supervisor/supervisor-actor.ts';
import { supervisorOf } from '../../supervisor-of.ts';
import { startedBy, timersIn } from '../../xstate/internals.ts';
import { acceptsOf } from './accepts.ts';
import type { LifecycleLog } from './lifecycle-log.ts';
import type { Plainer } from './plain.ts';
import type { ChildDetail, SessionDetail, Timer } from '../protocol.ts';
import { capped, readable } from './readable.ts';
import { pathBelow } from './session-steps.ts';
import type { SessionSteps } from './session-steps.ts';
import { stateOf, supervisionOf } from './tree-nodes.ts';
import type { ToEpoch } from './tree-nodes.ts';

/** How many actors below a session are shown, and how many of its timers. */
const most = 200;
const MAX_TEXT = 120;

export interface DetailSources {
  readonly plainer: Plainer;
  /** For the steps, of which there are many. */
  readonly brief: Plainer;
  readonly lifecycle: LifecycleLog;
  readonly toEpoch: ToEpoch;
}

/** All that is shown of one session. */
export function detailOf(
  supervised: SupervisedSession,
  steps: SessionSteps,
  { plainer, brief, lifecycle, toEpoch }: DetailSources,
): SessionDetail {
  const { actor, ref, session, view } = supervised;
  const { id, name, projectPath, createdAt, updatedAt } = session;
  const tree = actor && supervisorOf(actor);
  const isTree = tree instanceof SupervisorActor;
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
    supervision: supervisionOf(isTree ? tree.view.allowance : view.allowance),
    // That of a tree is its supervisor's own.
    snapshot: isTree
      ? { status: 'active' }
      : readable(() => snapshotOf(ref.getSnapshot(), plainer), { status: 'unreadable' }),
    steps: steps.plain(brief),
    crashes: lifecycle.crashesOf(id),
    timers: actor === undefined ? [] : timersOf(actor),
    children: actor === undefined ? [] : childrenOf(actor),
    accepts: acceptedBy(supervised),
  };
}

/** What a session takes just now, by type. What a tree takes is for the supervisor that it is. */
export function acceptedBy({ actor }: SupervisedSession): readonly string[] {
  return actor === undefined || supervisorOf(actor) !== undefined ? [] : acceptsOf(actor.getSnapshot());
}

// That of a logic which is no machine may be anything, and throw when it is read.
function snapshotOf(snapshot: object, plainer: Plainer): SessionDetail['snapshot'] {
  const [status, value, context, output, error, tags] = ['status', 'value', 'context', 'output', 'error', 'tags'].map(
    (key) => readable(() => (snapshot as Record<string, unknown>)[key], '[it cannot be read]'),
  );
  return {
    status: String(status),
    ...(value !== undefined && { value: plainer.plain(value, 'value') }),
    ...(context !== undefined && { context: plainer.plain(context, 'context') }),
    ...(output !== undefined && { output: plainer.plain(output, 'output') }),
    ...(error !== undefined && { error: plainer.error(error) }),
    ...(tags instanceof Set && tags.size > 0 && { tags: tagsOf(tags) }),
  };
}

const tagsOf = (tags: ReadonlySet<unknown>): string[] =>
  [...tags].slice(0, most).map((tag) => capped(String(tag), MAX_TEXT));

function timersOf(root: AnyActorRef): Timer[] {
  const timers = timersIn(root).map(({ actor, event, delayMs, dueAt }) => ({
    actor: pathBelow(root, actor) ?? actor.id,
    event: capped(String(event.type), MAX_TEXT),
    delayMs,
    dueAt,
  }));
  return timers.sort((a, b) => a.dueAt - b.dueAt).slice(0, most);
}

function childrenOf(root: AnyActorRef): ChildDetail[] {
  const children: ChildDetail[] = [];
  // Not by recursion: an actor may have started one that started one, and so on.
  const waiting = startedIn(root);
  while (waiting.length > 0 && children.length < most) {
    const child = waiting.shift()!;
    const state = stateOf(child);
    const status = readable(() => String((child.getSnapshot() as { status: unknown }).status), 'unreadable');
    children.push({ path: pathBelow(root, child) ?? child.id, status, ...(state !== undefined && { state }) });
    waiting.unshift(...startedIn(child));
  }
  return children;
}

const startedIn = (actor: AnyActorRef): AnyActorRef[] =>
  [...new Set([...(supervisorOf(actor)?.actors ?? []), ...startedBy(actor)])].slice(0, most);
