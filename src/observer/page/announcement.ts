import type { LifecycleEntry } from '../protocol.ts';
import { plural } from './text/amount-text.ts';

/** What a screen reader is told of the crashes since it was told last; nothing, where there was none. */
export function announcementOf(events: readonly LifecycleEntry[]): string | undefined {
  const crashes = events.filter(({ type }) => type === 'session.crashed' || type === 'session.failed');
  const names = [...new Set(crashes.map(({ session }) => session?.name ?? 'a session'))];
  const last = crashes.at(-1);
  if (!last) return undefined;
  if (names.length > 1) return `${plural(names.length, 'session')} crashed, the last of them ${names.at(-1)}`;
  const what = last.type === 'session.failed' ? 'has crashed too often and was given up' : 'crashed';
  return `${names[0]} ${what}${last.error ? `: ${last.error.message}` : ''}`;
}
