import { METRICS } from './box.ts';
import type { Box, Content } from './box.ts';
import { inRows } from './pack.ts';

/** Regions that are wider than this together are put in rows. */
const MAX_WIDTH = 1100;

/** The regions of a parallel state, side by side. */
export function regions(boxes: readonly Box[]): Content {
  const gap = METRICS.inset.x;
  const total = boxes.reduce((sum, { width }) => sum + width + gap, 0);
  const rows = Math.ceil(total / MAX_WIDTH);
  const spots = inRows(boxes, rows === 1 ? total : (total / rows) * 1.15, gap);
  const heights = new Map<number, number>();
  for (const { y, height } of spots) heights.set(y, Math.max(heights.get(y) ?? 0, height));
  const placed = boxes.map((box, index) => {
    const { x, y } = spots[index]!;
    const height = heights.get(y)!;
    return { ...box, x, y, height, shape: { ...box.shape, height } };
  });
  return {
    width: Math.max(...spots.map(({ x, width }) => x + width)),
    height: Math.max(...[...heights].map(([y, height]) => y + height)),
    boxes: placed,
    pieces: [],
    ports: new Map(placed.flatMap((box) => [...box.ports].map(([id, x]) => [id, x + box.x] as const))),
  };
}
