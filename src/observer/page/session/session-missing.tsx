import type { SessionGone, TreeNode } from '../../protocol.ts';
import { ErrorBlock } from '../error-block.tsx';
import { Panel } from '../panel.tsx';
import { Status } from '../status-mark.tsx';
import { Crashes } from './crashes.tsx';
import { endingText } from './ending.ts';

export interface SessionMissingProps {
  readonly id: string;
  readonly node: TreeNode | undefined;
  readonly gone: SessionGone | undefined;
  /** Whether the host was not reached by the page's asking for it. */
  readonly unanswered: boolean;
}

/** While nothing has been heard of a session, and where nothing will be. */
export function SessionMissing({ id, node, gone, unanswered }: SessionMissingProps) {
  if (!gone) {
    return (
      <div class="empty" aria-busy="true">
        <p>Reading {node ? <bdi>{node.name}</bdi> : 'the session'}…</p>
        <p class="muted" role="status">
          {unanswered && 'The browser may have no connection left: close other pages of this observer.'}
        </p>
      </div>
    );
  }
  const { how, error, crashes } = gone;
  return (
    <div class="session-gone" data-testid="session-gone">
      <div class="empty">
        {how !== undefined && <Status status={how} />}
        <p>{how === undefined ? 'This session is gone' : endingText(gone)}</p>
        <p class="muted">
          <code>{id}</code> {how === undefined ? 'has ended, or never was' : 'had ended before this page saw it'}. The{' '}
          <a href="#/stream">stream</a> may tell more; the others are in the <a href="#/tree">tree</a>.
        </p>
      </div>
      {error && (
        <Panel title="Error" class="panel-bad">
          <ErrorBlock error={error} />
        </Panel>
      )}
      {crashes.length > 0 && (
        <Panel title="Crashes" count={crashes.length} class="panel-bad">
          <Crashes crashes={crashes} />
        </Panel>
      )}
    </div>
  );
}
