const grouped = new Intl.NumberFormat('en');
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

export function countText(count: number): string {
  return grouped.format(count);
}

/** `1 session`, `9,960 sessions`. */
export function plural(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** To three digits: `12.3 MB`. */
export function bytesText(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  // 999.5 would be rounded to 1000.
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit++;
  }
  const digits = unit === 0 || amount >= 99.95 ? 0 : amount >= 9.995 ? 1 : 2;
  return `${amount.toFixed(digits)} ${UNITS[unit]}`;
}

/** `0.3 ms`, `12 ms`. */
export function millisecondsText(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : countText(Math.round(ms))} ms`;
}
