import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { resolve } from 'node:path';

export const repository = resolve(__dirname, '../..');
// Most tests have no use for the page.
const plain = '--no-observer';
export const byNode = [process.execPath, '--import', 'tsx', 'examples/workbench/main.ts', plain];
export const byNpm = ['npm', 'start', '--silent', '--', plain];

const runs: WorkbenchProcess[] = [];

/** Ends those that a test has left. */
export function killWorkbenches(): void {
  for (const run of runs.splice(0)) run.kill();
}

/** What it prints as JSON. */
export interface Line {
  readonly type: string;
  readonly session?: { readonly id: string; readonly name: string; readonly projectPath: string };
  readonly [field: string]: unknown;
}

interface Surroundings {
  readonly command?: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The workbench as a process of its own, in a process group of its own. */
export class WorkbenchProcess {
  readonly child: ChildProcessWithoutNullStreams;
  /** The exit status as a shell would have it, once all of its output has been read. */
  readonly ended: Promise<number>;
  out = '';
  err = '';

  constructor(args: readonly string[], { command = byNode, cwd = repository, env: more = {} }: Surroundings = {}) {
    // npm tells its scripts which of them runs, and these tests may be run by it.
    const { npm_lifecycle_event: _, INIT_CWD: __, ...env } = process.env;
    this.child = spawn(command[0]!, [...command.slice(1), ...args], { cwd, env: { ...env, ...more }, detached: true });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => (this.out += text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.err += text));
    this.child.stdin.on('error', () => {});
    this.ended = once(this.child, 'close').then(
      ([status, signal]: (number | NodeJS.Signals | null)[]) =>
        (status ?? 128 + constants.signals[signal as NodeJS.Signals]) as number,
    );
    runs.push(this);
  }

  type(...commands: string[]): void {
    this.child.stdin.write(commands.map((command) => `${command}\n`).join(''));
  }

  /** Resolves once the output has it; rejects if it ends without. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const streams = [this.child.stdout, this.child.stderr];
      const settle = (act: () => void) => {
        for (const stream of streams) stream.off('data', look);
        act();
      };
      const look = () => {
        if (holds()) settle(resolve);
      };
      for (const stream of streams) stream.on('data', look);
      const hasEnded = () => new Error(`It has ended, with this output:\n${this.out}${this.err}`);
      void this.ended.then(() => (holds() ? settle(resolve) : settle(() => reject(hasEnded()))));
      look();
    });
  }

  says(text: string): Promise<void> {
    return this.until(() => this.out.includes(text) || this.err.includes(text));
  }

  get lines(): Line[] {
    return this.out
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  }

  /** The types of the events of one session, in order. */
  typesOf(name: string): string[] {
    const id = this.lines.find(({ session }) => session?.name === name)?.session?.id;
    return this.lines.filter(({ session }) => session?.id === id).map(({ type }) => type.replace('session.', ''));
  }

  ofType(type: string): Line[] {
    return this.lines.filter((line) => line.type === type);
  }

  /** Whether any process is left of it. */
  get isAlive(): boolean {
    try {
      return process.kill(-this.child.pid!, 0);
    } catch {
      return false;
    }
  }

  kill(): void {
    if (this.isAlive) process.kill(-this.child.pid!, 'SIGKILL');
  }
}
