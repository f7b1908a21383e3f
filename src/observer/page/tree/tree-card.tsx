import type { TreeNode } from '../../protocol.ts';
import { restartsOf } from '../list/list-rows.ts';
import { LATELY_MS } from '../state/pulses.ts';
import type { Pulse } from '../state/pulses.ts';
import { statusTexts, StatusShape } from '../status-mark.tsx';
import { countText, plural } from '../text/amount-text.ts';
import { countdownText, spanText, uptimeText } from '../text/time-text.ts';
import { fittedText, textWidth } from './fitted-text.ts';
import { IntensityPips } from './intensity-pips.tsx';
import { TreeToggle } from './tree-toggle.tsx';
import { CARD } from './tree-layout.ts';
import type { PlacedNode } from './tree-layout.ts';

export interface TreeCardProps {
  readonly placed: PlacedNode;
  readonly pulse?: Pulse;
  readonly focusable: boolean;
  readonly selected: boolean;
  readonly now: number;
  readonly onFocus: () => void;
  readonly onOpen: () => void;
  readonly onToggle: () => void;
}

const LEFT = 32;
const RIGHT = CARD.width - 12;

/** A node of the picture: a supervisor, a session, a worker, or those that are left out. */
export function TreeCard({ placed, pulse, focusable, selected, now, onFocus, onOpen, onToggle }: TreeCardProps) {
  const { shown, x, y } = placed;
  const { node, count, expanded } = shown;
  const lately = pulse !== undefined && now - pulse.at < LATELY_MS;
  return (
    <g
      class={`card card-${node?.kind ?? 'more'}`}
      role="treeitem"
      aria-level={placed.level}
      aria-posinset={placed.position}
      aria-setsize={placed.siblings}
      aria-expanded={node && count > 0 ? expanded : undefined}
      aria-selected={selected}
      // In SVG the case of an attribute matters.
      tabindex={focusable ? 0 : -1}
      data-key={shown.key}
      data-status={node?.status}
      data-lately={lately ? pulse.kind : undefined}
      style={{ transform: `translate(${x}px, ${y}px)` }}
      onFocus={onFocus}
      onClick={onOpen}
    >
      <rect class="card-box" width={CARD.width} height={CARD.height} rx="8" aria-hidden="true">
        <title>{node ? hintOf(node) : 'Find them in the list'}</title>
      </rect>
      {/* Another key, another element: its animation begins anew. */}
      {lately && (
        <rect key={pulse.n} class={`flash flash-${pulse.kind}`} width={CARD.width} height={CARD.height} rx="8" />
      )}
      {node ? <CardFace node={node} now={now} /> : <CardOfMore count={count} />}
      {node && count > 0 && <TreeToggle expanded={expanded} count={count} onToggle={onToggle} />}
    </g>
  );
}

function CardFace({ node, now }: { readonly node: TreeNode; readonly now: number }) {
  const { name, status, supervision, kind, isTree } = node;
  const supervises = kind === 'supervisor' || isTree;
  const badge = kind === 'supervisor' ? '' : badgeOf(node);
  const right = badge || (supervises && supervision ? supervision.strategy : '');
  const room = RIGHT - LEFT - textWidth(right, 11) - 10;
  return (
    <>
      {/* What shape and place tell the eye. */}
      <text class="card-words">{kind}</text>
      <g transform={`translate(12 ${CARD.height / 2 - 6})`} aria-hidden="true">
        <StatusShape status={status} />
      </g>
      <text class="card-name" x={LEFT} y="19">
        {fittedText(name, room, 13.5)}
      </text>
      <text class="card-words">{statusTexts[status]}</text>
      <text class={badge ? 'card-restarts' : 'card-sub'} x={RIGHT} y="19" text-anchor="end">
        {right}
      </text>
      {supervises && supervision ? (
        <IntensityPips supervision={supervision} brief={isTree} x={LEFT} y={35} />
      ) : (
        <text class="card-sub" x={LEFT} y="35">
          {fittedText(status === 'running' && node.state !== undefined ? node.state : statusTexts[status], 110, 11.5)}
        </text>
      )}
      <text class="card-time" x={RIGHT} y="35" text-anchor="end">
        {timeOf(node, now)}
      </text>
    </>
  );
}

function CardOfMore({ count }: { readonly count: number }) {
  return (
    <text class="card-name" x={14} y={CARD.height / 2 + 4.5}>
      {countText(count)} more
    </text>
  );
}

function badgeOf(node: TreeNode): string {
  const restarts = restartsOf(node);
  return restarts > 0 ? `${countText(restarts)}×` : '';
}

function timeOf({ status, restartAt, startedAt, kind }: TreeNode, now: number): string {
  if (status === 'restarting' && restartAt !== undefined) return `in ${countdownText(restartAt - now)}`;
  return startedAt === undefined || kind === 'supervisor' ? '' : uptimeText(now - startedAt);
}

/** What the pointer is told. */
function hintOf({ name, session, supervision, restart }: TreeNode): string {
  const lines = [session?.projectPath ?? name];
  if (restart) lines.push(restart);
  if (supervision) {
    const { strategy, used, maxRestarts, withinMs } = supervision;
    const budget = `${used} of ${plural(maxRestarts, 'restart')} used within ${spanText(withinMs)}`;
    lines.push(`${strategy}: ${withinMs === 0 ? 'each on its own' : budget}`);
  }
  return lines.join('\n');
}
