import type { LifecycleEntry, Plain } from '../../protocol.ts';
import { entriesOf, summaryOf } from '../json/json-summary.ts';
import { spanText } from '../text/time-text.ts';

/** What there is to say of an event in a line. */
export function gistOf({ incarnation, delayMs, error, more }: LifecycleEntry): string {
  const parts: string[] = [];
  if (error) parts.push(error.message);
  if (incarnation !== undefined) parts.push(`incarnation ${incarnation}`);
  if (delayMs !== undefined) parts.push(`restarts in ${spanText(delayMs)}`);
  if (more !== undefined) parts.push(...moreOf(more));
  return parts.join(' · ');
}

function moreOf(more: Plain): string[] {
  const entries = entriesOf(more);
  if (entries.length === 0 || Array.isArray(more)) return [summaryOf(more)];
  // A type says more of an event than its first fields; a reason is a word already.
  return entries.map(([key, value]) => {
    const text = typeof value === 'string' ? value : summaryOf(value, 80);
    return key === 'event' || key === 'reason' ? (typeOf(value) ?? text) : `${key} ${text}`;
  });
}

function typeOf(value: Plain): string | undefined {
  const type = entriesOf(value).find(([key]) => key === 'type')?.[1];
  return typeof type === 'string' ? type : undefined;
}
