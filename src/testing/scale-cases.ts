import { expectListed, expectLoaded } from './expect.ts';
import type { Cases } from './place.ts';
import { sampleRecord } from './sample-record.ts';

const named = (count: number) => Array.from({ length: count }, (_, index) => `session-${index}`);

/** Much, and much at once. */
export const scaleCases: Cases = {
  'keeps a record of 5 MB': async ({ open }) => {
    const store = await open();
    const line = 'It was a dark and stormy night; 🌧 fell in torrents. ';
    const snapshot = { messages: Array.from({ length: 1_000 }, (_, index) => `${index}: ${line.repeat(95)}`) };
    await store.save(sampleRecord('s1', { snapshot }));
    await expectLoaded(store, sampleRecord('s1', { snapshot }));
    await store.save(sampleRecord('s1'));
    await expectLoaded(store, sampleRecord('s1'));
  },

  'keeps 1,000 records, saved side by side': async ({ open }) => {
    const store = await open();
    const ids = named(1_000);
    await Promise.all(ids.map((id, savedAt) => store.save(sampleRecord(id, { savedAt }))));
    await expectListed(store, ...ids);
    for (const [savedAt, id] of ids.entries()) await expectLoaded(store, sampleRecord(id, { savedAt }));
  },

  'does what it is asked of one session in the order of the calls': async ({ open }) => {
    const store = await open();
    const times = Array.from({ length: 20 }, (_, time) => time);
    await Promise.all(times.map((savedAt) => store.save(sampleRecord('s1', { savedAt }))));
    await expectLoaded(store, sampleRecord('s1', { savedAt: 19 }));
    await Promise.all([store.save(sampleRecord('s1')), store.delete('s1')]);
    await expectListed(store);
    await Promise.all([store.delete('s1'), store.save(sampleRecord('s1'))]);
    await expectLoaded(store, sampleRecord('s1'));
    await Promise.all([store.save(sampleRecord('s1', { savedAt: 1 })), store.setAside('s1', 'poison')]);
    await expectListed(store);
    await Promise.all([store.setAside('s1', 'poison'), store.save(sampleRecord('s1'))]);
    await expectLoaded(store, sampleRecord('s1'));
  },

  'shows whole records only, while they are saved': async ({ open }) => {
    const store = await open();
    const versions = named(30).map((text) =>
      sampleRecord('s1', { snapshot: text.repeat(1_000), savedAt: text.length }),
    );
    await store.save(versions[0]!);
    let saving = true;
    const saved = Promise.all(versions.map((record) => store.save(record))).finally(() => (saving = false));
    while (saving) {
      const loaded = await store.load('s1');
      if (!loaded.ok) throw new Error(`While it is saved, it is refused: ${loaded.error.message}`);
      // Some stores answer without ever giving way to what they have under way.
      await new Promise((resolve) => setTimeout(resolve));
    }
    await saved;
    await expectLoaded(store, versions.at(-1)!);
  },

  'does the same for many sessions side by side': async ({ open }) => {
    const store = await open();
    const ids = named(50);
    await Promise.all(
      ids.map(async (id) => {
        await store.save(sampleRecord(id, { savedAt: 1 }));
        await store.save(sampleRecord(id, { savedAt: 2 }));
        await expectLoaded(store, sampleRecord(id, { savedAt: 2 }));
        await store.delete(id);
      }),
    );
    await expectListed(store);
  },
};
