import * as fs from 'node:fs/promises';
import { resolve } from 'node:path';
import { open as openDatabase } from 'lmdb';
import type { RootDatabase } from 'lmdb';
import { requireObject } from '../core/arguments.ts';
import { firstFree } from '../core/first-free.ts';
import { isSessionId } from '../core/session-id.ts';
import { notFound } from '../core/store-refusals.ts';
import { failing } from '../persistence/failing.ts';
import { Opening } from '../persistence/opening.ts';
import { makeDirectory } from '../persistence/private-directory.ts';
import { recordFrom, recordText } from '../persistence/record-text.ts';
import { requirePath } from '../persistence/require-path.ts';
import { lockDirectory } from '../persistence/store-lock.ts';
import type { SessionStore } from '../session-store.ts';

/** Options of `lmdbStore`. */
export interface LmdbStoreOptions {
  /** The directory of the database. Made, for its owner alone, where it is missing. */
  readonly path: string;
}

interface Opened {
  readonly database: RootDatabase<string, string>;
  readonly unlock: () => Promise<void>;
}

/**
 * A store that keeps all sessions in one LMDB database, which it holds alone. Saves that come together are one
 * transaction, which is on the disk before their promises resolve.
 *
 * @throws TypeError for a bad option, which it names; whatever else goes wrong is rejected with, as `SessionStore` says:
 *   `store_locked` while another store, of this process or another, holds the directory, else `store_failed`
 *
 * @example
 * const store = lmdbStore({ path: join(homedir(), '.local/state/shop/sessions') });
 * for (const id of await store.list()) console.log(await store.load(id));
 * await store.close();
 */
export function lmdbStore(options: LmdbStoreOptions): SessionStore {
  requireObject('options', options);
  requirePath('path', options.path);
  const path = resolve(options.path);

  const opening = new Opening(
    () => failing(`The database ${path} cannot be opened`, () => open(path)),
    ({ database, unlock }) =>
      failing(`The database ${path} cannot be closed`, async () => {
        await database.close();
        await unlock();
      }),
  );
  const use = <T>(what: string, work: (database: Opened['database']) => T | Promise<T>): Promise<T> =>
    opening.use(({ database }) => failing(`${what} in ${path}`, () => work(database)));

  return {
    list: () => use('The sessions cannot be listed', (database) => [...database.getKeys()].filter(isSessionId)),

    load: (id) =>
      use('A session cannot be loaded', (database) => {
        const text = isSessionId(id) ? database.get(id) : undefined;
        return text === undefined ? notFound(id) : recordFrom(text, id);
      }),

    async save(record) {
      const text = recordText(record, 0);
      const { id } = record.session;
      await use(`The session ${id} cannot be saved`, (database) => database.put(id, text));
    },

    async delete(id) {
      await use('A session cannot be deleted', async (database) => {
        if (isSessionId(id)) await database.remove(id);
      });
    },

    async setAside(id, reason) {
      await use('A session cannot be set aside', async (database) => {
        if (!isSessionId(id)) return;
        await database.transaction(() => {
          const text = database.get(id);
          if (text === undefined) return;
          // No id has a slash.
          void database.put(firstFree(`${id}/${reason}`, { has: (key) => database.doesExist(key) }), text);
          void database.remove(id);
        });
      });
    },

    close: () => opening.close(),
  };
}

async function open(path: string): Promise<Opened> {
  await makeDirectory(fs, path);
  const unlock = await lockDirectory(fs, path);
  try {
    const database = openDatabase<string, string>({
      path,
      // By default a path with a dot would be that of a file.
      noSubdir: false,
      encoding: 'string',
      // A commit is synced before it is answered. By default it is answered first.
      overlappingSync: false,
      // The types of lmdb do not have it.
      ...{ permissionsMode: 0o600 },
    });
    return { database, unlock };
  } catch (error) {
    await unlock().catch(() => {});
    throw error;
  }
}
