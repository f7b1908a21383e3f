import type { TreeNode } from '../../protocol.ts';
import { hashOf } from '../route.ts';
import { Status } from '../status-mark.tsx';
import { countText } from '../text/amount-text.ts';
import { countdownText, uptimeText } from '../text/time-text.ts';
import { restartsOf } from './list-rows.ts';

export const ROW_HEIGHT = 48;

export interface SessionRowProps {
  readonly node: TreeNode;
  readonly row: number;
  readonly active: boolean;
  readonly selected: boolean;
  readonly lately: boolean;
  readonly now: number;
}

export function SessionRow({ node, row, active, selected, lately, now }: SessionRowProps) {
  const { session, name, status, state, startedAt, restartAt } = node;
  const restarts = restartsOf(node);
  return (
    <div
      class="row"
      role="row"
      id={`row-${row}`}
      // The first is the header.
      aria-rowindex={row + 2}
      aria-selected={selected}
      data-active={active}
      data-lately={lately}
      data-session={session!.id}
      style={{ top: `${row * ROW_HEIGHT}px` }}
    >
      <div role="gridcell" class="cell cell-name">
        <a href={hashOf({ view: 'session', id: session!.id })} tabIndex={-1}>
          <bdi>{name}</bdi>
        </a>
        <span class="sub" title={session!.projectPath}>
          {session!.projectPath}
        </span>
      </div>
      <div role="gridcell" class="cell">
        <Status status={status} />
        <span class="sub sub-state">
          {status === 'restarting' && restartAt !== undefined ? `in ${countdownText(restartAt - now)}` : state}
        </span>
      </div>
      <div role="gridcell" class="cell cell-number">
        {restarts > 0 ? <span class="restarts">{countText(restarts)}×</span> : <span class="none">0</span>}
      </div>
      <div role="gridcell" class="cell cell-number cell-uptime">
        {startedAt === undefined ? '–' : uptimeText(now - startedAt)}
      </div>
    </div>
  );
}
