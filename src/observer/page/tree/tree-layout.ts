import { cluster, hierarchy } from 'd3-hierarchy';
import type { HierarchyNode } from 'd3-hierarchy';
import type { ShownNode } from './shown-tree.ts';

export const CARD = { width: 204, height: 46 };
const COLUMN = CARD.width + 36;
const INDENT = 24;
const ROW = CARD.height + 10;
/** A parent stands beside the middle of its children, but near enough to the first to be seen with it. */
const FARTHEST = 4.5 * ROW;

export interface PlacedNode {
  readonly shown: ShownNode;
  readonly parent?: PlacedNode;
  /** From 1. */
  readonly level: number;
  readonly position: number;
  readonly siblings: number;
  readonly x: number;
  readonly y: number;
}

export interface TreeLayout {
  /** A parent before its children, as one reads it. */
  readonly nodes: readonly PlacedNode[];
  readonly width: number;
  readonly height: number;
}

/** `wide`: from left to right, a row for each leaf. `narrow`: from top to bottom, a row for each node. */
export type Shape = 'wide' | 'narrow';

export function layOut(root: ShownNode, shape: Shape): TreeLayout {
  const points = shape === 'wide' ? wide(root) : narrow(root);
  const placed = new Map<unknown, PlacedNode>();
  points.eachBefore((point) => {
    const siblings = point.parent?.children ?? [point];
    placed.set(point, {
      shown: point.data,
      parent: placed.get(point.parent),
      level: point.depth + 1,
      position: siblings.indexOf(point) + 1,
      siblings: siblings.length,
      x: point.x!,
      y: point.y!,
    });
  });
  const nodes = [...placed.values()];
  return {
    nodes,
    width: Math.max(...nodes.map(({ x }) => x)) + CARD.width,
    height: Math.max(...nodes.map(({ y }) => y)) + CARD.height,
  };
}

function wide(root: ShownNode): HierarchyNode<ShownNode> {
  const rows = cluster<ShownNode>()
    .nodeSize([ROW, 1])
    .separation(() => 1)(hierarchy(root));
  rows.eachAfter((point) => {
    const first = point.children?.[0];
    if (first) point.x = Math.min(point.x, first.x + FARTHEST);
  });
  const top = Math.min(...rows.leaves().map(({ x }) => x));
  // D3 has trees grow downwards.
  return rows.each((point) => Object.assign(point, { x: point.depth * COLUMN, y: point.x - top }));
}

function narrow(root: ShownNode): HierarchyNode<ShownNode> {
  let row = 0;
  return hierarchy(root).eachBefore((point) => Object.assign(point, { x: point.depth * INDENT, y: row++ * ROW }));
}
