import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setup } from 'xstate';
import { ok } from '../src/index.ts';
import type { SessionRecord } from '../src/index.ts';
import { fileStore } from '../src/node/index.ts';
import { done, refusedWith, settled } from './support/answers.ts';
import { notebook, write } from './support/notebook.ts';
import { ofType, openHost } from './support/open-host.ts';
import { SuccessiveHosts } from './support/successive-hosts.ts';

const saved = async () => {
  const line = new SuccessiveHosts({ session: notebook });
  const ref = await line.begin().open('s1');
  ref.send(write('a'));
  await line.close();
  return line;
};

describe('A record of another version', () => {
  const renamed = (record: SessionRecord): SessionRecord => {
    const snapshot = record.snapshot as { context: object };
    return { ...record, snapshot: { ...snapshot, context: { ...snapshot.context, lines: ['migrated'] } } };
  };

  it.each<[string, (record: SessionRecord) => SessionRecord | Promise<SessionRecord>]>([
    ['at once', renamed],
    ['later', async (record) => settled().then(() => renamed(record))],
  ])('is made one of this version: %s', async (_when, migrate) => {
    const line = await saved();
    const given: SessionRecord[] = [];
    line.begin({ logicVersion: '2', migrate: (record) => (given.push(record), migrate(record)) });
    const { ref } = await line.resume();
    expect(ref.getSnapshot().context.lines).toEqual(['migrated']);
    expect(given).toMatchObject([
      { format: 1, session: { id: 's1' }, logic: { id: 'notebook', version: '1' }, incarnation: 1 },
    ]);
    ref.send(write('b'));
    await line.close();
    expect(line.record()).toMatchObject({
      logic: { version: '2' },
      snapshot: { context: { lines: ['migrated', 'b'] } },
    });
    line.begin({ logicVersion: '2' });
    expect((await line.resume()).ref.getSnapshot().context.lines).toEqual(['migrated', 'b']);
  });

  it('is kept as one of this version, though nothing else happens to its session', async () => {
    const line = await saved();
    line.begin({ logicVersion: '2', migrate: renamed });
    await line.resume();
    await line.close();
    line.begin({ logicVersion: '2' });
    expect((await line.resume()).ref.getSnapshot().context.lines).toEqual(['migrated']);
  });

  it.each<[string, undefined | (() => unknown), string]>([
    ['there is no migrate', undefined, 'there is no migrate'],
    [
      'migrate throws',
      () => {
        throw new Error('too old');
      },
      'too old',
    ],
    ['migrate rejects', () => Promise.reject(new Error('too old')), 'too old'],
    ['migrate gives nothing', () => undefined, 'corrupt'],
    ['migrate gives nonsense', () => ({ session: 7 }), 'corrupt'],
    ['migrate gives a text', () => 'record', 'corrupt'],
  ])('is refused, and stays as it is, where %s', async (_why, migrate, message) => {
    const line = await saved();
    const before = line.records.get('s1');
    const { host, events } = line.begin({ logicVersion: '2', ...(migrate && { migrate: migrate as never }) });
    const resumed = await host.resumeSession('s1');
    expect(resumed).toEqual(refusedWith('start_failed'));
    expect(!resumed.ok && resumed.error.message).toContain(message);
    await line.close();
    expect([...line.records]).toEqual([['s1', before]]);
    expect(ofType(events, 'store.failed')).toEqual([]);
  });

  it('is refused where migrate does not settle in the time of the store, and holds up nobody', async () => {
    const line = await saved();
    const before = line.records.get('s1');
    const { host } = line.begin({ logicVersion: '2', migrate: () => new Promise(() => {}), storeTimeoutMs: 1_000 });
    const resumed = host.resumeSession('s1');
    const started = host.startSession({ projectPath: '/after', id: 's2' });
    await line.elapse(1_000);
    const { error } = (await resumed) as { error: Error };
    expect(error).toMatchObject({
      code: 'start_failed',
      cause: { message: 'migrate has not answered within 1000 ms' },
    });
    expect(error.message).toContain('migrate has not answered within 1000 ms');
    expect(await started).toMatchObject({ ok: true, value: { session: { id: 's2' } } });
    expect(line.test.clock.timers).toBe(0);
    expect(line.records.get('s1')).toBe(before);
  });

  it('is refused where migrate makes it another session, or changes it', async () => {
    const line = await saved();
    const before = line.records.get('s1');
    const migrate = (record: SessionRecord) => ({ ...record, session: { ...record.session, id: 's2' } });
    const { host } = line.begin({ logicVersion: '2', migrate });
    expect(await host.resumeSession('s1')).toEqual(refusedWith('start_failed'));
    expect([...line.records]).toEqual([['s1', before]]);
  });

  it('is refused where it is of another machine', async () => {
    const line = await saved();
    const other = setup({}).createMachine({ id: 'other', version: '1' });
    const { host } = line.begin({ session: other as never });
    const resumed = await host.resumeSession('s1');
    expect(resumed).toEqual(refusedWith('start_failed'));
    expect(!resumed.ok && resumed.error.message).toContain('notebook');
    expect(line.records.size).toBe(1);
  });

  it('is still listed, and may be forgotten', async () => {
    const line = await saved();
    const { host } = line.begin({ logicVersion: '2' });
    expect(await host.savedSessions()).toMatchObject(ok([{ id: 's1' }]));
    expect(await host.resumeAll()).toMatchObject(
      ok({ resumed: [], refused: [{ id: 's1', error: { code: 'start_failed' } }] }),
    );
    expect(await host.forgetSession('s1')).toEqual(done);
    expect(line.records.size).toBe(0);
  });

  it('needs no migrate where it is of a session that begins afresh', async () => {
    const line = new SuccessiveHosts({ session: notebook, backoff: { minMs: 100, maxMs: 100, jitter: 'none' } });
    const ref = await line.begin().open('s1');
    ref.send({ type: 'crash' });
    await line.close();
    expect(line.record()).toMatchObject({ snapshot: null, logic: { version: '1' } });
    line.begin({ logicVersion: '2' });
    expect((await line.resume()).ref.getSnapshot().context.lines).toEqual([]);
    await line.close();
    expect(line.record()).toMatchObject({ logic: { version: '2' } });
  });

  it('needs no migrate where it says the version that the host gives', async () => {
    const line = new SuccessiveHosts({ session: notebook, logicVersion: '7' });
    await line.begin().open('s1');
    await line.close();
    expect(line.record().logic).toEqual({ id: 'notebook', version: '7' });
    line.begin();
    expect((await line.resume()).session.id).toBe('s1');
  });
});

const damages: readonly [string, (text: string) => string][] = [
  ['cut off', (text) => text.slice(0, text.length / 2)],
  ['changed by hand', (text) => text.replace('"a"', '"b"')],
  ['without its checksum', (text) => text.replace(/,\s*"checksum":[^}]*/, '')],
  ['of another session', (text) => text.replaceAll('bad', 'other')],
  ['no JSON', () => 'What is this?'],
  ['an array', (text) => `[${text}]`],
  ['null', () => 'null'],
  ['empty', () => ''],
];

describe.each(damages)('A document that is %s', (_how, damage) => {
  let directory: string;
  let damaged: string;
  const file = (name: string) => join(directory, name);
  const open = () => openHost({ session: notebook, store: fileStore({ directory }) });

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'xstate-supervisor-records-'));
    const { host, open: openSession } = open();
    for (const id of ['bad', 'good', 'fine']) (await openSession(id)).send(write('a'));
    await host.close();
    damaged = damage(readFileSync(file('bad.json'), 'utf8'));
    writeFileSync(file('bad.json'), damaged);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const expectSetAside = async ({ host, events }: ReturnType<typeof open>) => {
    expect(ofType(events, 'store.failed')).toEqual([
      { type: 'store.failed', id: 'bad', error: expect.objectContaining({ code: 'record_corrupt', id: 'bad' }) },
    ]);
    expect(readdirSync(directory)).toContain('bad.json.corrupt');
    expect(readdirSync(directory)).not.toContain('bad.json');
    expect(readFileSync(file('bad.json.corrupt'), 'utf8')).toBe(damaged);
    expect(await host.resumeSession('bad')).toEqual(refusedWith('not_found'));
    const again = await host.startSession({ projectPath: '/again', id: 'bad' });
    expect(again.ok).toBe(true);
    await host.close();
  };

  it('is set aside, told of, and harms no other: where all come back', async () => {
    const test = open();
    const all = await test.host.resumeAll();
    if (!all.ok) throw all.error;
    expect(all.value.resumed.map(({ session }) => session.id).sort()).toEqual(['fine', 'good']);
    expect(all.value.resumed.map(({ ref }) => ref.getSnapshot().context.lines)).toEqual([['a'], ['a']]);
    expect(all.value.refused).toEqual([{ id: 'bad', error: expect.objectContaining({ code: 'record_corrupt' }) }]);
    await expectSetAside(test);
  });

  it('is set aside, and told of: where it is to come back', async () => {
    const test = open();
    expect(await test.host.resumeSession('bad')).toEqual(refusedWith('record_corrupt', { id: 'bad' }));
    expect(ofType(test.events, 'session.rejected')).toHaveLength(1);
    await expectSetAside(test);
  });

  it('is set aside, and told of: where all are listed', async () => {
    const test = open();
    const saved = await test.host.savedSessions();
    expect(saved.ok && saved.value.map(({ id }) => id).sort()).toEqual(['fine', 'good']);
    await expectSetAside(test);
  });

  it('may be forgotten unread', async () => {
    const { host, events } = open();
    expect(await host.forgetSession('bad')).toEqual(done);
    expect(readdirSync(directory).sort()).toEqual(['fine.json', 'good.json', 'store.lock']);
    expect(events).toEqual([]);
    await host.close();
  });

  it('is not written over by a new session of its id', async () => {
    const { host } = open();
    expect(await host.startSession({ projectPath: '/again', id: 'bad' })).toEqual(refusedWith('session_exists'));
    expect(readFileSync(file('bad.json'), 'utf8')).toBe(damaged);
    await host.close();
  });
});

describe('A record of a later format', () => {
  it('is refused, told of and kept', async () => {
    const line = await saved();
    line.change((record) => Object.assign(record, { format: 2, session: 'of a later kind' }));
    const before = line.records.get('s1');
    const { host, events } = line.begin();
    expect(await host.resumeSession('s1')).toEqual(refusedWith('record_too_new', { id: 's1', format: 2 }));
    expect(await host.savedSessions()).toEqual(ok([]));
    expect(ofType(events, 'store.failed')).toMatchObject([{ id: 's1', error: { code: 'record_too_new' } }]);
    expect(await host.resumeAll()).toMatchObject(
      ok({ resumed: [], refused: [{ id: 's1', error: { code: 'record_too_new', format: 2 } }] }),
    );
    expect(await host.startSession({ projectPath: '/again', id: 's1' })).toEqual(refusedWith('session_exists'));
    expect([...line.records]).toEqual([['s1', before]]);
    expect(await host.forgetSession('s1')).toEqual(done);
    expect(line.records.size).toBe(0);
  });
});
