import type { TreeNode } from '../../protocol.ts';

export interface SessionMissingProps {
  readonly id: string;
  readonly node: TreeNode | undefined;
  readonly gone: boolean;
}

/** While nothing has been heard of a session, and where nothing will be. */
export function SessionMissing({ id, node, gone }: SessionMissingProps) {
  if (!gone) {
    return (
      <div class="empty" aria-busy="true">
        <p>Reading {node ? node.name : 'the session'}…</p>
      </div>
    );
  }
  return (
    <div class="empty" data-testid="session-gone">
      <p>This session is gone</p>
      <p class="muted">
        <code>{id}</code> has ended, or never was. The <a href="#/stream">stream</a> may tell how; the others are in the{' '}
        <a href="#/tree">tree</a>.
      </p>
    </div>
  );
}
