import { createMachine, fromCallback, fromPromise, spawnChild } from 'xstate';
import type { AnyActorLogic, AnyActorRef, AnyEventObject, SimulatedClock } from 'xstate';
import { fromTask } from '../../src/from-task.ts';
import type { TaskScope } from '../../src/from-task.ts';
import type { ChildRecord, End, Presence } from './record.ts';
import type { Branch, Leaf, Start } from './tree.ts';

/** What a child throws on purpose: any other error is a finding. */
export class Planned extends Error {}

export interface LeafInput {
  readonly start: Start;
}

/** What leaves play on. */
export interface Stage {
  readonly record: ChildRecord;
  readonly clock: SimulatedClock;
  /** Resolves in its turn among all promises of the tree, which is random. */
  readonly inTurn: (path: string) => Promise<unknown>;
  /** Does something bad, from within a child. */
  readonly meddle: () => void;
  readonly supervisorOf: (branch: Branch, path: string) => AnyActorLogic;
}

/** The logic of a leaf that misbehaves as its temper has it. */
export function logicOf(leaf: Leaf, path: string, stage: Stage): AnyActorLogic {
  switch (leaf.temper.form) {
    case 'callback':
      return callback(leaf, path, stage);
    case 'promise':
      return promise(leaf, path, stage);
    case 'task':
      return task(leaf, path, stage);
    case 'custom':
      return custom(leaf, path, stage);
    case 'machine':
    case 'host':
      return machine(leaf, path, stage);
  }
}

/** Whether it waits for a state before it counts as started. */
export const waitsForReady = ({ temper: { form, lateMs, starts } }: Leaf): boolean =>
  (lateMs !== undefined && (form === 'machine' || form === 'host')) ||
  starts.some((start) => start === 'never ready' || start === 'throws in ready');

/** Whether its spec must say that it takes `supervisor.shutdown`: a machine shows that itself. */
export const isGraceful = ({ temper: { form, manners } }: Leaf): boolean | undefined =>
  form === 'callback' || form === 'custom' ? manners !== 'ignores' : undefined;

const failsAtOnce = (start: Start): boolean =>
  start === 'throws in context' || start === 'throws in entry' || start === 'throws in an invoked child';

/** How an actor that is being cleaned up ends. */
function endOf(ref: AnyActorRef): End {
  const { status } = ref.getSnapshot();
  return status === 'active' ? 'stopped' : status;
}

function bang(what: string): never {
  throw new Planned(what);
}

function callback(leaf: Leaf, path: string, { record, meddle }: Stage): AnyActorLogic {
  const { manners, cleanUp, meddles } = leaf.temper;
  return fromCallback<AnyEventObject, LeafInput>(({ self, input, receive }) => {
    if (failsAtOnce(input.start)) bang(`${path} fails to start`);
    const presence = record.begin(path, self, !waitsForReady(leaf));
    if (meddles) meddle();
    receive((event) => {
      if (event.type === 'do') event.run();
      if (event.type === 'throw') bang(`${path} crashes`);
      if (event.type !== 'supervisor.shutdown') return;
      record.ask(presence);
      if (manners === 'throws') bang(`${path} crashes when asked to end`);
    });
    return () => {
      record.end(presence, endOf(self));
      if (meddles) meddle();
      if (cleanUp === 'throws') bang(`${path} fails to clean up`);
    };
  });
}

function promise(leaf: Leaf, path: string, { record, inTurn, meddle }: Stage): AnyActorLogic {
  const { promise: outcome, meddles } = leaf.temper;
  return fromPromise<void, LeafInput>(({ self, input, signal }) => {
    if (failsAtOnce(input.start)) bang(`${path} fails to start`);
    const presence = record.begin(path, self, !waitsForReady(leaf));
    signal.addEventListener('abort', () => {
      record.end(presence, 'stopped');
      if (meddles) meddle();
    });
    if (meddles) meddle();
    if (outcome === 'hangs') return new Promise(() => {});
    return inTurn(path).then(() => {
      record.end(presence, outcome === 'resolves' ? 'done' : 'error');
      if (outcome === 'rejects') bang(`${path} rejects`);
    });
  });
}

function task(leaf: Leaf, path: string, { record, clock, meddle }: Stage): AnyActorLogic {
  const { manners, slowMs, meddles } = leaf.temper;
  return fromTask(({ input, self, signal, receive, schedule }: TaskScope<LeafInput>) => {
    if (failsAtOnce(input.start)) bang(`${path} fails to start`);
    const presence = record.begin(path, self, !waitsForReady(leaf));
    if (meddles) meddle();
    let hasReturned = false;
    const finished = new Promise<void>((resolve) => {
      receive((event) => {
        if (event.type === 'finish') resolve();
      });
      signal.addEventListener('abort', () => {
        // Its function may have returned, a moment before its actor knew.
        if (!hasReturned) record.linger(presence, clock.now());
        record.end(presence, 'stopped');
        resolve();
        if (meddles) meddle();
      });
    });
    receive((event) => {
      try {
        if (event.type === 'do') event.run();
        if (event.type === 'throw') bang(`${path} crashes`);
      } catch (error) {
        record.end(presence, 'error');
        throw error;
      }
    });
    const cleanUp = async () => {
      if (manners === 'slow') await new Promise<void>((resolve) => void schedule(resolve, slowMs));
      if (manners === 'refuses') await new Promise(() => {});
      record.cleanedUp(presence);
      if (manners === 'throws') bang(`${path} fails to clean up`);
    };
    return finished.then(() => {
      if (signal.aborted) return cleanUp();
      hasReturned = true;
      record.end(presence, 'done');
      return undefined;
    });
  });
}

interface CustomSnapshot {
  readonly status: 'active' | 'done' | 'error' | 'stopped';
  readonly output: undefined;
  readonly error: unknown;
  readonly start: Start;
}

interface Scope {
  readonly self: AnyActorRef;
}

function custom(leaf: Leaf, path: string, { record, meddle }: Stage): AnyActorLogic {
  const { manners, stop, meddles } = leaf.temper;
  const finish = (snapshot: CustomSnapshot, presence: Presence | undefined): CustomSnapshot => {
    if (presence) record.end(presence, 'done');
    return { ...snapshot, status: 'done', output: undefined };
  };
  const logic = {
    getInitialSnapshot(_scope: unknown, { start }: LeafInput): CustomSnapshot {
      if (start === 'throws in context') bang(`${path} fails to be created`);
      return { status: 'active', output: undefined, error: undefined, start };
    },
    start({ start }: CustomSnapshot, { self }: Scope) {
      if (failsAtOnce(start)) bang(`${path} fails to start`);
      record.begin(path, self, !waitsForReady(leaf));
      if (meddles) meddle();
    },
    transition(snapshot: CustomSnapshot, event: AnyEventObject, { self }: Scope): CustomSnapshot {
      const presence = record.of(self);
      switch (event.type) {
        case 'do':
          event.run();
          return snapshot;
        case 'throw':
          return bang(`${path} crashes`);
        case 'finish':
          return finish(snapshot, presence);
        case 'supervisor.shutdown':
          if (presence) record.ask(presence);
          if (manners === 'throws') bang(`${path} crashes when asked to end`);
          return manners === 'complies' ? finish(snapshot, presence) : snapshot;
        case 'xstate.stop':
          if (presence) record.end(presence, endOf(self));
          if (meddles) meddle();
          if (stop === 'throws') bang(`${path} fails to stop`);
          return stop === 'ignores' ? snapshot : { ...snapshot, status: 'stopped', error: undefined };
        default:
          return snapshot;
      }
    },
    getPersistedSnapshot: (snapshot: CustomSnapshot) => snapshot,
  };
  return logic as unknown as AnyActorLogic;
}

/** Records, for as long as a machine invokes it, that the machine lives. */
function presenceOf(path: string, { record, meddle }: Stage, isReady: boolean, leaf?: Leaf): AnyActorLogic {
  return fromCallback<AnyEventObject, AnyActorRef>(({ input: ref }) => {
    const presence = record.begin(path, ref, isReady);
    if (leaf?.temper.meddles) meddle();
    return () => {
      record.end(presence, endOf(ref));
      if (leaf?.temper.meddles) meddle();
      if (leaf?.temper.cleanUp === 'throws') bang(`${path} fails to clean up`);
    };
  });
}

const toldOf = ({ self }: { readonly self: AnyActorRef }) => self;

function grandchild(path: string, stage: Stage): AnyActorLogic {
  return createMachine({
    invoke: { src: presenceOf(path, stage, true), input: toldOf },
    on: { throw: { actions: () => bang(`${path} crashes`) } },
  });
}

function machine(leaf: Leaf, path: string, stage: Stage): AnyActorLogic {
  const { record } = stage;
  const { temper, invoked } = leaf;
  const { lateMs, slowMs, beatMs } = temper;
  const isAsked = ({ self }: { readonly self: AnyActorRef }) => {
    const presence = record.of(self);
    if (presence) record.ask(presence);
  };
  const asked = {
    ignores: undefined,
    complies: { actions: isAsked, target: '.gone' },
    slow: { actions: isAsked, target: '.ending' },
    refuses: { actions: isAsked },
    throws: { actions: [isAsked, () => bang(`${path} crashes when asked to end`)] },
  }[temper.manners];
  const is =
    (start: Start) =>
    ({ context }: { readonly context: LeafInput }) =>
      context.start === start;
  const bangs = (start: Start) => (args: { readonly context: LeafInput }) => {
    if (is(start)(args)) bang(`${path} ${start}`);
  };
  const goesOn = ({ context }: { readonly context: LeafInput }) => context.start !== 'never ready';
  return createMachine({
    types: {} as { context: LeafInput; input: LeafInput; events: AnyEventObject },
    context: ({ input }) => {
      if (input.start === 'throws in context') bang(`${path} fails to be created`);
      return input;
    },
    invoke: [
      {
        src: presenceOf(path, stage, !waitsForReady(leaf), leaf),
        input: toldOf,
        ...(temper.isNamed && { systemId: path }),
      },
      ...(temper.grandchild === 'none'
        ? []
        : [
            {
              id: 'grandchild',
              src: grandchild(`${path}/grandchild`, stage),
              ...(temper.isNamed && { systemId: `${path}/grandchild` }),
              ...(temper.grandchild === 'handled' && { onError: { actions: () => {} } }),
            },
          ]),
      ...(invoked === undefined ? [] : [{ id: 'invoked', src: stage.supervisorOf(invoked, `${path}/invoked`) }]),
    ],
    on: {
      do: { actions: ({ event }) => event.run() },
      throw: { actions: () => bang(`${path} crashes`) },
      finish: '.gone',
      // What is created in a transition that throws never starts.
      'spawn and throw': {
        actions: [
          spawnChild(grandchild(`${path}/unborn`, stage), { id: 'unborn', systemId: `${path}/unborn` }),
          () => bang(`${path} crashes in mid-transition`),
        ],
      },
      ...(asked && { 'supervisor.shutdown': asked }),
    },
    initial: 'booting',
    states: {
      booting: {
        entry: bangs('throws in entry'),
        invoke: {
          src: fromCallback<AnyEventObject, LeafInput>(({ input }) =>
            bangs('throws in an invoked child')({ context: input }),
          ),
          input: ({ context }) => context,
        },
        always: [
          { guard: is('finished'), target: 'gone' },
          { guard: (args) => lateMs === undefined && goesOn(args), target: 'up' },
        ],
        after: lateMs === undefined ? {} : { [lateMs]: { guard: goesOn, target: 'up' } },
      },
      up: { after: beatMs === undefined ? {} : { [beatMs]: { target: 'up', reenter: true } } },
      ending: { after: { [slowMs]: 'gone' } },
      gone: { type: 'final' },
    },
  });
}
