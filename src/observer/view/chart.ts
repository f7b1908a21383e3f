import type { AnyActorLogic, AnyStateNode } from 'xstate';
import { actionNames, invokeName } from './chart-names.ts';
import { MAX_KEY, pathOf, transitionsOf } from './chart-transitions.ts';
import type { Chart } from '../protocol.ts';
import { capped, readable } from './readable.ts';

const MAX_STATES = 500;
/** In the whole chart, and of one state. */
const MAX_TRANSITIONS = { chart: 3_000, state: 200 };
const MAX_DESCRIPTION = 300;
/** How many invokes, and how many tags, one state may have. */
const MAX_LIST = 20;

const types = ['atomic', 'compound', 'parallel', 'final', 'history'] as const;

/**
 * The definition of a machine, made plain. Never throws, and never grows beyond what a page can draw: the outermost 500
 * states of a larger machine are told, and that there are more.
 *
 * @returns nothing for a logic that is no machine
 */
export function chartOf(logic: AnyActorLogic): Chart | undefined {
  return readable(() => {
    // A logic may have been wrapped by `Object.create`, or come from another copy of XState.
    const { root } = logic as { root?: AnyStateNode };
    if (typeof root?.states !== 'object' || !Array.isArray(root.path)) return;
    const shown = outermost(root);
    return new Drawing(shown).chart(root);
  }, undefined);
}

interface Shown {
  readonly states: ReadonlySet<AnyStateNode>;
  readonly hasMore: boolean;
}

/** The states that are told: level by level, so that a chart lacks details rather than places. */
function outermost(root: AnyStateNode): Shown {
  const states = new Set([root]);
  for (const state of states) {
    for (const inner of readable(() => Object.values(state.states), [])) {
      if (states.size === MAX_STATES && !states.has(inner)) return { states, hasMore: true };
      states.add(inner);
    }
  }
  return { states, hasMore: false };
}

class Drawing {
  private transitionsLeft = MAX_TRANSITIONS.chart;
  private readonly drawn = new Set<AnyStateNode>();

  constructor(private readonly shown: Shown) {}

  chart(node: AnyStateNode): Chart {
    this.drawn.add(node);
    const description = readable(() => this.description(node), undefined);
    const initial = readable(() => node.initial.target?.[0], undefined);
    const transitions = transitionsOf(node, Math.min(this.transitionsLeft, MAX_TRANSITIONS.state));
    this.transitionsLeft -= transitions.length;
    return {
      key: capped(String(node.key), MAX_KEY),
      path: pathOf(node),
      type: readable(() => types.find((type) => type === node.type), undefined) ?? 'atomic',
      ...(description !== undefined && { description }),
      ...(initial !== undefined && { initial: pathOf(initial) }),
      ...(readable(() => node.history, false) === 'deep' && { deep: true }),
      entry: readable(() => actionNames(node.entry), []),
      exit: readable(() => actionNames(node.exit), []),
      invokes: readable(() => listOf(node.config.invoke).map(invokeName), []),
      tags: readable(() => listOf(node.tags).map((tag) => capped(String(tag), MAX_KEY)), []),
      transitions,
      states: readable(() => Object.values(node.states), [])
        // A state that is in itself is told once.
        .filter((inner) => this.shown.states.has(inner) && !this.drawn.has(inner))
        .flatMap((inner) => readable(() => [this.chart(inner)], [])),
    };
  }

  private description(node: AnyStateNode): string | undefined {
    const own = typeof node.description === 'string' ? capped(node.description, MAX_DESCRIPTION) : undefined;
    if (node.parent !== undefined || !this.shown.hasMore) return own;
    return [`It has more states than the ${MAX_STATES} that are shown here.`, own].filter(Boolean).join(' ');
  }
}

const listOf = (list: unknown): readonly unknown[] =>
  (Array.isArray(list) ? list : list === undefined ? [] : [list]).slice(0, MAX_LIST);
