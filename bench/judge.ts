import { median } from './median.ts';
import { elixir } from './names.ts';
import type { Goal, Rounds, Row } from './row.ts';

export type Verdict = Goal & {
  /** The median of the ratios, each of one round; undefined where one of the two was not there. */
  readonly value: number | undefined;
  readonly met: boolean | 'not measured' | 'no goal here';
};

export interface Result {
  readonly row: string;
  readonly unit: 'ns' | 'bytes';
  /** The median of each. */
  readonly contestants: Readonly<Record<string, number>>;
  readonly goals: readonly Verdict[];
  readonly isShown?: boolean;
}

export function judge({ name, unit = 'ns', goals, isShown }: Row, rounds: Rounds): Result {
  const contestants = Object.fromEntries(Object.entries(rounds).map(([who, values]) => [who, median(values)]));
  const verdicts = goals.map((goal) => verdictOn(goal, rounds));
  return { row: name, unit, contestants, goals: verdicts, ...(isShown && { isShown }) };
}

function verdictOn(goal: Goal, rounds: Rounds): Verdict {
  const values = rounds[goal.of];
  const others = goal.to === undefined ? values?.map(() => 1) : rounds[goal.to];
  for (const who of [goal.of, goal.to]) {
    if (who !== undefined && rounds[who] === undefined && !who.includes(elixir))
      throw new Error(`Nobody is called ${who}`);
  }
  if (values === undefined || others === undefined) return { ...goal, value: undefined, met: 'not measured' };
  const value = median(values.map((it, round) => it / others[round]!));
  const { where } = goal;
  if (where !== undefined && median(rounds[where.of]!) <= where.over) return { ...goal, value, met: 'no goal here' };
  return { ...goal, value, met: 'atMost' in goal ? value <= goal.atMost : value >= goal.atLeast };
}
