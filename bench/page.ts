import type { circumstances } from './circumstances.ts';
import type { Result, Verdict } from './judge.ts';
import * as by from './names.ts';
import { quantity, shown } from './print.ts';

/** What a whole run found, as `results.json` has it. */
export type Run = ReturnType<typeof circumstances> & { readonly rounds: number; readonly rows: readonly Result[] };

const begin = '<!-- Written by `npm run bench`. -->\n';
const end = '<!-- The end of it. -->';

/** A page with the figures of a run in place of those that it had. */
export function pageWith(page: string, run: Run): string {
  const [before, after] = [page.indexOf(begin) + begin.length, page.indexOf(end)];
  return `${page.slice(0, before)}\n${figuresOf(run)}\n${page.slice(after)}`;
}

/** What stands in a page. */
export const figuresIn = (page: string): string =>
  page.slice(page.indexOf(begin) + begin.length, page.indexOf(end)).trim();

/** The figures of a run, as tables in Markdown. */
export function figuresOf({ date, node, cpu, peers, rounds, rows }: Run): string {
  const versions = Object.entries(peers).map(([name, version]) => `${name} ${version}`);
  return [
    `On ${date.slice(0, 10)}, with Node ${node} on ${cpu}, in ${rounds} rounds; ${versions.join(', ')}.`,
    tableOf(['What', ...columns], rows.filter(isBesidePeers).map(costsOf)),
    ...rows.filter(isOfParts).map(partsOf),
    tableOf(
      ['What', 'Of', 'To', 'Ratio', 'Goal', ''],
      rows.flatMap((row) => row.goals.map((goal) => goalOf(row, goal))),
    ),
  ].join('\n\n');
}

const columns = [by.ours, by.bare, by.spawned, by.nact, by.effect, by.elixir, by.elixirIndexed];

const isBesidePeers = ({ contestants }: Result): boolean => by.ours in contestants && by.bare in contestants;

const isOfParts = (row: Result): boolean =>
  !isBesidePeers(row) && (row.isShown || row.goals.length === 0 || row.unit === 'bytes');

const costsOf = ({ row, unit, contestants }: Result): string[] => [
  row,
  ...columns.map((who) => (contestants[who] === undefined ? '' : quantity(contestants[who], unit))),
];

const partsOf = ({ row, unit, contestants }: Result): string =>
  tableOf(
    [`The ${row}`, 'Cost'],
    Object.entries(contestants).map(([part, value]) => [part, quantity(value, unit)]),
  );

function goalOf({ row, unit }: Result, goal: Verdict): string[] {
  const { of, to, value, met } = goal;
  const show = (it: number) => (to === undefined ? quantity(it, unit) : shown(it));
  const bound = 'atMost' in goal ? `≤ ${show(goal.atMost)}` : `≥ ${show(goal.atLeast)}`;
  return [
    row,
    of,
    to ?? '',
    value === undefined ? '' : show(value),
    bound,
    met === true ? 'met' : met === false ? '**missed**' : met,
  ];
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
