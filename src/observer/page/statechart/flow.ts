/** Which way the arrows of a level run, and whether there are too many. */
import { grouped } from './grouped.ts';
import type { Link, State } from './model.ts';

/** How many ranks all arrows of a chart may pass together: dagre takes about a second for them. */
const MAX_LENGTH = 2_000;

/**
 * Finds, for each level, the links that lead back up, and then the levels that have too many: the fullest ones, as long
 * as the others are too many still.
 */
export function crowdedLevels(levels: ReadonlyMap<State, readonly Link[]>): ReadonlySet<State> {
  for (const [level, links] of levels) turnBack(level, links);
  const lengths = [...levels].map(([level, links]) => ({ level, length: lengthOf(links) }));
  let total = lengths.reduce((sum, { length }) => sum + length, 0);
  const crowded = new Set<State>();
  for (const { level, length } of lengths.sort((a, b) => b.length - a.length)) {
    if (total <= MAX_LENGTH) break;
    crowded.add(level);
    total -= length;
  }
  return crowded;
}

/** Finds the links against the flow, which starts at the initial state, that the others lead down. */
function turnBack(level: State, links: readonly Link[]): void {
  const leaving = grouped(links, (link) => link.from);
  const visited = new Set<State>();
  const above = new Set<State>();
  const visit = (state: State): void => {
    visited.add(state);
    above.add(state);
    for (const link of leaving.get(state) ?? []) {
      link.back = above.has(link.to);
      if (!visited.has(link.to)) visit(link.to);
    }
    above.delete(state);
  };
  const initial = level.states.filter((state) => state.chart.path === level.chart.initial);
  for (const state of [...initial, ...level.states]) if (!visited.has(state)) visit(state);
}

/** How many ranks the links pass, with each state right below the lowest one that leads to it. */
function lengthOf(links: readonly Link[]): number {
  const down = links.map(({ from, to, back }) => (back ? { above: to, below: from } : { above: from, below: to }));
  const entering = grouped(down, ({ below }) => below);
  const ranks = new Map<State, number>();
  const rankOf = (state: State): number => {
    let rank = ranks.get(state);
    if (rank === undefined) {
      rank = Math.max(0, ...(entering.get(state) ?? []).map(({ above }) => rankOf(above) + 1));
      ranks.set(state, rank);
    }
    return rank;
  };
  return down.reduce((sum, { above, below }) => sum + rankOf(below) - rankOf(above), 0);
}
