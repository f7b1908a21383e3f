import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';
import type { SessionStore } from '../src/index.ts';
import { lmdbStore } from '../src/lmdb/index.ts';
import { sampleRecord } from '../src/testing/sample-record.ts';
import { fullDisk } from './support/full-disk.ts';
import { expectSavedThoughKilled } from './support/killed-while-saving.ts';
import { storeProcess } from './support/store-process.ts';

jest.setTimeout(60_000);

let parent: string;
let path: string;
let store: SessionStore;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'xstate-supervisor-lmdb-'));
  // With a dot: LMDB itself would take it for a file.
  path = join(parent, 'sessions.db');
  store = lmdbStore({ path });
});
afterEach(async () => {
  await store.close();
  rmSync(parent, { recursive: true });
});

/** What is in the database itself. */
async function inside<T>(look: (database: ReturnType<typeof open<string, string>>) => T): Promise<T> {
  await store.close();
  const database = open<string, string>({ path, noSubdir: false, encoding: 'string', overlappingSync: false });
  try {
    return await look(database);
  } finally {
    await database.close();
    store = lmdbStore({ path });
  }
}

describe('The store in LMDB', () => {
  it('is a directory that nobody else may enter, with files that nobody else may read', async () => {
    await store.save(sampleRecord('s1'));

    const modeOf = (file: string) => (statSync(join(path, file)).mode & 0o777).toString(8);
    expect(readdirSync(path).sort()).toEqual(['data.mdb', 'lock.mdb', 'store.lock']);
    expect(['.', 'data.mdb', 'lock.mdb', 'store.lock'].map(modeOf)).toEqual(['700', '600', '600', '600']);
  });

  it('keeps what is set aside, numbered, where no session can be', async () => {
    for (const reason of ['corrupt', 'poison', 'corrupt'] as const) {
      await store.save(sampleRecord('s1'));
      await store.setAside('s1', reason);
    }

    expect(await inside((database) => [...database.getKeys()])).toEqual(['s1/corrupt', 's1/corrupt.2', 's1/poison']);
    expect(await store.list()).toEqual([]);
  });

  it('refuses a record of a later version, and keeps it', async () => {
    await store.save(sampleRecord('s1'));
    const later = await inside(async (database) => {
      const text = database.get('s1')!.replace('"format":1', '"format":2');
      await database.put('s1', text);
      return text;
    });

    expect(await store.load('s1')).toMatchObject({ ok: false, error: { code: 'record_too_new', format: 2 } });
    expect(await inside((database) => database.get('s1'))).toBe(later);
  });

  it('refuses a record under the id of another, and one that is no text of a record', async () => {
    await store.save(sampleRecord('s1'));
    await inside(async (database) => {
      await database.put('s2', database.get('s1')!);
      await database.put('s3', '');
    });

    expect(await store.load('s2')).toMatchObject({ error: { reason: 'it is of the session s1' } });
    expect(await store.load('s3')).toMatchObject({ error: { reason: 'it is empty' } });
    expect([...(await store.list())].sort()).toEqual(['s1', 's2', 's3']);
  });

  it('rejects where there is no database, and is not locked by that', async () => {
    await store.list();
    await store.close();
    writeFileSync(join(path, 'data.mdb'), 'This is no database. '.repeat(1_000));
    for (let times = 0; times < 2; times += 1) {
      store = lmdbStore({ path });
      await expect(store.list()).rejects.toMatchObject({ code: 'store_failed' });
      expect(readdirSync(path)).not.toContain('store.lock');
    }
  });

  it('rejects where there can be no directory', async () => {
    writeFileSync(join(parent, 'file'), '');
    await expect(lmdbStore({ path: join(parent, 'file') }).list()).rejects.toMatchObject({ code: 'store_failed' });
  });

  it('says which option is wrong', () => {
    for (const options of [undefined, {}, { path: '' }, { path: 'a\0' }, { path: 1 }]) {
      expect(() => lmdbStore(options as never)).toThrow(TypeError);
    }
  });

  it('says that the disk is full, and has all that it said it had saved', async () => {
    const disk = fullDisk();
    const told = storeProcess('lmdb', disk.directory, 'fill', disk.before);
    await told.next();
    const { saved, cause, ...rest } = await told.next();

    // LMDB takes a write that was cut short for EIO, and speaks of it by its number.
    expect([saved > 5, typeof cause]).toEqual([true, 'number']);
    expect(rest).toEqual({
      listed: saved,
      allLoaded: true,
      code: 'store_failed',
      overwritten: 'store_failed',
      oldIsThere: true,
    });
    rmSync(disk.directory, { recursive: true });
  });

  it('has, killed in the midst of it, each record whole, and none older than it said it had saved', async () => {
    await expectSavedThoughKilled('lmdb', path, store);
  });
});
