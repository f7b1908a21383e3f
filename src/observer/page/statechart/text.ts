/** Texts and how wide they are. */

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

/** How wide a text is, in pixels. */
export type Measure = (text: string, font: keyof typeof FONT_SIZE) => number;

/** Where there is no font to measure: those of most systems are somewhat wider than Helvetica. */
export const tabulated: Measure = (text, font) => {
  let width = 0;
  for (const character of text) width += widths.get(character) ?? (character < '\u2e80' ? 620 : 1000);
  return (width / 1000) * FONT_SIZE[font] * (font === 'title' ? 1.15 : 1.08);
};

/** A line no wider than `most`: its end gives way. */
export function lineOf(parts: Line['parts'], most: number, measure: Measure): Line {
  const fitting: { text: string; tone: Tone }[] = [];
  let width = 0;
  for (const part of parts) {
    const text = clipped(part.text, 'line', most - width, measure);
    width += measure(text, 'line');
    fitting.push({ text, tone: part.tone });
    if (text !== part.text) return { parts: fitting, width, full: parts.map((whole) => whole.text).join('') };
  }
  return { parts: fitting, width };
}

export function clipped(text: string, font: keyof typeof FONT_SIZE, most: number, measure: Measure): string {
  if (measure(text, font) <= most) return text;
  const characters = [...text];
  while (characters.length > 0 && measure(`${characters.join('')}…`, font) > most) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

/** Lines of whole words, at most `lines`. */
export function wrapped(text: string, most: number, lines: number, measure: Measure): string[] {
  const result: string[] = [''];
  for (const word of text.split(/\s+/)) {
    const longer = `${result.at(-1)!} ${word}`.trimStart();
    const fits = measure(longer, 'line') <= most || result.at(-1) === '' || result.length === lines;
    if (fits) result[result.length - 1] = longer;
    else result.push(word);
  }
  return result;
}
