/** Texts and how wide they are: the layout is made without a browser. */

/** What a part of a line tells, which is how it is coloured. */
export type Tone = 'event' | 'guard' | 'action' | 'keyword' | 'note';

export interface Line {
  readonly parts: readonly { readonly text: string; readonly tone: Tone }[];
  readonly width: number;
  /** The whole, where it did not fit. */
  readonly full?: string;
}

export const FONT_SIZE = { title: 13, line: 11.5 } as const;

// In thousandths of the font's size, as in Helvetica.
const widths = new Map<string, number>();
for (const [characters, width] of [
  ["'", 191],
  ['ijl', 222],
  [' .,:;![]/\\ftI|', 278],
  ['-()r', 333],
  ['"*', 380],
  ['cksvxyzJ', 500],
  ['abdeghnopqu0123456789_#$?L', 556],
  ['FTZ+<=>~', 600],
  ['ABEKPSVXY&', 667],
  ['CDHNRUw', 722],
  ['GOQ', 778],
  ['mM', 833],
  ['W%@', 944],
] as const) {
  for (const character of characters) widths.set(character, width);
}

/** In units of the font's size. Other fonts are wider or narrower than Helvetica throughout, by a factor. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += widths.get(character) ?? (character < '\u2e80' ? 620 : 1000);
  return width / 1000;
}

/** A line no wider than `most`, in pixels: its end gives way. */
export function lineOf(parts: Line['parts'], most: number, scale: number): Line {
  const size = FONT_SIZE.line * scale;
  const fitting: { text: string; tone: Tone }[] = [];
  let width = 0;
  for (const part of parts) {
    const text = clipped(part.text, (most - width) / size);
    width += textWidth(text) * size;
    fitting.push({ text, tone: part.tone });
    if (text !== part.text) return { parts: fitting, width, full: parts.map((whole) => whole.text).join('') };
  }
  return { parts: fitting, width };
}

export function clipped(text: string, most: number): string {
  if (textWidth(text) <= most) return text;
  const characters = [...text];
  while (characters.length > 0 && textWidth(characters.join('')) + 1 > most) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

/** Lines of whole words, at most `lines`. */
export function wrapped(text: string, most: number, lines: number): string[] {
  const result: string[] = [''];
  for (const word of text.split(/\s+/)) {
    const longer = `${result.at(-1)!} ${word}`.trimStart();
    if (textWidth(longer) <= most || result.length === lines || result.at(-1) === '')
      result[result.length - 1] = longer;
    else result.push(word);
  }
  return result;
}
