import { Alive } from './alive.ts';
import { household, levels, membersOf, timersOf } from './household.ts';
import { openHost } from './open-host.ts';

/** A session with a child and a grandchild, each with a household, and each of which finishes on `finish`. */
export async function openFamily(options: object = {}) {
  const alive = new Alive();
  const grandchild = household(alive, { name: 'grandchild', finishes: true });
  const child = household(alive, { name: 'child', finishes: true, child: grandchild });
  const session = household(alive, { name: 'session', finishes: true, child });
  const opened = openHost({ session, ...options });
  const ref = await opened.open('s1');
  const living = () => ({ alive: alive.names, timers: opened.clock.timers });
  const all = { alive: levels.flatMap(membersOf).sort(), timers: timersOf(true) * 2 + timersOf(false) };
  return { ...opened, alive, ref, living, all };
}
