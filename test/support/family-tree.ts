import { assign, createMachine, raise, sendParent, spawnChild } from 'xstate';
import type { ActorOptions, AnyActorLogic, AnyActorRef, AnyEventObject, AnyStateMachine } from 'xstate';
import fc from 'fast-check';
import type { Alive } from './alive.ts';

/** A member of a family of actors, of any depth: what it is, and how its parent came to have it. */
export interface Member {
  readonly kind: 'callback' | 'promise' | 'observable' | 'machine';
  readonly had: 'invoked' | 'spawned' | 'spawned by an action';
  /** Whether it has a name in the system. */
  readonly isNamed: boolean;
  /** Whether it has each child that it invokes begin anew when that fails; else it fails of that, too. */
  readonly handles: boolean;
  /** Those of a machine. */
  readonly children: readonly Member[];
}

const { member } = fc.letrec<{ member: Member; leaf: Member; machine: Member }>((tie) => {
  const anyHow = {
    had: fc.constantFrom('invoked', 'spawned', 'spawned by an action'),
    isNamed: fc.boolean(),
  } as const;
  return {
    member: fc.oneof({ depthSize: 'small', withCrossShrink: true }, tie('leaf'), tie('machine')),
    leaf: fc.record({
      ...anyHow,
      kind: fc.constantFrom('callback', 'promise', 'observable'),
      handles: fc.constant(false),
      children: fc.constant([]),
    }),
    machine: fc.record({
      ...anyHow,
      kind: fc.constant('machine'),
      handles: fc.boolean(),
      children: fc.array(tie('member'), { maxLength: 4 }),
    }),
  };
});

/** A session that is a machine, and its family. */
export const family: fc.Arbitrary<Member> = fc.record({
  kind: fc.constant('machine'),
  had: fc.constant('invoked'),
  isNamed: fc.constant(false),
  handles: fc.boolean(),
  children: fc.array(member, { minLength: 1, maxLength: 4 }),
});

/** The place of a member in its family: `0` is the session, `0.2` its third child. */
export type Path = string;

export const parentOf = (path: Path): Path => path.slice(0, path.lastIndexOf('.'));

/** All members by their paths. */
export function pathsOf(member: Member, path: Path = '0', all = new Map<Path, Member>()): Map<Path, Member> {
  all.set(path, member);
  member.children.forEach((child, i) => pathsOf(child, `${path}.${i}`, all));
  return all;
}

/** The logic of a member; its name among those alive is its path. */
export function logicOf(alive: Alive, member: Member, path: Path = '0'): AnyActorLogic {
  return member.kind === 'machine' ? machineOf(alive, member, path) : alive[member.kind](path);
}

type Spawn = (src: AnyActorLogic, options: Partial<ActorOptions<AnyActorLogic>>) => AnyActorRef;

function machineOf(alive: Alive, member: Member, path: Path): AnyStateMachine {
  const children = member.children.map((child, i) => {
    const name = `${path}.${i}`;
    return {
      had: child.had,
      src: logicOf(alive, child, name),
      options: { id: name, systemId: child.isNamed ? name : undefined },
    };
  });
  const those = (had: Member['had']) => children.filter((child) => child.had === had);
  const onError = member.handles ? { target: 'at', reenter: true } : undefined;
  const regions = those('invoked').map(({ src, options }) => ({
    initial: 'at',
    states: { at: { invoke: { ...options, src, onError } } },
  }));
  const fail = ({ event }: { event: { error: unknown } }) => {
    throw event.error;
  };
  // What is created here never starts: the machine fails first.
  const late = { id: `${path}.late`, systemId: `${path}.late` };
  return createMachine({
    context: ({ spawn }: { spawn: Spawn }) => ({
      refs: those('spawned').map(({ src, options }) => spawn(src, options)),
    }),
    entry: [alive.joins(path), ...those('spawned by an action').map(({ src, options }) => spawnChild(src, options))],
    after: { 60_000: {} },
    on: {
      fail: { actions: fail },
      fail_in_turn: { actions: raise(({ event }) => ({ ...event, type: 'fail' })) },
      fail_late: {
        actions: [
          assign({
            late: ({ spawn }) => (spawn as Spawn)(logicOf(alive, { ...member, had: 'spawned' }, 'never'), late),
          }),
          fail,
        ],
      },
      pass_on: { actions: sendParent(({ event }) => (event as AnyEventObject).event) },
      finish: '.finished',
    },
    initial: 'working',
    states: {
      working: {
        type: 'parallel',
        states: { idle: {}, ...Object.fromEntries(regions.map((region, i) => [`region${i}`, region])) },
      },
      finished: { type: 'final' },
    },
  } as never);
}
