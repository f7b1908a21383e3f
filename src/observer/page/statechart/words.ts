/** The lines of a box, and those at an arrow. */
import type { Chart, ChartTransition } from '../../protocol.ts';
import type { Inner, State } from './model.ts';
import { lineOf, wrapped } from './text.ts';
import type { Line, Measure } from './text.ts';

const BOX_WIDTH = 250;
const LABEL_WIDTH = 190;
/** The rest of them is only counted. */
const MAX_LINES = { box: 30, label: 10 } as const;

export function linesOf({ chart, inner }: State, isCrowded: boolean, measure: Measure): Line[] {
  const line = (...parts: Line['parts']) => lineOf(parts, BOX_WIDTH, measure);
  const listed = (keyword: string, names: readonly string[]) =>
    names.length === 0
      ? []
      : [line({ text: `${keyword} / `, tone: 'keyword' }, { text: names.join(', '), tone: 'action' })];
  return [
    ...descriptionOf(chart, measure).map((text) => line({ text, tone: 'note' })),
    ...(isCrowded ? [line({ text: 'too many arrows: listed in the states', tone: 'note' })] : []),
    ...(chart.tags.length === 0 ? [] : [line({ text: chart.tags.map((tag) => `#${tag}`).join(' '), tone: 'note' })]),
    ...listed('entry', chart.entry),
    ...chart.invokes.map((name) => line({ text: 'invoke / ', tone: 'keyword' }, { text: name, tone: 'action' })),
    ...listed('exit', chart.exit),
    ...atMost(MAX_LINES.box, inner, (one) => [line(...innerParts(one))], measure),
  ];
}

function atMost<T>(most: number, all: readonly T[], linesOfOne: (one: T) => Line[], measure: Measure): Line[] {
  const lines = all.slice(0, most).flatMap(linesOfOne);
  if (all.length > most)
    lines.push(lineOf([{ text: `and ${all.length - most} more`, tone: 'note' }], BOX_WIDTH, measure));
  return lines;
}

function descriptionOf({ description }: Chart, measure: Measure): string[] {
  return description === undefined ? [] : wrapped(description, BOX_WIDTH, 3, measure);
}

/** At an arrow: each transition has a line, and one more for its actions if they are long. */
export function labelOf(transitions: readonly ChartTransition[], measure: Measure): Line[] {
  const linesOfOne = (transition: ChartTransition): Line[] => {
    const [head, actions] = [headParts(transition), actionParts(transition)];
    const whole = lineOf([...head, ...actions], LABEL_WIDTH, measure);
    if (whole.full === undefined || actions.length === 0) return [whole];
    return [head, trimmed(actions)].map((parts) => lineOf(parts, LABEL_WIDTH, measure));
  };
  return atMost(MAX_LINES.label, transitions, linesOfOne, measure);
}

const trimmed = ([first, ...rest]: Line['parts']): Line['parts'] => [
  { ...first!, text: first!.text.trimStart() },
  ...rest,
];

function innerParts({ transition, to }: Inner): Line['parts'] {
  const isForbidden = to === undefined && transition.actions.length === 0;
  return [
    ...headParts(transition),
    ...actionParts(transition),
    ...(to === undefined ? [] : [{ text: ` → ${to}`, tone: 'keyword' } as const]),
    ...(isForbidden ? [{ text: ' is ignored', tone: 'keyword' } as const] : []),
  ];
}

const headParts = ({ label, guard }: ChartTransition): Line['parts'] => [
  { text: label, tone: 'event' },
  ...(guard === undefined ? [] : [{ text: ` [${guard}]`, tone: 'guard' } as const]),
];

const actionParts = ({ actions }: ChartTransition): Line['parts'] =>
  actions.length === 0 ? [] : [{ text: ` / ${actions.join(', ')}`, tone: 'action' }];
