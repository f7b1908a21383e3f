import { expectListed, expectLoaded, expectRefused } from './expect.ts';
import type { Cases } from './place.ts';
import { sampleRecord } from './sample-record.ts';

/** Records that were damaged behind the back of the store. */
export const corruptCases: Cases = {
  'refuses a corrupt record, which harms no other': async ({ open, corrupt }) => {
    const first = await open();
    for (const id of ['s1', 's2', 's3']) await first.save(sampleRecord(id));
    await first.close();
    await corrupt('s2');
    const store = await open();
    await expectListed(store, 's1', 's2', 's3');
    // It stays: whoever only looks must not lose it.
    for (let times = 0; times < 2; times += 1) await expectRefused(store, 's2', 'record_corrupt');
    for (const id of ['s1', 's3']) await expectLoaded(store, sampleRecord(id));

    await store.setAside('s2', 'corrupt');
    await expectListed(store, 's1', 's3');
    await expectRefused(store, 's2', 'not_found');
    await store.save(sampleRecord('s2'));
    await expectLoaded(store, sampleRecord('s2'));
  },

  'replaces a corrupt record by one that is saved, and deletes one': async ({ open, corrupt }) => {
    const first = await open();
    for (const id of ['s1', 's2']) await first.save(sampleRecord(id));
    await first.close();
    for (const id of ['s1', 's2']) await corrupt(id);
    const store = await open();
    await store.save(sampleRecord('s1'));
    await store.delete('s2');
    await expectLoaded(store, sampleRecord('s1'));
    await expectListed(store, 's1');
  },
};
