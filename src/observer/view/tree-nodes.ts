import type { AnyActorRef, StateValue } from 'xstate';
import type { Runtime } from '../../../machines/runtime.ts';
import type { Session } from '../../core/session.ts';
import type { Allowance, ChildView } from '../../core/supervision-view.ts';
import { SessionsActor } from '../../sessions/sessions-actor.ts';
import type { SupervisedSession } from '../../sessions/supervised-session.ts';
import type { SupervisorActor } from '../../supervisor/supervisor-actor.ts';
import { supervisorOf } from '../../supervisor-of.ts';
import type { NodeStatus, Supervision, TreeNode } from '../protocol.ts';
import { readable } from './readable.ts';
import { stateText } from './state-text.ts';

/** Turns a time on the host's clock into milliseconds since the Unix epoch. */
export type ToEpoch = (time: number) => number;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The nodes of sessions as they were seen last: most have not changed since. */
export type SeenSessions = WeakMap<SupervisedSession, SeenSession>;

interface SeenSession {
  readonly node: TreeNode;
  readonly session: Session;
  readonly actor: AnyActorRef;
  readonly snapshot: unknown;
}

/** The tree as it is at this moment, parents before their children. */
export function* nodesOf(runtime: Runtime, toEpoch: ToEpoch, seen: SeenSessions = new WeakMap()): Generator<TreeNode> {
  const { phase, allowance } = runtime.supervisor.view;
  const status = phase === 'restarting' ? 'running' : phase;
  const node: TreeNode = { key: 'runtime', kind: 'supervisor', name: 'runtime', status, incarnation: 1 };
  yield { ...node, supervision: supervisionOf(allowance) };
  yield* below('runtime', runtime.supervisor, toEpoch, seen);
}

function* below(
  parent: string,
  supervisor: SupervisorActor,
  toEpoch: ToEpoch,
  seen: SeenSessions,
): Generator<TreeNode> {
  for (const child of supervisor.view.children) {
    const actor = supervisor.whereis(child.id);
    yield* subtree(childNode(parent, child, actor, toEpoch), actor, toEpoch, seen);
  }
}

function* subtree(
  node: Mutable<TreeNode>,
  actor: AnyActorRef | undefined,
  toEpoch: ToEpoch,
  seen: SeenSessions,
): Generator<TreeNode> {
  const supervisor = actor && supervisorOf(actor);
  if (supervisor instanceof SessionsActor) {
    yield { ...node, supervision: noAllowance };
    for (const session of supervisor.started) {
      const known = unchanged(session, seen);
      if (known !== undefined) yield known;
      else yield* sessionSubtree(node.key, session, toEpoch, seen);
    }
  } else if (supervisor !== undefined) {
    const { phase, allowance } = supervisor.view;
    // A session that is a tree counts its restarts itself.
    node.supervision = supervisionOf(allowance);
    if (node.kind === 'session') node.isTree = true;
    // It says no more than its status.
    delete node.state;
    if (node.status === 'running' && phase === 'starting') node.status = 'starting';
    yield node;
    yield* below(node.key, supervisor, toEpoch, seen);
  } else {
    yield node;
  }
}

function* sessionSubtree(
  parent: string,
  supervised: SupervisedSession,
  toEpoch: ToEpoch,
  seen: SeenSessions,
): Generator<TreeNode> {
  const { actor, session } = supervised;
  const node = sessionNode(parent, supervised, toEpoch);
  yield* subtree(node, actor, toEpoch, seen);
  // Of a tree, the children may have changed; and what is used of an intensity is given back by time alone.
  if (actor === undefined || node.isTree || node.supervision!.used > 0 || node.status !== 'running') return;
  const snapshot = readable(() => actor.getSnapshot() as unknown, undefined);
  seen.set(supervised, { node, session, actor, snapshot });
}

// An incarnation that runs, in the same state as before.
function unchanged(supervised: SupervisedSession, seen: SeenSessions): TreeNode | undefined {
  const last = seen.get(supervised);
  if (last === undefined || last.actor !== supervised.actor || last.session !== supervised.session) return undefined;
  const isSame = supervised.ref.isRunning && last.snapshot === readable(() => last.actor.getSnapshot(), undefined);
  return isSame ? last.node : undefined;
}

/** No session's crash counts for another, so their supervisor restarts none of them on its own account. */
const noAllowance: Supervision = { strategy: 'one_for_one', maxRestarts: 0, withinMs: 0, used: 0 };

function childNode(
  parent: string,
  child: ChildView<AnyActorRef>,
  actor: AnyActorRef | undefined,
  toEpoch: ToEpoch,
): Mutable<TreeNode> {
  const kind = child.type === 'supervisor' ? 'supervisor' : 'worker';
  const node = living({ kind, key: keyOf(parent, child.id), parent, name: child.id }, child, actor, toEpoch);
  return { ...node, restart: child.restart };
}

function sessionNode(parent: string, supervised: SupervisedSession, toEpoch: ToEpoch): Mutable<TreeNode> {
  const { actor, session, view } = supervised;
  const { id, name, projectPath } = session;
  const node = living({ kind: 'session', key: keyOf(parent, id), parent, name }, view, actor, toEpoch);
  return {
    ...node,
    restart: view.restart,
    supervision: supervisionOf(view.allowance),
    session: { id, projectPath },
  };
}

/** An id may hold a slash, and then be that of a child's child. */
const keyOf = (parent: string, id: string): string => `${parent}/${id.replace(/[%/]/g, encodeURIComponent)}`;

function living(
  whose: Pick<TreeNode, 'key' | 'parent' | 'kind' | 'name'>,
  { status, incarnation, startedAt, restartAt }: ChildView,
  actor: AnyActorRef | undefined,
  toEpoch: ToEpoch,
): Mutable<TreeNode> {
  const node: Mutable<TreeNode> = { ...whose, status: status satisfies NodeStatus, incarnation };
  const state = actor && stateOf(actor);
  if (state !== undefined) node.state = state;
  if (startedAt !== undefined) node.startedAt = toEpoch(startedAt);
  if (restartAt !== undefined) node.restartAt = toEpoch(restartAt);
  return node;
}

/** The state of a machine, in short; undefined for other logic. */
export function stateOf(actor: AnyActorRef): string | undefined {
  const value = valueIn(actor.getSnapshot());
  return value === undefined ? undefined : stateText(value) || undefined;
}

/** The state value in a snapshot. That of a logic which is no machine may be anything, and throw when it is read. */
export function valueIn(snapshot: unknown): StateValue | undefined {
  return readable(() => (snapshot as { readonly value?: StateValue } | undefined)?.value, undefined);
}

export const supervisionOf = ({ strategy, maxRestarts, withinMs, used }: Allowance): Supervision => ({
  strategy,
  maxRestarts,
  withinMs,
  used,
});
