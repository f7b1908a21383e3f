import { parseArgs } from 'node:util';
import { ok, refused } from '../../src/index.ts';
import type { Result } from '../../src/index.ts';

export interface Arguments {
  readonly directories: readonly string[];
  /** A shell command to run in each; without one they are scanned. */
  readonly run: string | undefined;
  readonly watch: boolean;
  readonly max: number | undefined;
  readonly json: boolean;
  readonly once: boolean;
  readonly observer: boolean;
  readonly port: number | undefined;
  /** A directory in which the sessions are kept. */
  readonly store: string | undefined;
  readonly help: boolean;
}

export const usage = `Usage: npm start -- [--store DIR] [--max N] [--port N] [--json] [--once] [DIR...]
       npm start -- --run CMD [--watch] [--store DIR] [--max N] [--port N] [--json] [--once] DIR...

Opens a session on each project directory: it counts the files, leaving out node_modules and .git, and watches for
changes. Without a directory it opens three small projects that ship with it.

With --run it runs a command in each directory instead, by sh -c, as a supervised process. One that fails is restarted
after 250 ms, 500 ms and 1 s, and given up, so that its session ends, when it fails for the fourth time within ten
minutes. One that has finished stays in the list, to be restarted and to have its output read. Whatever it has started
ends with it, also when the workbench is killed.

It prints the URL of a page that shows it all in a browser: the supervision tree, live, and each session.

  --run CMD the command
  --watch   restarts it when a file in its directory changes, but in node_modules and .git
  --store DIR
            keeps the sessions in this directory, and has those that it finds there go on: they and their names, and what
            was last scanned of them or, with --run, their output and restarts. A command that ran is run again. Without
            another DIR it opens these and no others. One workbench at a time has it
  --max N   how many sessions may be open at once (10 unless given)
  --json    one JSON object a line on standard output for each lifecycle event, with --run also for what happens to the
            children of a session and for each line of output, and nothing else there
            (npm prints a banner of its own first: npm start --silent -- --json ...)
  --port N  where the observer's page is: on 4747 unless that is taken
  --no-observer
            serves no page
  --once    ends after the first complete scan of each directory, or when every command has finished; reads no commands
            and serves no page
  --help    prints this

On standard input it takes the commands: open DIR, close NAME, rename NAME NEW, restart NAME, list, quit, and crash NAME
or, with --run, logs NAME, which prints the last 200 lines of its output. It goes on without them when standard input
has ended, for as long as a session is open and not finished.

Exit status: 0, 1 if a directory was refused, all sessions ended and one of them failed, or the store cannot be used,
2 for wrong arguments, 130 after Ctrl-C, 143 after SIGTERM (a second one does not wait for the sessions to stop).
NODE_DEBUG=workbench shows the library's own log on standard error.
`;

/** What was asked for on the command line; refused with a sentence that names what is wrong. */
export function parseArguments(argv: readonly string[]): Result<Arguments, string> {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        run: { type: 'string' },
        watch: { type: 'boolean', default: false },
        max: { type: 'string' },
        json: { type: 'boolean', default: false },
        once: { type: 'boolean', default: false },
        port: { type: 'string' },
        store: { type: 'string' },
        'no-observer': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const { run, watch, max, json, once, port, store, help } = values;
    if (max !== undefined && !isCount(max)) return refused(`--max must be a whole number of at least 0, not '${max}'`);
    if (port !== undefined && !(isCount(port) && Number(port) <= 65_535)) {
      return refused(`--port must be a whole number from 0 to 65535, not '${port}'`);
    }
    if (run?.trim() === '') return refused(`--run must be a command, not '${run}'`);
    if (run === undefined && watch) return refused('--watch needs a command to restart: --run CMD');
    if (store?.trim() === '') return refused(`--store must be a directory, not '${store}'`);
    // Those that are kept have theirs.
    if (run !== undefined && store === undefined && positionals.length === 0 && !help) return refused(noDirectory);
    return ok({
      directories: positionals,
      run,
      watch,
      max: max === undefined ? undefined : Number(max),
      json,
      once,
      observer: !values['no-observer'],
      port: port === undefined ? undefined : Number(port),
      store,
      help,
    });
  } catch (error) {
    return refused((error as Error).message);
  }
}

export const noDirectory = '--run needs a DIR to run it in';

const isCount = (text: string): boolean => /^\d+$/.test(text) && Number.isSafeInteger(Number(text));
