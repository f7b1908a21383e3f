import type { SessionHostOptions } from '../../src/index.ts';
import { settled } from './answers.ts';
import { FaultyStore } from './faulty-store.ts';
import { notebook } from './notebook.ts';
import { openHost } from './open-host.ts';

/** A host of notebooks with a store that does what the test says. */
export function keptNotebooks(options: Partial<SessionHostOptions<typeof notebook>> = {}, store = new FaultyStore()) {
  const opened = openHost({ session: notebook, store, ...options });
  const start = (id: string) => opened.host.startSession({ projectPath: `/projects/${id}`, id });
  /** Lets the time pass, and all that comes of it in its turn. */
  const pass = async (ms: number) => {
    await settled();
    for (let left = ms; left > 0; left -= 50) {
      opened.clock.increment(Math.min(left, 50));
      await settled();
    }
  };
  return { ...opened, store, start, pass };
}

/** Whether a promise has settled, and with what. */
export function watched<T>(promise: Promise<T>): { value?: T; error?: unknown; isSettled: boolean } {
  const seen: { value?: T; error?: unknown; isSettled: boolean } = { isSettled: false };
  promise.then(
    (value) => Object.assign(seen, { value, isSettled: true }),
    (error: unknown) => Object.assign(seen, { error, isSettled: true }),
  );
  return seen;
}

/** What is refused with a code. */
export const refusedWith = (code: string, fields: object = {}) => ({
  ok: false,
  error: expect.objectContaining({ code, ...fields }) as unknown,
});
