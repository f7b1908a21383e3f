import type { NodeStatus, TreeNode } from '../../protocol.ts';

export type SortColumn = 'started' | 'name' | 'status' | 'restarts' | 'uptime';

export interface Sorting {
  readonly column: SortColumn;
  readonly descending: boolean;
}

/** The more of a concern it is, the higher. */
const concern: Record<NodeStatus, number> = {
  running: 0,
  starting: 1,
  stopping: 2,
  stopped: 3,
  restarting: 4,
  gave_up: 5,
};

/** By the node, which is another object once it has changed: a search goes through all of them at each keystroke. */
const texts = new WeakMap<TreeNode, string>();

const byColumn: Record<Exclude<SortColumn, 'started'>, (a: TreeNode, b: TreeNode) => number> = {
  // A collator would take more than a frame for ten thousand.
  name: (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  status: (a, b) => concern[a.status] - concern[b.status],
  restarts: (a, b) => restartsOf(a) - restartsOf(b),
  // One that does not run has none.
  uptime: (a, b) => (b.startedAt ?? Infinity) - (a.startedAt ?? Infinity) || 0,
};

export function restartsOf({ incarnation }: TreeNode): number {
  return Math.max(0, incarnation - 1);
}

/** The sessions that have every word of the query, in the order asked for. */
export function listRows(sessions: Iterable<TreeNode>, query: string, { column, descending }: Sorting): TreeNode[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const rows: TreeNode[] = [];
  for (const node of sessions) {
    if (words.length === 0 || words.every((word) => textOf(node).includes(word))) rows.push(node);
  }
  if (column !== 'started') rows.sort(byColumn[column]);
  return descending ? rows.reverse() : rows;
}

function textOf(node: TreeNode): string {
  let text = texts.get(node);
  if (text === undefined) {
    const { name, session, state, status } = node;
    text = [name, session?.projectPath, session?.id, state, status].join('\n').toLowerCase();
    texts.set(node, text);
  }
  return text;
}
