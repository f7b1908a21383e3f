/** The lines of a box, and those at an arrow. */
import type { Chart, ChartTransition } from '../../protocol.ts';
import type { Inner, State } from './model.ts';
import { FONT_SIZE, lineOf, wrapped } from './text.ts';
import type { Line } from './text.ts';

const BOX_WIDTH = 250;
const LABEL_WIDTH = 190;

export function linesOf({ chart, inner }: State, scale: number): Line[] {
  const line = (...parts: Line['parts']) => lineOf(parts, BOX_WIDTH, scale);
  const listed = (keyword: string, names: readonly string[]) =>
    names.length === 0
      ? []
      : [line({ text: `${keyword} / `, tone: 'keyword' }, { text: names.join(', '), tone: 'action' })];
  return [
    ...descriptionOf(chart, scale).map((text) => line({ text, tone: 'note' })),
    ...(chart.tags.length === 0 ? [] : [line({ text: chart.tags.map((tag) => `#${tag}`).join(' '), tone: 'note' })]),
    ...listed('entry', chart.entry),
    ...chart.invokes.map((name) => line({ text: 'invoke / ', tone: 'keyword' }, { text: name, tone: 'action' })),
    ...listed('exit', chart.exit),
    ...inner.map((one) => line(...innerParts(one))),
  ];
}

function descriptionOf({ description }: Chart, scale: number): string[] {
  return description === undefined ? [] : wrapped(description, BOX_WIDTH / (FONT_SIZE.line * scale), 3);
}

/** At an arrow: each transition has a line, and one more for its actions if they are long. */
export function labelOf(transitions: readonly ChartTransition[], scale: number): Line[] {
  return transitions.flatMap((transition) => {
    const [head, actions] = [headParts(transition), actionParts(transition)];
    const whole = lineOf([...head, ...actions], LABEL_WIDTH, scale);
    if (whole.full === undefined) return [whole];
    return [head, actions]
      .filter(({ length }) => length > 0)
      .map((parts) => lineOf(trimmed(parts), LABEL_WIDTH, scale));
  });
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
