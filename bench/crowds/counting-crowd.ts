import { ask, createSessionHost } from 'xstate-supervisor';
import type { SessionHostOptions, SessionRef } from 'xstate-supervisor';
import { counterMachine } from '../counter-machine.ts';
import { newPaths } from '../project-paths.ts';
import { same } from '../same.ts';
import type { Contestant } from '../timed.ts';

/**
 * Times changes: each of so many sessions is asked to count so many times, and again once it has answered. With
 * `persist: 'each'` an answer says that the change is in the store.
 */
export async function counting(
  sessions: number,
  changes: number,
  options: Pick<SessionHostOptions, 'store' | 'persist'> = {},
): Promise<Contestant> {
  const host = createSessionHost({
    session: counterMachine,
    projectPaths: 'text',
    maxSessions: Infinity,
    logger: () => {},
    ...options,
  });
  const refs: SessionRef<typeof counterMachine>[] = [];
  for (const projectPath of newPaths(sessions)) {
    const started = await host.startSession({ projectPath });
    if (!started.ok) throw started.error;
    refs.push(started.value.ref);
  }
  let counted = 0;
  return {
    operations: sessions * changes,
    run: () =>
      Promise.all(
        refs.map(async (ref) => {
          for (let n = 1; n <= changes; n++) same('the answer', await ask(ref, { type: 'count' }), counted + n);
        }),
      ).then(() => {}),
    after: async () => {
      counted += changes;
      const { store } = options;
      for (const id of store === undefined ? [] : host.ids()) {
        const loaded = await store!.load(id);
        if (!loaded.ok) throw loaded.error;
        same('in the store', (loaded.value.snapshot as Saved).context.count, counted);
      }
    },
  };
}

interface Saved {
  readonly context: { readonly count: number };
}
