import { createContext } from 'preact';
import { useContext, useLayoutEffect, useReducer } from 'preact/hooks';
import type { Store, Topic } from './store.ts';

export const StoreContext = createContext<Store | undefined>(undefined);

/** The store; the component is rendered again when one of the topics has changed. */
export function useStore(...topics: readonly Topic[]): Store {
  const store = useContext(StoreContext);
  if (!store) throw new Error('there is no store here');
  const [, renderAgain] = useReducer<number, void>((count) => count + 1, 0);
  // Topics are literals of the caller: their text tells whether they are others.
  useLayoutEffect(() => store.subscribe(topics, () => renderAgain()), [store, topics.join()]);
  return store;
}
