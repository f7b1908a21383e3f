import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Crowd } from './crowd.ts';

/** The time that Elixir took by its own clock, without the way to it and back. */
export interface OwnTime {
  readonly overriddenDuration: number;
}

/** How the seed design finds out whether a path is taken: by going through its table, or by an index. */
export type PathCheck = 'scan' | 'index';

/** Whether there is an `elixir` on the PATH. */
const hasElixir = (): boolean => spawnSync('elixir', ['--version'], { stdio: 'ignore' }).status === 0;

/** An Elixir that is commanded by lines, and answers each with a number. */
export class Elixir {
  private readonly process = spawn(
    'elixir',
    ['--erl', '+P 2000000', new URL('./elixir-crowd.exs', import.meta.url).pathname],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  private readonly answers = createInterface(this.process.stdout)[Symbol.asyncIterator]();

  /** @returns undefined where Elixir is not installed */
  static open(): Elixir | undefined {
    return hasElixir() ? new Elixir() : undefined;
  }

  async tell(command: string, ...args: (string | number)[]): Promise<number> {
    this.process.stdin.write(`${[command, ...args].join(' ')}\n`);
    const { value, done } = await this.answers.next();
    if (done === true || !/^\d+$/.test(value)) throw new Error(`Elixir, told to ${command}, answered: ${value}`);
    return Number(value);
  }

  async time(command: string, ...args: (string | number)[]): Promise<OwnTime> {
    return { overriddenDuration: (await this.tell(command, ...args)) / 1e6 };
  }

  close(): void {
    this.process.kill();
  }
}

/** Sessions as the seed design has them, in Elixir. */
export class ElixirCrowd implements Crowd {
  constructor(
    readonly elixir: Elixir,
    private readonly pathCheck: PathCheck = 'scan',
  ) {}

  count(): Promise<number> {
    return this.elixir.tell('count');
  }

  fill({ length }: readonly string[]): Promise<number> {
    return this.elixir.tell('fill', length);
  }

  start({ length }: readonly string[]): Promise<OwnTime> {
    return this.elixir.time('start', length, this.pathCheck);
  }

  stop(count: number): Promise<OwnTime> {
    return this.elixir.time('stop', count);
  }

  close(): void {
    this.elixir.close();
  }

  send(times: number): Promise<OwnTime> {
    return this.elixir.time('send', times);
  }

  ask(times: number): Promise<OwnTime> {
    return this.elixir.time('call', times);
  }
}
