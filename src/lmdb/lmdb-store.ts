import * as fs from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { open as openDatabase } from 'lmdb';
import type { RootDatabase } from 'lmdb';
import { requireObject } from '../core/arguments.ts';
import { firstFree } from '../core/first-free.ts';
import { isSessionId } from '../core/session-id.ts';
import { notFound } from '../core/store-refusals.ts';
import { failing } from '../persistence/failing.ts';
import { Opening } from '../persistence/opening.ts';
import { makeDirectory, syncDirectory } from '../persistence/private-directory.ts';
import { recordFrom, recordText } from '../persistence/record-text.ts';
import { requirePath } from '../persistence/require-path.ts';
import { lockDirectory } from '../persistence/store-lock.ts';
import { Turns } from '../persistence/turns.ts';
import type { SessionStore } from '../session-store.ts';
import { requireDatabase } from './database-file.ts';

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
  const turns = new Turns(Infinity);

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
      await use(`The session ${id} cannot be saved`, (database) =>
        turns.take(id, () => committed(database.put(id, text))),
      );
    },

    async delete(id) {
      await use('A session cannot be deleted', async (database) => {
        if (isSessionId(id)) await turns.take(id, () => committed(database.remove(id)));
      });
    },

    async setAside(id, reason) {
      await use('A session cannot be set aside', async (database) => {
        if (!isSessionId(id)) return;
        await turns.take(id, async () => {
          const text = database.get(id);
          if (text === undefined) return;
          // No id has a slash.
          const aside = firstFree(`${id}/${reason}`, { has: (key) => database.doesExist(key) });
          await committed(database.put(aside, text));
          await committed(database.remove(id));
        });
      });
    },

    close: () => opening.close(),
  };
}

/** Rejects with the reason why a commit has failed, which lmdb tells apart from that it has. */
async function committed(commit: Promise<boolean>): Promise<void> {
  try {
    await commit;
  } catch (error) {
    const { commitError } = error as { readonly commitError?: Promise<never> };
    const reason = Promise.resolve(commitError).catch((cause: unknown) => cause);
    // It may be told a little later.
    throw (await Promise.race([reason, nextTurn()])) ?? error;
  }
}

async function open(path: string): Promise<Opened> {
  await makeDirectory(fs, path);
  const unlock = await lockDirectory(fs, path);
  try {
    await requireDatabase(join(path, 'data.mdb'));
    const database = openDatabase<string, string>({
      path,
      // By default a path with a dot would be that of a file.
      noSubdir: false,
      encoding: 'string',
      // A commit is synced before it is answered. By default it is answered first.
      overlappingSync: false,
      // With it, a commit that fails ends the process: a promise that nobody can get hold of is rejected, too.
      eventTurnBatching: false,
      // The types of lmdb do not have it.
      ...{ permissionsMode: 0o600 },
    });
    // The database is an entry of it.
    await syncDirectory(fs, path);
    return { database, unlock };
  } catch (error) {
    await unlock().catch(() => {});
    throw error;
  }
}
