import { Alive } from './support/alive.ts';
import { boom, go, ways } from './support/crash-ways.ts';
import type { CrashWay } from './support/crash-ways.ts';
import { household, levels, membersOf, midWays, timersOf } from './support/household.ts';
import type { Level } from './support/household.ts';
import { openHost } from './support/open-host.ts';
import { crashed, restarted, told } from './support/told.ts';

interface Place {
  readonly who: string;
  /** Who crashes. */
  readonly at: Level;
  /** Who handles the failure of its child, if anyone. */
  readonly caughtBy?: Level;
}

const places: readonly Place[] = [
  { who: 'a session', at: 'session' },
  { who: 'a child', at: 'child' },
  { who: 'a child, which its parent handles', at: 'child', caughtBy: 'session' },
  { who: 'a grandchild', at: 'grandchild' },
  { who: 'a grandchild, which the session handles', at: 'grandchild', caughtBy: 'session' },
  { who: 'a grandchild, which its parent handles', at: 'grandchild', caughtBy: 'child' },
];

/** Opens a session of three households, one of which can crash. */
async function openHouseholds(
  way: CrashWay & { readonly lives?: readonly string[] },
  { at, caughtBy }: Place,
  alive: Alive,
) {
  const errors: unknown[] = [];
  const machineAt = (index: number): ReturnType<typeof household> =>
    household(alive, {
      name: levels[index]!,
      crash: levels[index] === at ? way.region : undefined,
      child: index + 1 < levels.length ? machineAt(index + 1) : undefined,
      caught: levels[index] === caughtBy ? (error) => errors.push(error) : undefined,
    });
  const opened = openHost({ session: machineAt(0), intensity: { maxRestarts: 10 } });
  await opened.open('s1');
  opened.events.length = 0;
  const crash = () => {
    alive.send(at, go);
    if (way.afterMs !== undefined) opened.clock.increment(way.afterMs);
  };
  const everybody = [...levels.flatMap(membersOf), ...(way.lives ?? [])].sort();
  return { ...opened, errors, crash, everybody };
}

const rounds = [1, 2];

function leavesNothing(by: string, wayOf: (alive: Alive) => CrashWay): void {
  it.each(places)(`${by} in $who`, async (place) => {
    const alive = new Alive();
    const way = wayOf(alive);
    const { error = boom } = way;
    const { host, clock, events, errors, crash, everybody } = await openHouseholds(way, place, alive);
    const timers = timersOf(true) * 2 + timersOf(false);
    expect({ alive: alive.names, timers: clock.timers }).toEqual({ alive: everybody, timers });

    for (const round of rounds) {
      const count = alive.count;
      crash();
      expect({ alive: alive.names, timers: clock.timers }).toEqual({ alive: everybody, timers });
      const spared = place.caughtBy === undefined ? [] : levels.slice(0, levels.indexOf(place.caughtBy) + 1);
      expect(alive.olderThan(count).sort()).toEqual(spared.flatMap(membersOf).sort());
      if (place.caughtBy === undefined) {
        expect(told(events)).toEqual([crashed('s1', round, error, expect.anything()), restarted('s1', round + 1)]);
      } else {
        expect(events).toEqual([]);
        expect(errors).toEqual([error]);
      }
      events.length = errors.length = 0;
      expect(alive.doubles).toEqual([]);
    }

    await host.stopSession('s1');
    expect({ alive: alive.names, timers: clock.timers }).toEqual({ alive: [], timers: 0 });
  });
}

describe('Nothing of an incarnation outlives a crash by', () => {
  for (const way of ways) leavesNothing(way.by, () => way);
});

describe('Nothing of an incarnation outlives, in mid-transition,', () => {
  midWays(new Alive()).forEach(({ by }, i) => leavesNothing(by, (alive) => midWays(alive)[i]!));
});
