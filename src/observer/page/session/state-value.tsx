import type { SessionDetail } from '../../protocol.ts';
import { statePaths } from './state-paths.ts';

/** Where a machine is; of another logic, whether it is done. */
export function StateValue({ snapshot: { status, value, tags = [] } }: Pick<SessionDetail, 'snapshot'>) {
  return (
    <ul class="states" aria-label="State value">
      {value !== undefined &&
        statePaths(value).map((path) => (
          <li key={path} class="state">
            {path}
          </li>
        ))}
      {(value === undefined || status !== 'active') && (
        <li class="state" data-status={status}>
          {status}
        </li>
      )}
      {tags.map((tag) => (
        <li key={tag} class="tag">
          <span class="unseen">tag </span>#{tag}
        </li>
      ))}
    </ul>
  );
}
