import { createMachine, fromTransition } from 'xstate';
import type { AnyActorLogic } from 'xstate';
import { ok, refused, SupervisionError } from '../src/index.ts';
import type { SessionHost, SessionHostOptions } from '../src/index.ts';
import { createGate } from './support/gate.ts';
import type { Gate } from './support/gate.ts';
import { openHost } from './support/open-host.ts';
import { started, told } from './support/told.ts';

type Options = SessionHostOptions<AnyActorLogic>;

const boom = new Error('boom');

/** A session that starts unless its name is `broken`. */
const breakable = fromTransition(
  () => ({}),
  ({ input }: { input: { session: { name: string } } }) => {
    if (input.session.name === 'broken') throw boom;
    return {};
  },
);

/** What became of many starts: an id, or a code. */
const outcome = (result: Awaited<ReturnType<SessionHost['startSession']>>): string =>
  result.ok ? result.value.session.id : result.error.code;

const idle = createMachine({});
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const tally = (outcomes: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const each of outcomes) counts[each] = (counts[each] ?? 0) + 1;
  return counts;
};

describe('Starts at the same time', () => {
  it('fill ten slots with exactly ten of two hundred sessions, the first ten', async () => {
    const { host, events } = openHost({ session: idle, maxSessions: 10 });
    const results = await Promise.all(
      times(200, (i) => host.startSession({ id: `s${i}`, projectPath: `/projects/${i}` })),
    );
    expect(results.slice(0, 10).map(outcome)).toEqual(times(10, (i) => `s${i}`));
    const error = expect.objectContaining({ code: 'session_limit_reached', current: 10, max: 10 });
    expect(results.slice(10)).toEqual(times(190, () => ({ ok: false, error })));
    expect(host.ids()).toEqual(times(10, (i) => `s${i}`));
    expect(tally(events.map(({ type }) => type))).toEqual({ 'session.started': 10, 'session.rejected': 190 });
  });

  it('open one project exactly once of fifty times, and name the session that has it', async () => {
    const { host, events } = openHost({ session: idle });
    const results = await Promise.all(
      times(50, (i) => host.startSession({ id: `s${i}`, projectPath: '/projects/shop' })),
    );
    expect(outcome(results[0]!)).toBe('s0');
    const error = expect.objectContaining({
      code: 'project_already_open',
      projectPath: '/projects/shop',
      id: 's0',
    });
    expect(results.slice(1)).toEqual(times(49, () => ({ ok: false, error })));
    expect(host.ids()).toEqual(['s0']);
    expect(tally(events.map(({ type }) => type))).toEqual({ 'session.started': 1, 'session.rejected': 49 });
  });

  it('use one id exactly once of fifty times', async () => {
    const { host, events } = openHost({ session: idle, maxSessions: 100 });
    const results = await Promise.all(
      times(50, (i) => host.startSession({ id: 'same', projectPath: `/projects/${i}` })),
    );
    expect(results[0]).toMatchObject({ ok: true, value: { session: { projectPath: '/projects/0' } } });
    const error = expect.objectContaining({ code: 'session_exists', id: 'same' });
    expect(results.slice(1)).toEqual(times(49, () => ({ ok: false, error })));
    expect(host.list().map(({ projectPath }) => projectPath)).toEqual(['/projects/0']);
    expect(tally(events.map(({ type }) => type))).toEqual({ 'session.started': 1, 'session.rejected': 49 });
  });

  it('are checked for the limit first, then for the id, then for the path', async () => {
    const { host } = openHost({ session: idle, maxSessions: 2 });
    const a = { id: 'a', projectPath: '/projects/a' };
    const starts = [a, a, { ...a, id: 'b' }, { ...a, projectPath: '/projects/b' }, { id: 'c', projectPath: '/c' }, a];
    expect((await Promise.all(starts.map((start) => host.startSession(start)))).map(outcome)).toEqual([
      'a',
      'session_exists',
      'project_already_open',
      'session_exists',
      'c',
      'session_limit_reached',
    ]);
  });

  it('begin and end with every refusal in its place, among starts that fail and sessions that stop', async () => {
    const { host, events } = openHost({ session: breakable, maxSessions: 2 });
    const results = await Promise.all([
      host.startSession({ id: 'a', projectPath: '/projects/a' }),
      host.startSession({ id: 'b', projectPath: '/projects/b', name: 'broken' }),
      host.startSession({ id: 'b', projectPath: '/projects/b' }),
      host.startSession({ id: 'c', projectPath: '/projects/c' }),
      host.stopSession('a').then((result) => ({ ...result, ok: false, error: { code: 'stopped' } }) as never),
      host.startSession({ id: 'a', projectPath: '/projects/b' }),
      host.startSession({ id: 'a', projectPath: '/projects/a', name: 'broken' }),
      host.startSession({ id: 'd', projectPath: 'nowhere' }),
      host.startSession({ id: 'd', projectPath: '/projects/a' }),
    ]);
    expect(results.map(outcome)).toEqual([
      'a',
      'start_failed',
      'b',
      'session_limit_reached',
      'stopped',
      'project_already_open',
      'start_failed',
      'path_not_absolute',
      'd',
    ]);
    expect(host.ids()).toEqual(['b', 'd']);
    expect(events.map(({ type }) => type)).toEqual([
      'session.started',
      'session.rejected',
      'session.started',
      'session.rejected',
      'session.stopped',
      'session.rejected',
      'session.rejected',
      'session.rejected',
      'session.started',
    ]);
  });
});

/** A host whose directory checks answer when, and in the order in which, the test says. */
function gatedHost(options: Partial<Options> = {}) {
  type Checked = ReturnType<typeof ok<string>> | ReturnType<typeof notFound>;
  const gates = new Map<string, Gate<Checked>>();
  const projectPaths = (path: string) => {
    if (path.startsWith('/now')) return ok(path);
    const gate = createGate<Checked>();
    gates.set(path, gate);
    return gate.promise;
  };
  const notFound = (path: string) =>
    refused(new SupervisionError('path_not_found', `No ${path}`, { projectPath: path }));
  const opened = openHost({ session: idle, ...options, projectPaths });
  const settled: string[] = [];
  const start = (id: string, projectPath: string) =>
    opened.host.startSession({ id, projectPath }).then((result) => {
      settled.push(outcome(result));
      return result;
    });
  return {
    ...opened,
    settled,
    start,
    find: (path: string, resolved = path) => gates.get(path)!.open(ok(resolved)),
    miss: (path: string) => gates.get(path)!.open(notFound(path)),
    throwFor: (path: string, error: unknown) => gates.get(path)!.fail(error),
  };
}

describe('Registration', () => {
  it('follows the order of the calls, in whichever order the directories are checked', async () => {
    const { host, start, find, settled, events } = gatedHost({ maxSessions: 3 });
    const starts = times(5, (i) => start(`s${i}`, `/p${i}`));
    for (const i of [4, 2, 0, 3, 1]) find(`/p${i}`);
    await Promise.all(starts);
    expect(settled).toEqual(['s0', 's1', 's2', 'session_limit_reached', 'session_limit_reached']);
    expect(host.ids()).toEqual(['s0', 's1', 's2']);
    expect(told(events).slice(0, 3)).toEqual([started('s0'), started('s1'), started('s2')]);
  });

  it('gives a project to the first who asked, though another name of it was checked sooner', async () => {
    const { start, find } = gatedHost();
    const [slow, quick] = [start('slow', '/link'), start('quick', '/real')];
    find('/real');
    find('/link', '/real');
    expect(await slow).toMatchObject({ ok: true, value: { session: { projectPath: '/real' } } });
    expect(await quick).toMatchObject({ ok: false, error: { code: 'project_already_open', id: 'slow' } });
  });

  it('lets a refused directory, or a check that throws, hold nobody up', async () => {
    const { host, start, find, miss, throwFor, settled } = gatedHost({ maxSessions: 1 });
    const starts = [start('a', '/a'), start('b', '/b'), start('c', '/c'), start('d', '/now/d')];
    find('/c');
    throwFor('/b', boom);
    miss('/a');
    await Promise.all(starts);
    expect(settled).toEqual(['path_not_found', 'start_failed', 'c', 'session_limit_reached']);
    expect(host.ids()).toEqual(['c']);
  });

  it('has what needs no check wait behind what does, and keeps a stop behind its start', async () => {
    const { host, start, find, settled } = gatedHost();
    const starts = [start('a', '/a'), start('b', '/now/b')];
    const stop = host.stopSession('b');
    await Promise.resolve();
    expect({ ids: host.ids(), settled }).toEqual({ ids: [], settled: [] });
    find('/a');
    await Promise.all(starts);
    expect(await stop).toEqual(ok(undefined));
    expect(settled).toEqual(['a', 'b']);
    expect(host.ids()).toEqual(['a']);
  });

  it('follows the order of the calls for fifty starts of one project, checked backwards', async () => {
    const { host, start, find, settled } = gatedHost();
    const starts = times(50, (i) => start(`s${i}`, `/link${i}`));
    for (const i of times(50, (i) => 49 - i)) find(`/link${i}`, '/real');
    await Promise.all(starts);
    expect(settled).toEqual(['s0', ...times(49, () => 'project_already_open')]);
    expect(host.ids()).toEqual(['s0']);
  });
});
