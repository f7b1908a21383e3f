import type { AnyActorRef } from 'xstate';
import { isStarting } from './table.ts';
import type { Table } from './table.ts';
import type { World } from './world.ts';

/** What a supervisor owes its children: those who should be up are, and nobody is taken down or restarted for nothing. */
export function* duties(world: World, tables: readonly Table[]): Generator<string> {
  for (const table of tables) {
    yield* nobodyForgotten(table);
    yield* intensity(table);
    yield* reasonsToBeBusy(world, table);
  }
  yield* bystanders(world, tables);
}

/** Who is down has a reason to be. */
function* nobodyForgotten({ crew, children, isIdle }: Table): Generator<string> {
  if (!isIdle) return;
  const restarting = children.find(({ status }) => status === 'restarting');
  // Without a back-off all retries have been made by now.
  if (restarting !== undefined && crew.node.backoff === undefined) yield `${crew.path}/${restarting.id} is not retried`;
  if (restarting !== undefined) return;
  for (const { id, status, restart } of children) {
    const member = crew.members.get(id);
    if (member === undefined) yield `${crew.path}/${id} was never started, or had been deleted`;
    if (member === undefined || status === 'running' || member.isLeft || member.wasIgnored) continue;
    // With the child whose restart had failed, the rest of its group was given up too.
    const isGroup = crew.node.kind === 'static' && crew.node.strategy !== 'one_for_one';
    if (isGroup && crew.terminated > member.touched) continue;
    const isFinished = member.node.kind !== 'leaf' || member.lastEnd === 'done';
    if (restart === 'permanent' || (restart === 'transient' && !isFinished))
      yield `${member.path} is down for no reason`;
    if (restart === 'temporary') yield `${member.path} is temporary, and still listed`;
  }
}

/** Of a supervisor that pays for each child alone: never more restarts in a window than allowed. */
function* intensity({ crew: { path, node, charged } }: Table): Generator<string> {
  if (node.backoff !== undefined || (node.kind === 'static' && node.strategy !== 'one_for_one')) return;
  const { maxRestarts, withinMs } = node.intensity;
  for (const now of new Set(charged)) {
    const inWindow = charged.filter((at) => at >= now - withinMs && at <= now).length;
    if (inWindow > maxRestarts)
      yield `${path} made ${inWindow} restarts within ${withinMs} ms, of at most ${maxRestarts}`;
  }
}

/** A supervisor at rest is idle, or waits for a child. */
function* reasonsToBeBusy(world: World, { supervisor, crew, state, living, isIdle }: Table): Generator<string> {
  if (isIdle) return;
  const isWaitedFor = (ref: AnyActorRef) => {
    const { node, path } = world.members.get(ref)!;
    if (node.kind !== 'leaf') return !world.isIdle(ref);
    return world.record.alive.get(path)?.isAsked === true || isStarting(world, ref);
  };
  const isCleaningUp = world.lingeringOf(supervisor).length > 0;
  if (!living.some(isWaitedFor) && !isCleaningUp) yield `${crew.path} waits for nobody, in ${state}`;
  // One that stops has no more to say than that.
  const open = world.orders.find(
    ({ to, type, answers }) => to === supervisor && answers === 0 && type !== 'supervisor.stop',
  );
  if (state === 'stopping' && open !== undefined) yield `${crew.path} is stopping, and does not answer ${open.type}`;
}

/** A supervisor that restarts each child alone stops nobody on account of another. */
function* bystanders(world: World, tables: readonly Table[]): Generator<string> {
  const byId = new Map(tables.map((table) => [table.supervisor.sessionId, table]));
  for (const { member, supervisorId } of world.stopped.splice(0)) {
    const table = byId.get(supervisorId);
    const { kind, strategy } = member.crew.node;
    if (table === undefined || (kind === 'static' && strategy !== 'one_for_one')) continue;
    if (table.state !== 'stopping') yield `${member.path} was stopped for no reason`;
  }
}
