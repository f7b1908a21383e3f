import type { AnyActorRef } from 'xstate';
import type { ChildCounts } from '../../src/core/supervision-messages.ts';
import { isStopped, parentOf } from '../../src/xstate/internals.ts';
import { isStarting } from './table.ts';
import type { Table } from './table.ts';
import { supervisorIdOf } from './world.ts';
import type { World } from './world.ts';

/** Who lives, by three accounts that must agree: XState's, the children's own, and that of the tables. */
export function* living(world: World, tables: readonly Table[]): Generator<string> {
  yield* orphans(world);
  yield* agreement(world, tables);
  for (const table of tables) {
    yield* entries(world, table);
    yield* counts(world, table);
    yield* slots(table);
  }
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
    if (ref === undefined || (isIdle && isStopped(ref) && !world.lingers(ref)))
      yield `${crew.path} lists as running ${ref?.id}, which is not`;
  }
  for (const ref of running) {
    if (ref?.getSnapshot().value === 'starting') yield `${crew.path}/${ref.id} counts as started, and is still at it`;
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

function* counts(world: World, { crew, children, counts, living }: Table): Generator<string> {
  const supervisors = children.filter(({ type }) => type === 'supervisor').length;
  const listed = new Set(children.map(({ ref }) => ref));
  const lingering = children.filter(({ status, ref }) => status === 'running' && ref && world.lingers(ref)).length;
  const active = living.filter((ref) => listed.has(ref)).length;
  // In the moment in which its time is over, one that lingers is either.
  if (counts.active < active || counts.active > active + lingering) {
    yield `${crew.path} counts ${counts.active} active, but there are ${active}, and ${lingering} that clean up`;
  }
  const expected = { specs: children.length, supervisors, workers: children.length - supervisors };
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
