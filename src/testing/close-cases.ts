import type { SessionStore } from '../session-store.ts';
import { expectListed, expectLoaded, expectRejected, expectSame, rejectionOf } from './expect.ts';
import type { Cases } from './place.ts';
import { sampleRecord } from './sample-record.ts';

/** Everything that a store may be asked for while it is open. */
const operations = (store: SessionStore) =>
  Object.entries({
    list: () => store.list(),
    load: () => store.load('s1'),
    save: () => store.save(sampleRecord('s1')),
    delete: () => store.delete('s1'),
    setAside: () => store.setAside('s1', 'poison'),
  });

/** Who holds a place, and how it is let go. */
export const closeCases: Cases = {
  'has after it was closed what was saved before': async ({ open }) => {
    const first = await open();
    for (const id of ['s1', 's2', 's3']) await first.save(sampleRecord(id));
    await first.delete('s2');
    await first.setAside('s3', 'poison');
    await first.close();
    const second = await open();
    await expectListed(second, 's1');
    await expectLoaded(second, sampleRecord('s1'));
  },

  'finishes what is under way before it closes': async ({ open }) => {
    const first = await open();
    const saved = Promise.all(['s1', 's2', 's3'].map((id) => first.save(sampleRecord(id))));
    await first.close();
    const second = await open();
    await expectListed(second, 's1', 's2', 's3');
    await saved;
  },

  'may be closed twice, and unused, and rejects all else then': async ({ open }) => {
    const unused = await open();
    await unused.close();
    const store = await open();
    await store.save(sampleRecord('s1'));
    await Promise.all([store.close(), store.close()]);
    await store.close();
    for (const closed of [unused, store]) {
      for (const [name, operation] of operations(closed)) await rejectionOf(`${name}, once it is closed,`, operation());
    }
    await expectListed(await open(), 's1');
  },

  'is locked while another holds the place, and says who does': async ({ open }) => {
    const first = await open();
    await first.save(sampleRecord('s1'));
    const second = await open();
    for (const [name, operation] of operations(second)) {
      await expectRejected(`${name}, while another holds the place,`, operation(), 'store_locked');
    }
    const { pid } = (await rejectionOf('A locked list', second.list())) as { readonly pid: unknown };
    const { process } = globalThis as { readonly process?: { readonly pid: number } };
    if (process !== undefined) expectSame('The pid', pid, process.pid);
    await expectLoaded(first, sampleRecord('s1'));
    await expectListed(first, 's1');

    await first.close();
    await expectLoaded(second, sampleRecord('s1'));
    await second.close();
    await expectLoaded(await open(), sampleRecord('s1'));
  },
};
