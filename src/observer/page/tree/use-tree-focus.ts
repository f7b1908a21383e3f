import { useRef, useState } from 'preact/hooks';
import type { RefObject } from 'preact';
import type { PlacedNode } from './tree-layout.ts';

export interface TreeFocus {
  /** The one that Tab leads to. */
  readonly focused: string | undefined;
  readonly setFocused: (key: string) => void;
  /** Moves the focus there. */
  readonly focus: (key: string) => void;
  readonly group: RefObject<SVGGElement | null>;
}

/** One node of the tree takes part in the order of Tab; the arrows lead to the others. */
export function useTreeFocus(nodes: readonly PlacedNode[]): TreeFocus {
  const [chosen, setFocused] = useState<string>();
  const group = useRef<SVGGElement>(null);
  const there = nodes.some(({ shown }) => shown.key === chosen);
  return {
    focused: there ? chosen : nodes[0]?.shown.key,
    setFocused,
    focus(key) {
      setFocused(key);
      group.current?.querySelector<SVGGElement>(`[data-key="${CSS.escape(key)}"]`)?.focus();
    },
    group,
  };
}
