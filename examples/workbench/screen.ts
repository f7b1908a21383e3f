import type { Prompt } from './edit-prompt.ts';
import { cut, fit, printable, widthOf } from './text-width.ts';

/** A session on the screen. All have as many cells. */
export interface Row {
  readonly name: string;
  readonly full: readonly string[];
  /** The same where it is narrow. Where it is narrower still, the last of them go first. */
  readonly brief: readonly string[];
  /** Fills what is left of the line. */
  readonly rest?: string;
}

export interface Screen {
  readonly sessions: readonly Row[];
  /** Without one there is nobody to type. */
  readonly prompt: Prompt | undefined;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface Frame {
  /** None of them wider, and no more of them, than fit. */
  readonly lines: readonly string[];
  /** Where the cursor stands in the last line. */
  readonly column: number;
}

/** What the terminal shows: a line for each session, and the prompt. */
export function screenFrame({ sessions, prompt }: Screen, { columns, rows }: Size): Frame {
  const lines = sessionLines(sessions, columns);
  const room = Math.max(0, rows - (prompt === undefined ? 0 : 1));
  if (lines.length > room) {
    const hidden = lines.length - Math.max(0, room - 1);
    lines.splice(Math.max(0, room - 1), hidden, ...(room > 0 ? [cut(`… ${hidden} more`, columns)] : []));
  }
  if (prompt === undefined) return { lines, column: widthOf(lines.at(-1) ?? '') };
  const { line, column } = promptLine(prompt, columns);
  return { lines: [...lines, line], column };
}

interface Layout {
  readonly gap: string;
  /** It is too wide if less than this is left of a longer name, */
  readonly leastName: number;
  /** and of the rest of the line. */
  readonly leastRest: number;
  cells(row: Row): readonly string[];
}

const full: Layout = { gap: '  ', leastName: 12, leastRest: 24, cells: (row) => row.full };

/** With the first cells only. */
const brief = (count: number): Layout => ({
  gap: ' ',
  leastName: 6,
  leastRest: 8,
  cells: (row) => row.brief.slice(0, count),
});

const layouts = [full, ...[5, 4, 3, 2, 1, 0].map(brief)];
const mostName = 30;

/** In columns as wide as what stands in them. */
function sessionLines(sessions: readonly Row[], columns: number): string[] {
  const names = sessions.map(({ name }) => printable(name));
  const widestName = Math.min(mostName, Math.max(0, ...names.map(widthOf)));
  const hasRest = sessions.some(({ rest }) => rest !== undefined);
  for (const { gap, leastName, leastRest, cells } of layouts) {
    const rows = sessions.map(cells);
    const widths = (rows[0] ?? []).map((_, cell) => Math.max(...rows.map((row) => widthOf(row[cell]!))));
    const room = columns - widths.reduce((sum, width) => sum + gap.length + width, 0);
    const forRest = hasRest ? gap.length + leastRest : 0;
    const fits = room >= Math.min(widestName, leastName) + forRest;
    if (!fits && widths.length > 0) continue;
    const nameWidth = Math.min(widestName, fits ? room - forRest : room);
    return sessions.map(({ rest = '' }, index) => {
      const others = rows[index]!.map((text, cell) => fit(text, widths[cell]!, cell === 0 ? 'left' : 'right'));
      const end = fits ? cut(printable(rest), room - nameWidth - gap.length) : '';
      return [fit(names[index]!, nameWidth), ...others, end].join(gap).trimEnd();
    });
  }
  return [];
}

const mark = '> ';

/** As much of the typed text as fits, ending with the cursor if need be. */
function promptLine({ before, after }: Prompt, columns: number): { line: string; column: number } {
  let left = mark + printable(before);
  // The cursor itself takes a column.
  while (left !== '' && widthOf(left) > columns - 1) left = left.slice(left.codePointAt(0)! > 0xffff ? 2 : 1);
  return { line: left + cut(printable(after), columns - widthOf(left)), column: widthOf(left) };
}
