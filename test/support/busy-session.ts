import {
  assign,
  cancel,
  enqueueActions,
  fromCallback,
  fromPromise,
  fromTransition,
  raise,
  sendTo,
  setup,
  stopChild,
} from 'xstate';
import type { AnyActorLogic, AnyActorRef } from 'xstate';
import { sessionTree, supervisor } from '../../src/index.ts';
import type { SessionTreeOptions } from '../../src/index.ts';

/** What a busy session and its children understand. */
export const words = [
  'GO',
  'BACK',
  'PING',
  'LATER',
  'NEVER',
  'ASK',
  'FETCH',
  'FAIL',
  'SPAWN',
  'DROP',
  'ADD',
  'END',
  'ECHO',
  'CRASH',
];

const kid = setup({
  types: { context: {} as { readonly count: number; readonly beats: number; readonly since: Date } },
}).createMachine({
  context: { count: 0, beats: 0, since: new Date(5) },
  initial: 'on',
  on: {
    ADD: { actions: assign({ count: ({ context }) => context.count + 1 }) },
    END: '.over',
    CRASH: {
      actions: () => {
        throw new Error('the kid crashed');
      },
    },
  },
  states: {
    on: {
      after: { 40: { target: 'on', reenter: true, actions: assign({ beats: ({ context }) => context.beats + 1 }) } },
    },
    over: { type: 'final' },
  },
});

interface BusyContext {
  readonly spawned: number;
  readonly kids: ReadonlyMap<string, AnyActorRef>;
  readonly log: readonly unknown[];
}

/** Nested and parallel states, history, timers of each kind, children that are invoked, spawned and of each kind. */
const busy = setup({
  types: { context: {} as BusyContext },
  actors: {
    kid,
    echo: fromCallback(({ receive, sendBack }) => receive((event) => sendBack({ type: 'ECHOED', event }))),
    total: fromTransition((total: number) => total + 1, 0),
    twice: fromPromise(async ({ input }: { input: number }) => input * 2),
    broken: fromPromise(async () => {
      throw new RangeError('broken');
    }),
  },
  actions: {
    note: assign({ log: ({ context, event }) => [...context.log, event].slice(-5) }),
    noteType: assign({ log: ({ context, event }) => [...context.log, event.type].slice(-5) }),
    crash: () => {
      throw new Error('the session crashed');
    },
  },
}).createMachine({
  id: 'busy',
  context: { spawned: 0, kids: new Map(), log: [] },
  invoke: [
    { src: 'kid', id: 'kid', systemId: 'the-kid' },
    { src: 'echo', id: 'echo' },
    { src: 'total', id: 'total' },
  ],
  type: 'parallel',
  on: { CRASH: { actions: 'crash' }, ECHOED: { actions: 'noteType' }, 'xstate.done.actor.*': { actions: 'noteType' } },
  states: {
    flow: {
      initial: 'idle',
      states: {
        idle: { on: { GO: 'working', BACK: 'working.before' }, after: { 70: 'working' } },
        working: {
          initial: 'one',
          on: { GO: 'idle' },
          after: { 30: { target: 'idle', actions: 'noteType' } },
          states: {
            one: { after: { 10: 'two' } },
            two: { after: { 15: 'three' } },
            three: {},
            before: { type: 'history' },
          },
        },
      },
    },
    post: {
      on: {
        PING: { actions: raise({ type: 'PONG' }, { delay: 15 }) },
        PONG: { actions: 'noteType' },
        LATER: {
          actions: [cancel('later'), raise({ type: 'PONG', big: 7n }, { delay: 45, id: 'later' })],
        },
        NEVER: { actions: cancel('later') },
        ASK: {
          actions: [sendTo('kid', { type: 'ADD' }, { delay: 25 }), sendTo('total', { type: 'ANY' }, { delay: 35 })],
        },
        ECHO: { actions: sendTo('echo', { type: 'HELLO' }) },
      },
    },
    nursery: {
      on: {
        SPAWN: {
          guard: ({ context }) => context.kids.size < 4,
          actions: assign({
            spawned: ({ context }) => context.spawned + 1,
            kids: ({ context, spawn }) => {
              const id = `k${context.spawned}`;
              return new Map([...context.kids, [id, spawn('kid', { id })]]);
            },
          }),
        },
        DROP: {
          actions: enqueueActions(({ context, enqueue }) => {
            const id = [...context.kids.keys()].at(-1);
            if (id === undefined) return;
            enqueue(stopChild(id));
            enqueue.assign({ kids: new Map([...context.kids].slice(0, -1)) });
          }),
        },
      },
    },
    net: {
      initial: 'quiet',
      states: {
        quiet: { on: { FETCH: 'loading', FAIL: 'failing' } },
        loading: {
          invoke: {
            src: 'twice',
            input: ({ context }) => context.spawned,
            onDone: { target: 'quiet', actions: 'note' },
          },
        },
        failing: { invoke: { src: 'broken', onError: { target: 'quiet', actions: 'note' } } },
      },
    },
  },
});

const logger = () => {};

const treeOf = (options: Partial<SessionTreeOptions>): AnyActorLogic =>
  sessionTree({
    logger,
    intensity: { maxRestarts: 4, withinMs: 100 },
    children: () => [
      { id: 'a', src: kid },
      { id: 'busy', src: busy, restart: 'transient' },
      {
        id: 'inner',
        src: supervisor({
          logger,
          children: [
            { id: 'x', src: kid, restart: 'temporary' },
            { id: 'y', src: kid },
          ],
        }),
      },
    ],
    ...options,
  });

const backoff = { minMs: 20, maxMs: 80, jitter: 'none', resetAfterMs: 150 } as const;

export const sessions: readonly [name: string, logic: AnyActorLogic][] = [
  ['a machine', busy],
  ['a tree, one_for_one', treeOf({})],
  [
    'a tree, one_for_all, with a back-off',
    treeOf({ strategy: 'one_for_all', backoff, intensity: { maxRestarts: 2, withinMs: 200 } }),
  ],
  ['a tree, rest_for_one', treeOf({ strategy: 'rest_for_one' })],
  ['a tree, one_for_one, with a back-off', treeOf({ backoff, intensity: { maxRestarts: 3, withinMs: 400 } })],
];
