const pen = document.createElement('canvas').getContext('2d');
const fits = new Map<string, string>();
const widths = new Map<string, number>();
const MOST = 5000;
/** Asked for once: it makes the browser bring all styles up to date. */
let family: string | undefined;

/** As much of a text as has room, with an ellipsis where something is left out, which SVG does not do by itself. */
export function fittedText(text: string, width: number, size: number): string {
  return kept(fits, `${width} ${size} ${text}`, () => fit(text, width, size));
}

export function textWidth(text: string, size: number): number {
  return kept(widths, `${size} ${text}`, () => measure(text, size));
}

function fit(text: string, width: number, size: number): string {
  if (measure(text, size) <= width) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (measure(`${text.slice(0, middle)}…`, size) <= width) low = middle;
    else high = middle - 1;
  }
  return `${text.slice(0, low)}…`;
}

function measure(text: string, size: number): number {
  if (!pen) return text.length * size * 0.6;
  family ??= getComputedStyle(document.body).fontFamily;
  pen.font = `${size}px ${family}`;
  return pen.measureText(text).width;
}

function kept<T>(cache: Map<string, T>, key: string, make: () => T): T {
  let value = cache.get(key);
  if (value === undefined) {
    if (cache.size > MOST) cache.clear();
    value = make();
    cache.set(key, value);
  }
  return value;
}
