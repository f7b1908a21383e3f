/**
 * Runs the tests, types first, on the oldest XState of the peer range: in a copy of the project that has an XState of
 * its own, so that whatever process a test starts finds that one too. Arguments go to jest.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const copy = join(root, '.xstate-oldest');
const left = new Set(['.git', '.xstate-oldest', 'node_modules', 'dist', 'coverage']);

rmSync(copy, { recursive: true, force: true });
for (const name of readdirSync(root)) {
  if (!left.has(name)) cpSync(join(root, name), join(copy, name), { recursive: true });
}
// What is not here is found in the project's own `node_modules`, one folder up.
copyModule('xstate-oldest', 'xstate');
copyModule('@xstate/react', '@xstate/react');
copyModule('@statelyai/inspect', '@statelyai/inspect');
run('typescript/bin/tsc', '--noEmit');
run('jest/bin/jest.js', ...process.argv.slice(2));

function copyModule(from: string, to: string): void {
  cpSync(join(root, 'node_modules', from), join(copy, 'node_modules', to), { recursive: true });
}

function run(program: string, ...args: string[]): void {
  const file = join(root, 'node_modules', program);
  const { status } = spawnSync(process.execPath, [file, ...args], { cwd: copy, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
