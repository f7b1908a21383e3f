import type { Clock } from '../xstate/internals.ts';

/**
 * Asks for something that may take its time, and waits no longer than it may. What comes later, nobody hears.
 *
 * @param who names who is asked, where the answer does not come
 */
export function within<T>(clock: Clock, timeoutMs: number, who: string, ask: () => T | PromiseLike<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const late = () => reject(new Error(`${who} has not answered within ${timeoutMs} ms`));
    const timer: unknown = clock.setTimeout(late, timeoutMs);
    // Who is asked may throw where it should reject.
    void Promise.resolve()
      .then(ask)
      .then(resolve, reject)
      .finally(() => clock.clearTimeout(timer));
  });
}
