import { countText } from '../text/amount-text.ts';
import { CARD } from './tree-layout.ts';

export interface TreeToggleProps {
  readonly expanded: boolean;
  readonly count: number;
  readonly onToggle: () => void;
}

/** Opens and closes a node for the mouse; the keyboard has its arrows. */
export function TreeToggle({ expanded, count, onToggle }: TreeToggleProps) {
  const text = expanded ? '–' : countText(count);
  const width = Math.max(20, 10 + text.length * 7);
  return (
    <g
      class="toggle"
      aria-hidden="true"
      transform={`translate(${CARD.width - 6} ${CARD.height / 2 - 10})`}
      onClick={(event) => {
        event.stopPropagation();
        onToggle();
      }}
    >
      <rect width={width} height="20" rx="10" />
      <text x={width / 2} y="14" text-anchor="middle">
        {text}
      </text>
    </g>
  );
}
