import type { SessionDetail, SessionGone } from '../../protocol.ts';
import { useActions } from '../actions/actions.tsx';
import { Status } from '../status-mark.tsx';
import { endingText } from './ending.ts';

export interface SessionHeadProps {
  readonly detail: SessionDetail;
  readonly gone: SessionGone | undefined;
}

/** Which session it is, and what one can do to it. */
export function SessionHead({ detail, gone }: SessionHeadProps) {
  const { id, name, projectPath, accepts } = detail;
  // None where nobody knows how it ended: what it was last is not true any more.
  const status = gone ? gone.how : detail.status;
  const { ask, allowed } = useActions();
  return (
    <header class="session-head">
      <div class="session-title">
        <h2>
          <bdi>{name}</bdi>
        </h2>
        {status !== undefined && <Status status={status} />}
        <p class="path">{projectPath}</p>
      </div>
      {allowed && !gone && (
        <div class="session-actions">
          <button onClick={() => ask({ kind: 'send', id, name, accepts })}>Send an event…</button>
          <button onClick={() => ask({ kind: 'restart', id, name })}>Restart…</button>
          <button class="danger" onClick={() => ask({ kind: 'stop', id, name })}>
            Stop…
          </button>
        </div>
      )}
      {gone && (
        <p class="note" role="status" data-testid="session-ended">
          {endingText(gone)}. What you see is how it was last.
        </p>
      )}
    </header>
  );
}
