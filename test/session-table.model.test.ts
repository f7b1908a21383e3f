import fc from 'fast-check';
import { SessionTable } from '../src/core/session-table.ts';
import type { Session } from '../src/core/session.ts';

/** The table as one would write it without a thought for speed. */
interface Model {
  readonly onePerProject: boolean;
  maxSessions: number;
  sessions: readonly Session[];
}

type Change = { readonly ok: true } | { readonly ok: false; readonly error: object };

const clock = 1_500;
const ids = Array.from({ length: 24 }, (_, i) => `id-${i}`);
const paths = [...Array.from({ length: 16 }, (_, i) => `/p/${i}`), '__proto__'];
const names = ['shop', 'blog', 'notes', 'constructor', ''];

const refusal = (code: string, fields: object): Change => ({ ok: false, error: { code, ...fields } });
const done: Change = { ok: true };

// Sorting is stable, and the array is in the order of registration.
const inOrder = (model: Model) => model.sessions.toSorted((a, b) => a.createdAt - b.createdAt);

function register(model: Model, session: Session): Change {
  const { sessions, maxSessions: max } = model;
  if (sessions.length >= max) return refusal('session_limit_reached', { current: sessions.length, max });
  if (sessions.some((s) => s.id === session.id)) return refusal('session_exists', { id: session.id });
  const rival = model.onePerProject && sessions.find((s) => s.projectPath === session.projectPath);
  if (rival) return refusal('project_already_open', { projectPath: session.projectPath, id: rival.id });
  model.sessions = [...sessions, session];
  return done;
}

function update(model: Model, session: Session): Change {
  const stored = model.sessions.find((s) => s.id === session.id);
  if (!stored) return refusal('not_found', { key: session.id });
  if (stored.projectPath !== session.projectPath) return refusal('immutable_field', { field: 'projectPath' });
  if (stored.createdAt !== session.createdAt) return refusal('immutable_field', { field: 'createdAt' });
  const later = session.updatedAt > stored.updatedAt ? session.updatedAt : Math.max(clock, stored.updatedAt + 1);
  model.sessions = model.sessions.map((s) => (s === stored ? { ...session, updatedAt: later } : s));
  return done;
}

function unregister(model: Model, id: string): Change {
  if (!model.sessions.some((s) => s.id === id)) return refusal('not_found', { key: id });
  model.sessions = model.sessions.filter((s) => s.id !== id);
  return done;
}

function clear(model: Model): Change {
  model.sessions = [];
  return done;
}

type Found = { ok: true; value: Session } | { ok: false; error: { code: string; key?: unknown } };

const flat = (found: Found): unknown => (found.ok ? found.value : `${found.error.code} ${found.error.key}`);

const readsOf = (table: SessionTable) => ({
  list: table.list(),
  ids: table.ids(),
  count: table.count,
  maxSessions: table.maxSessions,
  oldest: flat(table.defaultSession()),
  byId: ids.map((id) => flat(table.lookup(id))),
  byPath: paths.map((path) => flat(table.lookupByPath(path))),
  byName: names.map((name) => flat(table.lookupByName(name))),
});

function readsOfModel(model: Model): ReturnType<typeof readsOf> {
  const sessions = inOrder(model);
  const find = (field: keyof Session, key: string) => sessions.find((s) => s[field] === key) ?? `not_found ${key}`;
  return {
    list: sessions,
    ids: sessions.map((s) => s.id),
    count: sessions.length,
    maxSessions: model.maxSessions,
    oldest: sessions[0] ?? 'no_sessions undefined',
    byId: ids.map((id) => find('id', id)),
    byPath: paths.map((path) => find('projectPath', path)),
    byName: names.map((name) => find('name', name)),
  };
}

class Step implements fc.Command<Model, SessionTable> {
  constructor(
    readonly name: string,
    readonly onModel: (model: Model) => Change,
    readonly onTable: (table: SessionTable) => Change | void,
  ) {}

  check = (): boolean => true;
  toString = (): string => this.name;

  run(model: Model, table: SessionTable): void {
    const [version, list, ids] = [table.version, table.list(), table.ids()];
    const expected = this.onModel(model);
    expect(this.onTable(table) ?? done).toMatchObject(expected);
    if (!expected.ok) {
      expect(table.version).toBe(version);
      expect(table.list()).toBe(list);
      expect(table.ids()).toBe(ids);
    }
    expect(readsOf(table)).toEqual(readsOfModel(model));
  }
}

const anySession = fc
  .record({
    id: fc.constantFrom(...ids),
    name: fc.constantFrom(...names),
    projectPath: fc.constantFrom(...paths),
    config: fc.constant(Object.freeze({})),
    createdAt: fc.integer({ min: 0, max: 8 }),
    updatedAt: fc.integer({ min: 1_000, max: 2_000 }),
  })
  .map((session): Session => Object.freeze(session));

// An update that fits what is there is made when its turn comes: drawn at random it would nearly always be refused.
const change = fc.record({
  nth: fc.nat({ max: 40 }),
  name: fc.constantFrom(...names),
  updatedAt: fc.integer({ min: 1_000, max: 2_000 }),
});

const nthOf = (sessions: readonly Session[], nth: number): Session | undefined =>
  sessions[nth % (sessions.length || 1)];

const registering = anySession.map(
  (session) =>
    new Step(
      `register ${JSON.stringify(session)}`,
      (model) => register(model, session),
      (table) => table.register(session),
    ),
);

const steps = [
  registering,
  registering,
  registering,
  anySession.map(
    (session) =>
      new Step(
        `update ${JSON.stringify(session)}`,
        (model) => update(model, session),
        (table) => table.update(session),
      ),
  ),
  change.map(({ nth, ...patch }) => {
    const changed = (sessions: readonly Session[]): Session =>
      ({ ...(nthOf(sessions, nth) ?? { id: 'nobody' }), ...patch }) as Session;
    return new Step(
      `change the ${nth}th into ${JSON.stringify(patch)}`,
      (model) => update(model, changed(inOrder(model))),
      (table) => table.update(changed(table.list())),
    );
  }),
  fc.nat({ max: 40 }).map((nth) => {
    const idOf = (sessions: readonly Session[]): string => nthOf(sessions, nth)?.id ?? 'nobody';
    return new Step(
      `unregister the ${nth}th`,
      (model) => unregister(model, idOf(inOrder(model))),
      (table) => table.unregister(idOf(table.list())),
    );
  }),
  fc.constantFrom(...ids).map(
    (id) =>
      new Step(
        `unregister ${id}`,
        (model) => unregister(model, id),
        (table) => table.unregister(id),
      ),
  ),
  fc.constantFrom(0, 3, 10, 20, Infinity, Infinity).map(
    (max) =>
      new Step(
        `maxSessions = ${max}`,
        (model) => {
          model.maxSessions = max;
          return done;
        },
        (table) => {
          table.maxSessions = max;
        },
      ),
  ),
];

// Seldom, so that tables grow.
const clearing = fc.constant(new Step('clear', clear, (table) => table.clear()));

describe('A session table, whatever is done to it,', () => {
  it.each([true, false])('reads as a plain array would (onePerProject: %p)', (onePerProject) => {
    const commands = fc.commands([...steps, ...steps, clearing], { maxCommands: 120, size: 'max' });
    let operations = 0;
    fc.assert(
      fc.property(commands, (run) => {
        const table = new SessionTable({ maxSessions: 20, onePerProject, now: () => clock });
        const model: Model = { onePerProject, maxSessions: 20, sessions: [] };
        fc.modelRun(() => ({ model, real: table }), run);
        operations += [...run].length;
      }),
      { numRuns: 60 },
    );
    expect(operations).toBeGreaterThan(1_000);
  });
});
