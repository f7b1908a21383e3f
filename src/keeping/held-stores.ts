import { storeLocked } from '../core/store-refusals.ts';
import type { SessionStore } from '../session-store.ts';

// A store keeps others from its place; but one object cannot tell two hosts apart that use it.
const held = new WeakSet<SessionStore>();

/** Takes a store for one host. Instead of one that another host has, it gives one that refuses, as a locked place does. */
export function hold(store: SessionStore): SessionStore {
  if (held.has(store)) return heldByAnother;
  held.add(store);
  return store;
}

/** Lets another host have it, once it is closed. */
export function letGo(store: SessionStore): void {
  held.delete(store);
}

const refuse = async (): Promise<never> => {
  const { process } = globalThis as { readonly process?: { readonly pid?: number } };
  throw storeLocked('The store', process?.pid ?? 0);
};

const heldByAnother: SessionStore = {
  list: refuse,
  load: refuse,
  save: refuse,
  delete: refuse,
  setAside: refuse,
  close: async () => {},
};
