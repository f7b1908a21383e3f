import type { AnyActorRef, SimulatedClock } from 'xstate';
import { isStarting } from './table.ts';
import type { Table } from './table.ts';
import type { Leaf } from './tree.ts';
import type { World } from './world.ts';

/** Nobody holds a timer, or takes time, without a reason. */
export function* time(world: World, tables: readonly Table[]): Generator<string> {
  yield* timers(world, tables);
  yield* deadlines(world, tables);
}

interface Timer {
  readonly start: number;
  readonly timeout: number;
}

/** When each timer that waits falls due, in virtual time. */
export function pendingTimers(clock: SimulatedClock): number[] {
  // The clock keeps them to itself.
  const { timeouts } = clock as unknown as { readonly timeouts: ReadonlyMap<unknown, Timer> };
  return Array.from(timeouts.values(), ({ start, timeout }) => start + timeout);
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
function* timersOf(world: World, { crew, children, living, isIdle }: Table): Generator<Range> {
  if (crew.node.backoff !== undefined) {
    const restarting = children.filter(({ status }) => status === 'restarting').length;
    yield [isIdle ? restarting : 0, restarting];
  }
  for (const { path, ref } of world.record.lingering.values()) {
    // That of its shutdown time, one of its own, and that of its start, which it may not have come through.
    if (world.members.get(ref)?.crew === crew || path.startsWith(`${crew.path}/`)) yield [0, 3];
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
  for (const { supervisor, crew, state } of tables) {
    if (state !== 'stopping') continue;
    const deadline = deadlines.get(supervisor) ?? { since: clock.now(), ms: patience(world, supervisor) };
    deadlines.set(supervisor, deadline);
    const ms = clock.now() - deadline.since;
    if (ms > deadline.ms) yield `${crew.path} has been stopping for ${ms} ms of at most ${deadline.ms}`;
  }
}

/**
 * How long a supervisor that begins to stop may take, in milliseconds: the sum of its children's shutdown times if it
 * is static, the longest if it is dynamic. Infinity where that cannot be said: one of them has other
 * work to finish, or may yet be given some.
 */
function patience(world: World, supervisor: AnyActorRef): number {
  const children = [...world.childrenOf(supervisor), ...world.lingeringOf(supervisor)];
  const times = children.map((child) => shutdownTime(world, child));
  return world.crewOf(supervisor)!.node.kind === 'dynamic'
    ? Math.max(0, ...times)
    : times.reduce((sum, time) => sum + time, 0);
}

function shutdownTime(world: World, child: AnyActorRef): number {
  const { node } = world.members.get(child)!;
  if (node.shutdown === 'brutal_kill') return 0;
  if (node.shutdown !== 'infinity') return node.shutdown;
  if (node.kind === 'leaf') return node.temper.manners === 'slow' ? node.temper.slowMs : 0;
  return world.isEnding && world.isIdle(child) ? patience(world, child) : Infinity;
}
