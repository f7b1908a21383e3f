import { useState } from 'preact/hooks';
import type { LifecycleEntry } from '../../protocol.ts';
import { useStore } from '../state/use-store.ts';
import { countText, plural } from '../text/amount-text.ts';
import { StreamLine } from './stream-line.tsx';
import { countsByType, streamRows } from './stream-rows.ts';
import { TypeChips } from './type-chips.tsx';

/** How many lines are in the document before one asks for more. */
const AT_ONCE = 150;

/** What has happened, newest first. */
export function StreamView() {
  const { state } = useStore('events', 'hello');
  const [text, setText] = useState('');
  const [types, setTypes] = useState<ReadonlySet<string>>(new Set());
  // The events as they were when it was paused.
  const [held, setHeld] = useState<readonly LifecycleEntry[]>();
  const [most, setMost] = useState(AT_ONCE);

  const { events, losses } = state;
  const until = held?.at(-1)?.n ?? 0;
  const rows = streamRows(held ?? events, losses, { text, types, until: held && until });
  const waiting = held ? Math.max(0, (events.at(-1)?.n ?? 0) - until) : 0;

  return (
    <section class="stream" aria-label="Stream of lifecycle events">
      <div class="bar">
        <input
          type="search"
          class="search"
          aria-label="Filter events"
          placeholder="Filter by session, error, anything in it"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <button aria-pressed={held !== undefined} onClick={() => setHeld(held ? undefined : events)}>
          {held ? 'Resume' : 'Pause'}
        </button>
        <span class="muted tally" role="status">
          {held && (waiting > 0 ? `${plural(waiting, 'new event')} waiting` : 'Paused')}
        </span>
      </div>
      <TypeChips counts={countsByType(held ?? events)} chosen={types} onChoose={setTypes} />
      {rows.length === 0 ? (
        <div class="empty">
          <p>{events.length === 0 ? 'Nothing has happened yet' : 'No event matches'}</p>
          <p class="muted">
            {events.length === 0
              ? 'Starts, crashes, restarts and ends of sessions appear here as they happen.'
              : 'Loosen the filter, or choose other types.'}
          </p>
        </div>
      ) : (
        <ol class="lines" aria-label="Events" tabIndex={0}>
          {rows.slice(0, most).map((row) =>
            'lost' in row ? (
              <li key={row.n} class="line-lost" data-testid="lost">
                {plural(row.lost, 'event')} {row.lost === 1 ? 'was' : 'were'} lost because this page was too slow, or
                away
              </li>
            ) : (
              <StreamLine key={row.n} entry={row} />
            ),
          )}
          {rows.length > most && (
            <li class="line-more">
              <button onClick={() => setMost(most + 500)}>Show more of {countText(rows.length - most)} older</button>
            </li>
          )}
        </ol>
      )}
    </section>
  );
}
