import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { hashOf } from '../route.ts';
import { crashedLately } from '../state/pulses.ts';
import { useNow } from '../state/use-now.ts';
import { useStore } from '../state/use-store.ts';
import { countText } from '../text/amount-text.ts';
import { ListHead } from './list-head.tsx';
import { ListEmpty } from './list-empty.tsx';
import { listRows } from './list-rows.ts';
import type { Sorting } from './list-rows.ts';
import { ROW_HEIGHT, SessionRow } from './session-row.tsx';
import { useViewport } from './use-viewport.ts';
import { rowAfterKey, scrollTopFor, windowOf } from './virtual-window.ts';

const HEAD_HEIGHT = 32;

/** All sessions, of which only those in sight are in the document. */
export function SessionList() {
  const store = useStore('tree', 'events', 'hello');
  const { state } = store;
  const now = useNow(store, 500);
  const [query, setQuery] = useState('');
  const [sorting, setSorting] = useState<Sorting>({ column: 'started', descending: false });
  const grid = useRef<HTMLDivElement>(null);
  const { height, scrollTop } = useViewport(grid);
  const [active, setActive] = useState(state.selected);

  // Not while one scrolls: there may be ten thousand.
  const rows = useMemo(
    () => listRows(state.tree.sessions.values(), query, sorting),
    [state.treeVersion, query, sorting],
  );
  const viewport = { rows: rows.length, rowHeight: ROW_HEIGHT, height: height - HEAD_HEIGHT, scrollTop };
  const { first, end } = windowOf(viewport);
  const activeRow = useMemo(() => rows.findIndex(({ session }) => session!.id === active), [rows, active]);

  // What is found begins at the top, wherever one was.
  function search(text: string): void {
    setQuery(text);
    grid.current?.scrollTo({ top: 0 });
  }

  // One comes back to where one was.
  useLayoutEffect(() => {
    if (grid.current && activeRow > 0) grid.current.scrollTop = (activeRow - 3) * ROW_HEIGHT;
  }, []);

  function onKeyDown(event: KeyboardEvent): void {
    // The buttons of the header are within the grid, and have keys of their own.
    if (!grid.current || event.target !== grid.current) return;
    if (event.key === 'Enter' && rows[activeRow]) {
      location.hash = hashOf({ view: 'session', id: rows[activeRow].session!.id });
    }
    const to = rowAfterKey(event.key, activeRow, viewport);
    if (to === undefined) return;
    event.preventDefault();
    setActive(rows[to]!.session!.id);
    grid.current.scrollTop = scrollTopFor(to, viewport);
  }

  function onClick(event: MouseEvent): void {
    const row = (event.target as Element).closest<HTMLElement>('[data-session]');
    const id = row?.dataset.session;
    // A link does by itself what a click on it means, also with a key held down.
    if (id === undefined || (event.target as Element).closest('a')) return;
    location.hash = hashOf({ view: 'session', id });
  }

  return (
    <section class="list" aria-label="Sessions">
      <div class="bar">
        <input
          type="search"
          class="search"
          aria-label="Search sessions"
          placeholder="Search by name, path, id, state, status"
          value={query}
          onInput={({ currentTarget }) => search(currentTarget.value)}
        />
        <span class="muted tally" role="status">
          {query ? `${countText(rows.length)} of ` : ''}
          {countText(state.tree.sessions.size)}
          <span class="unseen"> sessions</span>
        </span>
      </div>
      <div
        class="grid"
        role="grid"
        id="sessions"
        aria-label="Sessions"
        aria-rowcount={rows.length + 1}
        aria-activedescendant={activeRow >= first && activeRow < end ? `row-${activeRow}` : undefined}
        tabIndex={0}
        ref={grid}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onFocus={() => active === undefined && setActive(rows[0]?.session!.id)}
      >
        <ListHead sorting={sorting} onSort={setSorting} />
        <div class="rows" role="rowgroup" style={{ height: `${rows.length * ROW_HEIGHT}px` }}>
          {rows.slice(first, end).map((node, at) => (
            <SessionRow
              key={node.key}
              node={node}
              row={first + at}
              active={first + at === activeRow}
              selected={node.session!.id === active}
              lately={crashedLately(state.pulses, node.key, now)}
              now={now}
            />
          ))}
        </div>
      </div>
      {rows.length === 0 && <ListEmpty state={state} query={query} />}
    </section>
  );
}
