import type { Told } from '../../protocol.ts';
import { heard, initialState, watchSession } from './page-state.ts';
import type { ConnectionStatus, PageState } from './page-state.ts';

/** Which part of the state has changed: a message of the host changes the part of its name. */
export type Topic = keyof Told | 'connection';

/** What the page knows, outside its components, which subscribe to the topics that they show. */
export interface Store {
  readonly state: PageState;
  hear<TName extends keyof Told>(name: TName, told: Told[TName]): void;
  setConnection(status: ConnectionStatus): void;
  watch(id: string | undefined): void;
  setWatchUnanswered(unanswered: boolean): void;
  /** The time of the host. */
  now(): number;
  subscribe(topics: readonly Topic[], listener: () => void): () => void;
}

export interface StoreOptions {
  /** Runs it soon, such as at the next frame: all that changes until then is told at once. */
  readonly schedule: (run: () => void) => void;
  readonly now?: () => number;
}

export function createStore({ schedule, now = Date.now }: StoreOptions): Store {
  const state = initialState();
  const subscribers = new Set<{ topics: readonly Topic[]; listener: () => void }>();
  const changed = new Set<Topic>();

  function tell(topic: Topic): void {
    if (changed.size === 0) schedule(flush);
    changed.add(topic);
  }

  function flush(): void {
    const topics = [...changed];
    changed.clear();
    for (const subscriber of [...subscribers]) {
      if (subscriber.topics.some((topic) => topics.includes(topic))) subscriber.listener();
    }
  }

  return {
    state,
    hear(name, told) {
      heard[name](state, told, now());
      tell(name);
    },
    setConnection(status) {
      if (state.connection === status) return;
      state.connection = status;
      tell('connection');
    },
    watch(id) {
      watchSession(state, id);
      tell('session');
    },
    setWatchUnanswered(unanswered) {
      if (state.watchUnanswered === unanswered) return;
      state.watchUnanswered = unanswered;
      tell('session');
    },
    now: () => now() + state.clockOffset,
    subscribe(topics, listener) {
      const subscriber = { topics, listener };
      subscribers.add(subscriber);
      return () => subscribers.delete(subscriber);
    },
  };
}
