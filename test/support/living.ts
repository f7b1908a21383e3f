import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Which of these processes live. One that has ended, and that nobody has asked about yet, does not. */
export function living(pids: readonly number[]): number[] {
  return pids.filter((pid) => {
    try {
      process.kill(pid, 0);
    } catch {
      return false;
    }
    return !isZombie(pid);
  });
}

/** Resolves once none of them lives any more. */
export async function gone(pids: readonly number[]): Promise<void> {
  while (living(pids).length > 0) await pause(10);
}

function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')')).startsWith(') Z');
  } catch {
    // Gone meanwhile, or a system that has no such file.
    return false;
  }
}
