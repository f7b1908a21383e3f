import { readdirSync, readFileSync } from 'node:fs';

/** A look at who lives. */
export interface Look {
  /** The process groups in which somebody does. */
  readonly groups: ReadonlySet<number>;
  readonly at: number;
}

let latest: Look | undefined;

/**
 * Looks which process groups live. A zombie does not: where the first process of a container reaps nobody, an orphan
 * stays one for good, and a signal still finds it.
 *
 * @param after the look must be later than this time of `performance.now()`; many groups that end together share one
 * @returns undefined where the system has no `/proc` to tell
 */
export function lookAtGroups(after: number): Look | undefined {
  if (latest === undefined || latest.at <= after) {
    const at = performance.now();
    const groups = look();
    latest = groups && { groups, at };
  }
  return latest;
}

function look(): ReadonlySet<number> | undefined {
  if (process.platform !== 'linux') return undefined;
  const groups = new Set<number>();
  try {
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const group = groupOf(name);
      if (group !== undefined) groups.add(group);
    }
  } catch {
    return undefined;
  }
  // The host's own, at least, must be there.
  return groups.size > 0 ? groups : undefined;
}

// `PID (NAME) STATE PARENT GROUP ...`, where the name may be anything.
function groupOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : Number(group);
  } catch {
    // It has gone meanwhile.
    return undefined;
  }
}
