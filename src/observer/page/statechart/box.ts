import type { Chart } from '../../protocol.ts';
import type { Rectangle, Run, Size } from './geometry.ts';
import type { Link, Passage, State } from './model.ts';
import type { Line, Measure } from './text.ts';

/** What is drawn of a state, from the upper left of the whole chart. */
export interface Shape extends Rectangle {
  readonly chart: Chart;
  readonly title: string;
  readonly lines: readonly Line[];
  readonly isInitial: boolean;
  /** A part of a parallel state: it has no border of its own. */
  readonly isRegion: boolean;
  readonly shapes: readonly Shape[];
}

/** What a state holds: the boxes of those in it, and the arrows between them. */
export interface Content extends Size {
  readonly boxes: readonly Box[];
  readonly pieces: readonly Piece[];
  /** Where arrows cross the border, from the left, by link. */
  readonly ports: ReadonlyMap<string, number>;
}

export interface Piece extends Passage {
  readonly runs: readonly Run[];
  readonly label?: Rectangle;
}

/** The same from the upper left of the state around it. */
export interface Box extends Rectangle, Content {
  readonly shape: Omit<Shape, 'shapes' | 'x' | 'y'>;
}

/** What all boxes of a chart are made of. */
export interface Plan {
  readonly passages: ReadonlyMap<State, readonly Passage[]>;
  readonly crowded: ReadonlySet<State>;
  readonly labels: ReadonlyMap<Link, readonly Line[]>;
  readonly measure: Measure;
}

export const METRICS = {
  padding: 12,
  title: 30,
  line: 17,
  /** Below the last line. */
  foot: 8,
  /** Around the states within. */
  inset: { x: 20, y: 18 },
  /** For the dot and the arrow of an initial state, on its left. */
  initial: 28,
  history: 28,
  label: { x: 7, y: 3, line: 16 },
} as const;
