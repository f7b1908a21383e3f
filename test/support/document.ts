import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(__dirname, '../..');

/** A page of the documentation, such as `README.md`. */
export class Document {
  readonly text: string;

  constructor(readonly path: string) {
    this.text = readFileSync(join(root, path), 'utf8');
  }

  /** The fenced blocks of a language, in order. */
  blocks(language: string): readonly string[] {
    return Array.from(this.text.matchAll(/^```(\w+)\n(.*?)^```$/gms))
      .filter(([, ofBlock]) => ofBlock === language)
      .map(([, , code]) => code!);
  }

  /** The TypeScript blocks, which every page calls one program. */
  get program(): string {
    return this.blocks('ts').join('\n');
  }

  /** What the comments of the program say that it prints. */
  get promised(): string {
    return Array.from(this.program.matchAll(/; \/\/ (.*)$/gm), ([, comment]) => `${comment}\n`).join('');
  }

  /** The rows of the table under a heading: what the first column names, and what the second says. */
  tableUnder(heading: string): readonly (readonly [name: string, second: string])[] {
    const section = this.text.split(/^##+ /m).find((part) => part.startsWith(`${heading}\n`))!;
    return Array.from(section.matchAll(/^\| `(.*?)` +\| (.*?) *\|/gm), ([, name, second]) => [name!, second!] as const);
  }

  /** What the first column of that table names. */
  namesUnder(heading: string): readonly string[] {
    return this.tableUnder(heading).map(([name]) => name);
  }

  /** The npm scripts that it speaks of. */
  get scripts(): readonly string[] {
    return Array.from(this.text.matchAll(/npm (?:run ([\w:-]+)|(start|test))/g), ([, run, name]) => run ?? name!);
  }

  /** Where its links lead. */
  get links(): readonly string[] {
    return Array.from(this.text.matchAll(/\]\(([^)]+)\)/g), ([, link]) => link!);
  }

  /** The anchors of its headings, as a reader's browser has them. */
  get anchors(): readonly string[] {
    return Array.from(this.text.matchAll(/^#+ (.*)$/gm), ([, heading]) =>
      heading!
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .replaceAll(' ', '-'),
    );
  }
}

export const readme = new Document('README.md');

/** The first program of the README, and what it prints. */
export function quickStart(): { readonly program: string; readonly output: string } {
  return { program: readme.blocks('js')[0]!, output: readme.blocks('text')[0]! };
}
