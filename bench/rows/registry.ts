import { createActor } from 'xstate';
import { renameSession, sessionRegistry } from 'xstate-supervisor';
import type { Session } from 'xstate-supervisor';
import { BareTable } from '../bare-table.ts';
import { Elixir } from '../crowds/elixir-crowd.ts';
import { hold } from '../hold.ts';
import * as by from '../names.ts';
import { newSessions } from '../new-sessions.ts';
import type { Goal, Row } from '../row.ts';
import { same } from '../same.ts';
import { timed } from '../timed.ts';
import type { Contestant } from '../timed.ts';

const kinds = ['register', 'update', 'unregister'] as const;
const maps = 'three Maps';
const sizes = [10, 1_000, 100_000, 1_000_000] as const;

export const registry: Row[] = sizes.map((entries) => ({
  name: `a registry of ${entries.toLocaleString('en')}`,
  goals: [
    ...kinds.map((kind) => ({ of: `${kind}, ${by.ours}`, to: `${kind}, ${maps}`, atMost: 3 })),
    ...(entries === 1_000
      ? [{ of: `register, ${by.elixir}`, to: `register, ${by.ours}`, atLeast: 10 } satisfies Goal]
      : []),
  ],
  async measure(rounds) {
    const elixir = entries === 1_000 ? Elixir.open() : undefined;
    const few = Math.min(1_000, Math.max(5, entries / 10));
    // Many small tables rather than one that would soon be no small one: a run is long enough to be timed all the same.
    const already = Array.from({ length: Math.ceil(1_000 / few) }, () => newSessions(entries));
    return timed(
      {
        ...writing(by.ours, () => new Registry(), already, few),
        ...writing(maps, () => new Maps(), already, few),
        [`register, ${by.elixir}`]: elixir && (await registeringInEts(elixir, entries)),
      },
      rounds,
    );
  },
}));

/** A table of sessions that is written one by one. */
interface Table {
  readonly count: number;
  nameOf(id: string): string | undefined;
  register(sessions: readonly Session[]): void;
  update(sessions: readonly Session[]): void;
  unregister(sessions: readonly Session[]): void;
}

class Registry implements Table {
  private readonly actor = createActor(sessionRegistry({ maxSessions: Infinity, logger: () => {} })).start();

  get count(): number {
    return this.actor.getSnapshot().context.sessions.count;
  }

  nameOf(id: string): string | undefined {
    const found = this.actor.getSnapshot().context.sessions.lookup(id);
    return found.ok ? found.value.name : undefined;
  }

  register(sessions: readonly Session[]): void {
    for (const session of sessions) this.actor.send({ type: 'registry.register', session });
  }

  update(sessions: readonly Session[]): void {
    for (const session of sessions) this.actor.send({ type: 'registry.update', session });
  }

  unregister(sessions: readonly Session[]): void {
    for (const { id } of sessions) this.actor.send({ type: 'registry.unregister', id });
  }
}

class Maps implements Table {
  private readonly table = new BareTable(Infinity);

  get count(): number {
    return this.table.count;
  }

  nameOf(id: string): string | undefined {
    return this.table.byId.get(id)?.name;
  }

  register(sessions: readonly Session[]): void {
    for (const session of sessions) hold(this.table.register(session));
  }

  update(sessions: readonly Session[]): void {
    for (const session of sessions) hold(this.table.update(session));
  }

  unregister(sessions: readonly Session[]): void {
    for (const { id } of sessions) hold(this.table.unregister(id));
  }
}

/**
 * @param already the sessions of each table
 * @param few how many each table is given more
 */
function writing(
  who: string,
  create: () => Table,
  already: readonly (readonly Session[])[],
  few: number,
): Record<string, Contestant> {
  const tables = already.map((sessions) => {
    const table = create();
    table.register(sessions);
    return { table, entries: sessions.length, some: [] as readonly Session[] };
  });
  const operations = few * tables.length;
  const bring = () => {
    for (const it of tables) it.some = newSessions(few);
  };
  const register = () => {
    for (const { table, some } of tables) table.register(some);
  };
  const update = () => {
    for (const { table, some } of tables) table.update(some);
  };
  const unregister = () => {
    for (const { table, some } of tables) table.unregister(some);
  };
  const check = (more: number) => {
    for (const { table, entries } of tables) same('entries', table.count, entries + more);
  };
  return {
    [`register, ${who}`]: {
      operations,
      before: bring,
      run: register,
      after: () => {
        check(few);
        unregister();
        check(0);
      },
    },
    [`update, ${who}`]: {
      operations,
      before: () => {
        bring();
        register();
        for (const it of tables) it.some = it.some.map(renamed);
      },
      run: update,
      after: () => {
        for (const { table, some } of tables) {
          for (const { id, name } of some) same('the name', table.nameOf(id), name);
        }
        unregister();
        check(0);
      },
    },
    [`unregister, ${who}`]: {
      operations,
      before: () => {
        bring();
        register();
        check(few);
      },
      run: unregister,
      after: () => check(0),
    },
  };
}

function renamed(session: Session): Session {
  const result = renameSession(session, `${session.name}, renamed`);
  if (!result.ok) throw result.error;
  return result.value;
}

async function registeringInEts(elixir: Elixir, entries: number): Promise<Contestant> {
  await elixir.tell('register', entries, 'index');
  const operations = 100;
  return {
    operations,
    run: () => elixir.time('register', operations, 'scan'),
    after: async () => {
      same('entries', await elixir.tell('count'), entries + operations);
      await elixir.tell('unregister', operations);
    },
  };
}
