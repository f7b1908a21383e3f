import type { Plain } from '../../protocol.ts';

const LONGEST = 64;

/** The entries of an object or array; none of any other value. */
export function entriesOf(value: Plain): [key: string, value: Plain][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/** A value in a line: `"shop"`, `{ model: "large", … }`, `[3]`. */
export function summaryOf(value: Plain, longest = LONGEST): string {
  if (typeof value === 'string') return JSON.stringify(cut(value, longest));
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = entriesOf(value);
  if (Array.isArray(value)) {
    if (entries.length === 0) return '[]';
    const inner = entries.map(([, item]) => leafText(item)).join(', ');
    return inner.length <= longest ? `[${inner}]` : `[${entries.length}]`;
  }
  if (entries.length === 0) return '{}';
  let text = '';
  for (const [key, item] of entries) {
    const part = `${text ? ', ' : ''}${key}: ${leafText(item)}`;
    if (text.length + part.length > longest) return text ? `{ ${text}, … }` : '{ … }';
    text += part;
  }
  return `{ ${text} }`;
}

function leafText(value: Plain): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[…]' : '{…}';
  return summaryOf(value, 24);
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
