import { SessionTable } from '../src/core/session-table.ts';
import type { Session } from '../src/core/session.ts';

let made = 0;
const session = (fields: Partial<Session> = {}): Session => {
  made += 1;
  return Object.freeze({
    id: `id-${made}`,
    name: `name ${made}`,
    projectPath: `/projects/${made}`,
    config: Object.freeze({}),
    createdAt: 1_000,
    updatedAt: 1_000,
    ...fields,
  });
};

/** All that can be read of a table about these sessions. */
const dump = (table: SessionTable, sessions: readonly Session[]) => ({
  version: table.version,
  count: table.count,
  maxSessions: table.maxSessions,
  list: table.list(),
  ids: table.ids(),
  oldest: table.defaultSession(),
  byId: sessions.map((s) => table.lookup(s.id)),
  byPath: sessions.map((s) => table.lookupByPath(s.projectPath)),
  byName: sessions.map((s) => table.lookupByName(s.name)),
});

const open = (table: SessionTable, ...sessions: Session[]): void => {
  for (const s of sessions) expect(table.register(s)).toEqual({ ok: true, value: s });
};

const code = (result: { ok: boolean; error?: { code: string } }): string => (result.ok ? 'ok' : result.error!.code);

describe('A session table', () => {
  it('finds a session by id, by path and by name', () => {
    const table = new SessionTable();
    const shop = session({ id: 'a', name: 'shop', projectPath: '/shop' });
    open(table, shop, session());
    expect(table.lookup('a')).toEqual({ ok: true, value: shop });
    expect(table.lookupByPath('/shop')).toEqual({ ok: true, value: shop });
    expect(table.lookupByName('shop')).toEqual({ ok: true, value: shop });
  });

  it('copies nothing', () => {
    const table = new SessionTable();
    const shop = session();
    open(table, shop);
    const found = table.lookup(shop.id);
    expect(found.ok && found.value).toBe(shop);
    expect(table.list()[0]).toBe(shop);
  });

  it('stores a frozen copy of a value that is not frozen', () => {
    const table = new SessionTable();
    const loose = { ...session() };
    const registered = table.register(loose);
    expect(registered.ok && Object.isFrozen(registered.value)).toBe(true);
    expect(Object.isFrozen(loose)).toBe(false);
    const updated = table.update({ ...loose, updatedAt: 2_000 });
    expect(updated.ok && Object.isFrozen(updated.value)).toBe(true);
  });

  it('finds a name exactly, capitals and blanks included', () => {
    const table = new SessionTable();
    open(table, session({ name: 'Shop' }));
    expect(table.lookupByName('shop')).toMatchObject({ error: { code: 'not_found', key: 'shop' } });
    expect(table.lookupByName('Shop ')).toMatchObject({ error: { code: 'not_found', key: 'Shop ' } });
  });

  it.each<{ key: unknown }>([
    { key: undefined },
    { key: null },
    { key: 7 },
    { key: NaN },
    { key: '' },
    { key: Symbol('x') },
    { key: {} },
    { key: [] },
    { key: () => 0 },
    { key: Object.create(null) },
    {
      key: {
        toJSON() {
          throw new Error('not printable');
        },
      },
    },
  ])('answers not_found, with the key, when asked for nonsense (%#)', ({ key }) => {
    const table = new SessionTable();
    open(table, session());
    for (const read of ['lookup', 'lookupByPath', 'lookupByName', 'unregister'] as const) {
      const answer = table[read](key as string);
      expect(code(answer)).toBe('not_found');
      expect(!answer.ok && answer.error.key).toBe(key);
    }
  });

  it('takes hostile keys for ordinary ones', () => {
    const table = new SessionTable();
    for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(code(table.lookup(key))).toBe('not_found');
      const hostile = session({ id: key, name: key, projectPath: key });
      open(table, hostile);
      expect(table.lookup(key)).toEqual({ ok: true, value: hostile });
      expect(table.lookupByPath(key)).toEqual({ ok: true, value: hostile });
      expect(table.lookupByName(key)).toEqual({ ok: true, value: hostile });
      table.unregister(key);
      expect(code(table.lookupByName(key))).toBe('not_found');
    }
  });

  it('says so when there are no sessions', () => {
    const table = new SessionTable();
    expect(table.defaultSession()).toMatchObject({ ok: false, error: { code: 'no_sessions' } });
    expect(table.list()).toEqual([]);
    expect(table.ids()).toEqual([]);
    expect(table.count).toBe(0);
  });
});

describe('The options of a session table', () => {
  it('allow ten sessions, one per project, unless told otherwise', () => {
    const table = new SessionTable();
    expect(table.maxSessions).toBe(10);
    open(table, session({ projectPath: '/p' }));
    expect(code(table.register(session({ projectPath: '/p' })))).toBe('project_already_open');
  });

  it.each([
    ['maxSessions', '3', TypeError],
    ['maxSessions', null, TypeError],
    ['maxSessions', 3n, TypeError],
    ['maxSessions', -1, RangeError],
    ['maxSessions', 1.5, RangeError],
    ['maxSessions', NaN, RangeError],
    ['maxSessions', -Infinity, RangeError],
    ['onePerProject', 'no', TypeError],
    ['onePerProject', 0, TypeError],
    ['now', 5, TypeError],
  ])('are refused by name: %s = %p', (name, value, kind) => {
    const build = () => new SessionTable({ [name]: value });
    expect(build).toThrow(kind);
    expect(build).toThrow(name);
  });

  it('are checked the same when maxSessions is set later', () => {
    const table = new SessionTable();
    expect(() => (table.maxSessions = -1)).toThrow(RangeError);
    expect(() => (table.maxSessions = 'many' as never)).toThrow(TypeError);
    expect(table.maxSessions).toBe(10);
    table.maxSessions = Infinity;
    expect(table.maxSessions).toBe(Infinity);
  });
});

describe('Registration', () => {
  it('stops at the limit, and says how many there are', () => {
    const table = new SessionTable({ maxSessions: 2 });
    open(table, session(), session());
    expect(table.register(session())).toMatchObject({ error: { code: 'session_limit_reached', current: 2, max: 2 } });
  });

  it('refuses everything at a limit of 0', () => {
    const table = new SessionTable({ maxSessions: 0 });
    expect(table.register(session())).toMatchObject({ error: { code: 'session_limit_reached', current: 0, max: 0 } });
  });

  it('refuses an id that is taken', () => {
    const table = new SessionTable();
    open(table, session({ id: 'a' }));
    expect(table.register(session({ id: 'a' }))).toMatchObject({ error: { code: 'session_exists', id: 'a' } });
  });

  it('refuses a project that is open, and says where', () => {
    const table = new SessionTable();
    open(table, session({ id: 'a', projectPath: '/p' }));
    expect(table.register(session({ projectPath: '/p' }))).toMatchObject({
      error: { code: 'project_already_open', projectPath: '/p', id: 'a' },
    });
  });

  it('checks the limit first, then the id, then the path', () => {
    const table = new SessionTable({ maxSessions: 1 });
    const first = session();
    open(table, first);
    expect(code(table.register(first))).toBe('session_limit_reached');
    table.maxSessions = 2;
    expect(code(table.register(first))).toBe('session_exists');
    expect(code(table.register({ ...first, id: 'other' }))).toBe('project_already_open');
  });

  it('changes nothing when it is refused', () => {
    const table = new SessionTable({ maxSessions: 2 });
    const first = session();
    const intruder = session({ name: 'intruder' });
    open(table, first);
    const known = [first, intruder];
    const before = dump(table, known);
    table.register({ ...intruder, id: first.id });
    table.register({ ...intruder, projectPath: first.projectPath });
    expect(dump(table, known)).toEqual(before);
    table.maxSessions = 1;
    const lowered = dump(table, known);
    table.register(intruder);
    expect(dump(table, known)).toEqual(lowered);
  });

  it('lets several share a path without onePerProject, and the oldest is found', () => {
    const table = new SessionTable({ onePerProject: false });
    const younger = session({ projectPath: '/p', createdAt: 2 });
    const older = session({ projectPath: '/p', createdAt: 1 });
    open(table, younger, older);
    expect(table.lookupByPath('/p')).toEqual({ ok: true, value: older });
    table.unregister(older.id);
    expect(table.lookupByPath('/p')).toEqual({ ok: true, value: younger });
    table.unregister(younger.id);
    expect(code(table.lookupByPath('/p'))).toBe('not_found');
  });

  it('has room again after one has gone', () => {
    const table = new SessionTable({ maxSessions: 1 });
    const first = session();
    open(table, first);
    table.unregister(first.id);
    open(table, { ...first });
  });

  it('harms no open session when the limit is lowered', () => {
    const table = new SessionTable();
    const open3 = [session(), session(), session()];
    open(table, ...open3);
    table.maxSessions = 1;
    expect(table.list()).toEqual(open3);
    expect(table.register(session())).toMatchObject({ error: { code: 'session_limit_reached', current: 3, max: 1 } });
    expect(code(table.update({ ...open3[0]!, name: 'renamed' }))).toBe('ok');
  });
});

describe('An update', () => {
  it('replaces the session; the last writer wins', () => {
    const table = new SessionTable();
    const first = session({ updatedAt: 1_000 });
    open(table, first);
    const mine = Object.freeze({ ...first, name: 'mine', updatedAt: 2_000 });
    const theirs = Object.freeze({ ...first, name: 'theirs', updatedAt: 3_000 });
    table.update(mine);
    expect(table.update(theirs)).toEqual({ ok: true, value: theirs });
    expect(table.lookup(first.id)).toEqual({ ok: true, value: theirs });
  });

  it('moves a renamed session to its new name', () => {
    const table = new SessionTable();
    const first = session({ name: 'old' });
    open(table, first);
    table.update({ ...first, name: 'new' });
    expect(code(table.lookupByName('old'))).toBe('not_found');
    expect(table.lookupByName('new')).toMatchObject({ value: { id: first.id } });
  });

  it('that renames an old session makes it the one found by a name that others have', () => {
    const table = new SessionTable();
    const [a, b, c] = [session({ name: 'a' }), session({ name: 'same' }), session({ name: 'same' })];
    open(table, a, b, c);
    expect(table.lookupByName('same')).toEqual({ ok: true, value: b });
    table.update({ ...a, name: 'same' });
    expect(table.lookupByName('same')).toMatchObject({ value: { id: a.id } });
    table.update({ ...a, name: 'a' });
    expect(table.lookupByName('same')).toEqual({ ok: true, value: b });
  });

  it('refuses a session that is not there', () => {
    const table = new SessionTable();
    expect(table.update(session({ id: 'gone' }))).toMatchObject({ error: { code: 'not_found', key: 'gone' } });
  });

  it('refuses to move a session to another project, then to change when it was created', () => {
    const table = new SessionTable();
    const first = session();
    open(table, first);
    const before = dump(table, [first]);
    expect(table.update({ ...first, projectPath: '/elsewhere', createdAt: 7 })).toMatchObject({
      error: { code: 'immutable_field', field: 'projectPath' },
    });
    expect(table.update({ ...first, name: 'new', createdAt: 7 })).toMatchObject({
      error: { code: 'immutable_field', field: 'createdAt' },
    });
    expect(dump(table, [first])).toEqual(before);
  });

  it('keeps an updatedAt that is later than the stored one', () => {
    const table = new SessionTable({ now: () => 9_000 });
    const first = session({ updatedAt: 1_000 });
    open(table, first);
    expect(table.update({ ...first, updatedAt: 1_001 })).toMatchObject({ value: { updatedAt: 1_001 } });
  });

  it.each([
    ['the present', () => 9_000, 9_000],
    ['the present, in whole milliseconds', () => 9_000.7, 9_000],
    ['one more, when the clock stepped back', () => 5, 1_001],
    ['one more, when the clock stands', () => 1_000, 1_001],
    ['one more, when the clock is not a number', () => NaN, 1_001],
    ['one more, when the clock never ends', () => Infinity, 1_001],
    ['one more, when the clock returns no number', () => '9000' as never, 1_001],
    ['one more, when the clock returns a symbol', () => Symbol('now') as never, 1_001],
    [
      'one more, when the clock throws',
      () => {
        throw new Error('no clock');
      },
      1_001,
    ],
  ])('whose updatedAt is not later gets %s', (_what, now, updatedAt) => {
    const table = new SessionTable({ now });
    const first = session({ updatedAt: 1_000 });
    open(table, first);
    expect(table.update({ ...first, updatedAt: 1_000 })).toMatchObject({ value: { updatedAt } });
  });

  it('grows updatedAt strictly, however often the same value comes', () => {
    const table = new SessionTable({ now: () => 0 });
    const first = session({ updatedAt: 1_000 });
    open(table, first);
    const times = [1, 2, 3].map(() => {
      const updated = table.update(first);
      return updated.ok && updated.value.updatedAt;
    });
    expect(times).toEqual([1_001, 1_002, 1_003]);
  });
});

describe('The order of a session table', () => {
  it('is by createdAt, then by registration', () => {
    const table = new SessionTable();
    const late = session({ createdAt: 3 });
    const early = session({ createdAt: 1 });
    const middle = session({ createdAt: 2 });
    const middleToo = session({ createdAt: 2 });
    open(table, late, early, middle, middleToo);
    expect(table.list()).toEqual([early, middle, middleToo, late]);
    expect(table.ids()).toEqual([early.id, middle.id, middleToo.id, late.id]);
    expect(table.defaultSession()).toEqual({ ok: true, value: early });
  });

  it('is not changed by an update', () => {
    const table = new SessionTable();
    const [a, b] = [session(), session()];
    open(table, a, b);
    table.update({ ...a, name: 'zzz' });
    expect(table.ids()).toEqual([a.id, b.id]);
  });

  it('counts one that comes back as registered anew', () => {
    const table = new SessionTable();
    const [a, b] = [session(), session()];
    open(table, a, b);
    table.unregister(a.id);
    open(table, a);
    expect(table.ids()).toEqual([b.id, a.id]);
  });

  it('is listed in the same frozen array until something changes', () => {
    const table = new SessionTable();
    const [a, b] = [session(), session()];
    open(table, a, b);
    const [list, ids] = [table.list(), table.ids()];
    expect(Object.isFrozen(list) && Object.isFrozen(ids)).toBe(true);
    table.register(a);
    table.unregister('nobody');
    table.update(session());
    table.maxSessions = 3;
    expect(table.list()).toBe(list);
    expect(table.ids()).toBe(ids);
    const updated = table.update(a);
    expect(table.list()).not.toBe(list);
    expect(table.list()[0]).toBe(updated.ok && updated.value);
    expect(list[0]).toBe(a);
    table.unregister(b.id);
    expect(table.ids()).toEqual([a.id]);
  });

  it('holds while an old session stays and many others come and go', () => {
    const table = new SessionTable({ maxSessions: Infinity });
    const elder = session({ createdAt: 1 });
    open(table, elder);
    for (let i = 0; i < 20_000; i++) {
      const other = session({ createdAt: 2 + (i % 5), name: 'other' });
      table.register(other);
      table.unregister(other.id);
    }
    expect(table.list()).toEqual([elder]);
    expect(table.defaultSession()).toEqual({ ok: true, value: elder });
    expect(code(table.lookupByName('other'))).toBe('not_found');
  });

  it('is right when sessions leave oldest first, though they came in any order', () => {
    const table = new SessionTable({ maxSessions: Infinity });
    const times = Array.from({ length: 500 }, (_, i) => (i * 7919) % 101);
    open(table, ...times.map((createdAt) => session({ createdAt, name: 'same' })));
    for (const expected of table.list()) {
      expect(table.defaultSession()).toEqual({ ok: true, value: expected });
      expect(table.lookupByName('same')).toEqual({ ok: true, value: expected });
      table.unregister(expected.id);
    }
    expect(table.count).toBe(0);
  });
});

describe('Leaving a session table', () => {
  it('answers with the session that is gone', () => {
    const table = new SessionTable();
    const first = session();
    open(table, first);
    expect(table.unregister(first.id)).toEqual({ ok: true, value: first });
    expect(table.unregister(first.id)).toMatchObject({ error: { code: 'not_found', key: first.id } });
    expect(code(table.lookupByPath(first.projectPath))).toBe('not_found');
    expect(code(table.lookupByName(first.name))).toBe('not_found');
  });

  it('all at once empties every index', () => {
    const table = new SessionTable();
    const all = [session({ createdAt: 5 }), session({ createdAt: 1 }), session({ createdAt: 3, name: 'same' })];
    open(table, ...all);
    const { maxSessions } = table;
    table.clear();
    const empty = new SessionTable();
    expect({ ...dump(table, all), version: 0 }).toEqual({ ...dump(empty, all), version: 0, maxSessions });
    open(table, ...all);
    expect(table.list().map((s) => s.createdAt)).toEqual([1, 3, 5]);
  });

  it('is no change when there is nobody', () => {
    const table = new SessionTable();
    const { version } = table;
    table.clear();
    expect(table.version).toBe(version);
  });
});

describe('The reads of a session table', () => {
  it('show the table as it is now', () => {
    const table = new SessionTable({ maxSessions: 4 });
    const { reads } = table;
    const first = session();
    expect(code(reads.defaultSession())).toBe('no_sessions');
    open(table, first);
    const found = { ok: true, value: first };
    expect(reads.lookup(first.id)).toEqual(found);
    expect(reads.lookupByPath(first.projectPath)).toEqual(found);
    expect(reads.lookupByName(first.name)).toEqual(found);
    expect(reads.defaultSession()).toEqual(found);
    expect(reads.list()).toBe(table.list());
    expect(reads.ids()).toBe(table.ids());
    expect([reads.count, reads.maxSessions]).toEqual([1, 4]);
  });

  it('cannot write', () => {
    const { reads } = new SessionTable();
    expect(() => {
      (reads as { maxSessions: number }).maxSessions = 99;
    }).toThrow(TypeError);
    expect('register' in reads || 'clear' in reads).toBe(false);
  });

  it('survive JSON, where no limit is null', () => {
    const table = new SessionTable({ maxSessions: Infinity });
    const first = session();
    open(table, first);
    expect(JSON.parse(JSON.stringify(table.reads))).toEqual({ maxSessions: null, sessions: [first] });
  });
});
