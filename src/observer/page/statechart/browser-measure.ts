import { FONT_SIZE, tabulated } from './text.ts';
import type { Measure } from './text.ts';

let measure: Measure | undefined;

/** The widths of texts in the page's own font. */
export function browserMeasure(): Measure {
  measure ??= measureIn(getComputedStyle(document.body).fontFamily);
  return measure;
}

function measureIn(family: string): Measure {
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) return tabulated;
  return (text, font) => {
    context.font = `${font === 'title' ? 600 : 500} ${FONT_SIZE[font]}px ${family}`;
    return context.measureText(text).width;
  };
}
