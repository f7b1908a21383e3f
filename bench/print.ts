import type { Result, Verdict } from './judge.ts';

/** A row of the table: each contestant with what it cost, and beneath them the goals. */
export function linesOf({ row, unit, contestants, goals }: Result): string[] {
  const costs = Object.entries(contestants).map(
    ([who, value]) => `  ${who.padEnd(48)}${quantity(value, unit).padStart(10)}`,
  );
  return ['', row, ...costs, ...goals.map((goal) => `  ${lineOf(goal, unit)}`)];
}

function lineOf(goal: Verdict, unit: Result['unit']): string {
  const what = goal.to === undefined ? goal.of : `${goal.of} / ${goal.to}`;
  const show = (value: number) => (goal.to === undefined ? quantity(value, unit) : shown(value));
  const bound = 'atMost' in goal ? `at most ${show(goal.atMost)}` : `at least ${show(goal.atLeast)}`;
  const value = goal.value === undefined ? '-' : show(goal.value);
  return `${mark(goal)} ${what}: ${value}, goal: ${bound}`;
}

const mark = ({ met }: Verdict): string => (typeof met === 'string' ? met.toUpperCase() : met ? 'met   ' : 'MISSED');

/** How many goals there are of each kind, and those that were not met once more. */
export function summaryOf(results: readonly Result[]): string[] {
  const verdicts = results.flatMap(({ row, unit, goals }) => goals.map((goal) => ({ row, unit, goal })));
  const count = (met: Verdict['met']) => verdicts.filter(({ goal }) => goal.met === met).length;
  const open = verdicts.filter(({ goal }) => goal.met === false || goal.met === 'not measured');
  return [
    '',
    ...open.map(({ row, unit, goal }) => `${row}: ${lineOf(goal, unit)}`),
    `${count(true)} goals met, ${count(false)} missed, ${count('not measured')} not measured`,
  ];
}

const scales = {
  ns: [
    [1e9, 's'],
    [1e6, 'ms'],
    [1e3, 'µs'],
    [1, 'ns'],
  ],
  bytes: [
    [1e6, 'MB'],
    [1e3, 'kB'],
    [1, 'B'],
  ],
} as const;

/** A figure with its unit. */
export function quantity(value: number, unit: Result['unit']): string {
  const [scale, name] = scales[unit].find(([scale]) => Math.abs(value) >= scale) ?? scales[unit].at(-1)!;
  return `${shown(value / scale)} ${name}`;
}

/** A figure, to three digits. */
export const shown = (value: number): string =>
  Math.abs(value) < 100 ? value.toPrecision(3) : Math.round(value).toString();
