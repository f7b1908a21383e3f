import { readdirSync, readFileSync } from 'node:fs';

/** The process groups in which somebody lives, by their terminal session. */
export type LivingGroups = ReadonlyMap<number, ReadonlySet<number>>;

/**
 * Takes a look at who lives; `undefined` where the system has no `/proc` to tell.
 *
 * @returns how soon it wants to look again; undefined: it has seen enough
 */
export type Watcher = (living: LivingGroups | undefined) => 'soon' | 'later' | undefined;

const soonMs = 2;
const latestMs = 50;

const watchers = new Set<Watcher>();
let timer: NodeJS.Timeout | undefined;
let pauseMs = soonMs;

/** Looks again and again, for all watchers at once: the system tells nobody who ends, and a look takes its time. */
export function watchGroups(watcher: Watcher): void {
  watchers.add(watcher);
  lookIn(soonMs);
}

function lookIn(ms: number): void {
  if (timer !== undefined && pauseMs <= ms) return;
  clearTimeout(timer);
  pauseMs = ms;
  timer = setTimeout(look, ms);
}

function look(): void {
  const since = performance.now();
  const living = lookAtGroups();
  timer = undefined;
  let isSoon = false;
  for (const watcher of [...watchers]) {
    const next = watcher(living);
    if (next === undefined) watchers.delete(watcher);
    else if (next === 'soon') isSoon = true;
  }
  // No more than half of the time is for looking.
  const least = performance.now() - since;
  if (watchers.size > 0) lookIn(Math.max(isSoon ? soonMs : Math.min(pauseMs * 2, latestMs), least));
}

// A zombie does not live: where the first process of a container reaps nobody, an orphan stays one for good, and a
// signal still finds it.
function lookAtGroups(): LivingGroups | undefined {
  if (process.platform !== 'linux') return undefined;
  const living = new Map<number, Set<number>>();
  try {
    for (const pid of readdirSync('/proc')) if (/^\d+$/.test(pid)) note(living, pid);
  } catch {
    return undefined;
  }
  // The host's own, at least, must be there.
  return living.size > 0 ? living : undefined;
}

// `PID (NAME) STATE PARENT GROUP SESSION ...`, where the name may be anything.
function note(living: Map<number, Set<number>>, pid: string): void {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    // It has gone meanwhile.
    return;
  }
  const [state, , group, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ', 4);
  if (state === 'Z' || state === 'X') return;
  const groups = living.get(Number(session));
  if (groups === undefined) living.set(Number(session), new Set([Number(group)]));
  else groups.add(Number(group));
}
