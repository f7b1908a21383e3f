import fc from 'fast-check';
import type { AnyActorRef, AnyEventObject } from 'xstate';
import { Planned } from './children.ts';
import type { Node } from './tree.ts';
import { handsOn } from './world.ts';
import type { Crew, World } from './world.ts';

/** Which one it strikes: the n-th, counted round, of those there are. */
type Nth = number;

/** What a fault does at once. */
export type Fault =
  /** A leaf ends by itself, or a child of its own crashes, or it crashes while it creates one. */
  | { readonly type: 'throw' | 'finish' | 'throw in a grandchild' | 'spawn and throw'; readonly leaf: Nth }
  | {
      readonly type: 'terminate' | 'restart' | 'delete';
      readonly supervisor: Nth;
      readonly child: Nth;
      readonly by: 'id' | 'ref';
    }
  | { readonly type: 'start'; readonly supervisor: Nth; readonly child: Nth; readonly isNew: boolean }
  | { readonly type: 'stop' | 'shut down'; readonly supervisor: Nth }
  | { readonly type: 'nonsense'; readonly supervisor: Nth; readonly what: Nth }
  /** While a supervisor handles an event. */
  | { readonly type: 'meanwhile'; readonly supervisor: Nth; readonly faults: readonly Fault[] }
  /** While a leaf handles an event; then it may crash. */
  | { readonly type: 'inside'; readonly leaf: Nth; readonly faults: readonly Fault[]; readonly throws: boolean };

/** A step: faults of one tick, or time goes by, or one of the promises that are due settles. */
export type Step =
  | { readonly type: 'faults'; readonly faults: readonly Fault[] }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'settle' };

const nth = fc.nat(31);

function fault(depth: number): fc.Arbitrary<Fault> {
  const simple: fc.WeightedArbitrary<Fault>[] = [
    { weight: 5, arbitrary: fc.record({ type: fc.constant('throw'), leaf: nth }) },
    {
      weight: 4,
      arbitrary: fc.record({ type: fc.constantFrom('finish', 'throw in a grandchild', 'spawn and throw'), leaf: nth }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constantFrom('terminate', 'restart', 'delete'),
        supervisor: nth,
        child: nth,
        by: fc.constantFrom('id', 'ref'),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ type: fc.constant('start'), supervisor: nth, child: nth, isNew: fc.boolean() }),
    },
    {
      weight: 1,
      // Not the root: what becomes of that ends the run.
      arbitrary: fc.record({ type: fc.constantFrom('stop', 'shut down'), supervisor: fc.integer({ min: 1, max: 31 }) }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('nonsense'), supervisor: nth, what: nth }) },
  ];
  if (depth === 0) return fc.oneof(...simple);
  const faults = fc.array(fault(depth - 1), { minLength: 1, maxLength: 3 });
  return fc.oneof(
    ...simple,
    { weight: 2, arbitrary: fc.record({ type: fc.constant('meanwhile'), supervisor: nth, faults }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('inside'), leaf: nth, faults, throws: fc.boolean() }) },
  );
}

const wait = fc.oneof(fc.constantFrom(0, 1, 10, 50, 60, 100, 101, 1000, 5001), fc.nat(300));

export const meddling: fc.Arbitrary<readonly Fault[]> = fc.array(fault(1), { maxLength: 6, size: 'max' });

export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('faults'),
      faults: fc.oneof(
        { weight: 3, arbitrary: fault(2).map((one) => [one]) },
        { weight: 1, arbitrary: fc.array(fault(1), { minLength: 2, maxLength: 4 }) },
      ),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('wait'), ms: wait }) },
  { weight: 2, arbitrary: fc.constant({ type: 'settle' }) },
);

export function strike(world: World, fault: Fault): void {
  if ('leaf' in fault) {
    const leaf = pick(leavesOf(world), fault.leaf);
    if (leaf !== undefined) strikeLeaf(world, leaf, fault);
  } else {
    const supervisor = pick(world.supervisors(), fault.supervisor);
    if (supervisor !== undefined) strikeSupervisor(world, supervisor, fault);
  }
}

type LeafFault = Extract<Fault, { leaf: Nth }>;

function strikeLeaf(world: World, leaf: AnyActorRef, fault: LeafFault): void {
  world.faults++;
  switch (fault.type) {
    case 'throw in a grandchild': {
      const { children } = leaf.getSnapshot() as { children?: Record<string, AnyActorRef> };
      return children?.grandchild?.send({ type: 'throw' });
    }
    case 'inside': {
      const run = () => {
        for (const one of fault.faults) strike(world, one);
        if (fault.throws) throw new Planned(`${leaf.id} crashes after the faults in it`);
      };
      return leaf.send({ type: 'do', run });
    }
    default:
      return leaf.send({ type: fault.type });
  }
}

function strikeSupervisor(world: World, supervisor: AnyActorRef, fault: Exclude<Fault, LeafFault>): void {
  world.faults++;
  const crew = world.crewOf(supervisor)!;
  switch (fault.type) {
    case 'terminate':
    case 'restart':
    case 'delete':
      return command(world, supervisor, crew, fault);
    case 'start':
      return startChild(
        world,
        supervisor,
        crew,
        crew.node.children[fault.child % crew.node.children.length]!,
        fault.isNew,
      );
    case 'stop':
      return supervisor === world.root ? undefined : world.order(supervisor, { type: 'supervisor.stop' });
    case 'shut down':
      return supervisor === world.root ? undefined : supervisor.send({ type: 'supervisor.shutdown' });
    case 'nonsense':
      return supervisor.send(nonsense[fault.what % nonsense.length]!());
    case 'meanwhile': {
      const send = () => {
        for (const one of fault.faults) strike(world, one);
      };
      // It is answered at once, also while the supervisor waits for a child.
      return supervisor.send({ type: 'child.start', spec: undefined, replyTo: { send } });
    }
  }
}

function command(
  world: World,
  supervisor: AnyActorRef,
  crew: Crew,
  { type, child, by }: Extract<Fault, { by: unknown }>,
): void {
  const member = pick([...crew.members.values()], child);
  if (member === undefined) return;
  const { id } = member.node;
  const ref = world.childrenOf(supervisor).find((one) => world.members.get(one) === member);
  const hands = handsOn(crew, id);
  hands[type]++;
  const event = { type: `child.${type}`, ...(by === 'ref' && ref ? { ref } : { id }) };
  world.order(supervisor, event, (result) => {
    hands[type]--;
    if (type === 'terminate' && result.ok) crew.terminated = ++world.events;
    const current = crew.members.get(id);
    if (type === 'delete') {
      if (result.ok) crew.members.delete(id);
    } else if (current && (type === 'terminate' ? result.ok : !result.ok && result.error.code === 'start_failed')) {
      current.isLeft = true;
    }
  });
}

export function startChild(world: World, supervisor: AnyActorRef, crew: Crew, template: Node, isNew: boolean): void {
  const id = isNew ? `${template.id}${world.orders.length}` : template.id;
  const { kind, autoShutdown, maxChildren } = crew.node;
  const significant = template.significant && kind === 'static' && autoShutdown !== 'never';
  const { member, spec } = world.extraSpec(crew, { ...template, id, significant });
  const slots = world.slots.get(supervisor);
  if (slots !== undefined) slots.starts++;
  world.order(supervisor, { type: 'child.start', spec }, (result) => {
    if (result.ok || result.error.code !== 'max_children' || slots === undefined) return;
    if (slots.taken + slots.starts <= maxChildren) world.fail(`${member.path} was refused, with slots left`);
  });
}

const nonsense: (() => AnyEventObject)[] = [
  () => ({ type: 'child.start' }),
  () => ({ type: 'child.start', spec: null }),
  () => ({ type: 'child.start', spec: { id: '', src: {} } }),
  () => ({
    type: 'child.start',
    get spec(): never {
      throw new Planned('a getter throws');
    },
  }),
  () => ({ type: 'child.terminate' }),
  () => ({ type: 'child.terminate', id: Symbol('a') }),
  () => ({ type: 'child.restart', ref: null }),
  () => ({ type: 'child.delete', ref: {} }),
  () => ({ type: 'child.ready' }),
  () => ({ type: 'retry.due' }),
  () => ({ type: 'retry.due', id: 'a', ticket: -1 }),
  () => ({ type: 'incarnation.exited', incarnation: {} }),
  () => ({ type: 'supervisor.init' }),
  () => ({ type: 'supervisor.begun' }),
  () => ({ type: 'supervisor.which_children', replyTo: 7 }),
  () => ({
    type: 'supervisor.count_children',
    replyTo: {
      send(): never {
        throw new Planned('a replyTo throws');
      },
    },
  }),
  () => ({ type: 'xstate.done.actor.a', output: 1, actorId: 'a' }),
  () => ({ type: 'no such event' }),
];

const leavesOf = (world: World): AnyActorRef[] =>
  [...world.record.alive.values()].map(({ ref }) => ref).filter((ref) => world.members.has(ref));

const pick = <T>(list: readonly T[], nth: Nth): T | undefined => list[nth % list.length];
