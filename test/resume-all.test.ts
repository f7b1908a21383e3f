import { createMachine } from 'xstate';
import { memoryStore, ok } from '../src/index.ts';
import type { Session, SessionStore } from '../src/index.ts';
import { refusedWith, settled } from './support/answers.ts';
import { SuccessiveHosts } from './support/successive-hosts.ts';
import { worker } from './support/worker.ts';

const idsOf = (sessions: readonly Session[]) => sessions.map(({ id }) => id);

async function savedIds({ test }: SuccessiveHosts<typeof worker>): Promise<string[]> {
  const saved = await test.host.savedSessions();
  if (!saved.ok) throw saved.error;
  return idsOf(saved.value);
}

async function saved(ids: readonly string[], msBetween = 0) {
  const line = new SuccessiveHosts({ session: worker, maxSessions: 100 });
  const { open, clock } = line.begin();
  for (const id of ids) {
    await open(id);
    clock.increment(msBetween);
  }
  await line.close();
  return line;
}

const letters = [...'hgfedcba'];

describe('The sessions in the store', () => {
  it('are listed in the order of the list, whichever are open', async () => {
    const line = await saved(letters);
    const { host } = line.begin();
    expect(await savedIds(line)).toEqual(letters);
    await line.resume('a');
    expect(await savedIds(line)).toEqual(letters);
    await host.stopSession('a');
    expect(await savedIds(line)).toEqual(letters.slice(0, -1));
  });

  it('are listed by their age first', async () => {
    const line = await saved(letters, 10);
    line.records = new Map([...line.records].reverse());
    const { host } = line.begin();
    expect(await savedIds(line)).toEqual(letters);
    await line.resume('a');
    await line.resume('h');
    expect(host.ids()).toEqual(['h', 'a']);
    expect(host.defaultSession()).toMatchObject({ value: { id: 'h' } });
  });

  it('keep their places where they come back in another order, one by one', async () => {
    const line = await saved(letters);
    for (let life = 0; life < 3; life += 1) {
      const { host } = line.begin();
      for (const id of [...'cafhbedg']) await line.resume(id);
      expect(host.ids()).toEqual(letters);
      expect(await savedIds(line)).toEqual(letters);
      expect(host.defaultSession()).toMatchObject({ value: { id: 'h' } });
      await line.close();
    }
  });

  it('keep their places where new ones of the same time start between', async () => {
    const line = new SuccessiveHosts({ session: worker, maxSessions: 100, now: () => 1000 });
    const { open } = line.begin();
    for (const id of letters) await open(id);
    await line.close();

    const second = line.begin();
    await second.open('new1');
    await line.resume('b');
    await second.open('new2');
    await line.resume('h');
    await second.open('new3');
    for (const id of [...'gfedca']) await line.resume(id);
    const order = second.host.ids();
    expect(order.filter((id) => id.length === 1)).toEqual(letters);
    expect(order.filter((id) => id.length > 1)).toEqual(['new1', 'new2', 'new3']);
    expect(await savedIds(line)).toEqual(order);
    await line.close();

    const third = line.begin();
    expect(await savedIds(line)).toEqual(order);
    await third.host.resumeAll();
    expect(third.host.ids()).toEqual(order);
    await line.close();

    const fourth = line.begin();
    for (const id of [...order].reverse()) await line.resume(id);
    expect(fourth.host.ids()).toEqual(order);
    await fourth.open('newest');
    expect(fourth.host.ids()).toEqual([...order, 'newest']);
  });

  it('come as frozen as those of the list', async () => {
    const line = await saved(['a']);
    const { host } = line.begin();
    const listed = await host.savedSessions();
    if (!listed.ok) throw listed.error;
    expect([
      Object.isFrozen(listed.value),
      Object.isFrozen(listed.value[0]),
      Object.isFrozen(listed.value[0]!.config),
    ]).toEqual([true, true, true]);
  });
});

/** A store whose first records take the longest to load. */
function lateFirst(store: SessionStore, order: readonly string[]): SessionStore {
  return {
    ...store,
    load: async (id) => {
      for (let turns = order.length - order.indexOf(id); turns > 0; turns -= 1) await settled();
      return store.load(id);
    },
  };
}

describe('Resuming all', () => {
  it('brings back those that are not open, in their order', async () => {
    const line = await saved(letters);
    const { host, events } = line.begin({ store: lateFirst(memoryStore(line.records), letters) });
    await line.resume('d');
    const all = await host.resumeAll();
    if (!all.ok) throw all.error;
    const expected = letters.filter((id) => id !== 'd');
    expect(idsOf(all.value.resumed.map(({ session }) => session))).toEqual(expected);
    expect(all.value.refused).toEqual([]);
    expect(all.value.resumed.every(({ session, ref }) => host.session(session.id) === ref)).toBe(true);
    expect(events.map((event) => 'session' in event && event.session.id)).toEqual(['d', ...expected]);
    expect(await host.resumeAll()).toEqual(ok({ resumed: [], refused: [] }));
  });

  it('brings back the oldest where not all may be open, and says why the others do not come', async () => {
    const line = await saved(letters);
    const { host } = line.begin({ maxSessions: 3, store: lateFirst(memoryStore(line.records), letters) });
    const all = await host.resumeAll();
    if (!all.ok) throw all.error;
    expect(host.ids()).toEqual(['h', 'g', 'f']);
    expect(all.value.refused).toEqual(
      [...'edcba'].map((id) => ({ id, error: expect.objectContaining({ code: 'session_limit_reached' }) })),
    );
    expect(line.records.size).toBe(8);
  });

  it('may be asked for twice at once: each comes back once', async () => {
    const line = await saved(letters);
    const { host } = line.begin();
    const both = await Promise.all([host.resumeAll(), host.resumeAll()]);
    const [first, second] = both.map((all) => {
      if (!all.ok) throw all.error;
      return all.value;
    });
    expect(first!.resumed).toHaveLength(8);
    expect(second!.resumed).toEqual([]);
    expect(second!.refused.every(({ error }) => error.code === 'session_exists')).toBe(true);
    expect(host.count()).toBe(8);
  });

  it('brings back many', async () => {
    const ids = Array.from({ length: 500 }, (_, i) => `s${i}`);
    const line = new SuccessiveHosts({ session: worker, maxSessions: Infinity });
    const { open } = line.begin();
    for (const id of ids) await open(id);
    await line.close();
    const { host } = line.begin();
    const all = await host.resumeAll();
    expect(all.ok && all.value.resumed.length).toBe(500);
    expect(host.ids()).toEqual(ids);
  });

  it('brings back the rest where one does not start', async () => {
    const line = await saved(['a', 'b', 'c']);
    line.change((record) => (record.snapshot.value = 'nowhere'), 'b');
    const { host } = line.begin();
    const all = await host.resumeAll();
    if (!all.ok) throw all.error;
    expect(host.ids()).toEqual(['a', 'c']);
    expect(all.value.refused).toMatchObject([{ id: 'b', error: { code: 'start_failed' } }]);
    expect(line.records.size).toBe(3);
  });

  it('finds nothing in a store that is new', async () => {
    const { host } = new SuccessiveHosts({ session: worker }).begin();
    expect(await host.resumeAll()).toEqual(ok({ resumed: [], refused: [] }));
    expect(await host.savedSessions()).toEqual(ok([]));
  });

  it('brings back the rest where one cannot be read', async () => {
    const line = await saved(['a', 'b', 'c']);
    const store = memoryStore(line.records);
    const load = async (id: string) => {
      if (id === 'b') throw new Error('EIO');
      return store.load(id);
    };
    const { host } = line.begin({ store: { ...store, load } });
    const all = await host.resumeAll();
    if (!all.ok) throw all.error;
    expect(host.ids()).toEqual(['a', 'c']);
    expect(all.value.refused).toMatchObject([{ id: 'b', error: { code: 'store_failed' } }]);
    expect(await host.savedSessions()).toEqual(refusedWith('store_failed'));
  });
});

describe('A session of another kind', () => {
  it('is kept by what names it, though its logic has neither id nor version', async () => {
    const line = new SuccessiveHosts({
      session: createMachine({ initial: 'a', states: { a: { on: { go: 'b' } }, b: {} } }),
    });
    const ref = await line.begin().open('s1');
    ref.send({ type: 'go' });
    await line.close();
    line.begin();
    expect((await line.resume()).ref.getSnapshot().value).toBe('b');
  });
});
