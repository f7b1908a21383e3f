import type { AnyMachineSnapshot, AnyStateNode, StateValue } from 'xstate';
import { readable } from './readable.ts';

const MAX_TYPES = 200;

/**
 * The types of event that a machine takes in the state that it is in, the innermost states' first; `user.*` stands for
 * all below it. Guards are not asked: they are the host's, and may want an event's payload.
 *
 * @param snapshot of anything; what is no running machine takes nothing
 */
export function acceptsOf(snapshot: unknown): string[] {
  return readable(() => {
    const { machine, value, status } = snapshot as AnyMachineSnapshot;
    if (status !== 'active') return [];
    return [...takenBy(machine.root, value).types].filter(isSendable).slice(0, MAX_TYPES);
  }, []);
}

interface Taken {
  readonly types: ReadonlySet<string>;
  /** Those that stay away from the states around: `{ on: { stop: undefined } }`. */
  readonly forbidden: ReadonlySet<string>;
}

function takenBy(node: AnyStateNode, value: StateValue | undefined): Taken {
  const inner = activeIn(value).map(([key, below]) => takenBy(node.states[key]!, below));
  const types = new Set(inner.flatMap((taken) => [...taken.types]));
  const forbidden = new Set(inner.flatMap((taken) => [...taken.forbidden]));
  const own = new Set(node.ownEvents as string[]);
  for (const type of node.transitions.keys() as Iterable<string>) {
    if (!own.has(type)) forbidden.add(type);
    else if (!forbidden.has(type)) types.add(type);
  }
  return { types, forbidden };
}

function activeIn(value: StateValue | undefined): [key: string, below: StateValue | undefined][] {
  if (typeof value === 'string') return [[value, undefined]];
  return Object.entries(value ?? {});
}

/** XState throws at who sends `*`, and its own are no one's to send. */
const isSendable = (type: string): boolean => type !== '*' && !type.startsWith('xstate.');
