import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { SessionHost, SessionHostEvent, SupervisorLogic } from '../../src/index.ts';
import { Document, root } from './document.ts';
import { asModule, valuesOf } from './program.ts';

type TreeHost = SessionHost<SupervisorLogic<any>, any>;

/** A project that ships with the examples. */
export const bakery = join(root, 'examples/workbench/projects/bakery');

/** A page of `docs/` whose first block is the recipe, and the others show it. */
export class Recipe {
  private readonly text: string;

  constructor(page: string) {
    this.text = new Document(page).blocks('ts')[0]!;
  }

  /** The recipe's host, which is closed after the test, and what else it calls by these names. */
  async setUp<T extends object>(...names: (keyof T & string)[]): Promise<T & SetUp> {
    const values = await valuesOf<T & { readonly host: TreeHost }>(this.text, 'host', ...names);
    const { host } = values;
    hosts.add(host);
    const events: SessionHostEvent<SupervisorLogic<any>, any>[] = [];
    host.on('*', (event) => events.push(event));
    const open = async (config: object = {}) => {
      const opened = await host.startSession({ projectPath: bakery, id: 's1', config });
      if (!opened.ok) throw opened.error;
      return opened.value.ref;
    };
    return { ...values, events, open };
  }

  /** Runs the recipe, and what follows, in a Node process of its own that does not end by itself. */
  runAsHost(program: string): HostProcess {
    return new HostProcess(asModule(`${this.text}\n${program}\nsetInterval(() => {}, 60_000);`));
  }
}

interface SetUp {
  readonly host: TreeHost;
  readonly events: readonly SessionHostEvent<SupervisorLogic<any>, any>[];
  /** Starts the session `s1` on the bakery. */
  open(config?: object): Promise<NonNullable<ReturnType<TreeHost['session']>>>;
}

const directories: string[] = [];

/** A directory that is removed after the test. */
export function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'xstate-supervisor-recipe-'));
  directories.push(directory);
  return directory;
}

const hosts = new Set<TreeHost>();
const processes = new Set<HostProcess>();

afterEach(async () => {
  await Promise.all([...hosts].map((host) => host.close()));
  hosts.clear();
  for (const host of processes) await host.end('SIGKILL');
  processes.clear();
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

export class HostProcess {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  private readonly exit: Promise<unknown[]>;

  constructor(code: string) {
    const args = ['--import', 'tsx', '--input-type=module', '--eval', code];
    this.child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
    this.exit = once(this.child, 'exit');
    processes.add(this);
  }

  /** The next line that it prints, which is JSON. */
  async printed(): Promise<any> {
    const { value, done } = await this.lines.next();
    if (done) throw new Error('The host has ended');
    return JSON.parse(value);
  }

  /** Sends it a signal, and waits for its end: its exit code, or the signal, if it did not handle that. */
  async end(signal: NodeJS.Signals): Promise<unknown> {
    this.child.kill(signal);
    const [code, endedBy] = await this.exit;
    return code ?? endedBy;
  }
}

/** Whether a process lives, and is no zombie. */
export function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

/** Whether somebody listens on a port. */
export function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });
}

/** Asks again until it is so. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}
