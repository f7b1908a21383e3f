import type { Display } from './display.ts';
import type { Prompt } from './edit-prompt.ts';
import { eventLine } from './event-line.ts';
import { screenFrame } from './screen.ts';
import type { Frame, Row } from './screen.ts';
import { printable, widthOf } from './text-width.ts';

const escape = '\u001b[';
const wrapOff = `${escape}?7l`;
const wrapOn = `${escape}?7h`;
const clearLine = `${escape}K`;
const clearBelow = `${escape}J`;

/** The live lines at the bottom of a terminal, redrawn in place; what is said scrolls away above them. */
export function screenDisplay(
  sessions: () => readonly Row[],
  prompt: () => Prompt | undefined,
  terminal: NodeJS.WriteStream = process.stdout,
): Display {
  let shown: Frame = { lines: [], column: 0 };
  let next: NodeJS.Timeout | undefined;
  let isClosed = false;

  const nextFrame = () =>
    screenFrame(
      { sessions: sessions(), prompt: prompt() },
      // Some terminals report a size of 0.
      { columns: terminal.columns || 80, rows: terminal.rows || 24 },
    );

  /** To where the live lines begin. A terminal that has become narrower has wrapped them. */
  const toTop = () => {
    const columns = terminal.columns || 80;
    const above = shown.lines
      .slice(0, -1)
      .reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
    const up = above + Math.floor(shown.column / columns);
    return `\r${up > 0 ? `${escape}${up}A` : ''}`;
  };

  const drawn = (frame: Frame) => {
    // Cleared before it is written: after it the cursor may still stand on its last character.
    const lines = frame.lines.map((line) => clearLine + line).join('\r\n');
    const cursor = frame.column > 0 ? `\r${escape}${frame.column}C` : '\r';
    return wrapOff + lines + clearBelow + cursor + wrapOn;
  };

  const draw = () => {
    clearTimeout(next);
    next = undefined;
    if (isClosed) return;
    const frame = nextFrame();
    terminal.write(toTop() + drawn(frame));
    shown = frame;
  };

  const print = (lines: readonly string[], stream: NodeJS.WriteStream) => {
    terminal.write(toTop() + clearBelow);
    stream.write(lines.map((line) => `${printable(line)}\n`).join(''));
    shown = { lines: [], column: 0 };
    draw();
  };

  // Ages grow without any event.
  const everySecond = setInterval(draw, 1000);
  terminal.on('resize', draw);

  // Many changes, one frame.
  const refresh = () => void (next ??= setTimeout(draw, 30).unref());

  return {
    event(event) {
      // It is the last of a row.
      if (event.type === 'process.line') return refresh();
      const line = eventLine(event);
      if (line !== undefined) print([line], terminal);
    },
    say: (...lines) => print(lines, terminal),
    complain: (line) => print([line], process.stderr),
    refresh,
    close() {
      isClosed = true;
      clearInterval(everySecond);
      clearTimeout(next);
      terminal.off('resize', draw);
      terminal.write(toTop() + clearBelow);
    },
  };
}
