import type { PlacedNode } from './tree-layout.ts';

export type Move =
  | { readonly type: 'go'; readonly to: PlacedNode }
  | { readonly type: 'expand'; readonly at: PlacedNode; readonly expanded: boolean }
  | { readonly type: 'open'; readonly at: PlacedNode };

/** What a key does in a tree, as everywhere: right opens and enters, left closes and leaves. */
export function keyedMove(key: string, nodes: readonly PlacedNode[], focused: string | undefined): Move | undefined {
  const row = nodes.findIndex(({ shown }) => shown.key === focused);
  const at = nodes[row];
  if (!at) return undefined;
  const { expanded, count, node, children } = at.shown;
  const opens = node !== undefined && count > 0;
  const go = (to: PlacedNode | undefined): Move | undefined => to && { type: 'go', to };
  switch (key) {
    case 'ArrowDown':
      return go(nodes[row + 1]);
    case 'ArrowUp':
      return go(nodes[row - 1]);
    case 'Home':
      return go(nodes[0]);
    case 'End':
      return go(nodes.at(-1));
    case 'ArrowRight':
      if (opens && !expanded) return { type: 'expand', at, expanded: true };
      return children.length > 0 ? go(nodes[row + 1]) : undefined;
    case 'ArrowLeft':
      return opens && expanded ? { type: 'expand', at, expanded: false } : go(at.parent);
    case 'Enter':
    case ' ':
      return { type: 'open', at };
    default:
      return undefined;
  }
}
