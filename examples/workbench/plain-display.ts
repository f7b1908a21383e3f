import type { Display } from './display.ts';
import { eventLine, scanText } from './event-line.ts';
import type { SessionView } from './session-views.ts';
import { printable } from './text-width.ts';

/** Plain lines, for a pipe or a file: events, answers, and each scan that differs from the one before. */
export function plainDisplay(sessions: () => readonly SessionView[]): Display {
  const scans = new Map<string, string>();
  const say = (line: string) => void process.stdout.write(`${printable(line)}\n`);
  return {
    say,
    complain: (line) => void process.stderr.write(`${printable(line)}\n`),
    event(event) {
      const line = eventLine(event);
      if (line !== undefined) say(line);
      if (event.type === 'session.stopped' || event.type === 'session.failed') scans.delete(event.session.id);
    },
    refresh() {
      for (const { id, name, scan } of sessions()) {
        const text = scan === undefined ? undefined : scanText(scan);
        if (text === undefined || text === scans.get(id)) continue;
        scans.set(id, text);
        say(`${name}: ${text}`);
      }
    },
    close() {},
  };
}
