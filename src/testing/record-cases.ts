import { equalJson } from '../core/json-value.ts';
import { expectListed, expectLoaded, expectRefused, expectRejected, expectSame, rejectionOf } from './expect.ts';
import type { Cases } from './place.ts';
import { sampleRecord } from './sample-record.ts';

/** Ids that no session can have. */
const nonsense = ['', '.', '..', '../s1', '/etc/passwd', '.hidden', 's 1', 's1\0', 's1/corrupt', 'ß', 'x'.repeat(129)];

/** What is said of each record. */
export const recordCases: Cases = {
  'has nothing in an empty place': async ({ open }) => {
    const store = await open();
    await expectListed(store);
    await expectRefused(store, 's1', 'not_found');
  },

  'gives a record as it was saved': async ({ open }) => {
    const store = await open();
    const record = sampleRecord('s1');
    await store.save(record);
    await expectLoaded(store, record);
    await expectListed(store, 's1');
  },

  'gives the last of several that were saved': async ({ open }) => {
    const store = await open();
    for (let savedAt = 1; savedAt <= 5; savedAt += 1) await store.save(sampleRecord('s1', { savedAt }));
    await expectLoaded(store, sampleRecord('s1', { savedAt: 5 }));
    await store.save(sampleRecord('s1', { snapshot: 'shorter' }));
    await expectLoaded(store, sampleRecord('s1', { snapshot: 'shorter' }));
    await expectListed(store, 's1');
  },

  'keeps all that JSON can say': async ({ open }) => {
    const store = await open();
    const snapshot = {
      texts: ['', 'ça, 日本語, 🙂', '"quoted" \\ \n\r\t\0\u2028', '\ud800 alone'],
      numbers: [0, -1, 0.1, 1e300, 5e-324, Number.MAX_SAFE_INTEGER],
      keys: JSON.parse(
        '{ "__proto__": { "a": 1 }, "": 2, "10": 3, "9": 4, "constructor": 5, "checksum": 6 }',
      ) as unknown,
      others: [null, true, false, [], {}, [[[]]]],
    };
    await store.save(sampleRecord('s1', { snapshot }));
    await expectLoaded(store, sampleRecord('s1', { snapshot }));
  },

  'keeps records under every id that a session can have': async ({ open }) => {
    const store = await open();
    const ids = ['a', 'A', 'aB', 'Ab', '-', '_', 'a.json', 'a.corrupt', 'a.json.tmp', 'store.lock', 'Z'.repeat(128)];
    for (const id of ids) await store.save(sampleRecord(id));
    await expectListed(store, ...ids);
    for (const id of ids) await expectLoaded(store, sampleRecord(id));
  },

  'has nothing under an id that no session can have': async ({ open }) => {
    const store = await open();
    await store.save(sampleRecord('s1'));
    for (const id of [...nonsense, undefined, null, 1, {}] as string[]) {
      await expectRefused(store, id, 'not_found');
      await store.delete(id);
      await store.setAside(id, 'corrupt');
    }
    await expectLoaded(store, sampleRecord('s1'));
  },

  'saves nothing that could not be loaded': async ({ open }) => {
    const store = await open();
    const { session } = sampleRecord('s1');
    for (const id of nonsense) {
      const bad = sampleRecord('s1', { session: { ...session, id } });
      await expectRejected(`To save under ${JSON.stringify(id)}`, store.save(bad), 'record_corrupt');
    }
    await expectRejected('No snapshot', store.save(sampleRecord('s1', { snapshot: undefined })), 'record_corrupt');
    await rejectionOf('A bigint', store.save(sampleRecord('s1', { snapshot: 1n })));
    await expectRejected('A later format', store.save(sampleRecord('s1', { format: 2 as 1 })), 'record_too_new');
    await expectListed(store);
  },

  'does not see what becomes of a record after the call': async ({ open }) => {
    const store = await open();
    const snapshot = { messages: ['hello'] };
    const saved = store.save(sampleRecord('s1', { snapshot }));
    snapshot.messages.push('changed');
    await saved;
    const expected = sampleRecord('s1', { snapshot: { messages: ['hello'] } });
    await expectLoaded(store, expected);
    const loaded = await store.load('s1');
    if (loaded.ok) (loaded.value.snapshot as typeof snapshot).messages.push('changed, too');
    await expectLoaded(store, expected);
  },

  'forgets what is deleted, and nothing else': async ({ open }) => {
    const store = await open();
    for (const id of ['s1', 's2']) await store.save(sampleRecord(id));
    await store.delete('s1');
    await store.delete('s1');
    await expectRefused(store, 's1', 'not_found');
    await expectListed(store, 's2');
    await expectLoaded(store, sampleRecord('s2'));
    await store.save(sampleRecord('s1'));
    await expectLoaded(store, sampleRecord('s1'));
  },

  'neither lists nor loads what was set aside': async ({ open }) => {
    const store = await open();
    await store.save(sampleRecord('s2'));
    for (const reason of ['corrupt', 'poison', 'poison'] as const) {
      await store.save(sampleRecord('s1'));
      await store.setAside('s1', reason);
      await expectRefused(store, 's1', 'not_found');
      await expectListed(store, 's2');
    }
    await store.setAside('s1', 'poison');
    await expectListed(store, 's2');
    const loaded = await store.load('s2');
    expectSame('That the other is loaded', loaded.ok && equalJson(loaded.value, sampleRecord('s2')), true);
  },
};
