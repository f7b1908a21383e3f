import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { atEnd, marked } from './processes.ts';

const root = resolve(__dirname, '../..');
/** A host in a process of its own, that runs scripts and does what it is told. */
export class ProcessHost {
  readonly child: ChildProcessWithoutNullStreams;
  /** Its exit code, or the signal that ended it, once all of its output has been read. */
  readonly ended: Promise<number | NodeJS.Signals>;
  lines: readonly string[] = [];
  err = '';
  private out = '';

  constructor(command: readonly string[] = []) {
    const main = [process.execPath, '--import', 'tsx', 'test/support/process-host.main.ts', JSON.stringify(marked())];
    const [program, ...args] = [...command, ...main];
    this.child = spawn(program!, args, { cwd: root, env: { ...process.env, NODE_OPTIONS: '' } });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.out += text;
      this.lines = this.out.split('\n').slice(0, -1);
    });
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.err += text));
    this.child.stdin.on('error', () => {});
    this.ended = once(this.child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
    atEnd(() => this.child.kill('SIGKILL'));
  }

  /** One that is up. */
  static async up(...tells: string[]): Promise<ProcessHost> {
    const host = new ProcessHost();
    await host.says('ready');
    host.tell(...tells);
    return host;
  }

  get pid(): number {
    return this.child.pid!;
  }

  tell(...acts: string[]): void {
    this.child.stdin.write(acts.map((act) => `${act}\n`).join(''));
  }

  /** Resolves once it has said that, so often; rejects if it ends without. */
  async says(line: string | RegExp, times = 1): Promise<void> {
    const isIt = (said: string) => (typeof line === 'string' ? said === line : line.test(said));
    let isOver = false;
    const over = this.ended.then(() => (isOver = true));
    while (this.lines.filter(isIt).length < times) {
      if (isOver) throw new Error(`It has ended, and said:\n${this.out}${this.err}`);
      await Promise.race([over, once(this.child.stdout, 'data')]);
    }
  }
}
