import { CARD } from './tree-layout.ts';
import type { PlacedNode, Shape } from './tree-layout.ts';

export interface TreeEdgesProps {
  readonly nodes: readonly PlacedNode[];
  readonly shape: Shape;
}

/** From each node to its parent. */
export function TreeEdges({ nodes, shape }: TreeEdgesProps) {
  const pathOf = shape === 'wide' ? curve : elbow;
  return (
    <g class="edges" aria-hidden="true">
      {nodes.map((placed) => {
        const { parent, shown } = placed;
        if (!parent) return null;
        return <path key={shown.key} class={`edge edge-${shown.node?.status ?? 'more'}`} d={pathOf(placed, parent)} />;
      })}
    </g>
  );
}

function curve({ x, y }: PlacedNode, parent: PlacedNode): string {
  const from = { x: parent.x + CARD.width, y: parent.y + CARD.height / 2 };
  const to = y + CARD.height / 2;
  const middle = (from.x + x) / 2;
  return `M${from.x} ${from.y}C${middle} ${from.y} ${middle} ${to} ${x} ${to}`;
}

function elbow({ x, y }: PlacedNode, parent: PlacedNode): string {
  return `M${parent.x + 12} ${parent.y + CARD.height}V${y + CARD.height / 2}H${x}`;
}
