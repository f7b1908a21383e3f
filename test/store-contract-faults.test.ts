import { memoryStore, ok } from '../src/index.ts';
import type { SessionRecord, SessionStore } from '../src/index.ts';
import { sessionStoreContract } from '../src/testing/index.ts';

type Change = (store: SessionStore, records: Map<string, string>) => Partial<SessionStore>;

/** What the suite finds wrong with a store in memory that does something in another way. */
async function found(change: Change): Promise<string[]> {
  const cases = sessionStoreContract({
    place: () => new Map<string, string>(),
    open: (records) => {
      const store = memoryStore(records);
      return { ...store, ...change(store, records) };
    },
    corrupt: (records, id) => records.set(id, ''),
  });
  const failed: string[] = [];
  for (const { name, run } of cases) await run().catch(() => failed.push(name));
  return failed;
}

const cached = new Map<string, SessionRecord>();

describe('The suite for session stores finds', () => {
  it('nothing wrong with a store that is right', async () => {
    expect(await found(() => ({}))).toEqual([]);
  });

  it.each<[what: string, change: Change, failed: string]>([
    ['a save that is lost', () => ({ save: async () => {} }), 'gives a record as it was saved'],
    [
      'a save that is late',
      (store) => ({ save: async (record) => void setTimeout(() => void store.save(record).catch(() => {})) }),
      'has after it was closed what was saved before',
    ],
    [
      'a record that is shared',
      (store) => ({
        save: async (record) => {
          await store.save(record);
          cached.set(record.session.id, record);
        },
        load: async (id) => {
          const loaded = await store.load(id);
          return loaded.ok && cached.has(id) ? ok(cached.get(id)!) : loaded;
        },
      }),
      'does not see what becomes of a record after the call',
    ],
    ['a deletion that is none', () => ({ delete: async () => {} }), 'forgets what is deleted, and nothing else'],
    [
      'a setting aside that is none',
      () => ({ setAside: async () => {} }),
      'neither lists nor loads what was set aside',
    ],
    [
      'keys that are no ids',
      (_store, records) => ({ list: async () => [...records.keys()] }),
      'neither lists nor loads what was set aside',
    ],
    ['an end that is none', () => ({ close: async () => {} }), 'has after it was closed what was saved before'],
    [
      'no lock',
      (_store, records) => {
        const own = memoryStore();
        return { ...own, list: async () => [...records.keys()] };
      },
      'is locked while another holds the place, and says who does',
    ],
    [
      'a corrupt record that takes all with it',
      (store, records) => ({
        list: async () => {
          for (const text of records.values()) JSON.parse(text);
          return store.list();
        },
      }),
      'refuses a corrupt record, which harms no other',
    ],
  ])('%s', async (_what, change, failed) => {
    expect(await found(change)).toContain(failed);
  });

  it('says which option is wrong', () => {
    expect(() => sessionStoreContract({ place: () => 1 } as never)).toThrow('open must be a function');
    expect(() => sessionStoreContract({ place: () => 1, open: memoryStore, corrupt: 1 } as never)).toThrow(
      /corrupt must/,
    );
  });
});
