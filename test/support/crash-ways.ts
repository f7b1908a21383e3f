import {
  and,
  assign,
  createMachine,
  emit,
  enqueueActions,
  fromCallback,
  fromEventObservable,
  fromObservable,
  fromPromise,
  fromTransition,
  log,
  raise,
  sendParent,
  sendTo,
  spawnChild,
  stopChild,
} from 'xstate';
import type { AnyStateMachine } from 'xstate';

import { boom } from './fragile.ts';

export { boom };
export const throwBoom = (): never => {
  throw boom;
};

/** What makes it crash. */
export const go = { type: 'go' };

/** A way to crash: a state, to be a region of any machine, that crashes the machine of `go`. */
export interface CrashWay {
  readonly by: string;
  readonly region: object;
  /** What the machine was handling, if not `go`; its id is `machine`, that of the region `machine.crash`. */
  readonly event?: object;
  /** What it crashes with, if not `boom`. */
  readonly error?: Error;
  /** How long after `go`, in milliseconds. */
  readonly afterMs?: number;
}

/** A machine that crashes in some way, and is something else besides. */
export const crashing = (region: object, more: { readonly states?: object } = {}): AnyStateMachine =>
  createMachine({
    id: 'machine',
    context: {},
    type: 'parallel',
    ...more,
    states: { crash: region, ...more.states },
  } as never);

const on = (actions: unknown, more: object = {}) => ({ ...more, on: { go: { actions } } });
const child = (src: unknown, actions: unknown = sendTo('child', go), more: object = {}) =>
  on(actions, { invoke: { id: 'child', src }, ...more });
const moving = (from: object, to: object) => ({ initial: 'from', states: { from: { on: { go: 'to' }, ...from }, to } });
const raised = { type: 'raised' };
const raising = (transition: object, raises: unknown = raise(raised)) => ({
  on: { go: { actions: raises }, raised: transition },
});
const errorOf = (id: string, error = boom) => ({ type: `xstate.error.actor.${id}`, error, actorId: id });
const unguarded = (eventType: string, node = 'crash') =>
  new Error(`Unable to evaluate guard in transition for event '${eventType}' in state node 'machine.${node}':\nboom`);
const nobody = (name: string) => new Error(`Unable to send event to actor '${name}' from machine 'machine'.`);

const throwing = createMachine({ on: { go: { actions: throwBoom } } });
const erring = () => ({
  subscribe(observer: any) {
    observer.error(boom);
    return { unsubscribe() {} };
  },
});

/** Ways in which the machine's own code throws. */
const ownWays: readonly CrashWay[] = [
  { by: 'an action', region: on(throwBoom) },
  { by: 'the last of several actions', region: on([raise(raised), emit(raised), throwBoom]) },
  { by: 'a guard', region: { on: { go: { guard: throwBoom } } }, error: unguarded('go') },
  { by: 'a guard within a guard', region: { on: { go: { guard: and([throwBoom]) } } }, error: unguarded('go') },
  { by: 'an assign', region: on(assign(throwBoom)) },
  { by: 'an assign of one key', region: on(assign({ key: throwBoom })) },
  { by: 'an action that enqueues', region: on(enqueueActions(throwBoom)) },
  { by: 'an emitted event', region: on(emit(throwBoom as never)) },
  { by: 'a log', region: on(log(throwBoom)) },
  { by: 'the parameters of an action', region: on({ type: 'named', params: throwBoom }) },
  { by: 'an exit action', region: moving({ exit: throwBoom }, {}) },
  { by: 'an entry action', region: moving({}, { entry: throwBoom }) },
  { by: 'the output of a state', region: moving({}, { type: 'final', output: throwBoom }) },
  { by: 'an eventless transition', region: moving({}, { always: { actions: throwBoom, target: 'from' } }) },
  { by: 'the guard of an eventless transition', region: moving({}, { always: { guard: throwBoom } }) },
  { by: 'an event that it raises', region: raising({ actions: throwBoom }) },
  { by: 'the guard of an event that it raises', region: raising({ guard: throwBoom }), error: unguarded('raised') },
  { by: 'the target of a message', region: on(sendTo(throwBoom, go as never)) },
  { by: 'a message', region: on(sendTo(({ self }) => self, throwBoom)) },
  { by: 'a message to nobody', region: on(sendTo('nobody', go)), error: nobody('nobody') },
  { by: 'a delayed message to nobody', region: on(sendTo('nobody', go, { delay: 100 })), error: nobody('nobody') },
  { by: 'the input of a child', region: on(spawnChild(throwing, { input: throwBoom })) },
  { by: 'the id of a child to stop', region: on(stopChild(throwBoom)) },
  {
    by: 'a child that takes the system name of another',
    region: on(spawnChild(throwing, { id: 'second', systemId: 'taken' }), {
      invoke: { src: throwing, systemId: 'taken' },
    }),
    error: new Error("Actor with system ID 'taken' already exists."),
  },
  {
    by: 'a delayed transition',
    region: moving({}, { after: { 100: { actions: throwBoom } } }),
    afterMs: 100,
    event: { type: 'xstate.after.100.machine.crash.to' },
  },
  {
    by: 'the guard of a delayed transition',
    region: moving({}, { after: { 100: { guard: throwBoom } } }),
    error: unguarded('xstate.after.100.machine.crash.to', 'crash.to'),
    afterMs: 100,
    event: { type: 'xstate.after.100.machine.crash.to' },
  },
  {
    by: 'a delayed event',
    region: raising({ actions: throwBoom }, raise(raised, { delay: 100 })),
    afterMs: 100,
    event: raised,
  },
  {
    by: 'a delayed message to itself',
    region: raising(
      { actions: throwBoom },
      sendTo(({ self }) => self, raised, { delay: 100 }),
    ),
    afterMs: 100,
    event: raised,
  },
];

/** Ways in which a child fails, and the machine does not handle it. */
const childWays: readonly CrashWay[] = [
  { by: 'a machine', region: child(throwing), event: errorOf('child') },
  {
    by: 'a machine of a machine',
    region: child(
      createMachine({ invoke: { id: 'inner', src: throwing }, on: { go: { actions: sendTo('inner', go) } } }),
    ),
    event: errorOf('child'),
  },
  {
    by: 'a callback that throws in its receiver',
    region: child(fromCallback(({ receive }) => receive(throwBoom))),
    event: errorOf('child'),
  },
  {
    by: 'a callback that throws at its start',
    region: on(spawnChild(fromCallback(throwBoom), { id: 'child' })),
    event: errorOf('child'),
  },
  {
    by: 'a callback that throws in its clean-up',
    region: {
      initial: 'from',
      states: { from: { invoke: { id: 'child', src: fromCallback(() => throwBoom) }, on: { go: 'to' } }, to: {} },
    },
    event: errorOf('child'),
  },
  {
    by: 'a transition function',
    region: child(fromTransition((state, event) => (event.type === 'go' ? throwBoom() : state), {})),
    event: errorOf('child'),
  },
  {
    by: 'an observable',
    region: moving({}, { invoke: { id: 'child', src: fromObservable(erring) } }),
    event: errorOf('child'),
  },
  {
    by: 'an observable of events',
    region: moving({}, { invoke: { id: 'child', src: fromEventObservable(erring) } }),
    event: errorOf('child'),
  },
  {
    by: 'the function of an observable',
    region: moving({}, { invoke: { id: 'child', src: fromObservable(throwBoom) } }),
    event: errorOf('child'),
  },
  {
    by: 'the function of a promise',
    region: moving({}, { invoke: { id: 'child', src: fromPromise(throwBoom) } }),
    event: errorOf('child'),
  },
  {
    by: 'a machine that cannot start',
    region: moving({}, { invoke: { id: 'child', src: createMachine({ context: throwBoom }) } }),
    event: errorOf('child'),
  },
  {
    by: 'a machine whose entry throws',
    region: moving({}, { invoke: { id: 'child', src: createMachine({ entry: throwBoom }) } }),
    event: errorOf('child'),
  },
  {
    by: 'a child whose failure is handled by a throw',
    region: moving({}, { invoke: { id: 'child', src: fromPromise(throwBoom), onError: { actions: throwBoom } } }),
    event: errorOf('child'),
  },
];

/** Ways in which what a child sends makes the machine throw, while the child is still at it. */
const calledWays: readonly CrashWay[] = [
  {
    by: 'what a machine sends to its parent',
    region: {
      ...raising({ actions: throwBoom }, sendTo('child', go)),
      invoke: { id: 'child', src: createMachine({ on: { go: { actions: sendParent(raised) } } }) },
    },
    event: raised,
  },
  {
    by: 'what a callback sends back at its start',
    region: {
      initial: 'from',
      states: {
        from: { on: { go: 'to' } },
        to: {
          invoke: { id: 'child', src: fromCallback(({ sendBack }) => sendBack(raised)) },
          on: { raised: { actions: throwBoom } },
        },
      },
    },
    event: raised,
  },
  {
    by: 'what a callback sends back when it receives',
    region: {
      ...raising({ actions: throwBoom }, sendTo('child', go)),
      invoke: { id: 'child', src: fromCallback(({ sendBack, receive }) => receive(() => sendBack(raised))) },
    },
    event: raised,
  },
  {
    by: 'the output of a child',
    region: moving(
      {},
      {
        invoke: {
          id: 'child',
          src: createMachine({ type: 'parallel', output: 1, states: { over: { type: 'final' } } }),
          onDone: { actions: throwBoom },
        },
      },
    ),
    event: { type: 'xstate.done.actor.child', output: 1, actorId: 'child' },
  },
];

/** All ways that are over once `send` has returned, or the clock moved on. */
export const ways: readonly CrashWay[] = [
  ...ownWays,
  ...childWays.map((way) => ({ ...way, by: `the unhandled error of ${way.by}` })),
  ...calledWays,
];
