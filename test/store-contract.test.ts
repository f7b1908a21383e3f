import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open as openDatabase } from 'lmdb';
import { memoryStore } from '../src/index.ts';
import { lmdbStore } from '../src/lmdb/index.ts';
import { fileStore } from '../src/node/index.ts';
import { sessionStoreContract } from '../src/testing/index.ts';
import type { SessionStoreContractOptions } from '../src/testing/index.ts';

jest.setTimeout(60_000);

const inDirectory = {
  place: () => join(mkdtempSync(join(tmpdir(), 'xstate-supervisor-store-')), 'deep.down', 'sessions'),
  remove: (directory: string) => rmSync(join(directory, '../..'), { recursive: true }),
};

describe('The store in memory', () => {
  const memory: SessionStoreContractOptions<Map<string, string>> = {
    place: () => new Map(),
    open: memoryStore,
    corrupt: (records, id) => records.set(id, records.get(id)!.slice(0, -20)),
  };
  for (const { name, run } of sessionStoreContract(memory)) it(name, run);
});

describe('The store in files', () => {
  const files: SessionStoreContractOptions<string> = {
    ...inDirectory,
    open: (directory) => fileStore({ directory }),
    corrupt: (directory, id) => truncateSync(join(directory, `${id}.json`), 200),
  };
  for (const { name, run } of sessionStoreContract(files)) it(name, run);
});

describe('The store in LMDB', () => {
  const lmdb: SessionStoreContractOptions<string> = {
    ...inDirectory,
    open: (path) => lmdbStore({ path }),
    corrupt: async (path, id) => {
      const database = openDatabase<string, string>({
        path,
        encoding: 'string',
        noSubdir: false,
        overlappingSync: false,
      });
      await database.put(id, database.get(id)!.replace('hello', 'hallo'));
      await database.close();
    },
  };
  for (const { name, run } of sessionStoreContract(lmdb)) it(name, run);
});
