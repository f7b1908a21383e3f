/** From a chart to boxes and arrows, in pixels, without a browser. */
import type { Chart } from '../../protocol.ts';
import { boxOf } from './box-of.ts';
import type { Box, Shape } from './box.ts';
import type { Point, Rectangle, Run, Size } from './geometry.ts';
import { moved, movedRun } from './geometry.ts';
import { crossed, modelOf } from './model.ts';
import type { Link } from './model.ts';
import { tabulated } from './text.ts';
import type { Line, Measure } from './text.ts';
import { labelOf } from './words.ts';

export interface Arrow {
  /** Paths. */
  readonly source: string;
  readonly target: string;
  readonly runs: readonly Run[];
  readonly label: Rectangle & { readonly lines: readonly Line[] };
}

export interface Layout extends Size {
  readonly root: Shape;
  readonly arrows: readonly Arrow[];
}

/** Room around the chart, for its border's glow. */
const MARGIN = 6;

/**
 * @param measure tells the widths of texts in the font that the chart is drawn in
 */
export function layout(chart: Chart, measure: Measure = tabulated): Layout {
  const model = modelOf(chart);
  const labels = new Map(model.links.map((link) => [link, labelOf(link.transitions, measure)]));
  const root = boxOf(model.root, { ...model, labels, measure });
  const drawn: Drawn = { pieces: new Map(), labels: new Map() };
  const shape = drawnAt(root, { x: MARGIN, y: MARGIN }, drawn);
  return {
    width: root.width + 2 * MARGIN,
    height: root.height + 2 * MARGIN,
    root: shape,
    arrows: model.links.map((link) => ({
      source: link.source.chart.path,
      target: link.target.chart.path,
      runs: runsOf(link, drawn),
      label: { ...drawn.labels.get(link)!, lines: labels.get(link)! },
    })),
  };
}

interface Drawn {
  /** Of each level that a link is seen in. */
  readonly pieces: Map<string, readonly Run[]>;
  readonly labels: Map<Link, Rectangle>;
}

function drawnAt(box: Box, at: Point, drawn: Drawn): Shape {
  for (const { link, runs, label } of box.pieces) {
    drawn.pieces.set(
      pieceKey(box.shape.chart.path, link),
      runs.map((run) => movedRun(run, at)),
    );
    if (label) drawn.labels.set(link, moved(label, at));
  }
  return {
    ...box.shape,
    ...at,
    shapes: box.boxes.map((inner) => drawnAt(inner, { x: at.x + inner.x, y: at.y + inner.y }, drawn)),
  };
}

const pieceKey = (level: string, { id }: Link): string => `${level} : ${id}`;

/** The whole way of an arrow: out of the states that its source is in, and into those that its target is in. */
function runsOf(link: Link, { pieces }: Drawn): Run[] {
  const levels = [...crossed(link.from, link.source).reverse(), link.level, ...crossed(link.to, link.target)];
  return levels.flatMap((level) => pieces.get(pieceKey(level.chart.path, link)) ?? []);
}
