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

/** The same with one session, `s1`: of its start, nothing is in `events` and the store's `calls`. */
export async function keptNotebook(options?: Parameters<typeof keptNotebooks>[0]) {
  const test = keptNotebooks(options);
  const ref = await test.open('s1');
  test.events.length = 0;
  test.store.calls.length = 0;
  return { ...test, ref };
}
