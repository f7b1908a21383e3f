import type { Display } from './display.ts';
import { eventLine } from './event-line.ts';
import { printable } from './text-width.ts';
import type { News } from './work.ts';

/** Plain lines, for a pipe or a file: events, answers, and news that differ from those before. */
export function plainDisplay(news: () => readonly News[]): Display {
  const told = new Map<string, string>();
  const say = (...lines: readonly string[]) =>
    void process.stdout.write(lines.map((line) => `${printable(line)}\n`).join(''));
  return {
    say,
    complain: (line) => void process.stderr.write(`${printable(line)}\n`),
    event(event) {
      const line = eventLine(event);
      if (line !== undefined) say(line);
      if (event.type === 'session.stopped' || event.type === 'session.failed') told.delete(event.session.id);
    },
    refresh() {
      for (const { id, line } of news()) {
        if (line === told.get(id)) continue;
        told.set(id, line);
        say(line);
      }
    },
    close() {},
  };
}
