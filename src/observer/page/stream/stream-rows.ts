import type { LifecycleEntry } from '../../protocol.ts';
import type { Loss } from '../state/page-state.ts';

/** A line of the stream: an event, or the note that some were lost before it. */
export type StreamRow = LifecycleEntry | { readonly lost: number; readonly n: number };

export interface StreamQuery {
  readonly text: string;
  /** None: all. */
  readonly types: ReadonlySet<string>;
  /** The last that is shown, while the stream is paused. */
  readonly until?: number;
}

const texts = new WeakMap<LifecycleEntry, string>();

/** Newest first. */
export function streamRows(
  events: readonly LifecycleEntry[],
  losses: readonly Loss[],
  query: StreamQuery,
): StreamRow[] {
  const { until = Infinity, types } = query;
  const words = query.text.toLowerCase().split(/\s+/).filter(Boolean);
  const rows: StreamRow[] = events.filter(
    (entry) =>
      entry.n <= until &&
      (types.size === 0 || types.has(entry.type)) &&
      (words.length === 0 || words.every((word) => textOf(entry).includes(word))),
  );
  const oldest = events[0]?.n ?? 0;
  for (const { n, count } of losses) if (n <= until && n >= oldest) rows.push({ n: n - 0.5, lost: count });
  return rows.sort((a, b) => b.n - a.n);
}

/** How many there are of each type, by its name. */
export function countsByType(events: readonly LifecycleEntry[]): [type: string, count: number][] {
  const counts = new Map<string, number>();
  for (const { type } of events) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Its fields, as JSON would have them: what one can read of it can be searched. */
function textOf(entry: LifecycleEntry): string {
  let text = texts.get(entry);
  if (text === undefined) {
    const { type, session, error, more } = entry;
    text = [type, session?.name, session?.id, error?.name, error?.code, error?.message, more && JSON.stringify(more)]
      .join('\n')
      .toLowerCase();
    texts.set(entry, text);
  }
  return text;
}
