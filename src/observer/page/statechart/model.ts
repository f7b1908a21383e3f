/** A chart as a graph: which of its transitions are drawn as arrows, at which level, and which are told within a box. */
import type { Chart, ChartTransition } from '../../protocol.ts';
import { crowdedLevels } from './flow.ts';
import { grouped } from './grouped.ts';

export interface State {
  readonly chart: Chart;
  readonly parent: State | undefined;
  readonly states: readonly State[];
  /** Transitions that no arrow is drawn for: it stays, or leads to a state around it or within it. */
  readonly inner: Inner[];
}

export interface Inner {
  readonly transition: ChartTransition;
  /** What follows the arrow: the names of its targets, or that it enters itself anew. */
  readonly to: string | undefined;
}

/** All transitions between the same two states: one arrow. */
export interface Link {
  readonly id: string;
  readonly source: State;
  readonly target: State;
  readonly transitions: ChartTransition[];
  /** The innermost state that both are in, and the states of it that they are, or are in. */
  readonly level: State;
  readonly from: State;
  readonly to: State;
  /** It leads up, to where the flow has come from. */
  back: boolean;
}

/** How a link is seen at a level: it is drawn there, or leaves it, or comes in, for an end that lies deeper. */
export interface Passage {
  readonly link: Link;
  readonly as: 'own' | 'out' | 'in';
}

export interface Model {
  readonly root: State;
  readonly links: readonly Link[];
  readonly passages: ReadonlyMap<State, readonly Passage[]>;
  /** Levels with more arrows than anybody could follow: they are told within the boxes. */
  readonly crowded: ReadonlySet<State>;
}

export function modelOf(chart: Chart): Model {
  const states = new Map<string, State>();
  const root = stateOf(chart, undefined, states);
  const found = new Map<string, Link>();
  for (const source of states.values()) {
    for (const transition of source.chart.transitions) addTransition(source, transition, states, found);
  }
  const crowded = crowdedLevels(grouped([...found.values()], (link) => link.level));
  const links = [...found.values()].filter(({ level }) => !crowded.has(level));
  for (const { source, transitions, level } of found.values()) {
    if (!crowded.has(level)) continue;
    for (const transition of transitions) tellWithin(source, transition, root);
  }
  return { root, links, passages: passagesOf(links), crowded };
}

function passagesOf(links: readonly Link[]): Map<State, Passage[]> {
  const all = links.flatMap((link) => [
    { state: link.level, link, as: 'own' as const },
    ...crossed(link.from, link.source).map((state) => ({ state, link, as: 'out' as const })),
    ...crossed(link.to, link.target).map((state) => ({ state, link, as: 'in' as const })),
  ]);
  return grouped(all, ({ state }) => state);
}

function stateOf(chart: Chart, parent: State | undefined, all: Map<string, State>): State {
  const states: State[] = [];
  const state = { chart, parent, states, inner: [] };
  // A path that is there twice is the first one's: arrows need to know where to go.
  if (!all.has(chart.path)) all.set(chart.path, state);
  for (const inner of chart.states) states.push(stateOf(inner, state, all));
  return state;
}

function addTransition(
  source: State,
  transition: ChartTransition,
  states: ReadonlyMap<string, State>,
  links: Map<string, Link>,
): void {
  const targets = transition.targets.map((path) => states.get(path));
  // Of several, in different regions, the arrow leads to the state around them.
  const target = targets.length === 0 ? undefined : targets.reduce((a, b) => a && b && commonOf(a, b));
  const ends = target && endsOf(source, target);
  if (ends === undefined || target === undefined) {
    return tellWithin(source, transition, states.get('')!);
  }
  const id = `${source.chart.path} > ${target.chart.path}`;
  const link = links.get(id);
  if (link) link.transitions.push(transition);
  else links.set(id, { id, source, target, transitions: [transition], ...ends, back: false });
}

function tellWithin(source: State, transition: ChartTransition, root: State): void {
  source.inner.push({ transition, to: nameOf(source, transition.targets, root) });
}

function nameOf(source: State, targets: readonly string[], root: State): string | undefined {
  if (targets.length === 0) return;
  const { path } = source.chart;
  const within = path === '' ? '' : `${path}.`;
  return targets
    .map((target) => {
      if (target === path) return 'itself';
      if (target === '') return root.chart.key;
      return target.startsWith(within) ? target.slice(within.length) : target;
    })
    .join(', ');
}

/** Where an arrow from one to the other is drawn; nowhere, if one is in the other, or they are in different regions. */
function endsOf(source: State, target: State): Pick<Link, 'level' | 'from' | 'to'> | undefined {
  const level = commonOf(source, target);
  if (level === undefined || level === source || level === target || level.chart.type === 'parallel') return;
  return { level, from: childToward(level, source), to: childToward(level, target) };
}

/** The states that a state is in, from itself to the root. */
function* lineage(state: State | undefined): Generator<State> {
  for (let at = state; at !== undefined; at = at.parent) yield at;
}

function commonOf(a: State, b: State): State | undefined {
  const around = new Set(lineage(a));
  return [...lineage(b)].find((state) => around.has(state));
}

export const childToward = (level: State, state: State): State =>
  [...lineage(state)].find((at) => at.parent === level)!;

/** The states that an arrow crosses the border of to come to one of its ends, outermost first; the end is none of them. */
export function crossed(outermost: State, end: State): State[] {
  const states = [...lineage(end)];
  return states.slice(1, states.indexOf(outermost) + 1).reverse();
}
