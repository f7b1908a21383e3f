import fc from 'fast-check';
import type { Scheduler } from 'fast-check';
import { isStopped } from '../../src/xstate/internals.ts';
import { meddling, startChild, step, strike } from './faults.ts';
import type { Fault, Step } from './faults.ts';
import { check, checkEnd } from './invariants.ts';
import { pendingTimers } from './time.ts';
import { tree } from './tree.ts';
import type { Branch } from './tree.ts';
import { catchingUncaught } from './uncaught.ts';
import { World } from './world.ts';

export interface Scenario {
  readonly tree: Branch;
  readonly steps: readonly Step[];
  /** What befalls the tree from within: at each start and end of a child that meddles. */
  readonly meddling: readonly Fault[];
  /** `command`: by `supervisor.stop`; `kill`: by XState's own `stop`. */
  readonly end: 'command' | 'kill';
}

export const scenario: fc.Arbitrary<Scenario> = fc.record({
  tree,
  steps: fc.array(step, { minLength: 1, maxLength: 40, size: 'max' }),
  meddling,
  end: fc.constantFrom('command', 'command', 'kill'),
});

/** Runs a tree through all its steps, or to the first that shows a violation. */
export async function run({ tree, steps, meddling, end }: Scenario, scheduler: Scheduler): Promise<World> {
  const faults = [...meddling];
  const world: World = new World(tree, scheduler, () => {
    const fault = world.isEnding ? undefined : faults.shift();
    if (fault !== undefined) strike(world, fault);
  });
  await catchingUncaught(
    (error) => world.uncaught.push(error),
    async () => {
      const look = () => rest(world);
      world.root.start();
      await look();
      for (let depth = 0; depth < 4 && isFine(world); depth++) {
        fill(world);
        await look();
      }
      for (const step of steps) {
        if (!isFine(world) || isStopped(world.root)) break;
        await take(world, scheduler, step, look);
      }
      if (isFine(world)) await finish(world, end, look);
    },
  );
  return world;
}

const isFine = ({ violations }: World): boolean => violations.length === 0;

/** Lets all promises that have settled be heard, then looks. */
async function rest(world: World): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  check(world);
}

/** Has every dynamic supervisor start its children. */
function fill(world: World): void {
  for (const supervisor of world.supervisors()) {
    const crew = world.crewOf(supervisor)!;
    if (crew.node.kind === 'static' || crew.members.size > 0) continue;
    for (const template of crew.node.children) startChild(world, supervisor, crew, template, false);
  }
}

async function take(world: World, scheduler: Scheduler, step: Step, look: () => Promise<void>): Promise<void> {
  switch (step.type) {
    case 'faults':
      for (const fault of step.faults) strike(world, fault);
      return look();
    case 'wait':
      return wait(world, step.ms, look);
    case 'settle':
      if (scheduler.count() === 0) return;
      world.faults++;
      await scheduler.waitOne();
      return look();
  }
}

/** Lets virtual time go by, from timer to timer. */
async function wait(world: World, ms: number, look: () => Promise<void>): Promise<void> {
  const { clock } = world;
  const end = clock.now() + ms;
  for (let due = nextDue(world); due <= end && isFine(world); due = nextDue(world)) {
    clock.set(due);
    await look();
  }
  clock.set(end);
  await look();
}

const nextDue = ({ clock }: World): number => Math.min(Infinity, ...pendingTimers(clock));

async function finish(world: World, end: Scenario['end'], look: () => Promise<void>): Promise<void> {
  const { root, clock } = world;
  world.isEnding = true;
  if (end === 'kill') root.stop();
  else if (!isStopped(root)) world.order(root, { type: 'supervisor.stop' });
  await look();
  for (let due = nextDue(world); !isStopped(root) && isFine(world); due = nextDue(world)) {
    if (due === Infinity) return world.fail('the tree does not end');
    clock.set(due);
    await look();
  }
  if (isFine(world)) checkEnd(world);
}
