import { formatAge, plural } from './format.ts';
import type { ProcessStatus } from './process-status.ts';
import type { Row } from './screen.ts';

/** What there is to show of a session that runs a command. */
export interface RunView extends ProcessStatus {
  readonly id: string;
  readonly name: string;
  readonly projectPath: string;
  /** Nothing while no process runs. */
  readonly pid: number | undefined;
  /** The last that it wrote. */
  readonly lastLine: string;
}

// A line may be far longer, and is measured anew for each frame.
const widestTerminal = 1000;

/** @param now in milliseconds since the Unix epoch */
export function runRow({ name, state, pid, restarts, since, lastLine }: RunView, now: number): Row {
  const uptime = state === 'running' ? formatAge(now - since) : '';
  return {
    name,
    full: [state, pid === undefined ? '' : `pid ${pid}`, plural(restarts, 'restart'), uptime && `up ${uptime}`],
    brief: [state, pid === undefined ? '' : String(pid), `r${restarts}`, uptime],
    rest: lastLine.slice(0, widestTerminal),
  };
}

/** The session as one line of plain text. */
export function runLine({ name, state, pid, restarts, since, projectPath, id }: RunView, now: number): string {
  const running = pid === undefined ? '' : `, pid ${pid}, up ${formatAge(now - since)}`;
  return `${name}: ${state}${running}, ${plural(restarts, 'restart')}, ${projectPath}, ${id}`;
}
