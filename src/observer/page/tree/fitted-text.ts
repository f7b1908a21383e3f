const pen = document.createElement('canvas').getContext('2d');
const fits = new Map<string, string>();
const MOST = 5000;

/** As much of a text as has room, with an ellipsis where something is left out, which SVG does not do by itself. */
export function fittedText(text: string, width: number, size: number): string {
  const key = `${width} ${size} ${text}`;
  let fitted = fits.get(key);
  if (fitted === undefined) {
    if (fits.size > MOST) fits.clear();
    fitted = fit(text, width, size);
    fits.set(key, fitted);
  }
  return fitted;
}

export function textWidth(text: string, size: number): number {
  if (!pen) return text.length * size * 0.6;
  pen.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}

function fit(text: string, width: number, size: number): string {
  if (textWidth(text, size) <= width) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (textWidth(`${text.slice(0, middle)}…`, size) <= width) low = middle;
    else high = middle - 1;
  }
  return `${text.slice(0, low)}…`;
}
