import type { TreeNode } from '../../protocol.ts';
import type { Tree } from '../state/tree-state.ts';

/** A node of the picture. */
export interface ShownNode {
  readonly key: string;
  /** None: it stands for those that are left out. */
  readonly node?: TreeNode;
  /** How many children it has, shown or not; of the one that stands for others, how many those are. */
  readonly count: number;
  readonly expanded: boolean;
  readonly children: readonly ShownNode[];
}

export interface ShownTreeOptions {
  /** How many children of a node are shown. */
  readonly limit: number;
  /** Opened or closed by hand. */
  readonly expanded: ReadonlyMap<string, boolean>;
  /** 0: of no more interest than any other. */
  readonly interest: (node: TreeNode) => number;
}

/** A session with children is open as long as it has no more siblings than these. */
const FEW = 6;

export function shownTree(tree: Tree, options: ShownTreeOptions): ShownNode | undefined {
  const root = tree.nodes.get(tree.root ?? '');
  return root && shown(root, 1, tree, options);
}

function shown(node: TreeNode, siblings: number, tree: Tree, options: ShownTreeOptions): ShownNode {
  const all = tree.children.get(node.key) ?? new Set<string>();
  const expanded = options.expanded.get(node.key) ?? (node.kind !== 'session' || siblings <= FEW);
  const base = { key: node.key, node, count: all.size, expanded };
  if (!expanded || all.size === 0) return { ...base, children: [] };
  const nodes = chosen(all, tree, options);
  const children = nodes.map((child) => shown(child, all.size, tree, options));
  const left = all.size - nodes.length;
  if (left > 0) children.push({ key: `${node.key}/…`, count: left, expanded: false, children: [] });
  return { ...base, children };
}

/** The most interesting ones, up to the limit. In their own order: what one looks at stays where it is. */
function chosen(keys: ReadonlySet<string>, tree: Tree, { limit, interest }: ShownTreeOptions): TreeNode[] {
  const nodes = [...keys].map((key) => tree.nodes.get(key)!);
  if (nodes.length <= limit) return nodes;
  const interesting = nodes
    .filter((node) => interest(node) > 0)
    .sort((a, b) => interest(b) - interest(a))
    .slice(0, limit);
  const kept = new Set(interesting);
  for (const node of nodes) {
    if (kept.size >= limit) break;
    kept.add(node);
  }
  return nodes.filter((node) => kept.has(node));
}
