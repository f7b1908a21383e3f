import type { Display } from './display.ts';
import { jsonLine } from './json-line.ts';

/** Events on standard output, one JSON object a line; everything else on standard error. */
export function jsonDisplay(): Display {
  const complain = (...lines: readonly string[]) =>
    void process.stderr.write(lines.map((line) => `${line}\n`).join(''));
  return {
    event: (event) => void process.stdout.write(`${jsonLine(event)}\n`),
    say: complain,
    complain,
    refresh() {},
    close() {},
  };
}
