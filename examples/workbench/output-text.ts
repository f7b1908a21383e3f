import { stripVTControlCharacters } from 'node:util';

/** A line that a program wrote, as a terminal would leave it: no colours, and of what was overwritten the last. */
export function outputText(line: string): string {
  const written = stripVTControlCharacters(line).split('\r');
  return (written.findLast((text) => text.trim() !== '') ?? '').replaceAll('\t', '  ');
}
