import { useEffect, useReducer } from 'preact/hooks';
import type { Store } from './store.ts';

/** The time of the host. The component is rendered again every so often, to show it going on. */
export function useNow(store: Store, everyMs = 1000): number {
  const [, renderAgain] = useReducer<number, void>((count) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(() => renderAgain(), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return store.now();
}
