import type { Observer } from 'xstate';

type Failed = (error: unknown) => void;

/** Runs a host's callback. One that is asynchronous throws later: as a rejection, which would be the process's. */
export function attempt(fn: () => unknown, failed: Failed): void {
  try {
    follow(fn(), failed);
  } catch (error) {
    failed(error);
  }
}

/** The same for a callback that is called many times. */
export const harmless =
  <T>(fn: (value: T) => unknown, failed: (error: unknown, value: T) => void) =>
  (value: T): void => {
    try {
      const result = fn(value);
      if (result !== undefined) follow(result, (error) => failed(error, value));
    } catch (error) {
      failed(error, value);
    }
  };

/**
 * An observer, given as to `subscribe`, that disturbs nobody. It always has an error handler: XState would throw the
 * actor's error at the process.
 */
export function harmlessObserver<T>(
  first: Observer<T> | ((value: T) => void) | undefined,
  error: ((error: unknown) => void) | undefined,
  complete: (() => void) | undefined,
  failed: Failed,
): Observer<T> {
  const given = typeof first === 'function' ? { next: first, error, complete } : first;
  return {
    next: given?.next && harmless(given.next.bind(given), failed),
    error: given?.error ? harmless(given.error.bind(given), failed) : () => {},
    complete: given?.complete && harmless(given.complete.bind(given), failed),
  } as Observer<T>;
}

/** Has a rejection of what a callback returned go to `failed`. */
export function follow(result: unknown, failed: Failed): void {
  if (typeof (result as PromiseLike<unknown> | null | undefined)?.then === 'function') {
    Promise.resolve(result).catch(failed);
  }
}
