import { writeFileSync } from 'node:fs';
import { BareCrowd } from './crowds/bare-crowd.ts';
import { filled, starting, stopping } from './crowds/crowd.ts';
import type { Crowd } from './crowds/crowd.ts';
import { NactCrowd } from './crowds/nact-crowd.ts';
import { SpawnedCrowd } from './crowds/spawned-crowd.ts';
import { SupervisedCrowd } from './crowds/supervised-crowd.ts';
import { inOwnProcess } from './in-own-process.ts';
import { median } from './median.ts';
import * as by from './names.ts';
import type { Rounds, Row } from './row.ts';
import { chart } from './scale-chart.ts';
import type { Line } from './scale-chart.ts';
import { timed } from './timed.ts';
import type { Contestant } from './timed.ts';

const sizes = [10, 100, 1_000, 10_000, 100_000];
const kinds = { start: starting, stop: stopping };

interface Entrant {
  readonly create: () => Crowd;
  /** The most sessions with which it is measured. */
  readonly upTo: number;
  /** Why it goes no further. */
  readonly note?: string;
}

const entrants: Readonly<Record<string, Entrant>> = {
  [by.ours]: { create: () => new SupervisedCrowd(), upTo: Infinity },
  [by.bare]: { create: () => new BareCrowd(), upTo: Infinity },
  [by.spawned]: { create: () => new SpawnedCrowd(), upTo: 10_000, note: 'too slow for 100,000' },
  [by.nact]: { create: () => new NactCrowd(), upTo: Infinity },
};

/** A row for each number of sessions. */
export const scaleRows: Row[] = sizes.map((open) => ({
  name: `scale, ${open} open`,
  goals: [],
  async measure(rounds) {
    const contestants: Record<string, Contestant> = {};
    for (const [who, { create, upTo }] of Object.entries(entrants)) {
      if (open > upTo) continue;
      const crowd = await filled(create(), open);
      const few = who === by.spawned ? 10 : Math.min(200, Math.max(10, open / 10));
      for (const [kind, contestant] of Object.entries(kinds)) contestants[`${kind}, ${who}`] = contestant(crowd, few);
    }
    return timed(contestants, rounds);
  },
}));

/** Draws what a start and a stop cost against the number of sessions, into `scale.svg`. */
export async function drawScale(rounds: number, print: (line: string) => void): Promise<void> {
  const measured: Rounds[] = [];
  for (const { name } of scaleRows) {
    print(name);
    measured.push(await inOwnProcess<Rounds>('measure-row.ts', name, rounds));
  }
  const lineOf = (kind: string, who: string): Line => ({
    label: who,
    note: entrants[who]!.note,
    points: sizes.flatMap((open, at) => {
      const values = measured[at]![`${kind}, ${who}`];
      return values === undefined ? [] : [{ x: open, y: median(values) }];
    }),
  });
  const panels = Object.keys(kinds).map((kind) => ({
    title: `To ${kind} a session`,
    lines: Object.keys(entrants).map((who) => lineOf(kind, who)),
  }));
  writeFileSync(new URL('scale.svg', import.meta.url), chart(panels));
}
