/** Where arrows touch the boxes of a level, and how they pass the ranks between. */
import { clamp } from './geometry.ts';
import type { Rectangle, Run } from './geometry.ts';
import { grouped } from './grouped.ts';
import type { Item, Route, Wire } from './place-graph.ts';

/** From a box's corner to the first arrow, and between two arrows. */
const PAD = 16;
const APART = 18;

interface End {
  readonly wire: Wire;
  readonly item: Item;
  readonly side: 'top' | 'bottom';
  /** Where it would like to be: straight below or above the next point of its arrow. */
  readonly wish: number;
}

export function attach(
  items: readonly Item[],
  wires: readonly Wire[],
  placed: ReadonlyMap<string, Rectangle>,
  routes: ReadonlyMap<string, Route>,
): Map<string, { runs: Run[]; label?: Rectangle }> {
  const byId = new Map(items.map((item) => [item.id, item]));
  const ends = wires.flatMap((wire): [End, End] => {
    const [above, below] = wire.back ? [wire.to, wire.from] : [wire.from, wire.to];
    const { points } = routes.get(wire.id)!;
    const toward = (id: string) => placed.get(id)!.x + placed.get(id)!.width / 2;
    return [
      { wire, item: byId.get(above)!, side: 'bottom', wish: points[0]?.x ?? toward(below) },
      { wire, item: byId.get(below)!, side: 'top', wish: points.at(-1)?.x ?? toward(above) },
    ];
  });
  const spots = new Map<End, number>();
  for (const group of grouped(ends, ({ item, side }) => `${side} ${item.id}`).values()) {
    spread(group, placed.get(group[0]!.item.id)!, spots);
  }
  const heights = rankHeights([...placed.values(), ...[...routes.values()].flatMap(({ label }) => label ?? [])]);
  return new Map(
    wires.map((wire, index) => {
      const [above, below] = [ends[2 * index]!, ends[2 * index + 1]!];
      const { points, label } = routes.get(wire.id)!;
      const [start, end] = [edgeOf(above, placed), edgeOf(below, placed)];
      const runs = [
        { x: spots.get(above)!, from: start, to: start + 4 },
        ...points.map(({ x, y }) => {
          const half = heights(y);
          return { x, from: y - half, to: y + half };
        }),
        { x: spots.get(below)!, from: end - 9, to: end },
      ];
      if (wire.back) runs.reverse();
      const directed = wire.back ? runs.map(({ x, from, to }) => ({ x, from: to, to: from })) : runs;
      return [wire.id, { runs: directed, ...(label && { label }) }];
    }),
  );
}

/** Of a port: its middle, where it goes on to the border. */
function edgeOf({ item, side }: End, placed: ReadonlyMap<string, Rectangle>): number {
  const { y, height } = placed.get(item.id)!;
  if (item.port !== undefined) return y + height / 2;
  return side === 'top' ? y : y + height;
}

/** Gives the arrows at one side of a box their spots, apart from each other, in the order of their wishes. */
function spread(ends: readonly End[], { x, width }: Rectangle, spots: Map<End, number>): void {
  const free: End[] = [];
  for (const end of ends) {
    const fixed = end.item.port === undefined ? end.item.ports?.get(end.wire.id) : width / 2;
    if (fixed === undefined) free.push(end);
    else spots.set(end, x + fixed);
  }
  free.sort((a, b) => a.wish - b.wish);
  const [low, high] = [x + PAD, x + width - PAD];
  const apart = Math.min(APART, (high - low) / Math.max(1, free.length - 1));
  const wished = free.map(({ wish }, index) =>
    clamp(wish, low + index * apart, high - (free.length - 1 - index) * apart),
  );
  wished.forEach((spot, index) => {
    if (index > 0) wished[index] = Math.max(spot, wished[index - 1]! + apart);
  });
  free.forEach((end, index) => spots.set(end, wished[index]!));
}

/** Half the height of the rank with a given middle, so that arrows bend between ranks only. */
function rankHeights(rectangles: readonly Rectangle[]): (y: number) => number {
  const ranks = new Map<number, number>();
  for (const { y, height } of rectangles) {
    const middle = Math.round(y + height / 2);
    ranks.set(middle, Math.max(ranks.get(middle) ?? 0, height / 2));
  }
  return (y) => Math.max(...[-1, 0, 1].map((off) => ranks.get(Math.round(y) + off) ?? 0));
}
