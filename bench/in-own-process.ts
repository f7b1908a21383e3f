import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Runs a script of this folder in a process of its own, with `gc`, and returns what it sends. */
export function inOwnProcess<T>(script: string, ...args: readonly (string | number)[]): Promise<T> {
  return new Promise((resolve, reject) => {
    const file = fileURLToPath(new URL(script, import.meta.url));
    const execArgv = [...new Set([...process.execArgv, '--expose-gc', '--no-flush-bytecode'])];
    const child = fork(file, args.map(String), { execArgv, serialization: 'advanced' });
    let sent: { readonly value: T } | undefined;
    child.on('message', (value) => (sent = { value: value as T }));
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (sent !== undefined) resolve(sent.value);
      else reject(new Error(`${[script, ...args].join(' ')} ended with ${signal ?? code}, and without a result`));
    });
  });
}
