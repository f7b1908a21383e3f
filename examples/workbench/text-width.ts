/** Text for one line of a terminal: what would move the cursor, or is not to be seen, is taken out. */
export const printable = (text: string): string =>
  text
    .replaceAll(/\s*[\r\n\u2028\u2029]+\s*/gu, ' ')
    .replaceAll(/\p{Cc}/gu, '\ufffd')
    .replaceAll(/(?!\u200d)\p{Cf}/gu, '');

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;
const zero = /[\p{Mn}\p{Me}\p{Cf}]/u;

/**
 * How many columns of a terminal a printable text takes. Terminals differ on emoji of several code points: this is the
 * most that any of them makes of one.
 */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (character === '\ufe0f') width += 1;
    else if (!zero.test(character)) width += wide.test(character) ? 2 : 1;
  }
  return width;
}

const characters = new Intl.Segmenter();

/** The beginning of a text, with an ellipsis if it is wider than that. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let left = width - 1;
  for (const { segment } of characters.segment(text)) {
    left -= widthOf(segment);
    if (left < 0) break;
    kept += segment;
  }
  return width < 1 ? '' : `${kept}…`;
}

/** Text that takes just so many columns, on the left or the right of them. */
export function fit(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const shown = cut(text, width);
  const space = ' '.repeat(Math.max(0, width - widthOf(shown)));
  return side === 'left' ? shown + space : space + shown;
}
