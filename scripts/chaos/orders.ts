import type { AnyActorRef } from 'xstate';
import { isStopped } from '../../src/xstate/internals.ts';
import type { Presence } from './record.ts';
import { handsOn } from './world.ts';
import type { Member, World } from './world.ts';

/** What is told at once, when a child starts or stops: whether it was its turn. */
export const inOrder = {
  *start(world: World, member: Member): Generator<string> {
    const { crew, path, rank, attempts, node } = member;
    if (crew.node.kind === 'dynamic') return;
    if (attempts === 0) {
      const skipped = crew.initial.find((other) => other.rank < rank && other.attempts === 0);
      if (skipped !== undefined) yield `${path} starts before ${skipped.path}`;
    }
    // Started alone: by hand, or by a one_for_one.
    if (handsOn(crew, node.id).restart > 0 || (crew.node.strategy === 'one_for_one' && attempts > 0)) return;
    for (const [, later] of laterLiving(world, member)) yield `${path} starts while ${later.path}, after it, lives`;
  },

  *stop(world: World, member: Member, { isReady }: Presence): Generator<string> {
    const { crew, path, node } = member;
    // Stopped alone: by hand, or because it did not become ready.
    if (crew.node.kind === 'dynamic' || handsOn(crew, node.id).terminate > 0 || !isReady) return;
    for (const [ref, later] of laterLiving(world, member)) {
      // A supervisor that is killed cannot wait for one that is at an event.
      if (!world.isDoomed(ref) || !world.isAtEvent(ref)) yield `${path} stops before ${later.path}`;
    }
  },
};

function laterLiving(world: World, { crew, rank }: Member): [AnyActorRef, Member][] {
  return [...world.members].filter(([ref, other]) => {
    return other.crew === crew && other.rank > rank && world.actors.has(ref) && !isStopped(ref);
  });
}
