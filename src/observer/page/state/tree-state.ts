import type { TreeChange, TreeNode } from '../../protocol.ts';

/** The tree as the host has told it. It is changed in place: thousands of nodes may change twice a second. */
export interface Tree {
  readonly nodes: Map<string, TreeNode>;
  /** In the order in which they were told. */
  readonly children: Map<string, Set<string>>;
  /** By the id of the session. */
  readonly sessions: Map<string, TreeNode>;
  root?: string;
}

export function emptyTree(): Tree {
  return { nodes: new Map(), children: new Map(), sessions: new Map() };
}

export function changeTree(tree: Tree, { nodes, gone }: Pick<TreeChange, 'nodes' | 'gone'>): void {
  // What is gone first: a session may end and another begin with its key between two changes.
  for (const key of gone) remove(tree, key);
  for (const node of nodes) put(tree, node);
}

/** The node of the session that a node is, or belongs to. */
export function sessionOf(tree: Tree, key: string): TreeNode | undefined {
  for (let node = tree.nodes.get(key); node; node = tree.nodes.get(node.parent ?? '')) {
    if (node.kind === 'session') return node;
  }
  return undefined;
}

function put(tree: Tree, node: TreeNode): void {
  const before = tree.nodes.get(node.key);
  tree.nodes.set(node.key, node);
  if (node.session) tree.sessions.set(node.session.id, node);
  if (before?.parent === node.parent && before) return;
  if (before?.parent !== undefined) tree.children.get(before.parent)?.delete(node.key);
  if (node.parent === undefined) {
    tree.root = node.key;
  } else {
    const siblings = tree.children.get(node.parent);
    if (siblings) siblings.add(node.key);
    else tree.children.set(node.parent, new Set([node.key]));
  }
}

/** With all that is below it. */
function remove(tree: Tree, key: string): void {
  const node = tree.nodes.get(key);
  if (!node) return;
  for (const child of tree.children.get(key) ?? []) remove(tree, child);
  tree.children.delete(key);
  tree.nodes.delete(key);
  if (node.session && tree.sessions.get(node.session.id)?.key === key) tree.sessions.delete(node.session.id);
  if (node.parent === undefined) delete tree.root;
  else tree.children.get(node.parent)?.delete(key);
}
