import { useState } from 'preact/hooks';
import type { TreeNode } from '../../protocol.ts';
import { hashOf } from '../route.ts';
import { crashedLately } from '../state/pulses.ts';
import { sessionOf } from '../state/tree-state.ts';
import { useNow } from '../state/use-now.ts';
import { useStore } from '../state/use-store.ts';
import { useMedia } from '../use-media.ts';
import { keyedMove } from './keyed-move.ts';
import { shownTree } from './shown-tree.ts';
import { TreeCard } from './tree-card.tsx';
import { TreeEdges } from './tree-edges.tsx';
import { TreeLegend } from './tree-legend.tsx';
import { layOut } from './tree-layout.ts';
import type { PlacedNode } from './tree-layout.ts';
import { useTreeFocus } from './use-tree-focus.ts';

const LIMIT = 40;
const MARGIN = 20;

/** The tree of supervisors as a picture. */
export function SupervisionTree() {
  const store = useStore('tree', 'events', 'hello');
  const { tree, pulses, selected, treeKnown } = store.state;
  const [expanded, setExpanded] = useState<ReadonlyMap<string, boolean>>(new Map());
  const now = useNow(store, 250);
  const shape = useMedia('(max-width: 860px)') ? 'narrow' : 'wide';

  const root = shownTree(tree, {
    limit: LIMIT,
    expanded,
    interest: (node) => interestOf(node, selected, crashedLately(pulses, node.key, now)),
  });
  const layout = root && layOut(root, shape);
  const { focused, setFocused, focus, group } = useTreeFocus(layout?.nodes ?? []);

  function setOpen({ shown }: PlacedNode, open: boolean): void {
    if (shown.count > 0) setExpanded(new Map(expanded).set(shown.key, open));
  }

  function open(placed: PlacedNode): void {
    const { node, key, expanded: isOpen } = placed.shown;
    const session = sessionOf(tree, key);
    if (!node) document.getElementById('sessions')?.focus();
    else if (session) location.hash = hashOf({ view: 'session', id: session.session!.id });
    else setOpen(placed, !isOpen);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const move = layout && keyedMove(event.key, layout.nodes, focused);
    if (!move) return;
    event.preventDefault();
    if (move.type === 'go') focus(move.to.shown.key);
    else if (move.type === 'open') open(move.at);
    else setOpen(move.at, move.expanded);
  }

  return (
    <section class="tree" aria-label="Supervision tree">
      <TreeLegend />
      {layout ? (
        <div class="tree-scroll">
          <svg
            role="tree"
            // Where many wait to be shown, they change places too often to follow.
            class={layout.nodes.some(({ shown }) => !shown.node) ? 'crowded' : undefined}
            aria-label="Supervision tree"
            width={layout.width + 2 * MARGIN}
            height={layout.height + 2 * MARGIN}
            onKeyDown={onKeyDown}
          >
            <g transform={`translate(${MARGIN} ${MARGIN})`} role="presentation" ref={group}>
              <TreeEdges nodes={layout.nodes} shape={shape} />
              {layout.nodes.map((placed) => (
                <TreeCard
                  key={placed.shown.key}
                  placed={placed}
                  pulse={pulses.get(placed.shown.key)}
                  focusable={placed.shown.key === focused}
                  selected={selected !== undefined && placed.shown.node?.session?.id === selected}
                  now={now}
                  onFocus={() => setFocused(placed.shown.key)}
                  onOpen={() => open(placed)}
                  onToggle={() => setOpen(placed, !placed.shown.expanded)}
                />
              ))}
            </g>
          </svg>
        </div>
      ) : (
        <div class="empty" aria-busy={!treeKnown}>
          <p>{treeKnown ? 'The tree has ended' : 'Reading the tree…'}</p>
        </div>
      )}
    </section>
  );
}

function interestOf(node: TreeNode, selected: string | undefined, lately: boolean): number {
  if (selected !== undefined && node.session?.id === selected) return 3;
  if (node.status === 'restarting' || node.status === 'gave_up') return 2;
  return lately ? 1 : 0;
}
