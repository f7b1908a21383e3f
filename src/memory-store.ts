import { messageOf } from './core/arguments.ts';
import { firstFree } from './core/first-free.ts';
import type { Reply } from './core/reply.ts';
import { isSessionId } from './core/session-id.ts';
import { checkRecord, corrupt, recordJson } from './core/session-record.ts';
import type { SessionRecord } from './core/session-record.ts';
import { notFound, storeClosed, storeFailed, storeLocked } from './core/store-refusals.ts';
import type { SessionStore } from './session-store.ts';

/** The maps that a store holds. */
const held = new WeakSet<object>();

/**
 * A store that lasts as long as its process: for tests, and for hosts that follow one another in one process.
 *
 * @param records where the records are kept, as JSON by id. Give the same to a second store to find them there; while
 *   the first is not closed, it is refused with `store_locked`
 * @throws TypeError for what is no map
 *
 * @example
 * const records = new Map<string, string>();
 * const store = memoryStore(records);
 * await store.save(record);
 * await store.close();
 * await memoryStore(records).list(); // [ 's1' ]
 */
export function memoryStore(records: Map<string, string> = new Map()): SessionStore {
  if (!(records instanceof Map)) throw new TypeError('records must be a Map');
  let state: 'new' | 'open' | 'closed' = 'new';

  function open(): Map<string, string> {
    if (state === 'closed') throw storeClosed();
    if (state === 'new') {
      if (held.has(records)) throw storeLocked('The memory', ownPid());
      held.add(records);
      state = 'open';
    }
    return records;
  }

  return {
    async list() {
      return [...open().keys()].filter(isSessionId);
    },
    async load(id) {
      const text = isSessionId(id) ? open().get(id) : void open();
      return text === undefined ? notFound(id) : parsed(text, id);
    },
    async save(record) {
      const text = textOf(record);
      open().set(record.session.id, text);
    },
    async delete(id) {
      if (isSessionId(id)) open().delete(id);
      else open();
    },
    async setAside(id, reason) {
      const all = open();
      const text = isSessionId(id) ? all.get(id) : undefined;
      if (text === undefined) return;
      // No id has a slash.
      all.set(firstFree(`${id}/${reason}`, all), text);
      all.delete(id);
    },
    async close() {
      if (state === 'open') held.delete(records);
      state = 'closed';
    },
  };
}

function parsed(text: string, id: string): Reply<SessionRecord, 'record_corrupt' | 'record_too_new'> {
  try {
    return checkRecord(JSON.parse(text), id);
  } catch (error) {
    return corrupt(id, `it is no JSON (${messageOf(error)})`);
  }
}

function textOf(record: SessionRecord): string {
  let json: ReturnType<typeof recordJson>;
  try {
    json = recordJson(record);
  } catch (error) {
    throw storeFailed('The record is no JSON', error);
  }
  if (!json.ok) throw json.error;
  return json.value;
}

// There is none in a browser.
function ownPid(): number {
  const { process } = globalThis as { readonly process?: { readonly pid?: number } };
  return process?.pid ?? 0;
}
