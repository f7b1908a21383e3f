import type { Chart } from '../../protocol.ts';
import { METRICS } from './box.ts';
import type { Box, Content, Piece, Plan } from './box.ts';
import { moved, movedRun } from './geometry.ts';
import type { Point, Size } from './geometry.ts';
import { level } from './level.ts';
import type { State } from './model.ts';
import { regions } from './regions.ts';
import { clipped } from './text.ts';
import type { Line, Measure } from './text.ts';
import { linesOf } from './words.ts';

const MIN_WIDTH = 72;
const MAX_TITLE = 240;

/** The box of a state, with all that is in it: its size is known once those of the states in it are. */
export function boxOf(state: State, plan: Plan): Box {
  const { chart, parent } = state;
  const lines = chart.type === 'history' ? [] : linesOf(state, plan.crowded.has(state), plan.measure);
  const title = clipped(chart.key === '(machine)' ? 'machine' : chart.key, 'title', MAX_TITLE, plan.measure);
  const head = headOf(chart, title, lines, plan.measure);
  const content = contentOf(state, plan);
  const { inset } = METRICS;
  const width = content ? Math.max(head.width, content.width + 2 * inset.x) : head.width;
  const height = content ? head.height + content.height + 2 * inset.y : head.height;
  const shape = {
    chart,
    title,
    lines,
    width,
    height,
    isInitial: parent?.chart.type === 'compound' && parent.chart.initial === chart.path,
    isRegion: parent?.chart.type === 'parallel',
  };
  const at = { x: (width - (content?.width ?? 0)) / 2, y: head.height + inset.y };
  return {
    x: 0,
    y: 0,
    width,
    height,
    shape,
    boxes: content?.boxes.map((box) => moved(box, at)) ?? [],
    pieces: content?.pieces.map((piece) => toBorder(movedPiece(piece, at), height)) ?? [],
    ports: new Map([...(content?.ports ?? [])].map(([id, x]) => [id, x + at.x])),
  };
}

function headOf(chart: Chart, title: string, lines: readonly Line[], measure: Measure): Size {
  if (chart.type === 'history') return { width: METRICS.history, height: METRICS.history };
  // It is followed by the mark of an active state.
  const titleWidth = measure(title, 'title') + 20;
  const height = METRICS.title + (lines.length === 0 ? 0 : lines.length * METRICS.line + METRICS.foot);
  const width = Math.max(MIN_WIDTH, titleWidth, ...lines.map((line) => line.width)) + 2 * METRICS.padding;
  return { width: Math.ceil(width), height };
}

function contentOf(state: State, plan: Plan): Content | undefined {
  if (state.states.length === 0) return;
  const boxes = state.states.map((inner) => boxOf(inner, plan));
  return state.chart.type === 'parallel' ? regions(boxes) : level(state, boxes, plan);
}

const movedPiece = ({ runs, label, ...passage }: Piece, by: Point): Piece => ({
  ...passage,
  runs: runs.map((run) => movedRun(run, by)),
  ...(label && { label: moved(label, by) }),
});

/** What leaves or comes in has been drawn to a port: it goes on to the border of the box. */
function toBorder(piece: Piece, height: number): Piece {
  const { runs, link, as } = piece;
  if (as === 'out') return { ...piece, runs: [...runs.slice(0, -1), { ...runs.at(-1)!, to: link.back ? 0 : height }] };
  if (as === 'in') return { ...piece, runs: [{ ...runs[0]!, from: link.back ? height : 0 }, ...runs.slice(1)] };
  return piece;
}
