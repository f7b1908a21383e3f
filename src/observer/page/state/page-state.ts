import type { Counters, Hello, LifecycleEntry, SessionDetail, SessionGone, Told, TreeChange } from '../../protocol.ts';
import { pulse, pulseOf } from './pulses.ts';
import type { Pulses } from './pulses.ts';
import { changeTree, emptyTree } from './tree-state.ts';
import type { Tree } from './tree-state.ts';

/** `full`: the host has as many pages as it takes. */
export type ConnectionStatus = 'connecting' | 'open' | 'lost' | 'refused' | 'full';

/** Events that the page was not told, right before the event `n`. */
export interface Loss {
  readonly n: number;
  readonly count: number;
}

/** All that the page knows. Changed in place, and told by topic. */
export interface PageState {
  connection: ConnectionStatus;
  hello?: Hello;
  /** The clock of the host minus ours. */
  clockOffset: number;
  tree: Tree;
  /** Another number whenever the tree has changed. */
  treeVersion: number;
  /** Whether the tree has been told in whole. */
  treeKnown: boolean;
  /** Whether there was a session in it, ever. */
  sessionSeen: boolean;
  /** A tree told anew, until all of it is there: the old one is shown as long. */
  staged?: Tree;
  readonly pulses: Pulses;
  /** Oldest first. */
  events: readonly LifecycleEntry[];
  losses: readonly Loss[];
  /** Oldest first. */
  counters: readonly Counters[];
  /** The session that the page shows. */
  watched?: string;
  /** The one that it shows, or showed last. */
  selected?: string;
  /** What was last heard of the watched one. */
  session?: SessionDetail;
  /** How it ended, once it has, or never was. */
  gone?: SessionGone;
  /** Whether the host is slow to answer which session the page shows. */
  watchUnanswered: boolean;
}

const EVENTS_KEPT = 2000;
const LOSSES_KEPT = 50;
const COUNTERS_KEPT = 60;

export function initialState(): PageState {
  return {
    connection: 'connecting',
    clockOffset: 0,
    tree: emptyTree(),
    treeVersion: 0,
    treeKnown: false,
    sessionSeen: false,
    pulses: new Map(),
    events: [],
    losses: [],
    counters: [],
    watchUnanswered: false,
  };
}

/** How the state takes each message of the host. */
export const heard: { readonly [TName in keyof Told]: (state: PageState, told: Told[TName], now: number) => void } = {
  hello(state, hello, now) {
    if (state.hello && state.hello.host.run !== hello.host.run) beginAnew(state);
    state.hello = hello;
    state.clockOffset = hello.now - now;
    state.connection = 'open';
    delete state.staged;
  },

  tree(state, change, now) {
    if (change.anew) state.staged = emptyTree();
    const tree = state.staged ?? state.tree;
    if (!state.staged) notePulses(state, change, now);
    changeTree(tree, change);
    state.sessionSeen ||= tree.sessions.size > 0;
    if (change.more) return;
    state.tree = tree;
    state.treeVersion++;
    state.treeKnown = true;
    delete state.staged;
  },

  events(state, { events, lost }, now) {
    const last = state.events.at(-1)?.n ?? 0;
    // After a reconnection it may tell some that we have.
    const fresh = events.filter(({ n }) => n > last);
    // The host has lost none for a connection that has just begun, but the page that was away for long has.
    const missed = last > 0 && fresh[0] ? fresh[0].n - last - 1 : 0;
    const count = lost > 0 ? lost : missed;
    if (count > 0) {
      state.losses = [...state.losses, { n: events[0]?.n ?? last + 1, count }].slice(-LOSSES_KEPT);
    }
    state.events = [...state.events, ...fresh].slice(-EVENTS_KEPT);
    for (const { type, session, at } of fresh) {
      const node = session && state.tree.sessions.get(session.id);
      // One that is told late, to a page that was just opened, is no news.
      if (node && type === 'session.crashed' && now + state.clockOffset - at < 5000) {
        pulse(state.pulses, node.key, 'crashed', at);
      }
    }
  },

  counters(state, counters) {
    state.counters = [...state.counters, counters].slice(-COUNTERS_KEPT);
  },

  session(state, told: SessionDetail | SessionGone) {
    // What was on its way while another was chosen.
    if (told.id !== state.watched) return;
    if (!told.gone) {
      state.session = told;
      delete state.gone;
    } else if (told.how !== undefined || !state.gone) {
      // The host forgets in time how it ended; the page does not.
      state.gone = told;
    }
  },
};

export function watchSession(state: PageState, id: string | undefined): void {
  if (state.watched === id) return;
  state.watched = id;
  if (id !== undefined) state.selected = id;
  delete state.gone;
  delete state.session;
}

/** Another host, though it has the address of the old one: nothing that we know is true of it. */
function beginAnew(state: PageState): void {
  const { connection, watched, watchUnanswered, treeVersion } = state;
  state.selected = watched;
  delete state.session;
  delete state.gone;
  delete state.staged;
  state.pulses.clear();
  Object.assign(state, {
    ...initialState(),
    connection,
    watched,
    watchUnanswered,
    treeVersion: treeVersion + 1,
    pulses: state.pulses,
  });
}

function notePulses(state: PageState, { nodes }: TreeChange, now: number): void {
  for (const node of nodes) {
    const kind = pulseOf(state.tree.nodes.get(node.key), node);
    if (kind === undefined) continue;
    const last = state.pulses.get(node.key);
    // The restart that follows a crash at once leaves the crash to be seen.
    if (kind === 'restarted' && last?.kind === 'crashed' && now + state.clockOffset - last.at < 1500) continue;
    pulse(state.pulses, node.key, kind, now + state.clockOffset);
  }
}
