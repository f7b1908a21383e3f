import type { PageState } from '../state/page-state.ts';
import { plural } from '../text/amount-text.ts';

export interface ListEmptyProps {
  readonly state: PageState;
  readonly query: string;
}

/** Why there is nothing in the list. */
export function ListEmpty({ state, query }: ListEmptyProps) {
  if (!state.treeKnown) {
    const soFar = state.staged?.nodes.size ?? 0;
    return (
      <div class="empty" aria-busy="true">
        <p>Reading the tree…</p>
        {soFar > 0 && <p class="muted">{plural(soFar, 'node')} so far</p>}
      </div>
    );
  }
  if (query) {
    return (
      <div class="empty">
        <p>No session matches “{query}”</p>
        <p class="muted">The search looks at name, path, id, state and status.</p>
      </div>
    );
  }
  // One may have come and gone before the page was opened.
  const none = !state.sessionSeen && (state.counters.at(-1)?.started ?? 0) === 0;
  return (
    <div class="empty">
      <p>{none ? 'No sessions yet' : 'No sessions are open'}</p>
      <p class="muted">Each session that the host starts appears here at once.</p>
    </div>
  );
}
