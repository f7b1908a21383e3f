import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStore } from '../src/node/index.ts';
import type { SessionStore } from '../src/index.ts';
import { sampleRecord } from '../src/testing/sample-record.ts';
import { fullDisk } from './support/full-disk.ts';
import { RecordedFs, saving } from './support/recorded-fs.ts';
import { expectSavedThoughKilled } from './support/killed-while-saving.ts';
import { storeProcess } from './support/store-process.ts';

jest.setTimeout(60_000);

let parent: string;
let directory: string;
let fs: RecordedFs;
let store: SessionStore;
const old = sampleRecord('s1', { savedAt: 1 });
const young = sampleRecord('s1', { savedAt: 2 });

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'xstate-supervisor-files-'));
  directory = join(parent, 'sessions');
  fs = new RecordedFs(directory);
  store = fileStore({ directory, fs });
});
afterEach(async () => {
  fs.fault = () => {};
  await store.close();
  rmSync(parent, { recursive: true });
});

const modeOf = (...names: string[]) => (statSync(join(directory, ...names)).mode & 0o777).toString(8);
const documentOf = (id: string) => join(directory, `${id}.json`);
const files = () => readdirSync(directory).sort();

describe('The store in files', () => {
  it('lets nobody else read', async () => {
    await store.save(old);
    await store.save(young);

    expect([modeOf(), modeOf('s1.json'), modeOf('store.lock')]).toEqual(['700', '600', '600']);
  });

  it('leaves a directory that there is as it is', async () => {
    mkdirSync(directory, { mode: 0o755 });
    await store.save(old);

    expect([modeOf(), modeOf('s1.json')]).toEqual(['755', '600']);
  });

  it('writes, syncs, renames and syncs the directory, in this order, and then answers', async () => {
    await store.list();
    fs.calls.length = 0;
    await store.save(old).then(() => fs.calls.push('answered'));

    expect(fs.calls).toEqual([...saving, 'answered']);
  });

  it('syncs the directory after a deletion and a setting aside, and those above one that it makes', async () => {
    await store.save(old);
    expect(fs.calls.slice(0, 4)).toEqual(['mkdir .', 'open ..', 'sync ..', 'close ..']);

    for (const [change, call] of [
      [() => store.setAside('s1', 'poison'), 'rename s1.json to s1.json.poison'],
      [() => store.save(old), 'rename s1.json.tmp to s1.json'],
      [() => store.delete('s1'), 'unlink s1.json'],
    ] as const) {
      fs.calls.length = 0;
      await change().then(() => fs.calls.push('answered'));
      expect(fs.calls.slice(fs.calls.indexOf(call))).toEqual([call, 'open .', 'sync .', 'close .', 'answered']);
    }
  });

  it('keeps what is set aside, numbered', async () => {
    for (const reason of ['corrupt', 'corrupt', 'poison', 'corrupt'] as const) {
      await store.save(old);
      await store.setAside('s1', reason);
    }

    const aside = ['s1.json.corrupt', 's1.json.corrupt.2', 's1.json.corrupt.3', 's1.json.poison'];
    expect(files()).toEqual([...aside, 'store.lock']);
    for (const name of aside) expect(JSON.parse(readFileSync(join(directory, name), 'utf8'))).toMatchObject(old);
  });

  it('gives ids that differ in capitals names that differ without them', async () => {
    const ids = ['shop', 'Shop', 'sHOP', 'SHOP', 'a1-B'];
    for (const id of ids) await store.save(sampleRecord(id));

    const names = files().filter((name) => name.endsWith('.json'));
    expect(names).toEqual(['SHOP+f.json', 'Shop+8.json', 'a1-B+1.json', 'sHOP+7.json', 'shop.json']);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(ids.length);
    expect([...(await store.list())].sort()).toEqual(ids.sort());
  });

  it('neither lists nor touches files of others', async () => {
    await store.save(old);
    const others = [
      'notes.tmp',
      'notes.txt',
      'store.lock.md',
      's2.json.bak',
      'Shop.json',
      'shop+8.json',
      's 1.json',
      '.json',
      'copy+.json',
    ];
    for (const name of others) writeFileSync(join(directory, name), 'mine');

    expect(await store.list()).toEqual(['s1']);
    expect((await store.load('Shop')).ok).toBe(false);
    await store.close();
    const next = fileStore({ directory });
    expect(await next.list()).toEqual(['s1']);
    await next.close();
    expect(files()).toEqual([...others, 's1.json'].sort());
  });

  it('keeps sessions whose ids are the names of its own files', async () => {
    const token = '0f8fad5b-d9cb-469f-a165-70867728950e';
    const ids = ['store.lock', `store.lock.${token}`, `store.lock.${token}.next`, 's1.json', `s1.json.${token}.tmp`];
    for (const id of ids) await store.save(sampleRecord(id));
    await store.close();
    const next = fileStore({ directory });
    expect([...(await next.list())].sort()).toEqual(ids.sort());
    await next.close();
  });

  it('refuses a document of a later version, and keeps it', async () => {
    await store.save(old);
    const text = readFileSync(documentOf('s1'), 'utf8').replace('"format": 1', '"format": 2');
    writeFileSync(documentOf('s1'), text);

    expect(await store.load('s1')).toMatchObject({ ok: false, error: { code: 'record_too_new', id: 's1', format: 2 } });
    expect(readFileSync(documentOf('s1'), 'utf8')).toBe(text);
  });

  it('refuses a document under the name of another', async () => {
    await store.save(old);
    writeFileSync(documentOf('s2'), readFileSync(documentOf('s1')));

    expect(await store.load('s2')).toMatchObject({
      error: { code: 'record_corrupt', reason: 'it is of the session s1' },
    });
  });

  it('removes what a crash has left half written, when it opens', async () => {
    await store.save(old);
    await store.close();
    for (const name of ['s1.json.77.tmp', 's9.json.78.tmp']) writeFileSync(join(directory, name), '{ "form');

    const next = fileStore({ directory });
    expect(await next.list()).toEqual(['s1']);
    expect(files()).toEqual(['s1.json', 'store.lock']);
    await next.close();
    expect(files()).toEqual(['s1.json']);
  });

  it('says which option is wrong', () => {
    for (const options of [undefined, {}, { directory: '' }, { directory: 'a\0' }, { directory: 1 }]) {
      expect(() => fileStore(options as never)).toThrow(TypeError);
    }
    expect(() => fileStore({ directory, fs: { ...fs, link: undefined } as never })).toThrow(
      /fs\.link must be a function/,
    );
    expect(existsSync(directory)).toBe(false);
  });
});

describe('When the disk fails, the store in files', () => {
  beforeEach(() => store.save(old));

  it.each([
    ['to open', /^open .*tmp/, 'EACCES'],
    ['to write', /^write .*tmp/, 'ENOSPC'],
    ['to sync', /^sync .*tmp/, 'EIO'],
    ['to close', /^close .*tmp/, 'EIO'],
    ['to rename', /^rename/, 'EACCES'],
    ['to write, and to remove what was written', /^(write|unlink) .*tmp/, 'ENOSPC'],
  ])('%s rejects, and has the old record', async (_what, call, code) => {
    fs.fails(call, code);

    await expect(store.save(young)).rejects.toMatchObject({ code: 'store_failed', cause: { code } });
    expect(await store.load('s1')).toEqual({ ok: true, value: old });
    expect(await store.list()).toEqual(['s1']);

    fs.fault = () => {};
    if (!String(call).includes('unlink')) expect(files()).toEqual(['s1.json', 'store.lock']);
    await store.save(young);
    expect(await store.load('s1')).toEqual({ ok: true, value: young });
    await store.close();
    store = fileStore({ directory });
    await store.list();
    expect(files()).toEqual(['s1.json', 'store.lock']);
  });

  it('to sync the directory rejects: what is there now is whole, but may not last', async () => {
    fs.fails(/^sync \.$/, 'EIO');

    await expect(store.save(young)).rejects.toMatchObject({ code: 'store_failed', cause: { code: 'EIO' } });
    await expect(store.delete('s2')).rejects.toMatchObject({ code: 'store_failed' });
    expect(await store.load('s1')).toEqual({ ok: true, value: young });
  });

  it('to read rejects, and takes nothing for corrupt', async () => {
    fs.fails(/^(read|list|unlink|rename)/, 'EIO');

    for (const asked of [store.load('s1'), store.list(), store.delete('s1'), store.setAside('s1', 'corrupt')]) {
      await expect(asked).rejects.toMatchObject({ code: 'store_failed', cause: { code: 'EIO' } });
    }
    fs.fault = () => {};
    expect(await store.load('s1')).toEqual({ ok: true, value: old });
  });

  it.each([
    [/^mkdir/, 'EACCES'],
    [/^open store.lock/, 'EROFS'],
    [/^link/, 'EPERM'],
    [/^list/, 'EIO'],
  ])('to open (%s) rejects, and opens once it can', async (call, code) => {
    await store.close();
    store = fileStore({ directory, fs });
    fs.fails(call, code);

    await expect(store.load('s1')).rejects.toMatchObject({ code: 'store_failed', cause: { code } });
    fs.fault = () => {};
    expect(await store.load('s1')).toEqual({ ok: true, value: old });
  });

  it('to make the directory rejects, also where the system says that one above is missing, which is there', async () => {
    await expect(fileStore({ directory: '/proc/shop/sessions' }).list()).rejects.toMatchObject({
      code: 'store_failed',
      cause: { code: 'ENOENT' },
    });
  });

  it('a write that hangs keeps back its session alone, and the end', async () => {
    let go!: () => void;
    const hanging = new Promise<void>((resolve) => (go = resolve));
    fs.fault = (call) => (call === 'write s1.json.tmp' ? hanging : undefined);
    const done: string[] = [];
    const saved = store.save(young).then(() => done.push('saved'));
    const deleted = store.delete('s1').then(() => done.push('deleted'));

    await store.save(sampleRecord('s2'));
    expect(await store.load('s1')).toEqual({ ok: true, value: old });
    expect([...(await store.list())].sort()).toEqual(['s1', 's2']);
    const closed = store.close().then(() => done.push('closed'));
    await expect(fileStore({ directory }).list()).rejects.toMatchObject({ code: 'store_locked', pid: process.pid });
    expect(done).toEqual([]);

    go();
    await Promise.all([saved, deleted, closed]);
    expect(done).toEqual(['saved', 'deleted', 'closed']);
    expect(files()).toEqual(['s2.json']);
  });
});

describe('Of a disk that is full, the store in files', () => {
  it('says so, and has all that it said it had saved', async () => {
    const disk = fullDisk();
    const told = storeProcess('files', disk.directory, 'fill', disk.before);
    await told.next();
    const { saved, ...rest } = await told.next();

    expect(saved).toBeGreaterThan(5);
    expect(rest).toEqual({
      listed: saved,
      allLoaded: true,
      code: 'store_failed',
      cause: disk.errno,
      overwritten: 'store_failed',
      oldIsThere: true,
    });
    rmSync(disk.directory, { recursive: true });
  });
});

describe('Killed in the midst of it, the store in files', () => {
  it('has each record whole, and none older than it said it had saved', async () => {
    await expectSavedThoughKilled('files', directory, store);
    expect(files()).toEqual(['s1.json', 's2.json', 'store.lock']);
  });
});
