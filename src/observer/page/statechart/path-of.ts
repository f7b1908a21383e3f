import type { Run } from './geometry.ts';

/** The path of an arrow, as SVG has it: straight along its runs, and in a curve from one to the next. */
export function pathOf(runs: readonly Run[]): string {
  return runs
    .map(({ x, from, to }, index) => {
      const before = runs[index - 1];
      return `${before ? curve(before, x, from) : `M${at(x, from)}`}${from === to ? '' : `V${round(to)}`}`;
    })
    .join('');
}

function curve(before: Run, x: number, y: number): string {
  if (Math.abs(before.x - x) < 0.5) return `V${round(y)}`;
  const middle = (before.to + y) / 2;
  return `C${at(before.x, middle)} ${at(x, middle)} ${at(x, y)}`;
}

/** The head of an arrow, at its end. */
export function headOf(runs: readonly Run[]): string {
  const { x, from, to } = runs.at(-1)!;
  const back = to > from ? -8 : 8;
  return `M${at(x - 4.5, to + back)}L${at(x, to)}L${at(x + 4.5, to + back)}Z`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
const at = (x: number, y: number): string => `${round(x)},${round(y)}`;
