import { ok } from '../../src/index.ts';
import type { SessionStore } from '../../src/index.ts';
import type { Flaw } from './protocol.ts';

/** A store that is broken. */
export function flawed(store: SessionStore, flaw: Flaw): SessionStore {
  let saves = 0;
  return {
    ...store,
    async load(id) {
      const loaded = await store.load(id);
      return loaded.ok && flaw === 'forgets_timers' ? ok({ ...loaded.value, timers: [] }) : loaded;
    },
    async save(record) {
      saves += 1;
      if (flaw === 'answers_early') setTimeout(() => void store.save(record), 50);
      else if (flaw !== 'forgets_saves' || saves % 3 !== 0) await store.save(record);
    },
  };
}
