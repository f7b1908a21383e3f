import type { AnyActorRef } from 'xstate';
import type { ChildCounts, ChildInfo } from '../../src/core/supervision-messages.ts';
import { isStopped, parentOf } from '../../src/xstate.ts';
import { patience } from './patience.ts';
import { pendingTimers } from './timers.ts';
import type { Leaf } from './tree.ts';
import { supervisorIdOf } from './world.ts';
import type { Crew, World } from './world.ts';

interface Table {
  readonly supervisor: AnyActorRef;
  readonly crew: Crew;
  readonly children: readonly ChildInfo<AnyActorRef>[];
  readonly counts: ChildCounts;
  readonly isIdle: boolean;
  /** Its live children: those in the table, and at most one that is being started. */
  readonly living: readonly AnyActorRef[];
}

/** Looks at a tree that has come to rest, and tells what should not be. */
export function check(world: World): void {
  const tables = world.supervisors().map((supervisor) => tableOf(world, supervisor));
  const found = [
    ...uncaught(world),
    ...orphans(world),
    ...agreement(world, tables),
    ...tables.flatMap((table) => [
      ...entries(world, table),
      ...counts(table),
      ...slots(table),
      ...nobodyForgotten(table),
      ...intensity(table),
      ...reasonsToBeBusy(world, table),
    ]),
    ...bystanders(world, tables),
    ...timers(world, tables),
    ...deadlines(world, tables),
  ];
  for (const violation of found) world.fail(violation);
  forget(world, tables);
}

/** Looks at a tree that has ended. */
export function checkEnd(world: World): void {
  for (const ref of world.live()) world.fail(`${ref.id} outlives the tree`);
  for (const path of world.record.alive.keys()) world.fail(`${path} says that it outlives the tree`);
  const left = pendingTimers(world.clock).length;
  if (left > 0) world.fail(`${left} timers outlive the tree`);
}

function tableOf(world: World, supervisor: AnyActorRef): Table {
  return {
    supervisor,
    crew: world.crewOf(supervisor)!,
    children: (world.query(supervisor, 'supervisor.which_children') ?? []) as ChildInfo<AnyActorRef>[],
    counts: world.query(supervisor, 'supervisor.count_children') as ChildCounts,
    isIdle: world.isIdle(supervisor),
    living: world.childrenOf(supervisor),
  };
}

function* uncaught(world: World): Generator<string> {
  for (const error of world.uncaught.splice(0)) yield `an uncaught error: ${String(error)}`;
}

/** Whoever lives has a parent that lives. */
function* orphans(world: World): Generator<string> {
  const living = new Set(Array.from(world.live(), ({ sessionId }) => sessionId));
  for (const ref of world.live()) {
    if (ref === world.root) continue;
    const parent = supervisorIdOf(ref) ?? (parentOf(ref) as AnyActorRef).sessionId;
    if (!living.has(parent)) yield `${ref.id} is an orphan`;
  }
}

/** What the children say of themselves is what the supervisors say of them. */
function* agreement({ record, members }: World, tables: readonly Table[]): Generator<string> {
  const listed = new Map(tables.flatMap(({ crew, living }) => living.map((ref) => [ref, crew] as const)));
  for (const { path, ref } of record.alive.values()) {
    if (isStopped(ref)) yield `${path} says that it lives, but its actor has ended`;
    const member = members.get(ref);
    if (member !== undefined && !listed.has(ref)) yield `${path} lives, but no supervisor has it`;
  }
  for (const [ref] of listed) {
    const member = members.get(ref)!;
    if (member.node.kind === 'leaf' && record.alive.get(member.path)?.ref !== ref) {
      yield `${member.path} is said to live, but does not say so itself`;
    }
  }
}

/** The entries of one table are the live children, save for one that is being started. */
function* entries(world: World, { crew, children, living, isIdle }: Table): Generator<string> {
  const running = new Set(children.flatMap(({ status, ref }) => (status === 'running' ? [ref] : [])));
  for (const ref of running) {
    if (ref === undefined || (isIdle && isStopped(ref))) yield `${crew.path} lists as running ${ref?.id}, which is not`;
  }
  const unlisted = living.filter((ref) => !running.has(ref));
  for (const ref of unlisted) {
    if (isIdle || !isStarting(world, ref) || unlisted.length > 1)
      yield `${crew.path}/${ref.id} lives, but is not listed`;
  }
  for (const { id, status, ref } of children) {
    if (status !== 'running' && ref !== undefined) yield `${crew.path}/${id} is ${status}, and yet has a ref`;
  }
}

/** Whether a child runs that does not count as started yet, or that failed to and is being stopped. */
function isStarting({ record, members, hasStarted }: World, ref: AnyActorRef): boolean {
  const { node, path } = members.get(ref)!;
  return node.kind === 'leaf' ? record.alive.get(path)?.isReady === false : !hasStarted.has(ref);
}

function* counts({ crew, children, counts, living }: Table): Generator<string> {
  const supervisors = children.filter(({ type }) => type === 'supervisor').length;
  const listed = new Set(children.map(({ ref }) => ref));
  const active = living.filter((ref) => listed.has(ref)).length;
  const expected = { specs: children.length, active, supervisors, workers: children.length - supervisors };
  for (const [name, value] of Object.entries(expected)) {
    const counted = counts[name as keyof ChildCounts];
    if (counted !== value) yield `${crew.path} counts ${counted} ${name}, but there are ${value}`;
  }
}

/** A dynamic supervisor has no spec without a child, and never too many. */
function* slots({ crew, children, isIdle }: Table): Generator<string> {
  const { kind, maxChildren } = crew.node;
  if (kind === 'static') return;
  if (children.length > maxChildren) yield `${crew.path} has ${children.length} children of at most ${maxChildren}`;
  const lost = children.find(({ status }) => status === 'stopped');
  if (lost !== undefined && isIdle) yield `${crew.path}/${lost.id} has lost its slot`;
}

/** Who is down has a reason to be. */
function* nobodyForgotten({ crew, children, isIdle }: Table): Generator<string> {
  if (!isIdle || children.some(({ status }) => status === 'restarting')) return;
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
function* reasonsToBeBusy(world: World, { supervisor, crew, living, isIdle }: Table): Generator<string> {
  if (isIdle) return;
  const isWaitedFor = (ref: AnyActorRef) => {
    const { node, path } = world.members.get(ref)!;
    if (node.kind !== 'leaf') return !world.isIdle(ref);
    return world.record.alive.get(path)?.isAsked === true || isStarting(world, ref);
  };
  if (!living.some(isWaitedFor)) yield `${crew.path} waits for nobody, in ${String(supervisor.getSnapshot().value)}`;
}

/** A supervisor that restarts each child alone stops nobody on account of another. */
function* bystanders(world: World, tables: readonly Table[]): Generator<string> {
  const byId = new Map(tables.map((table) => [table.supervisor.sessionId, table]));
  for (const { member, supervisorId } of world.stopped.splice(0)) {
    const table = byId.get(supervisorId);
    const { kind, strategy } = member.crew.node;
    if (table === undefined || (kind === 'static' && strategy !== 'one_for_one')) continue;
    if (table.supervisor.getSnapshot().value !== 'stopping') yield `${member.path} was stopped for no reason`;
  }
}

/** Every timer is one of a child that lives, or of a supervisor that waits. */
function* timers(world: World, tables: readonly Table[]): Generator<string> {
  const [least, most] = sum(tables.flatMap((table) => [...timersOf(world, table)]));
  const timers = pendingTimers(world.clock).length;
  if (timers < least || timers > most) {
    yield `${timers} timers wait, and should be ${least === most ? least : `${least} to ${most}`}`;
  }
}

/** At least, and at most. */
type Range = readonly [least: number, most: number];

const sum = (ranges: readonly Range[]): Range =>
  ranges.reduce(([least, most], [atLeast, atMost]) => [least + atLeast, most + atMost], [0, 0]);

/** How many timers a supervisor and its leaves may hold. */
function* timersOf(world: World, { crew, children, living }: Table): Generator<Range> {
  if (crew.node.backoff !== undefined) {
    yield [0, children.filter(({ status }) => status === 'restarting').length];
  }
  for (const ref of living) {
    const { node, path } = world.members.get(ref)!;
    const isTimed = typeof node.shutdown === 'number';
    if (node.kind !== 'leaf') {
      yield [0, Number(isTimed || isStarting(world, ref))];
    } else {
      const presence = world.record.alive.get(path);
      yield isStarting(world, ref) || (presence?.isAsked && isTimed) ? [1, 1] : [0, 0];
      yield timersOfLeaf(node, ref);
    }
  }
}

function timersOfLeaf({ temper: { lateMs, beatMs } }: Leaf, ref: AnyActorRef): Range {
  switch ((ref.getSnapshot() as { readonly value?: unknown }).value) {
    case 'booting':
      // One that never gets ready has it no more, once it has fallen due.
      return [0, Number(lateMs !== undefined)];
    case 'up':
      return beatMs === undefined ? [0, 0] : [1, 1];
    case 'ending':
      return [1, 1];
    default:
      return [0, 0];
  }
}

/** Nobody takes longer to stop than its children may. */
function* deadlines(world: World, tables: readonly Table[]): Generator<string> {
  const { deadlines, clock } = world;
  for (const { supervisor, crew } of tables) {
    if (supervisor.getSnapshot().value !== 'stopping') continue;
    const deadline = deadlines.get(supervisor) ?? { since: clock.now(), ms: patience(world, supervisor) };
    deadlines.set(supervisor, deadline);
    const ms = clock.now() - deadline.since;
    if (ms > deadline.ms) yield `${crew.path} has been stopping for ${ms} ms of at most ${deadline.ms}`;
  }
}

/** What has ended needs no looking at. */
function forget(world: World, tables: readonly Table[]): void {
  for (const ref of world.actors) {
    if (!isStopped(ref)) continue;
    world.actors.delete(ref);
    world.members.delete(ref);
  }
  world.orders = world.orders.filter(({ to, answers }) => answers === 0 && !isStopped(to));
  world.slots.clear();
  for (const { supervisor, children, isIdle } of tables) {
    if (isIdle) world.slots.set(supervisor, { taken: children.length, starts: 0 });
  }
}
