import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const repository = resolve(__dirname, '../..');

/** A shell in a terminal, by a tmux server of its own. */
export class Terminal {
  private readonly env: NodeJS.ProcessEnv;

  /** @param folder where its socket is, which it leaves behind */
  constructor(folder: string, columns: number, rows: number) {
    this.env = { ...process.env, LC_ALL: 'C.UTF-8', TMUX_TMPDIR: folder, TMUX: undefined };
    const size = ['-x', String(columns), '-y', String(rows)];
    this.tmux('-f', '/dev/null', 'new-session', '-d', ...size, '-c', repository, 'env', 'PS1=$ ', 'ENV=', 'sh');
  }

  type(line: string): void {
    this.tmux('send-keys', '-l', line);
    this.press('Enter');
  }

  press(...keys: string[]): void {
    this.tmux('send-keys', ...keys);
  }

  resize(columns: number, rows: number): void {
    this.tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** What it shows: its lines, without the empty ones at the end. */
  get lines(): string[] {
    return this.tmux('capture-pane', '-p').trimEnd().split('\n');
  }

  /** All that it has shown, with what has scrolled away, each line as it was before it was wrapped. */
  get history(): string {
    return this.tmux('capture-pane', '-p', '-J', '-S', '-');
  }

  /** Resolves once there is such a line. */
  async shows(pattern: RegExp): Promise<void> {
    const patience = AbortSignal.timeout(25_000);
    while (!this.lines.some((line) => pattern.test(line))) {
      if (patience.aborted) throw new Error(`Nothing is ${pattern} on this screen:\n${this.lines.join('\n')}`);
      await pause(25);
    }
  }

  close(): void {
    this.tmux('kill-server');
  }

  private tmux(...args: string[]): string {
    return execFileSync('tmux', ['-u', '-L', 'workbench', ...args], { encoding: 'utf8', env: this.env });
  }
}
