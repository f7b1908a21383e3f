/** Puts the boxes of one level in their places, by dagre, from top to bottom. */
import { Graph, layout } from '@dagrejs/dagre';
import { attach } from './attach.ts';
import type { Point, Rectangle, Run, Size } from './geometry.ts';

export interface Item extends Size {
  readonly id: string;
  /** Room on its left, for the arrow of an initial state. As much is left on its right, so that it stays in line. */
  readonly aside?: number;
  /** A place on the border of the level, where an arrow crosses it. */
  readonly port?: 'top' | 'bottom';
  /** Where arrows that go on within the item cross its border, from its left. */
  readonly ports?: ReadonlyMap<string, number>;
}

export interface Wire {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** It leads up. */
  readonly back: boolean;
  readonly label?: Size;
}

export interface Placed extends Size {
  readonly items: ReadonlyMap<string, Rectangle>;
  readonly wires: ReadonlyMap<string, { readonly runs: readonly Run[]; readonly label?: Rectangle }>;
}

const GAP = { between: 30, ranks: 60, edges: 18 } as const;
/** The two ends of the level, that ports are tied to. */
const ENDS = { top: '\0top', bottom: '\0bottom' } as const;
/** From here on, ranks are found in the simplest way: the better one takes too long. */
const MANY = 120;

export function placeGraph(items: readonly Item[], wires: readonly Wire[]): Placed {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({
    nodesep: GAP.between,
    ranksep: GAP.ranks,
    edgesep: GAP.edges,
    ...(items.length > MANY && { ranker: 'longest-path' }),
  });
  for (const { id, width, height, aside = 0 } of items) graph.setNode(id, { width: width + 2 * aside, height });
  for (const { id, from, to, back, label } of wires) {
    const [above, below] = back ? [to, from] : [from, to];
    graph.setEdge(above, below, { weight: 2, minlen: 1, labelpos: 'c', ...(label ?? { width: 0, height: 0 }) }, id);
  }
  for (const end of ['top', 'bottom'] as const) tieToEnd(graph, items, wires, end);
  layout(graph);

  const placed = new Map(items.map((item) => [item.id, rectangleOf(item, graph.node(item.id) as unknown as Point)]));
  const routes = new Map(wires.map((wire) => [wire.id, routeOf(graph, wire)]));
  return inOrigin(items, wires, placed, attach(items, wires, placed, routes));
}

/** Ports are at the end of the level: with nothing but the border beyond them. */
function tieToEnd(graph: Graph, items: readonly Item[], wires: readonly Wire[], end: 'top' | 'bottom'): void {
  if (!items.some(({ port }) => port === end)) return;
  graph.setNode(ENDS[end], { width: 0, height: 0 });
  const isTop = end === 'top';
  const beyond = new Set(wires.map(({ from, to, back }) => (back === isTop ? from : to)));
  for (const { id, port } of items) {
    if (port !== end && beyond.has(id)) continue;
    const [above, below] = isTop ? [ENDS.top, id] : [id, ENDS.bottom];
    graph.setEdge(above, below, { weight: port === end ? 20 : 0, minlen: 1, width: 0, height: 0 }, `${ENDS[end]}${id}`);
  }
}

const rectangleOf = ({ width, height }: Item, center: Point): Rectangle => ({
  x: center.x - width / 2,
  y: center.y - height / 2,
  width,
  height,
});

export interface Route {
  /** From top to bottom, without the ends. */
  readonly points: readonly Point[];
  readonly label?: Rectangle;
}

function routeOf(graph: Graph, { id, from, to, back, label }: Wire): Route {
  const edge = graph.edge(back ? { v: to, w: from, name: id } : { v: from, w: to, name: id }) as unknown as Point & {
    points: Point[];
  };
  const points = edge.points.slice(1, -1);
  if (label === undefined) return { points };
  return { points, label: { ...label, x: edge.x - label.width / 2, y: edge.y - label.height / 2 } };
}

/** Moved so that all begins at 0, 0: what the ends of the level have taken is given back. */
function inOrigin(
  items: readonly Item[],
  wires: readonly Wire[],
  placed: ReadonlyMap<string, Rectangle>,
  runs: ReadonlyMap<string, { runs: readonly Run[]; label?: Rectangle }>,
): Placed {
  const boxed = items.filter(({ port }) => port === undefined);
  const boxes = boxed.map(({ id }) => placed.get(id)!);
  const labels = wires.flatMap(({ id }) => runs.get(id)!.label ?? []);
  const lines = wires.flatMap(({ id }) => runs.get(id)!.runs);
  const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), -Infinity);
  const beside = boxed.map(({ id, aside = 0 }) => placed.get(id)!.x - aside);
  const left = least([...beside, ...labels.map(({ x }) => x), ...lines.map(({ x }) => x - 8)]);
  const right = most([...[...boxes, ...labels].map(({ x, width }) => x + width), ...lines.map(({ x }) => x + 8)]);
  const top = least([...boxes, ...labels].map(({ y }) => y));
  const bottom = most([...boxes, ...labels].map(({ y, height }) => y + height));
  const shift = <T extends Point>(at: T): T => ({ ...at, x: at.x - left, y: at.y - top });
  return {
    width: right - left,
    height: bottom - top,
    items: new Map([...placed].map(([id, rectangle]) => [id, shift(rectangle)])),
    wires: new Map(
      [...runs].map(([id, one]) => [
        id,
        {
          runs: one.runs.map(({ x, from, to }) => ({ x: x - left, from: from - top, to: to - top })),
          ...(one.label && { label: shift(one.label) }),
        },
      ]),
    ),
  };
}
