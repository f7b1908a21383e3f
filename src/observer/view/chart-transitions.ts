import type { AnyStateNode } from 'xstate';
import { actionNames, guardName } from './chart-names.ts';
import type { ChartTransition } from '../protocol.ts';
import { capped, readable } from './readable.ts';

const MAX_LABEL = 120;
export const MAX_KEY = 100;
/** How many targets one transition may have. */
const MAX_TARGETS = 20;

interface Transition {
  readonly eventType: string;
  readonly delay?: unknown;
  readonly guard?: unknown;
  readonly actions: readonly unknown[];
  readonly target?: readonly AnyStateNode[] | undefined;
}

/** The transitions of a state, without those of the states in it: `always` first, as they are taken. */
export function transitionsOf(node: AnyStateNode, most: number): ChartTransition[] {
  const all = readable(() => [...(node.always ?? []), ...[...node.transitions.values()].flat()], []);
  const written = all.slice(0, most).map((transition) => transitionOf(node, transition as Transition));
  return [...readable(() => defaultOf(node), []), ...written];
}

/** From the root: keys joined by dots. */
export const pathOf = (node: AnyStateNode): string => node.path.map((key) => capped(key, MAX_KEY)).join('.');

function transitionOf(node: AnyStateNode, transition: Transition): ChartTransition {
  const event = readable(() => capped(transition.eventType, MAX_LABEL), '');
  const guard = readable(() => transition.guard, undefined);
  return {
    label: capped(
      readable(() => labelOf(node, transition), event),
      MAX_LABEL,
    ),
    event,
    ...(guard !== undefined && { guard: guardName(guard) }),
    actions: readable(() => actionNames(transition.actions), []),
    targets: readable(() => (transition.target ?? []).slice(0, MAX_TARGETS).map(pathOf), []),
  };
}

function labelOf(node: AnyStateNode, { eventType, delay }: Transition): string {
  if (eventType === '') return 'always';
  if (eventType === '*') return 'any event';
  if (eventType.startsWith('xstate.after.')) return `after ${delayText(delay)}`;
  if (eventType.startsWith('xstate.done.state.')) return 'done';
  const [, what, id] = /^xstate\.(done\.actor|error\.actor|snapshot)\.(.*)$/s.exec(eventType) ?? [];
  if (what !== undefined) return `${what.split('.')[0]}: ${actorName(node, id!)}`;
  return eventType.startsWith('xstate.') ? eventType.slice('xstate.'.length) : eventType;
}

const units = [
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const;

function delayText(delay: unknown): string {
  if (typeof delay !== 'number') return String(delay);
  const [size, unit] = units.find(([size]) => delay >= size && delay % size === 0) ?? [1, 'ms'];
  return `${delay / size} ${unit}`;
}

/** An invoked actor's id, unless XState has made it up. */
function actorName(node: AnyStateNode, id: string): string {
  const invoked = node.invoke.findIndex((invoke) => invoke.id === id);
  if (invoked === -1 || id !== `${invoked}.${node.id}`) return id;
  const { src } = node.invoke[invoked]!;
  return typeof src !== 'string' || src.startsWith('xstate.invoke.') ? 'inline' : src;
}

/** Where a history state leads, as long as there is nothing to remember. */
function defaultOf(node: AnyStateNode): ChartTransition[] {
  const { target } = node.config as { target?: unknown };
  if (node.type !== 'history' || typeof target !== 'string') return [];
  const found = target.startsWith('#')
    ? node.machine.getStateNodeById(target)
    : node.parent!.states[target.replace(/^\./, '')]!;
  return [{ label: 'default', event: '', actions: [], targets: [pathOf(found)] }];
}
