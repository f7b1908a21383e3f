import type { AnyActorRef } from 'xstate';
import type { ChildCounts, ChildInfo } from '../../src/core/supervision-messages.ts';
import type { Crew, World } from './world.ts';

/** What a supervisor says of its children, and which of them live. */
export interface Table {
  readonly supervisor: AnyActorRef;
  readonly crew: Crew;
  readonly children: readonly ChildInfo<AnyActorRef>[];
  readonly counts: ChildCounts;
  /** What the supervisor is at. */
  readonly state: string;
  readonly isIdle: boolean;
  /** Its live children: those in the table, and at most one that is being started. */
  readonly living: readonly AnyActorRef[];
}

export const tableOf = (world: World, supervisor: AnyActorRef): Table => ({
  supervisor,
  crew: world.crewOf(supervisor)!,
  children: world.knownTo(supervisor).children,
  counts: world.knownTo(supervisor).counts,
  state: String(supervisor.getSnapshot().value),
  isIdle: world.isIdle(supervisor),
  living: world.childrenOf(supervisor),
});

/** Whether a child runs that does not count as started yet, or that failed to and is being stopped. */
export function isStarting({ record, members, hasStarted }: World, ref: AnyActorRef): boolean {
  const { node, path } = members.get(ref)!;
  return node.kind === 'leaf' ? record.alive.get(path)?.isReady === false : !hasStarted.has(ref);
}
