import type { NodeStatus } from '../../protocol.ts';
import { Status } from '../status-mark.tsx';

const statuses: readonly NodeStatus[] = ['running', 'starting', 'restarting', 'stopping', 'stopped', 'gave_up'];

export function TreeLegend() {
  return (
    <ul class="bar legend" aria-label="Legend">
      {statuses.map((status) => (
        <li key={status}>
          <Status status={status} />
        </li>
      ))}
    </ul>
  );
}
