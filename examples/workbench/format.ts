const steps = [
  [1e12, 'TB'],
  [1e9, 'GB'],
  [1e6, 'MB'],
  [1e3, 'kB'],
] as const;

/** A size in bytes, in three figures. */
export function formatSize(bytes: number): string {
  for (const [step, unit] of steps) {
    // What would be rounded up to 1000 of a unit is 1.0 of the next.
    if (bytes >= step * 0.9995) return `${(bytes / step).toFixed(bytes < 9.95 * step ? 1 : 0)} ${unit}`;
  }
  return `${bytes} B`;
}

/** How long ago something was, in the largest whole unit. A time that is still to come counts as now. */
export function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  if (seconds < 365 * 86_400) return `${Math.floor(seconds / 86_400)}d`;
  return `${Math.floor(seconds / (365 * 86_400))}y`;
}

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
