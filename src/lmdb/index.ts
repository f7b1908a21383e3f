/** `xstate-supervisor/lmdb`: sessions in an LMDB database. Needs `lmdb`. */
export { lmdbStore } from './lmdb-store.ts';

export type { LmdbStoreOptions } from './lmdb-store.ts';
