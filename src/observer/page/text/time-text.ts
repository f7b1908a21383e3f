const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long something has been going on, in its two largest units: `12s`, `3m 20s`, `2d 4h`. */
export function uptimeText(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.floor(ms / SECOND))}s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}m ${Math.floor((ms % MINUTE) / SECOND)}s`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)}h ${Math.floor((ms % HOUR) / MINUTE)}m`;
  return `${Math.floor(ms / DAY)}d ${Math.floor((ms % DAY) / HOUR)}h`;
}

/** How long until something is due, finer the nearer it is: `1.4s`, `12s`, `3m 20s`. */
export function countdownText(ms: number): string {
  if (ms <= 0) return 'now';
  return ms < 10 * SECOND ? `${(Math.ceil(ms / 100) / 10).toFixed(1)}s` : uptimeText(ms);
}

/** A length of time as one sets it: `250 ms`, `5 s`, `10 min`. */
export function spanText(ms: number): string {
  if (ms < SECOND) return `${round(ms)} ms`;
  if (ms < MINUTE) return `${round(ms / SECOND)} s`;
  if (ms < HOUR) return `${round(ms / MINUTE)} min`;
  return `${round(ms / HOUR)} h`;
}

/** The time of the day, with milliseconds: what happened in one second must be told apart. */
export function clockText(at: number): string {
  const date = new Date(at);
  const two = (part: number): string => String(part).padStart(2, '0');
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milliseconds}`;
}

function round(amount: number): string {
  return String(Math.round(amount * 10) / 10);
}
