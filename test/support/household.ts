import { assign, createMachine, fromCallback, spawnChild, stopChild } from 'xstate';
import type { AnyActorRef, AnyStateMachine } from 'xstate';
import type { Alive } from './alive.ts';
import { throwBoom } from './crash-ways.ts';
import type { CrashWay } from './crash-ways.ts';

/** A session, its child and its grandchild. */
export const levels = ['session', 'child', 'grandchild'] as const;
export type Level = (typeof levels)[number];

/** A machine, and all that it lives with: children of every kind, each with a name in the system, and timers. */
interface Household {
  readonly name: string;
  /** A region in which it crashes. */
  readonly crash?: object;
  /** Whether it finishes on `finish`. */
  readonly finishes?: boolean;
  /** The machine that is its child. */
  readonly child?: AnyStateMachine;
  /** Hears of each failure of that child, and has it begin anew. Without it, the failure is not handled. */
  readonly caught?: (error: unknown) => void;
}

export const household = (
  alive: Alive,
  { name, crash = {}, finishes = false, child, caught }: Household,
): AnyStateMachine => {
  const named = (role: string) => ({ id: role, systemId: `${name}.${role}` });
  const onError = caught && {
    target: 'at',
    reenter: true,
    actions: ({ event }: { event: { error: unknown } }) => caught(event.error),
  };
  const life = {
    type: 'parallel',
    states: {
      crash,
      family: {
        invoke: [
          { ...named('callback'), src: alive.callback(`${name}.callback`) },
          { ...named('promise'), src: alive.promise(`${name}.promise`) },
          { ...named('observable'), src: alive.observable(`${name}.observable`) },
        ],
      },
      ...(child && {
        next: {
          initial: 'at',
          states: { at: { invoke: { ...named('next'), src: child, onError }, after: { 50_000: {} } } },
        },
      }),
    },
  };
  return createMachine({
    id: 'machine',
    context: ({ spawn }: { spawn: (src: unknown, options: object) => AnyActorRef }) => ({
      spawned: spawn(alive.callback(`${name}.spawned`), named('spawned')),
    }),
    entry: [alive.joins(name), spawnChild(alive.callback(`${name}.kept`), named('kept'))],
    after: { 60_000: {} },
    ...(finishes
      ? { initial: 'working', on: { finish: '.over' }, states: { working: life, over: { type: 'final' } } }
      : life),
  } as never);
};

/** The names of a household. */
export const membersOf = (name: string): string[] => [
  name,
  ...['callback', 'kept', 'observable', 'promise', 'spawned'].map((role) => `${name}.${role}`),
];

/** How many timers run in a household. */
export const timersOf = (hasChild: boolean): number => (hasChild ? 2 : 1);

/** A way to crash just after children were created, which never start. */
export interface MidWay extends CrashWay {
  /** Who else lives in the household. */
  readonly lives?: readonly string[];
}

/** Ways to crash in the middle of a transition that has created children. */
export function midWays(alive: Alive): MidWay[] {
  const late = alive.callback('late');
  const inner = alive.callback('late.inner');
  const named = { id: 'late', systemId: 'late' };
  const parent = createMachine({
    context: ({ spawn }) => ({ child: spawn(inner, { id: 'inner', systemId: 'late.inner' }) }),
    invoke: { src: alive.callback('late.invoked'), systemId: 'late.invoked' },
    entry: spawnChild(alive.callback('late.entered'), { id: 'entered', systemId: 'late.entered' }),
  });
  const grandparent = createMachine({ invoke: { src: parent, systemId: 'late.parent' } });
  const stillborn = createMachine({
    context: ({ spawn }) => {
      spawn(inner, { id: 'inner', systemId: 'late.inner' });
      return throwBoom();
    },
  });
  const spawning = (src: unknown = late) =>
    assign(({ spawn }) => ({ late: (spawn as unknown as (src: unknown, options: object) => AnyActorRef)(src, named) }));
  const on = (...actions: unknown[]) => ({ on: { go: { actions } } });
  const held = { id: 'held', systemId: 'held', src: alive.callback('held') };

  return [
    { by: 'a throw after a spawn', region: on(spawning(), throwBoom) },
    {
      by: 'a throw in the assign that spawns',
      region: on(
        assign(({ spawn }) => {
          (spawn as unknown as (src: unknown, options: object) => AnyActorRef)(late, named);
          return throwBoom();
        }),
      ),
    },
    { by: 'a throw after a child was spawned by an action', region: on(spawnChild(late, named), throwBoom) },
    { by: 'a throw after a spawn of a machine with children', region: on(spawning(parent), throwBoom) },
    { by: 'a throw after a spawn of a machine with grandchildren', region: on(spawning(grandparent), throwBoom) },
    {
      by: 'a throw after a spawn of a machine without a name',
      region: on(spawnChild(grandparent, { id: 'late' }), throwBoom),
    },
    { by: 'a throw after a spawn of a machine that cannot start', region: on(spawnChild(stillborn, named), throwBoom) },
    {
      by: 'a spawn of a machine that cannot start',
      region: on(spawnChild(stillborn, named)),
      event: { type: 'xstate.error.actor.late', error: expect.any(Error), actorId: 'late' },
    },
    {
      by: 'a throw after an invoke',
      region: {
        initial: 'from',
        states: {
          from: { on: { go: 'to' } },
          to: {
            invoke: [{ ...named, src: parent }, { src: grandparent }],
            initial: 'in',
            states: { in: { entry: throwBoom } },
          },
        },
      },
    },
    {
      by: 'a throw after an invoke that is left at once',
      region: {
        initial: 'from',
        states: {
          from: { on: { go: 'to' } },
          to: { invoke: { ...named, src: parent }, always: 'gone' },
          gone: { entry: throwBoom },
        },
      },
    },
    {
      by: 'a throw after the state of an invoke was left',
      region: { initial: 'from', states: { from: { invoke: held, on: { go: 'to' } }, to: { entry: throwBoom } } },
      lives: ['held'],
    },
    {
      by: 'a throw after the state of an invoke was entered again',
      region: {
        initial: 'at',
        states: {
          at: {
            invoke: held,
            on: { go: { target: 'at', reenter: true } },
            initial: 'in',
            states: {
              in: {
                always: { guard: ({ event }: { event: { type: string } }) => event.type === 'go', actions: throwBoom },
              },
            },
          },
        },
      },
      lives: ['held'],
    },
    {
      by: 'a throw after a child was stopped and another spawned in its name',
      region: { invoke: held, ...on(stopChild('held'), spawnChild(late, { id: 'held', systemId: 'held' }), throwBoom) },
      lives: ['held'],
    },
    {
      by: 'a callback that throws beside children that have just started',
      region: {
        initial: 'from',
        states: {
          from: { on: { go: 'to' } },
          to: {
            invoke: [
              { ...named, src: parent },
              { id: 'bad', src: fromCallback(throwBoom) },
            ],
          },
        },
      },
      event: { type: 'xstate.error.actor.bad', error: expect.any(Error), actorId: 'bad' },
    },
  ];
}
