import { describe, holds, requireFunction, requireNumber, requireObject } from '../core/arguments.ts';

/** How a process is run. */
export interface ProcessOptions {
  /** A program: a path, or a name to be found in `PATH`. It is no shell command: for one, run `sh` with `-c`. */
  readonly command: string;
  readonly args?: readonly string[];
  /** Its working directory. By default that of the host. */
  readonly cwd?: string;
  /**
   * Environment variables on top of those of the host; `undefined` takes one away. `XSTATE_SUPERVISOR_START` is set: by
   * it the process is found if the host dies in the very moment in which it starts it.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * What it reads: what it is sent by `process.write`, until `process.end` (`'pipe'`, the default), nothing (`'ignore'`),
   * or a text.
   */
  readonly stdin?: 'pipe' | 'ignore' | { readonly text: string };
  /** No line that is emitted is longer: the rest is left out. In characters, by default 65536. */
  readonly maxLineLength?: number;
}

/** The same, checked, with every default in place. */
export interface ResolvedProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: 'pipe' | 'ignore' | { readonly text: string };
  readonly maxLineLength: number;
}

/** @throws TypeError, RangeError that name the option */
export function resolveProcessOptions(options: ProcessOptions): ResolvedProcessOptions {
  requireObject('options', options);
  const { command, args = [], cwd = process.cwd(), env = {}, stdin = 'pipe', maxLineLength = 65_536 } = options;
  requireName('command', command);
  if (!Array.isArray(args)) throw new TypeError(`args must be an array, not ${describe(args)}`);
  for (const [index, arg] of args.entries()) requireText(`args[${index}]`, arg);
  requireName('cwd', cwd);
  requireObject('env', env);
  for (const [name, value] of Object.entries(env)) {
    if (!/^[^=\0]+$/.test(name)) throw new TypeError(`env must have names without = and NUL, not ${describe(name)}`);
    if (value !== undefined) requireText(`env.${name}`, value);
  }
  if (stdin !== 'pipe' && stdin !== 'ignore') {
    if (typeof stdin !== 'object' || !holds(() => typeof stdin.text === 'string')) {
      throw new TypeError(`stdin must be 'pipe', 'ignore' or { text }, not ${describe(stdin)}`);
    }
  }
  requireNumber('maxLineLength', maxLineLength, 1, 'integer');
  return { command, args, cwd, env: { ...process.env, ...env }, stdin, maxLineLength };
}

/** Options, or a function that makes them of an actor's input. */
export type ProcessOptionsFrom<TInput> = ProcessOptions | ((args: { readonly input: TInput }) => ProcessOptions);

export function requireProcessOptions(options: unknown): void {
  if (typeof options === 'function') requireFunction('options', options);
  else resolveProcessOptions(options as ProcessOptions);
}

function requireName(name: string, value: unknown): void {
  requireText(name, value);
  if (value === '') throw new TypeError(`${name} must not be empty`);
}

// The system takes no NUL byte in any of these.
function requireText(name: string, value: unknown): void {
  if (typeof value !== 'string') throw new TypeError(`${name} must be a string, not ${describe(value)}`);
  if (value.includes('\0')) throw new TypeError(`${name} must not have a NUL byte: ${describe(value)}`);
}
