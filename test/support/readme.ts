import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const text = readFileSync(join(resolve(__dirname, '../..'), 'README.md'), 'utf8');

/** The fenced blocks of a language, in order. */
export function blocks(language: string): readonly string[] {
  return Array.from(text.matchAll(/^```(\w+)\n(.*?)^```$/gms))
    .filter(([, ofBlock]) => ofBlock === language)
    .map(([, , code]) => code!);
}

/** The first program, and what it prints. */
export function quickStart(): { readonly program: string; readonly output: string } {
  return { program: blocks('js')[0]!, output: blocks('text')[0]! };
}

/** The rows of the table under a heading: what the first column names, and what the second says. */
export function tableUnder(heading: string): readonly (readonly [name: string, second: string])[] {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))!;
  return Array.from(section.matchAll(/^\| `(.*?)` +\| (.*?) *\|/gm), ([, name, second]) => [name!, second!] as const);
}
