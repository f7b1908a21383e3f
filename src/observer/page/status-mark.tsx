import type { NodeStatus } from '../protocol.ts';

/** Each status has a shape of its own: none is told by its colour alone. Drawn in a square of 12. */
const shapes: Record<NodeStatus, string> = {
  running: 'M6 1.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9z',
  starting: 'M6 2.25a3.75 3.75 0 1 1 0 7.5a3.75 3.75 0 0 1 0-7.5z',
  restarting: 'M6 1 11.2 10.4H.8z',
  stopping: 'M2 2h3v8H2zM7 2h3v8H7z',
  stopped: 'M2.5 2.5h7v7h-7z',
  gave_up: 'M3.2 1.4 6 4.2 8.8 1.4l1.8 1.8L7.8 6l2.8 2.8-1.8 1.8L6 7.8l-2.8 2.8-1.8-1.8L4.2 6 1.4 3.2z',
};

export const statusTexts: Record<NodeStatus, string> = {
  starting: 'starting',
  running: 'running',
  restarting: 'restarting',
  stopping: 'stopping',
  stopped: 'stopped',
  gave_up: 'gave up',
};

/** Within an SVG of its own, or in another one. */
export function StatusShape({ status }: { readonly status: NodeStatus }) {
  return <path class={`mark mark-${status}`} d={shapes[status]} />;
}

export function Status({ status }: { readonly status: NodeStatus }) {
  return (
    <span class={`status status-${status}`}>
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
        <StatusShape status={status} />
      </svg>
      {statusTexts[status]}
    </span>
  );
}
