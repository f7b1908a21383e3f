import type { SessionStore, SupervisionError } from '../../src/index.ts';
import type { Display } from './display.ts';
import { jsonDisplay } from './json-display.ts';
import { isOn, openProject, savedIn } from './kept-sessions.ts';
import { parseCommand } from './parse-command.ts';
import { servePage } from './observer-page.ts';
import { plainDisplay } from './plain-display.ts';
import { keyInput, lineInput, noInput } from './read-input.ts';
import { refusalOf } from './refusal-of.ts';
import { resolveDirectory } from './resolve-directory.ts';
import { runCommand } from './run-command.ts';
import { runWork } from './run-work.ts';
import { scanWork } from './scan-work.ts';
import { screenDisplay } from './screen-display.ts';

export interface WorkbenchOptions {
  readonly directories: readonly string[];
  /** A shell command to run in each; without one they are scanned. */
  readonly run: string | undefined;
  /** Restarts it when a project changes. */
  readonly watch: boolean;
  /** Where the sessions are kept, if they are. */
  readonly store: SessionStore | undefined;
  readonly max: number | undefined;
  readonly json: boolean;
  readonly once: boolean;
  /** Serves the observer's page. */
  readonly observer: boolean;
  /** Where: the usual port, unless given. */
  readonly port: number | undefined;
  /** Where a relative directory begins. */
  readonly base: string;
}

export interface RunningWorkbench {
  /** The exit status, once every session is closed. */
  readonly ended: Promise<number>;
  /** Closes everything in order, to end with this status. */
  end(status: number): void;
  /** Gives the terminal back, whatever else is still going on. */
  release(): void;
}

/** A session host on project directories, with a display and commands. */
export function startWorkbench(options: WorkbenchOptions): RunningWorkbench {
  const { directories, run, watch, store, max, json, once, observer, port, base } = options;
  const work =
    run === undefined ? scanWork({ store, max, once }) : runWork({ store, max, once, command: run, isWatched: watch });
  const { host } = work;
  const isScreen = process.stdout.isTTY && !json && process.env.TERM !== 'dumb';
  const input = once ? noInput : isScreen && process.stdin.isTTY ? keyInput() : lineInput();
  const display: Display = json
    ? jsonDisplay()
    : isScreen
      ? screenDisplay(work.rows, () => input.prompt)
      : plainDisplay(work.news);

  let isOpening = true;
  let isListening = !once;
  let wasRefused = false;
  let hasFailed = false;
  let end!: (status: number) => void;
  let isEnding = false;
  const ended = new Promise<number>((resolve) => {
    end = (status) => {
      isEnding = true;
      resolve(status);
    };
  }).then(async (status) => {
    input.close();
    await host.close();
    display.close();
    return status;
  });

  const endIfIdle = () => {
    if (!isOpening && !isListening && work.isIdle()) end(wasRefused || hasFailed ? 1 : 0);
  };
  const complain = ({ code, message }: SupervisionError) => display.complain(`${code}: ${message}`);

  const pathOf = (directory: string) => resolveDirectory(directory, base);

  const isOpened = (refusal: SupervisionError | undefined): boolean => {
    // As JSON it is an event.
    if (refusal !== undefined && !json && !isEnding) complain(refusal);
    return refusal === undefined;
  };
  const start = async (directory: string) =>
    isOpened(refusalOf<SupervisionError>(await host.startSession({ projectPath: pathOf(directory) })));
  const open = async (directory: string) => isOpened(await openProject(host, pathOf(directory)));

  const execute = async (line: string): Promise<void> => {
    const command = parseCommand(line, work.commands);
    if (!command.ok) return display.complain(command.error);
    if (command.value === undefined || isEnding) return;
    const quit = () => end(wasRefused ? 1 : 0);
    const refusal = await runCommand(command.value, { work, say: display.say, open, quit });
    if (refusal !== undefined) complain(refusal);
    // What was done is not to be lost to a kill. Nobody waits for it: what cannot be saved is an event.
    void host.flush();
  };

  work.listen({
    event(event) {
      display.event(event);
      if (event.type === 'session.failed') hasFailed = true;
      if (event.type === 'host.failed') end(1);
      endIfIdle();
    },
    changed: display.refresh,
  });

  const showPage = async () => {
    try {
      const { url } = await servePage(host, port);
      display.say(`observer: ${url}`);
    } catch (error) {
      display.complain(`There is no observer: ${(error as Error).message}`);
    }
  };

  const openAll = async () => {
    if (observer && !once) await showPage();
    const back = await host.resumeAll();
    if (isEnding) return;
    if (!back.ok) {
      complain(back.error);
      return end(1);
    }
    const { resumed, refused } = back.value;
    const left = refused.length === 0 ? [] : await savedIn(host);
    for (const { id, error } of refused) {
      if (json) continue;
      const session = left.find((one) => one.id === id);
      // What cannot be read is kept, too, but there is nothing to do about it here.
      const advice = session === undefined ? '' : `. It is kept: open it again, or close '${session.name}'`;
      display.complain(`${error.code}: ${error.message}${advice}`);
    }
    // What did not come back just now will not if it is tried again.
    const known = [...host.list(), ...left];
    const others = directories.filter((directory) => !known.some(isOn(pathOf(directory))));
    const opened = await Promise.all(others.map(start));
    void host.flush();
    isOpening = false;
    wasRefused = refused.length > 0 || opened.includes(false);
    if (resumed.length > 0 || opened.includes(true)) endIfIdle();
    else end(1);
  };

  // One thing after the other, in the order in which it was asked for.
  let turn = openAll();
  const inTurn = (task: () => void | Promise<void>) => void (turn = turn.then(task));
  input.start({
    line: (line) => inTurn(() => execute(line)),
    typed: display.refresh,
    ended: () =>
      inTurn(() => {
        isListening = false;
        endIfIdle();
      }),
    interrupted: () => process.emit('SIGINT'),
  });

  const release = () => {
    input.close();
    display.close();
  };
  return { ended, end, release };
}
