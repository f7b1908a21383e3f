import type { SessionStore } from '../../src/index.ts';
import { storeProcess } from './store-process.ts';

/** Kills a process while it saves: its place then has each record whole, and none older than it said it had saved. */
export async function expectSavedThoughKilled(
  kind: 'files' | 'lmdb',
  place: string,
  store: SessionStore,
): Promise<void> {
  const saving = storeProcess(kind, place, 'save');
  await saving.next();
  const said = new Map<string, number>();
  for (let count = 0; count < 40; count += 1) {
    const { id, savedAt } = await saving.next();
    said.set(id, savedAt);
  }
  for (const { id, savedAt } of await saving.kill()) said.set(id, savedAt);

  expect([...(await store.list())].sort()).toEqual(['s1', 's2']);
  for (const [id, savedAt] of said) {
    const loaded = await store.load(id);
    expect(loaded.ok && loaded.value.savedAt).toBeGreaterThanOrEqual(savedAt);
  }
}
