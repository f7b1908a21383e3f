import { createActor } from 'xstate';
import { sessionRegistry } from 'xstate-supervisor';
import type { SessionReads } from 'xstate-supervisor';
import { BareTable } from '../bare-table.ts';
import { filled } from '../crowds/crowd.ts';
import { SupervisedCrowd } from '../crowds/supervised-crowd.ts';
import { hold } from '../hold.ts';
import { newSessions } from '../new-sessions.ts';
import type { Row } from '../row.ts';
import { same } from '../same.ts';
import { timed } from '../timed.ts';
import { Turn } from '../turn.ts';

type Reads = Pick<SessionReads, 'lookup' | 'lookupByPath' | 'lookupByName' | 'list'>;

// A million sessions are too much for one process, but not for a registry.
const sizes = [
  { entries: 10, reads: hostOf },
  { entries: 1_000, reads: hostOf },
  { entries: 100_000, reads: hostOf },
  { entries: 1_000_000, reads: registryOf },
] as const;

const operations = 20_000;

/** What is compared with each is a Map that is asked, and the making of the same result. */
export const lookup: Row[] = sizes.map(({ entries, reads: open }) => ({
  name: `lookups among ${entries.toLocaleString('en')}`,
  goals: [
    { of: 'lookup', to: 'Map.get of an id', atMost: 2 },
    { of: 'lookupByPath', to: 'Map.get of a path', atMost: 2 },
    { of: 'lookupByName', to: 'Map.get of a name', atMost: 2 },
  ],
  async measure(rounds) {
    const reads = await open(entries);
    const sessions = reads.list();
    same('entries', sessions.length, entries);
    const table = new BareTable(Infinity);
    for (const session of sessions) table.register(session);
    const { byId, byPath, byName } = table;
    const turn = new Turn();
    const wanted = Array.from({ length: operations }, () => sessions[turn.next(entries)]!);
    for (const session of wanted) {
      const found = [
        reads.lookup(session.id),
        reads.lookupByPath(session.projectPath),
        reads.lookupByName(session.name),
      ];
      for (const result of found) same('found', result.ok && result.value, session);
    }
    const [ids, paths, names] = [
      wanted.map(({ id }) => id),
      wanted.map(({ projectPath }) => projectPath),
      wanted.map(({ name }) => name),
    ];
    // Each has a loop of its own: in one that they share V8 would not know whom it calls.
    return timed(
      {
        lookup: {
          operations,
          run: () => {
            for (const id of ids) hold(reads.lookup(id));
          },
        },
        'Map.get of an id': {
          operations,
          run: () => {
            for (const id of ids) {
              const value = byId.get(id);
              hold(value === undefined ? { ok: false } : { ok: true, value });
            }
          },
        },
        lookupByPath: {
          operations,
          run: () => {
            for (const path of paths) hold(reads.lookupByPath(path));
          },
        },
        'Map.get of a path': {
          operations,
          run: () => {
            for (const path of paths) {
              const value = byPath.get(path);
              hold(value === undefined ? { ok: false } : { ok: true, value });
            }
          },
        },
        lookupByName: {
          operations,
          run: () => {
            for (const name of names) hold(reads.lookupByName(name));
          },
        },
        'Map.get of a name': {
          operations,
          run: () => {
            for (const name of names) {
              const value = byName.get(name);
              hold(value === undefined ? { ok: false } : { ok: true, value });
            }
          },
        },
      },
      rounds,
    );
  },
}));

async function hostOf(entries: number): Promise<Reads> {
  return (await filled(new SupervisedCrowd(), entries)).host;
}

async function registryOf(entries: number): Promise<Reads> {
  const actor = createActor(sessionRegistry({ maxSessions: Infinity, logger: () => {} })).start();
  for (const session of newSessions(entries)) actor.send({ type: 'registry.register', session });
  return actor.getSnapshot().context.sessions;
}

class Shelf {
  constructor(private readonly sessions: readonly unknown[]) {}

  list(): readonly unknown[] {
    return this.sessions;
  }
}

export const list: Row = {
  name: 'a list of 100,000 sessions, again',
  goals: [{ of: 'list', to: 'the same array', atMost: 1.2 }],
  async measure(rounds) {
    const host = await hostOf(100_000);
    const shelf = new Shelf(host.list());
    same('the list', host.list(), shelf.list());
    const times = 100_000;
    return timed(
      {
        list: {
          operations: times,
          run: () => {
            for (let n = 0; n < times; n++) hold(host.list());
          },
        },
        'the same array': {
          operations: times,
          run: () => {
            for (let n = 0; n < times; n++) hold(shelf.list());
          },
        },
      },
      rounds,
    );
  },
};
