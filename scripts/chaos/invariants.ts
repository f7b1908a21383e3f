import { isStopped } from '../../src/xstate/internals.ts';
import { duties } from './duties.ts';
import { living } from './living.ts';
import { tableOf } from './table.ts';
import type { Table } from './table.ts';
import { pendingTimers, time } from './time.ts';
import type { World } from './world.ts';

/** Looks at a tree that has come to rest, and tells it what should not be. */
export function check(world: World): void {
  const tables = world.supervisors().map((supervisor) => tableOf(world, supervisor));
  for (const error of world.uncaught.splice(0)) world.fail(`an uncaught error: ${String(error)}`);
  for (const violations of [living, duties, time]) {
    for (const violation of violations(world, tables)) world.fail(violation);
  }
  forget(world, tables);
}

/** Looks at a tree that has ended. */
export function checkEnd(world: World): void {
  for (const ref of world.live()) world.fail(`${ref.id} outlives the tree`);
  for (const path of world.record.alive.keys()) world.fail(`${path} says that it outlives the tree`);
  const left = pendingTimers(world.clock).length;
  if (left > 0) world.fail(`${left} timers outlive the tree`);
}

/** What has ended needs no looking at. */
function forget(world: World, tables: readonly Table[]): void {
  const lingering = new Set(Array.from(world.record.lingering.values(), ({ ref }) => ref));
  for (const ref of world.actors) {
    if (!isStopped(ref) || lingering.has(ref)) continue;
    world.actors.delete(ref);
    world.members.delete(ref);
  }
  world.orders = world.orders.filter(({ to, answers }) => answers === 0 && !isStopped(to));
  world.slots.clear();
  for (const { supervisor, children, isIdle } of tables) {
    if (isIdle) world.slots.set(supervisor, { taken: children.length, starts: 0 });
  }
}
