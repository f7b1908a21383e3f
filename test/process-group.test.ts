import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyActorLogic } from 'xstate';
import { sessionTree, supervisor } from '../src/index.ts';
import type { ChildSpec, Shutdown } from '../src/index.ts';
import { fromProcess } from '../src/node/index.ts';
import { openHost } from './support/open-host.ts';
import { asleep, bare, living, nobodyLeft, population, sh, supervised, until } from './support/processes.ts';
import { Scene } from './support/scene.ts';

jest.setTimeout(30_000);

const process_ = (script: string): AnyActorLogic => fromProcess(sh(script));

/** Families of processes, by how they take SIGTERM, and how many they are. */
const compliant: [name: string, script: string, size: number][] = [
  ['alone', 'exec sleep 1000', 1],
  ['with children', 'sleep 1000 & sleep 1000 & wait', 3],
  ['with grandchildren', `sh -c 'sh -c "sleep 1000 & wait" & sleep 1000 & wait' & wait`, 5],
  ['with an orphan', '(sleep 1000 & sleep 1000 &) ; sleep 1000', 4],
  ['that takes its time', `trap 'sleep 0.05; exit' TERM; sleep 1000 & wait`, 2],
  ['that became another program', 'exec sh -c "exec sh -c \'exec sleep 1000\'"', 1],
  ['that is halted', 'sleep 1000 & kill -STOP $!; kill -STOP $$', 2],
  ['of groups of its own', 'timeout 1000 sh -c "sleep 1000 & wait"; echo', 4],
];
const stubborn: typeof compliant = [
  ['that ignores SIGTERM', `trap '' TERM; sleep 1000 & wait`, 2],
  ['with a grandchild that ignores SIGTERM', `sh -c "trap '' TERM; sleep 1000" & wait`, 3],
  ['with an orphan that ignores SIGTERM', `(sh -c "trap '' TERM; sleep 1000" &); sleep 1000`, 4],
  ['that begins anew at SIGTERM', `trap 'sh -c "trap \\"\\" TERM; sleep 1000" & wait' TERM; sleep 1000 & wait`, 2],
  ['that ignores SIGTERM in a group of its own', `bash -c "set -m; (trap '' TERM; exec sleep 1000) & wait"; echo`, 3],
];

const running = async (script: string, size: number, spec: Partial<ChildSpec> = {}) => {
  const scene = supervised(process_(script), spec);
  await asleep(size);
  return scene;
};

describe('A family of processes that is stopped', () => {
  it.each(compliant)('ends in time: %s', async (_name, script, size) => {
    const { it, emitted } = await running(script, size);
    it.tell({ type: 'child.terminate', id: 'a' });
    expect(await emitted('child.exited')).toMatchObject({ reason: 'shutdown' });
    expect(living()).toEqual([]);
  });

  it.each(stubborn)('is killed when its time is over: %s', async (_name, script, size) => {
    const { it, emitted } = await running(script, size, { shutdown: 300 });
    it.tell({ type: 'child.terminate', id: 'a' });
    it.clock.increment(299);
    expect(it.all('child.exited')).toEqual([]);
    expect(living()).not.toEqual([]);
    it.clock.increment(1);
    expect(await emitted('child.exited')).toMatchObject({ reason: 'killed' });
    expect(living()).toEqual([]);
  });

  it.each<Shutdown>(['brutal_kill', 0])('has no time with %j', async (shutdown) => {
    const { it, emitted } = await running(`trap 'echo asked' TERM; sleep 1000 & wait`, 2, { shutdown });
    it.tell({ type: 'child.terminate', id: 'a' });
    it.clock.increment(0);
    expect(await emitted('child.exited')).toMatchObject({ reason: 'killed' });
    expect(living()).toEqual([]);
  });

  it('has all the time it needs with infinity', async () => {
    const { it, emitted, says } = await running(`trap 'echo asked; read line; exit' TERM; sleep 1000 & wait`, 2, {
      shutdown: 'infinity',
    });
    const ref = it.ref('a');
    it.tell({ type: 'child.terminate', id: 'a' });
    await says(/asked/);
    it.clock.increment(1e9);
    expect(it.all('child.exited')).toEqual([]);
    process.kill(ref.getSnapshot().pid, 'SIGKILL');
    expect(await emitted('child.exited')).toMatchObject({ reason: 'shutdown' });
  });
});

describe('What a process has left behind when it ends', () => {
  const options = (end: string) =>
    sh(`sleep 1000 & (sh -c "trap '' TERM; echo left; sleep 1000" &); read line; ${end}`);

  it.each<[how: string, end: string, reason: string]>([
    ['is done', 'exit 0', 'normal'],
    ['crashes', 'exit 1', 'error'],
    ['is killed', 'kill -KILL $$', 'error'],
  ])('ends too, before the next begins: one that %s', async (_how, end, reason) => {
    const { it, emitted, lines } = supervised(fromProcess(options(end)));
    await asleep(4);
    const [first] = living().map(({ group }) => group);
    it.ref('a').send({ type: 'process.end' });
    await asleep(2);
    expect([it.take(), living().every(({ group }) => group === first)]).toEqual([['a started 1'], true]);
    it.clock.increment(5_000);
    expect(await emitted('child.exited')).toMatchObject({ incarnation: 1, reason });
    await emitted('child.started', 2);
    expect(living().filter(({ group }) => group === first)).toEqual([]);
    await until(() => lines().length === 2);
  });

  it('ends at once where it has no time', async () => {
    const src = fromProcess(options('exit 1'));
    const { it, emitted, says } = supervised(src, { shutdown: 'brutal_kill', restart: 'temporary' });
    await says(/left/);
    it.ref('a').send({ type: 'process.end' });
    await emitted('child.exited');
    expect(living()).toEqual([]);
  });

  it('ends where nobody supervises it', async () => {
    const { actor, ended, says } = bare(sh(`sleep 1000 & echo left; read line`));
    await says(/left/);
    actor.send({ type: 'process.end' });
    await ended;
    await nobodyLeft();
  });

  it('lets go of what it holds: no two lives hold the same thing', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'xstate-supervisor-lock-'));
    // Who holds the lock lets go of it only after a while.
    const src = fromProcess(
      sh(
        `
        mkdir lock || exit 9
        sh -c "trap 'sleep 0.05; rmdir lock; exit' TERM; echo held; sleep 1000 & wait" > /dev/null &
        while ! [ -d lock ]; do :; done
        exit 1`,
        { cwd: directory },
      ),
    );
    const { emitted } = supervised(src, {}, { intensity: { maxRestarts: 4 } });
    const { restarts } = await emitted('supervisor.gave_up');
    rmSync(directory, { recursive: true });
    expect(restarts).toBe(4);
  });
});

describe('Families of processes', () => {
  const family = (script: string): ChildSpec => ({ id: script, src: process_(script) });

  it('end each on its own', async () => {
    const { host, open } = openHost({ session: process_('sleep 1000 & wait'), input: () => ({}) });
    const pids = new Map<string, number>();
    for (const id of ['a', 'b', 'c']) pids.set(id, (await open(id)).getSnapshot().pid);
    await asleep(6);
    await host.stopSession('b');
    expect(new Set(living().map(({ group }) => group))).toEqual(new Set([pids.get('a'), pids.get('c')]));
    await host.close();
    expect(living()).toEqual([]);
  });

  it('of a session tree end in their order, each when the one before is gone', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'xstate-supervisor-order-'));
    const member = (name: string): ChildSpec => ({
      id: name,
      src: fromProcess(
        sh(`sh -c "trap 'sleep 0.02; echo ${name} >> order; exit' TERM; echo up; sleep 1000 & wait" & wait`, {
          cwd: directory,
        }),
      ),
    });
    const session = sessionTree({ children: () => ['a', 'b', 'c'].map(member), logger: () => {} });
    const { host, open } = openHost({ session });
    await open('s1');
    await asleep(9);
    await host.stopSession('s1');
    expect(readFileSync(join(directory, 'order'), 'utf8')).toBe('c\nb\na\n');
    rmSync(directory, { recursive: true });
    expect(living()).toEqual([]);
  });

  it('end when the host is stopped by force', async () => {
    const { host, open } = openHost({ session: process_(`trap '' TERM; sleep 1000 & wait`), input: () => ({}) });
    await open('a');
    await open('b');
    await asleep(4);
    host.actor.stop();
    await nobodyLeft();
  });

  it('end when the supervisor gives up, or cannot start another', async () => {
    const { it, emitted } = supervised(process_('exit 1'), {}, { intensity: { maxRestarts: 0 } });
    expect(await emitted('supervisor.stopped')).toMatchObject({ reason: 'gave_up' });
    expect(it.status).toBe('error');
    const scene = new Scene((logger) =>
      supervisor({ logger, children: [family('sleep 1000'), { id: 'b', src: fromProcess({ command: '/none' }) }] }),
    );
    await until(() => scene.status === 'error');
    expect(living()).toEqual([]);
  });
});

describe('A process that is stopped', () => {
  it('in the tick in which it was started leaves nothing', async () => {
    const { host } = openHost({ session: process_('sleep 1000 & sleep 1000'), input: () => ({}) });
    for (let round = 0; round < 5; round++) {
      const opened = host.startSession({ projectPath: '/shop', id: 's1' });
      await Promise.all([opened, host.stopSession('s1')]);
      expect(living()).toEqual([]);
    }
  });

  it('again and again, as it begins, leaves nothing', async () => {
    const { host, open } = openHost({ session: process_('sleep 1000 & sleep 1000'), input: () => ({}) });
    await open('s1');
    for (let round = 0; round < 10; round++) await host.restartSession('s1');
    await asleep(3);
    await host.stopSession('s1');
    expect(living()).toEqual([]);
  });

  it('while it starts others without end leaves nothing', async () => {
    const { it, emitted } = supervised(process_(`trap '' TERM; while :; do sleep 0.1 & sleep 0.001; done`), {
      shutdown: 50,
    });
    await until(() => population() > 10);
    it.tell({ type: 'child.terminate', id: 'a' });
    it.clock.increment(50);
    expect(await emitted('child.exited')).toMatchObject({ reason: 'killed' });
    expect(living()).toEqual([]);
  });

  it('is one of 200 that are', async () => {
    const { host, open } = openHost({ session: process_('exec sleep 1000'), input: () => ({}), maxSessions: 200 });
    await Promise.all(Array.from({ length: 200 }, (_, n) => open(`${n}`)));
    await asleep(200);
    await host.close();
    expect(living()).toEqual([]);
  });
});

describe('A process that never stays', () => {
  it('is restarted until its supervisor gives up, and leaves nothing', async () => {
    const { it, emitted } = supervised(
      process_('sleep 1000 > /dev/null 2>&1 & exit 1'),
      {},
      { intensity: { maxRestarts: 10 } },
    );
    await emitted('supervisor.stopped');
    expect(it.all('child.exited')).toHaveLength(11);
    expect(living()).toEqual([]);
  });
});
