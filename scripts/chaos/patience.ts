import type { AnyActorRef } from 'xstate';
import type { World } from './world.ts';

/**
 * How long a supervisor that begins to stop may take, in milliseconds: the sum of its children's shutdown times if it
 * is static, the longest if it is dynamic. Infinity where that cannot be said: one of them has other
 * work to finish, or may yet be given some.
 */
export function patience(world: World, supervisor: AnyActorRef): number {
  const times = world.childrenOf(supervisor).map((child) => shutdownTime(world, child));
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
