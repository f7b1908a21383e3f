import type { TreeNode } from '../../protocol.ts';

/** Something that has just happened to a node, which the page makes visible for a while. */
export interface Pulse {
  readonly kind: 'crashed' | 'restarted';
  readonly at: number;
  /** Counts through the life of the page: a new one begins its flash anew. */
  readonly n: number;
}

/** How long a crash makes a node more interesting than its siblings. */
export const LATELY_MS = 15_000;

const KEPT = 1000;
let count = 0;

/** The latest of each node, the oldest first. */
export type Pulses = Map<string, Pulse>;

export function pulse(pulses: Pulses, key: string, kind: Pulse['kind'], at: number): void {
  // Taken out first, so that the order is that of time.
  pulses.delete(key);
  pulses.set(key, { kind, at, n: ++count });
  if (pulses.size > KEPT) pulses.delete(pulses.keys().next().value!);
}

/** What a change of a node shows: the children of a session have no lifecycle events of their own. */
export function pulseOf(before: TreeNode | undefined, after: TreeNode): Pulse['kind'] | undefined {
  if (!before) return undefined;
  const down = after.status === 'restarting' || after.status === 'gave_up';
  if (down && before.status !== after.status) return 'crashed';
  return after.incarnation > before.incarnation && before.incarnation > 0 ? 'restarted' : undefined;
}

export function crashedLately(pulses: Pulses, key: string, now: number): boolean {
  const last = pulses.get(key);
  return last !== undefined && now - last.at < LATELY_MS;
}
