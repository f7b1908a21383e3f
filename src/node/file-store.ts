import * as nodeFs from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { requireFunction, requireObject } from '../core/arguments.ts';
import { firstFree } from '../core/first-free.ts';
import { isSessionId } from '../core/session-id.ts';
import { notFound } from '../core/store-refusals.ts';
import { failing } from '../persistence/failing.ts';
import { fileNameOf, idFromFileName } from '../persistence/file-name.ts';
import { unlessMissing } from '../persistence/file-system.ts';
import type { FileSystem } from '../persistence/file-system.ts';
import { Opening } from '../persistence/opening.ts';
import { makeDirectory, syncDirectory } from '../persistence/private-directory.ts';
import { recordFrom, recordText } from '../persistence/record-text.ts';
import { requirePath } from '../persistence/require-path.ts';
import { lockDirectory } from '../persistence/store-lock.ts';
import { Turns } from '../persistence/turns.ts';
import { isTemporary, writeWhole } from '../persistence/whole-file.ts';
import type { SessionStore } from '../session-store.ts';

/** Options of `fileStore`. */
export interface FileStoreOptions {
  /** Where the documents are. Made, for its owner alone, where it is missing; a relative one is of the working directory. */
  readonly directory: string;
  /** Who writes: `node:fs/promises` unless given. For tests. */
  readonly fs?: FileSystem;
}

// Each has a file open, of which a process may have a thousand or so.
const writesAtOnce = 16;

/**
 * A store that keeps each session as a JSON document, readable by a person, in a directory that it holds alone. A save is
 * written to a temporary name, synced and renamed, and the directory synced, before its promise resolves: whenever the
 * process or the machine goes down, each document is the old one or the new one.
 *
 * The directory has the mode 0700, a document 0600. It opens at its first use, and removes what a crash has left half
 * written.
 *
 * @throws TypeError for a bad option, which it names; whatever else goes wrong is rejected with, as {@link SessionStore}
 *   says: `store_locked` while another store, of this process or another, holds the directory, else `store_failed`
 *
 * @example
 * const store = fileStore({ directory: join(homedir(), '.local/state/shop/sessions') });
 * for (const id of await store.list()) console.log(await store.load(id));
 * await store.close();
 */
export function fileStore(options: FileStoreOptions): SessionStore {
  requireObject('options', options);
  const { fs = nodeFs } = options;
  requirePath('directory', options.directory);
  requireObject('fs', fs);
  for (const name of fileSystem) requireFunction(`fs.${name}`, fs[name]);
  const directory = resolve(options.directory);
  const turns = new Turns(writesAtOnce);

  const opening = new Opening(
    () => failing(`The directory ${directory} cannot be opened`, () => open(fs, directory)),
    (unlock) => failing(`The directory ${directory} cannot be let go`, unlock),
  );
  const use = <T>(what: string, work: () => Promise<T>): Promise<T> =>
    opening.use(() => failing(`${what} in ${directory}`, work));
  const pathOf = (id: string) => join(directory, fileNameOf(id));

  return {
    list: () =>
      use('The sessions cannot be listed', async () =>
        (await fs.readdir(directory)).flatMap((name) => idFromFileName(name) ?? []),
      ),

    load: (id) =>
      use('A session cannot be loaded', async () => {
        const text = isSessionId(id) ? await unlessMissing(fs.readFile(pathOf(id), 'utf8')) : undefined;
        return text === undefined ? notFound(id) : recordFrom(text, id);
      }),

    async save(record) {
      const text = recordText(record, 2);
      const { id } = record.session;
      await use(`The session ${id} cannot be saved`, () =>
        turns.take(id, () => writeWhole(fs, directory, fileNameOf(id), text)),
      );
    },

    async delete(id) {
      await use('A session cannot be deleted', async () => {
        if (!isSessionId(id)) return;
        await turns.take(id, async () => {
          await unlessMissing(fs.unlink(pathOf(id)));
          await syncDirectory(fs, directory);
        });
      });
    },

    async setAside(id, reason) {
      await use('A session cannot be set aside', async () => {
        if (!isSessionId(id)) return;
        await turns.take(id, async () => {
          const aside = firstFree(`${fileNameOf(id)}.${reason}`, new Set(await fs.readdir(directory)));
          await unlessMissing(fs.rename(pathOf(id), join(directory, aside)));
          await syncDirectory(fs, directory);
        });
      });
    },

    close: () => opening.close(),
  };
}

const fileSystem = ['mkdir', 'open', 'readFile', 'readdir', 'rename', 'link', 'unlink'] as const;

/** @returns lets go of the directory */
async function open(fs: FileSystem, directory: string): Promise<() => Promise<void>> {
  await makeDirectory(fs, directory);
  const unlock = await lockDirectory(fs, directory);
  try {
    const left = (await fs.readdir(directory)).filter(isTemporary);
    await Promise.all(left.map((name) => unlessMissing(fs.unlink(join(directory, name)))));
  } catch (error) {
    await unlock().catch(() => {});
    throw error;
  }
  return unlock;
}
