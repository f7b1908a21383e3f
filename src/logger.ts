import { messageOf } from './core/arguments.ts';
import { attempt } from './harmless.ts';

/**
 * Hears of each crash, restart, give-up and failed listener, as one line; `error` is what was thrown.
 *
 * @example
 * createSessionHost({ session, logger: (line, error) => log.warn({ error }, line) });
 */
export type Logger = (line: string, error?: unknown) => void;

/** One line for each, on the console. */
export const consoleLogger: Logger = (line) =>
  console.error(`xstate-supervisor: ${line.replaceAll(/\s*[\r\n]+\s*/g, ' ')}`);

/** A logger that may throw without harm. */
export const safely =
  (logger: Logger): Logger =>
  (line, error) =>
    // If it fails, there is nobody left to tell.
    attempt(
      () => logger(line, error),
      () => {},
    );

/** Tells the logger what a host's callback has thrown. */
export function logThrown(log: Logger, what: string, error: unknown): void {
  log(`${what} threw: ${messageOf(error)}`, error);
}

/** Runs a host's callback; what it throws goes to the logger. */
export function contain(log: Logger, what: string, fn: () => unknown): void {
  attempt(fn, (error) => logThrown(log, what, error));
}
