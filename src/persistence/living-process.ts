import { readFile } from 'node:fs/promises';

/** A process, told from another that has its pid later. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the system started it, in words of its own; empty where the system does not say. */
  readonly started: string;
}

export async function ownIdentity(): Promise<ProcessIdentity> {
  return { pid: process.pid, started: (await startOf(process.pid)) ?? '' };
}

/** Whether a process lives. Where the system does not say when it was started, whoever has its pid is taken for it. */
export async function isAlive({ pid, started }: ProcessIdentity): Promise<boolean> {
  // To signal those would be to signal many.
  if (pid < 1) return false;
  const now = await startOf(pid);
  return now === undefined || started === '' ? answersSignals(pid) : now === started;
}

/** The boot, and its tick in which the process was started. */
async function startOf(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // Its name, in parentheses, may have any character. The state is field 3, the start field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie does not live.
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : `${boot.trim()}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

function answersSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is there, and another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
