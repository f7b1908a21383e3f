export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rectangle extends Point, Size {}

/** A vertical piece of an arrow, in the direction of the arrow. The pieces are joined by curves. */
export interface Run {
  readonly x: number;
  readonly from: number;
  readonly to: number;
}

export const moved = <T extends Point>(thing: T, { x, y }: Point): T => ({ ...thing, x: thing.x + x, y: thing.y + y });

export const movedRun = (run: Run, { x, y }: Point): Run => ({ x: run.x + x, from: run.from + y, to: run.to + y });

export const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));
