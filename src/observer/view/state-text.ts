import type { StateValue } from 'xstate';
import { capped, readable } from './readable.ts';

const MAX_TEXT = 120;
const MAX_DEPTH = 50;

/** A state value in short: `open`, `open.typing`, `{bold: on, italic: off}`. */
export const stateText = (value: StateValue): string =>
  capped(
    readable(() => text(value, MAX_DEPTH), ''),
    MAX_TEXT,
  );

function text(value: StateValue | undefined, depth: number): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || depth === 0) return '';
  const regions = Object.entries(value);
  if (regions.length === 1) return within(regions[0]![0], '.', text(regions[0]![1], depth - 1));
  if (regions.length === 0) return '';
  return `{${regions.map(([key, inner]) => within(key, ': ', text(inner, depth - 1))).join(', ')}}`;
}

const within = (key: string, joint: string, inner: string): string => (inner === '' ? key : `${key}${joint}${inner}`);
