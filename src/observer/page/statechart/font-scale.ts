import { textWidth } from './text.ts';

const SAMPLE = 'entry / assign, user.message [isValid] after 500 ms done: fetcher';

let measured: number | undefined;

/** How much wider than Helvetica the font of the page is. */
export function fontScale(): number {
  measured ??= measure();
  return measured;
}

function measure(): number {
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) return 1.1;
  context.font = `100px ${getComputedStyle(document.body).fontFamily}`;
  // Characters differ in by how much, and a text must not run out of its box.
  return (context.measureText(SAMPLE).width / 100 / textWidth(SAMPLE)) * 1.02;
}
