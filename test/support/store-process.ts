import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { resolve } from 'node:path';

const root = resolve(__dirname, '../..');
const started = new Set<ChildProcess>();

afterEach(() => {
  for (const child of started) child.kill('SIGKILL');
  started.clear();
});

export interface StoreProcess {
  readonly pid: number;
  /** What it tells next. */
  next(): Promise<any>;
  /** What it has told and was not asked for, once it is dead. */
  kill(): Promise<any[]>;
}

/**
 * Runs `store.main.ts`.
 *
 * @param before what runs it, such as a shell with a limit: the program and its arguments
 */
export function storeProcess(
  kind: 'files' | 'lmdb',
  directory: string,
  deed: 'hold' | 'save' | 'fill',
  before: readonly string[] = [],
): StoreProcess {
  const main = [process.execPath, '--import', 'tsx', resolve(__dirname, 'store.main.ts'), kind, directory, deed];
  const [command, ...args] = [...before, ...main];
  const child = spawn(command!, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  started.add(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const closed = once(child, 'close');
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`It told no more, and ended with ${JSON.stringify(await closed)}`);
    return JSON.parse(value);
  };
  return {
    pid: child.pid!,
    next,
    async kill() {
      child.kill('SIGKILL');
      await closed;
      const told = [];
      for (let line = await lines.next(); !line.done; line = await lines.next()) told.push(JSON.parse(line.value));
      return told;
    },
  };
}
