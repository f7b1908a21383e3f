import { debuglog } from 'node:util';
import { sessionTree } from '../../src/index.ts';
import type { SessionHost } from '../../src/index.ts';
import { fromProcess } from '../../src/node/index.ts';
import { projectWatch } from './project-watch.ts';
import { runLog } from './run-log.ts';

export interface RunTreeOptions {
  /** For `sh -c`. */
  readonly command: string;
  readonly isWatched: boolean;
  /** Ends when the command has finished. */
  readonly once: boolean;
}

export type RunHost = SessionHost<ReturnType<typeof runTree>>;

const longMs = 600_000;

/**
 * A session that runs a command in its project. Each of its children may rely on those before it: the log is there for
 * the command's first line and outlives its restarts, and no change is missed while it runs.
 */
export const runTree = ({ command, isWatched, once }: RunTreeOptions) =>
  sessionTree({
    strategy: 'rest_for_one',
    // A command that fails each time may take minutes to do so.
    backoff: { minMs: 250, maxMs: 2000, jitter: 'none', resetAfterMs: longMs },
    intensity: { maxRestarts: 3, withinMs: longMs },
    autoShutdown: once ? 'any_significant' : 'never',
    logger: debuglog('workbench'),
    children: ({ session: { projectPath } }) => [
      { id: 'log', src: runLog },
      {
        id: 'watch',
        src: projectWatch,
        input: { projectPath },
        enabled: () => isWatched,
        ready: ({ progress }) => progress === 'watching',
      },
      {
        id: 'process',
        src: fromProcess({ command: 'sh', args: ['-c', command], cwd: projectPath, stdin: 'ignore' }),
        // Finished, it stays as it is, until it is restarted.
        restart: 'transient',
        significant: once,
        // From SIGTERM to SIGKILL.
        shutdown: 5000,
      },
    ],
  });
