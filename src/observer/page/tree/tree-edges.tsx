import { CARD } from './tree-layout.ts';
import type { PlacedNode } from './tree-layout.ts';

/** From each node to its parent. */
export function TreeEdges({ nodes }: { readonly nodes: readonly PlacedNode[] }) {
  return (
    <g class="edges" aria-hidden="true">
      {nodes.map(({ parent, x, y, shown }) => {
        if (!parent) return null;
        const from = { x: parent.x + CARD.width, y: parent.y + CARD.height / 2 };
        const to = y + CARD.height / 2;
        const middle = (from.x + x) / 2;
        return (
          <path
            key={shown.key}
            class={`edge edge-${shown.node?.status ?? 'more'}`}
            d={`M${from.x} ${from.y}C${middle} ${from.y} ${middle} ${to} ${x} ${to}`}
          />
        );
      })}
    </g>
  );
}
