import type { AnyActorRef } from 'xstate';
import type { ChildInfo, RestartType, Strategy, SupervisionEvent } from '../../src/index.ts';

/** One child, as far as events tell: `type` and `restart` are in its spec. */
export type Row = Pick<ChildInfo<AnyActorRef>, 'id' | 'status' | 'ref' | 'incarnation'>;

/** What a watcher knows of a supervisor before it hears anything. */
export interface Known {
  readonly kind: Strategy | 'dynamic';
  readonly restartOf: (id: string) => RestartType;
}

interface Entry extends Omit<Row, 'status'> {
  /** `gone`: its spec went with it, unless it is said to restart. Until then its place is kept. */
  readonly status: Row['status'] | 'gone';
}

/** The child table of one supervisor, as its events tell it. */
export interface ChildTable {
  readonly known: Known;
  readonly entries: readonly Entry[];
}

/** Before the first event: the children of a static supervisor are all there. */
export const untold = (known: Known, ids: readonly string[]): ChildTable => ({ known, entries: ids.map(fresh) });

/** The children in start order. */
export const rowsOf = ({ entries }: ChildTable): Row[] =>
  entries
    .filter((entry) => entry.status !== 'gone')
    .map(({ id, status, ref, incarnation }) => ({ id, status: status as Row['status'], ref, incarnation }));

/** What the table is after an event. */
export function tell(table: ChildTable, event: SupervisionEvent<AnyActorRef>): ChildTable {
  switch (event.type) {
    case 'child.started': {
      const { id, ref, incarnation } = event;
      return put(table, { id, status: 'running', ref, incarnation });
    }
    case 'child.ignored':
      return down(has(table, event.id) ? table : put(table, fresh(event.id)), event.id);
    case 'child.exited':
      return down(table, event.id);
    case 'child.start_failed':
      return table;
    case 'child.restarting':
      return change(table, event.id, { status: 'restarting' });
    case 'child.restart_cancelled':
      return down(table, event.id);
    case 'child.deleted':
      return without(table, event.id);
    case 'supervisor.gave_up':
      return allDown(table, ({ status }) => status === 'restarting');
    case 'supervisor.stopped':
      return allDown(table, () => true);
  }
}

const fresh = (id: string): Entry => ({ id, status: 'stopped', ref: undefined, incarnation: 0 });

const has = ({ entries }: ChildTable, id: string): boolean =>
  entries.some((entry) => entry.id === id && entry.status !== 'gone');

// One whose spec had gone, or was never there, comes last.
const put = (table: ChildTable, entry: Entry): ChildTable =>
  has(table, entry.id)
    ? { ...table, entries: table.entries.map((other) => (other.id === entry.id ? entry : other)) }
    : { ...table, entries: [...without(table, entry.id).entries, entry] };

const without = (table: ChildTable, id: string): ChildTable => ({
  ...table,
  entries: table.entries.filter((entry) => entry.id !== id),
});

const change = (table: ChildTable, id: string, by: Partial<Entry>): ChildTable => ({
  ...table,
  entries: table.entries.map((entry) => (entry.id === id ? { ...entry, ...by } : entry)),
});

function down(table: ChildTable, id: string): ChildTable {
  const { kind, restartOf } = table.known;
  const isForgotten = kind === 'dynamic' || restartOf(id) === 'temporary';
  return change(table, id, { status: isForgotten ? 'gone' : 'stopped', ref: undefined });
}

const allDown = (table: ChildTable, which: (entry: Entry) => boolean): ChildTable =>
  table.entries.filter(which).reduce((next, { id }) => down(next, id), table);
