import { fromTransition } from 'xstate';
import { notStarted } from './process-status.ts';
import type { ProcessStatus } from './process-status.ts';

/** What is kept of the runs of a command. */
export interface RunLog {
  /** The last lines of all of them. */
  readonly lines: readonly string[];
  /** How its process was last heard to be. */
  readonly status: ProcessStatus;
}

export type RunLogEvent =
  | { readonly type: 'log.line'; readonly line: string }
  | { readonly type: 'log.status'; readonly status: ProcessStatus };

const mostLines = 200;

/**
 * Keeps what is known of a command: an actor of its own, so that it outlives each run of the command and, as part of the
 * session's snapshot, the workbench.
 */
export const runLog = fromTransition(
  (log: RunLog, event: RunLogEvent): RunLog => {
    switch (event.type) {
      case 'log.line':
        return { ...log, lines: [...log.lines.slice(1 - mostLines), event.line] };
      case 'log.status':
        return { ...log, status: event.status };
      default:
        return log;
    }
  },
  { lines: [], status: notStarted },
);
