import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

const root = resolve(__dirname, '../..');

export type XStateBuild = 'development' | 'production';

export interface Ran {
  /** Its exit status; null if it was killed, for not having ended in time. */
  readonly status: number | null;
  /** What it printed, a JSON value a line. */
  readonly lines: readonly any[];
  readonly stderr: string;
}

/**
 * Runs a TypeScript file of the tests in a Node process of its own, that dies of an `uncaughtException` or an
 * `unhandledRejection`, with one of XState's two builds.
 */
export function runInNode(file: string, build: XStateBuild, ...args: string[]): Promise<Ran> {
  return new Promise((done, failed) => {
    const conditions = build === 'development' ? ['--conditions=development'] : [];
    const child = spawn(process.execPath, ['--import', 'tsx', ...conditions, resolve(root, file), ...args], {
      cwd: root,
      env: { ...process.env, NODE_ENV: build, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('error', failed);
    child.on('close', (status) => {
      const lines = stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
      done({ status, lines, stderr });
    });
  });
}
