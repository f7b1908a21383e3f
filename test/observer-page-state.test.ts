import type { Hello, LifecycleEntry, SessionDetail, TreeNode } from '../src/observer/protocol.ts';
import { crashedLately, pulseOf } from '../src/observer/page/state/pulses.ts';
import { createStore } from '../src/observer/page/state/store.ts';
import { sessionOf } from '../src/observer/page/state/tree-state.ts';

const node = (key: string, more: Partial<TreeNode> = {}): TreeNode => ({
  key,
  ...(key.includes('/') && { parent: key.slice(0, key.lastIndexOf('/')) }),
  kind: 'worker',
  name: key.split('/').at(-1)!,
  status: 'running',
  incarnation: 1,
  ...more,
});
const session = (id: string, more: Partial<TreeNode> = {}): TreeNode =>
  node(`runtime/sessions/${id}`, { kind: 'session', session: { id, projectPath: `/home/${id}` }, ...more });
const trunk = [node('runtime', { kind: 'supervisor' }), node('runtime/sessions', { kind: 'supervisor' })];
const hello = (run: string, now = 0): Hello => ({
  client: 'c',
  host: { run, pid: 1, node: 'v22.0.0', startedAt: 0 },
  now,
  allowActions: false,
});
const entry = (n: number, more: Partial<LifecycleEntry> = {}): LifecycleEntry => ({
  n,
  at: 0,
  type: 'session.started',
  ...more,
});

/** A store whose frames and clock the test makes. */
function stage() {
  const clock = { now: 1000 };
  const frames: (() => void)[] = [];
  const store = createStore({ schedule: (run) => frames.push(run), now: () => clock.now });
  const frame = (): void => frames.splice(0).forEach((run) => run());
  const keys = (): string[] => [...store.state.tree.nodes.keys()];
  const whole = (...nodes: TreeNode[]): void => {
    store.hear('tree', { anew: true, nodes: [...trunk, ...nodes], gone: [], more: false });
  };
  return { store, state: store.state, clock, frames, frame, keys, whole };
}

describe('What the page knows', () => {
  it('is told at the next frame, once for all that has changed', () => {
    const { store, frames, frame } = stage();
    const trees = jest.fn();
    const events = jest.fn();
    store.subscribe(['tree', 'counters'], trees);
    const leave = store.subscribe(['events'], events);
    store.hear('tree', { anew: true, nodes: trunk, gone: [], more: false });
    store.hear('tree', { anew: false, nodes: [session('a')], gone: [], more: false });
    expect(trees).not.toHaveBeenCalled();
    expect(frames).toHaveLength(1);
    frame();
    expect(trees).toHaveBeenCalledTimes(1);
    expect(events).not.toHaveBeenCalled();
    leave();
    store.hear('events', { events: [entry(1)], lost: 0 });
    frame();
    expect(events).not.toHaveBeenCalled();
  });

  it('has the time of the host', () => {
    const { store, clock } = stage();
    store.hear('hello', hello('r', 61_000));
    clock.now += 500;
    expect(store.now()).toBe(61_500);
  });

  it('keeps the last 2,000 events and 60 counters', () => {
    const { store, state } = stage();
    store.hear('events', { events: Array.from({ length: 1500 }, (_, at) => entry(at + 1)), lost: 0 });
    store.hear('events', { events: Array.from({ length: 1500 }, (_, at) => entry(at + 1501)), lost: 0 });
    expect(state.events).toHaveLength(2000);
    expect(state.events[0]!.n).toBe(1001);
    for (let at = 0; at < 70; at++) store.hear('counters', { at } as never);
    expect(state.counters).toHaveLength(60);
    expect(state.counters.at(-1)!.at).toBe(69);
  });

  it('has no event twice, though a new connection tells it again', () => {
    const { store, state } = stage();
    store.hear('events', { events: [entry(1), entry(2)], lost: 0 });
    store.hear('events', { events: [entry(2), entry(3)], lost: 0 });
    expect(state.events.map(({ n }) => n)).toEqual([1, 2, 3]);
  });

  it('notes where events were lost', () => {
    const { store, state } = stage();
    store.hear('events', { events: [entry(1)], lost: 0 });
    store.hear('events', { events: [entry(12)], lost: 10 });
    expect(state.losses).toEqual([{ n: 12, count: 10 }]);
  });

  it('notes what it missed while it was away for longer than the host keeps', () => {
    const { store, state } = stage();
    // Of what was before it was opened, it missed none.
    store.hear('events', { events: [entry(40), entry(41)], lost: 0 });
    store.hear('events', { events: [entry(41), entry(42)], lost: 0 });
    expect(state.losses).toEqual([]);
    store.hear('events', { events: [entry(1243), entry(1244)], lost: 0 });
    store.hear('events', { events: [entry(1245)], lost: 0 });
    expect(state.losses).toEqual([{ n: 1243, count: 1200 }]);
  });

  it('begins anew with another host, and not with the same one', () => {
    const { store, state, keys, whole } = stage();
    store.watch('a');
    store.hear('hello', hello('one'));
    whole(session('a'));
    store.hear('events', { events: [entry(7)], lost: 0 });
    store.hear('session', { id: 'a', gone: false } as SessionDetail);
    store.hear('hello', hello('one'));
    expect(keys()).toHaveLength(3);
    expect(state.session).toBeDefined();
    store.hear('hello', hello('two'));
    expect(keys()).toEqual([]);
    expect(state).toMatchObject({ events: [], treeKnown: false, watched: 'a', connection: 'open' });
    expect(state.session).toBeUndefined();
    // Its events count from 1 again.
    store.hear('events', { events: [entry(1)], lost: 0 });
    expect(state.events).toHaveLength(1);
  });
});

describe('The watched session', () => {
  it('is not mixed up with the one before', () => {
    const { store, state } = stage();
    store.watch('a');
    store.hear('session', { id: 'a', gone: false } as SessionDetail);
    store.watch('b');
    expect(state.session).toBeUndefined();
    store.hear('session', { id: 'a', gone: false } as SessionDetail);
    expect(state.session).toBeUndefined();
  });

  it('is shown as it was last, when it is gone', () => {
    const { store, state } = stage();
    store.watch('a');
    store.hear('session', { id: 'a', gone: false } as SessionDetail);
    store.hear('session', { id: 'a', gone: true, crashes: [] });
    expect(state.session).toBeDefined();
    expect(state.gone).toBeDefined();
    store.hear('session', { id: 'a', gone: false } as SessionDetail);
    expect(state.gone).toBeUndefined();
  });

  it('ended as it was said first, though a later connection does not know any more', () => {
    const { store, state } = stage();
    const error = { name: 'Error', message: 'no disk', cause: { name: 'Error', message: 'ENOSPC' } };
    const crash = { at: 5, incarnation: 4, error };
    store.watch('a');
    store.hear('session', { id: 'a', gone: true, crashes: [] });
    store.hear('session', { id: 'a', gone: true, how: 'gave_up', error, crashes: [crash] });
    store.hear('session', { id: 'a', gone: true, crashes: [] });
    expect(state.gone).toMatchObject({ how: 'gave_up', error, crashes: [crash] });
    store.watch('b');
    expect(state.gone).toBeUndefined();
  });
});

describe('The tree', () => {
  it('takes changes, and forgets what is gone with all below it', () => {
    const { store, state, keys, whole } = stage();
    whole(session('a'), node('runtime/sessions/a/editor'), session('b'));
    store.hear('tree', {
      anew: false,
      nodes: [session('b', { name: 'blog' })],
      gone: ['runtime/sessions/a'],
      more: false,
    });
    expect(keys()).toEqual(['runtime', 'runtime/sessions', 'runtime/sessions/b']);
    expect([...state.tree.children.get('runtime/sessions')!]).toEqual(['runtime/sessions/b']);
    expect([...state.tree.sessions.keys()]).toEqual(['b']);
    expect(state.tree.sessions.get('b')!.name).toBe('blog');
    expect(state.tree.root).toBe('runtime');
  });

  it('is shown as it was until all of the new one is there', () => {
    const { store, state, keys, whole } = stage();
    whole(session('a'));
    store.hear('tree', { anew: true, nodes: trunk, gone: [], more: true });
    expect(keys()).toContain('runtime/sessions/a');
    store.hear('tree', { anew: false, nodes: [session('b')], gone: [], more: false });
    expect(keys()).toEqual(['runtime', 'runtime/sessions', 'runtime/sessions/b']);
    expect(state.staged).toBeUndefined();
  });

  it('is not known before all of it was told', () => {
    const { store, state } = stage();
    store.hear('tree', { anew: true, nodes: trunk, gone: [], more: true });
    expect(state.treeKnown).toBe(false);
    store.hear('tree', { anew: false, nodes: [], gone: [], more: false });
    expect(state.treeKnown).toBe(true);
  });

  it('has had a session, though it is empty again', () => {
    const { store, state, whole } = stage();
    whole();
    expect(state.sessionSeen).toBe(false);
    store.hear('tree', { anew: false, nodes: [session('a')], gone: [], more: false });
    store.hear('tree', { anew: false, nodes: [], gone: ['runtime/sessions/a'], more: false });
    expect(state.sessionSeen).toBe(true);
    store.hear('hello', hello('one'));
    store.hear('hello', hello('two'));
    expect(state.sessionSeen).toBe(false);
  });

  it('moves a node to another parent', () => {
    const { store, state, whole } = stage();
    whole(node('runtime/sessions/a'));
    const moved = { ...node('runtime/sessions/a'), parent: 'runtime' };
    store.hear('tree', { anew: false, nodes: [moved], gone: [], more: false });
    expect([...state.tree.children.get('runtime/sessions')!]).toEqual([]);
    expect([...state.tree.children.get('runtime')!]).toEqual(['runtime/sessions', 'runtime/sessions/a']);
  });

  it('knows whose a node is', () => {
    const { state, whole } = stage();
    whole(session('a'), node('runtime/sessions/a/editor'));
    expect(sessionOf(state.tree, 'runtime/sessions/a/editor')?.session?.id).toBe('a');
    expect(sessionOf(state.tree, 'runtime/sessions/a')?.session?.id).toBe('a');
    expect(sessionOf(state.tree, 'runtime/sessions')).toBeUndefined();
  });
});

describe('A pulse', () => {
  it('tells a crash from a restart, and both from news that are none', () => {
    expect(pulseOf(undefined, node('a', { incarnation: 4 }))).toBeUndefined();
    expect(pulseOf(node('a'), node('a', { status: 'restarting' }))).toBe('crashed');
    expect(pulseOf(node('a', { status: 'restarting' }), node('a', { status: 'restarting' }))).toBeUndefined();
    expect(pulseOf(node('a'), node('a', { incarnation: 2 }))).toBe('restarted');
    expect(pulseOf(node('a', { incarnation: 0, status: 'starting' }), node('a'))).toBeUndefined();
  });

  it('comes of a crash that is told, and stays while a restart follows at once', () => {
    const { store, state, whole, clock } = stage();
    whole(session('a'));
    const crash = entry(1, { at: 1000, type: 'session.crashed', session: { id: 'a', name: 'a' } });
    store.hear('events', { events: [crash], lost: 0 });
    store.hear('tree', { anew: false, nodes: [session('a', { incarnation: 2 })], gone: [], more: false });
    expect(state.pulses.get('runtime/sessions/a')!.kind).toBe('crashed');
    expect(crashedLately(state.pulses, 'runtime/sessions/a', clock.now + 100)).toBe(true);
    expect(crashedLately(state.pulses, 'runtime/sessions/a', clock.now + 60_000)).toBe(false);
  });

  it('does not come of a crash of long ago', () => {
    const { store, state, whole, clock } = stage();
    whole(session('a'));
    clock.now = 100_000;
    const crash = entry(1, { at: 1000, type: 'session.crashed', session: { id: 'a', name: 'a' } });
    store.hear('events', { events: [crash], lost: 0 });
    expect(state.pulses.size).toBe(0);
  });
});
