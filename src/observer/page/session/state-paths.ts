import type { Plain } from '../../protocol.ts';

/** The states that a machine is in, each by its path: of a value `{ editor: 'idle', net: 'up' }`, `editor.idle` and `net.up`. */
export function statePaths(value: Plain, above = ''): string[] {
  if (typeof value === 'string') return [above + value];
  if (typeof value !== 'object' || value === null) return [above + String(value)];
  return Object.entries(value).flatMap(([key, below]) => {
    const inner = statePaths(below, `${above}${key}.`);
    // A region without states of its own is in itself.
    return inner.length > 0 ? inner : [above + key];
  });
}
