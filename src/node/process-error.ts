import type { ProcessSignal } from './process-signal.ts';

/** What is known of a process that failed. */
export interface ProcessFailure {
  readonly command: string;
  /** Its exit code; null if a signal ended it, or it never started. */
  readonly code: number | null;
  /** The signal that ended it, if one did. */
  readonly signal: ProcessSignal | null;
  /** The last lines that it wrote to its standard error. */
  readonly stderr: readonly string[];
}

/**
 * What `fromProcess` fails with: the process ended with another exit code than 0, or by a signal, or it could not be
 * started; then `cause` is the error of the system, with its `code` (`'ENOENT'`, ...).
 *
 * @example
 * host.on('session.crashed', ({ error }) => {
 *   if (error instanceof ProcessError) console.log(error.code, error.stderr.at(-1));
 * });
 */
export class ProcessError extends Error implements ProcessFailure {
  override readonly name = 'ProcessError';
  readonly command: string;
  readonly code: number | null;
  readonly signal: ProcessSignal | null;
  readonly stderr: readonly string[];

  constructor(message: string, { command, code, signal, stderr }: ProcessFailure, options?: ErrorOptions) {
    super(message, options);
    this.command = command;
    this.code = code;
    this.signal = signal;
    this.stderr = stderr;
  }
}

export function processFailed(failure: ProcessFailure): ProcessError {
  const { command, code, signal, stderr } = failure;
  const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
  const last = stderr.at(-1);
  return new ProcessError(`${command} ${how}${last === undefined ? '' : `: ${last}`}`, failure);
}

export function processNotStarted(command: string, why: string, cause: unknown): ProcessError {
  return new ProcessError(`${command} could not be started: ${why}`, notRun(command), { cause });
}

const notRun = (command: string): ProcessFailure => ({ command, code: null, signal: null, stderr: [] });
