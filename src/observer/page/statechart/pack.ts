/** Puts what no arrow connects side by side, and what finds no room there into the next row. */
import { moved, movedRun } from './geometry.ts';
import type { Rectangle, Size } from './geometry.ts';
import { placeGraph } from './place-graph.ts';
import type { Item, Placed, Wire } from './place-graph.ts';

const GAP = 28;
/** How much wider than high a level should be. */
const ASPECT = 1.7;

export function place(items: readonly Item[], wires: readonly Wire[]): Placed {
  // What crosses the border must have nothing in its way.
  if (items.some(({ port }) => port !== undefined)) return placeGraph(items, wires);
  const parts = connected(items, wires).map(placePart);
  const spots = inRows(parts, Math.max(...parts.map(({ width }) => width), Math.sqrt(areaOf(parts) * ASPECT)));
  return {
    width: Math.max(0, ...spots.map(({ x, width }) => x + width)),
    height: Math.max(0, ...spots.map(({ y, height }) => y + height)),
    items: new Map(
      parts.flatMap((part, index) => [...part.items].map(([id, at]) => [id, moved(at, spots[index]!)] as const)),
    ),
    wires: new Map(
      parts.flatMap((part, index) =>
        [...part.wires].map(([id, { runs, label }]) => {
          const spot = spots[index]!;
          return [
            id,
            { runs: runs.map((run) => movedRun(run, spot)), ...(label && { label: moved(label, spot) }) },
          ] as const;
        }),
      ),
    ),
  };
}

function placePart({ items, wires }: { readonly items: readonly Item[]; readonly wires: readonly Wire[] }): Placed {
  const [only, ...others] = items;
  if (only === undefined || others.length > 0) return placeGraph(items, wires);
  const { id, width, height, aside = 0 } = only;
  return { width: width + aside, height, items: new Map([[id, { x: aside, y: 0, width, height }]]), wires: new Map() };
}

const areaOf = (sizes: readonly Size[]): number =>
  sizes.reduce((sum, { width, height }) => sum + (width + GAP) * (height + GAP), 0);

export function inRows(sizes: readonly Size[], most: number, gap: number = GAP): Rectangle[] {
  const spots: Rectangle[] = [];
  let [x, y, height] = [0, 0, 0];
  for (const size of sizes) {
    if (x > 0 && x + size.width > most) [x, y, height] = [0, y + height + gap, 0];
    spots.push({ x, y, width: size.width, height: size.height });
    x += size.width + gap;
    height = Math.max(height, size.height);
  }
  return spots;
}

/** The parts of a graph that have no arrow between them, in the order of their first items. */
function connected(items: readonly Item[], wires: readonly Wire[]): { items: Item[]; wires: Wire[] }[] {
  const leaders = new Map(items.map(({ id }) => [id, id]));
  const leaderOf = (id: string): string => {
    let at = id;
    while (leaders.get(at) !== at) at = leaders.get(at)!;
    leaders.set(id, at);
    return at;
  };
  for (const { from, to } of wires) leaders.set(leaderOf(from), leaderOf(to));
  const parts = new Map<string, { items: Item[]; wires: Wire[] }>();
  for (const item of items) {
    const leader = leaderOf(item.id);
    const part = parts.get(leader);
    if (part) part.items.push(item);
    else parts.set(leader, { items: [item], wires: [] });
  }
  for (const wire of wires) parts.get(leaderOf(wire.from))!.wires.push(wire);
  return [...parts.values()];
}
