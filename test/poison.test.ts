import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStore } from '../src/node/index.ts';
import { refusedWith, settled } from './support/answers.ts';
import { notebook, write } from './support/notebook.ts';
import { ofType, openHost, steadyBackoff } from './support/open-host.ts';
import { SuccessiveHosts } from './support/successive-hosts.ts';
import { told } from './support/told.ts';

const crash = { type: 'crash' } as const;
const options = {
  session: notebook,
  restartFrom: 'last_snapshot',
  intensity: { maxRestarts: 100 },
} as const;

const begin = async (more: object = {}) => {
  const line = new SuccessiveHosts({ ...options, ...more });
  const ref = await line.begin().open('s1');
  ref.send(write('a'));
  await settled();
  return { line, ref, ...line.test };
};

type Notebook = Awaited<ReturnType<typeof begin>>['ref'];
const linesOf = (ref: Notebook) => ref.getSnapshot().context.lines;

describe('A snapshot that a session keeps crashing on', () => {
  it.each([2, 3, 5])('is poison after %d crashes: it begins afresh, and goes on normally', async (poisonAfter) => {
    const { ref, line, events } = await begin({ poisonAfter });
    for (let crashes = 1; crashes < poisonAfter; crashes += 1) {
      ref.send(crash);
      expect(linesOf(ref)).toEqual(['a']);
    }
    ref.send(crash);
    expect(linesOf(ref)).toEqual([]);
    await settled();
    expect(told(events).filter(({ type }: any) => type === 'session.poisoned')).toEqual([
      { type: 'session.poisoned', id: 's1', crashes: poisonAfter, error: expect.objectContaining({ message: 'boom' }) },
    ]);
    expect([...line.records.keys()].sort()).toEqual(['s1', 's1/poison']);
    expect(line.record('s1/poison')).toMatchObject({ crashes: poisonAfter, snapshot: { context: { lines: ['a'] } } });
    expect(line.record().snapshot.context.lines).toEqual([]);
    ref.send(write('b'));
    ref.send(crash);
    expect(linesOf(ref)).toEqual(['b']);
    await settled();
    expect(ofType(events, 'session.poisoned')).toHaveLength(1);
  });

  it('is told before the restart that begins afresh, and once in the log', async () => {
    const { ref, events, log } = await begin({ poisonAfter: 1 });
    ref.send(crash);
    expect(events.slice(1).map(({ type }) => type)).toEqual([
      'session.crashed',
      'session.poisoned',
      'session.restarted',
    ]);
    expect(log.filter((entry) => entry.includes('begins afresh'))).toHaveLength(1);
  });

  it('is not poison where its state has changed between', async () => {
    const { ref, events } = await begin({ poisonAfter: 2 });
    for (let i = 0; i < 10; i += 1) {
      ref.send(crash);
      ref.send(write(String(i)));
    }
    expect(linesOf(ref)).toHaveLength(11);
    expect(ofType(events, 'session.poisoned')).toEqual([]);
  });

  it('is poison all the same where events change nothing', async () => {
    const { ref, events } = await begin({ poisonAfter: 2 });
    ref.send(crash);
    ref.send({ type: 'read', replyTo: { send: () => {} } as never });
    await settled();
    ref.send(crash);
    expect(linesOf(ref)).toEqual([]);
    expect(ofType(events, 'session.poisoned')).toHaveLength(1);
  });

  it('is counted across hosts', async () => {
    const { ref, line } = await begin({ intensity: { maxRestarts: 1, withinMs: 1000 } });
    ref.send(crash);
    ref.send(crash);
    await settled();
    expect(line.test.host.count()).toBe(0);
    expect(line.record()).toMatchObject({ crashes: 2, snapshot: { context: { lines: ['a'] } } });
    line.kill();
    const { events } = line.begin({}, 10_000);
    const { ref: again } = await line.resume();
    expect(linesOf(again)).toEqual(['a']);
    again.send(crash);
    expect(linesOf(again)).toEqual([]);
    expect(told(ofType(events, 'session.poisoned'))).toMatchObject([{ id: 's1', crashes: 3 }]);
  });

  it('is a file that a person finds', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'xstate-supervisor-poison-'));
    const { host, open } = openHost({ ...options, poisonAfter: 1, store: fileStore({ directory }) });
    const ref = await open('s1');
    ref.send(write('a'));
    for (let i = 0; i < 2; i += 1) {
      ref.send(crash);
      ref.send(write('b'));
      await host.flush();
    }
    expect(readdirSync(directory).sort()).toEqual(['s1.json', 's1.json.poison', 's1.json.poison.2', 'store.lock']);
    await host.close();
    rmSync(directory, { recursive: true });
  });

  it('is none where crashes begin afresh anyway', async () => {
    const { ref, events, line } = await begin({ restartFrom: 'start', poisonAfter: 1 });
    for (let i = 0; i < 3; i += 1) ref.send(crash);
    await settled();
    expect(ofType(events, 'session.poisoned')).toEqual([]);
    expect([...line.records.keys()]).toEqual(['s1']);
  });

  it('is set aside though the host has no store', async () => {
    const { open, events } = openHost({ ...options, poisonAfter: 2 });
    const ref = await open('s1');
    ref.send(write('a'));
    ref.send(crash);
    expect(linesOf(ref)).toEqual(['a']);
    ref.send(crash);
    expect(linesOf(ref)).toEqual([]);
    expect(ofType(events, 'session.poisoned')).toHaveLength(1);
  });
});

describe('A resume whose start fails', () => {
  it.each(['start', 'last_snapshot'] as const)(
    'is answered so until its snapshot is poison, with restartFrom %s',
    async (restartFrom) => {
      const { line } = await begin({ restartFrom });
      await line.close();
      line.change((record) => (record.snapshot.value = 'nowhere'));
      for (let crashes = 1; crashes <= 2; crashes += 1) {
        const { host, events } = line.begin();
        expect(await host.resumeSession('s1')).toEqual(refusedWith('start_failed'));
        expect(events.map(({ type }) => type)).toEqual(['session.rejected']);
        expect(host.count()).toBe(0);
        await settled();
        expect(line.record()).toMatchObject({ crashes, snapshot: { value: 'nowhere' }, incarnation: 1 });
        line.kill();
      }
      const { host, events } = line.begin();
      const { ref } = await line.resume();
      expect(events.map(({ type }) => type)).toEqual(['session.poisoned', 'session.started']);
      expect(events[0]).toMatchObject({ crashes: 3 });
      expect(linesOf(ref)).toEqual([]);
      await settled();
      expect([...line.records.keys()].sort()).toEqual(['s1', 's1/poison']);
      expect(await host.stopSession('s1')).toEqual({ ok: true, value: undefined });
      expect([...line.records.keys()]).toEqual(['s1/poison']);
    },
  );

  it('is counted in one and the same host', async () => {
    const { line } = await begin();
    await line.close();
    line.change((record) => (record.snapshot.value = 'nowhere'));
    const { host } = line.begin();
    expect(await host.resumeSession('s1')).toEqual(refusedWith('start_failed'));
    expect(await host.resumeSession('s1')).toEqual(refusedWith('start_failed'));
    expect((await host.resumeSession('s1')).ok).toBe(true);
  });
});

describe('The restart budget of a session', () => {
  const crashTimes = (ref: Notebook, times: number) => {
    for (let i = 0; i < times; i += 1) ref.send(crash);
  };
  const limited = { intensity: { maxRestarts: 2, withinMs: 5000 }, restartFrom: 'start' };

  it.each(['kill', 'close'] as const)(
    'survives its host: used up, the next crash is the last, after a %s',
    async (how) => {
      const { ref, line } = await begin(limited);
      crashTimes(ref, 2);
      await settled();
      expect(line.test.host.isRunning('s1')).toBe(true);
      if (how === 'kill') line.kill();
      else await line.close();
      const { events, host } = line.begin({}, 4999);
      const { ref: again } = await line.resume();
      again.send(crash);
      await settled();
      expect(told(events).at(-1)).toMatchObject({ type: 'session.failed', id: 's1', restarts: 2 });
      expect(host.count()).toBe(0);
      expect(line.records.size).toBe(1);
    },
  );

  it('is whole again when its window is over, also if there was no host meanwhile', async () => {
    const { ref, line } = await begin(limited);
    crashTimes(ref, 2);
    await line.close();
    const { events } = line.begin({}, 5001);
    const { ref: again } = await line.resume();
    crashTimes(again, 2);
    expect(ofType(events, 'session.restarted')).toHaveLength(2);
    crashTimes(again, 1);
    expect(told(events).at(-1)).toMatchObject({ type: 'session.failed' });
  });

  it('counts what was used up for one window more, at most, where the clock of the computer was set back', async () => {
    const { ref, line } = await begin(limited);
    crashTimes(ref, 2);
    await line.close();
    const { events } = line.begin({}, -100_000);
    const { ref: again } = await line.resume();
    await line.elapse(5001);
    crashTimes(again, 2);
    expect(ofType(events, 'session.restarted')).toHaveLength(2);
    crashTimes(again, 1);
    expect(told(events).at(-1)).toMatchObject({ type: 'session.failed' });
  });

  it('does not let a session that is wedged loop across hosts', async () => {
    const { ref, line } = await begin(limited);
    crashTimes(ref, 3);
    await settled();
    for (let life = 0; life < 5; life += 1) {
      line.kill();
      const { events } = line.begin({}, 100);
      const { ref: again } = await line.resume();
      again.send(crash);
      await settled();
      expect(events.map(({ type }) => type)).toEqual(['session.started', 'session.crashed', 'session.failed']);
    }
  });

  it('makes its back-off go on from where it was', async () => {
    const { ref, line } = await begin({ intensity: { maxRestarts: 10 }, backoff: steadyBackoff, restartFrom: 'start' });
    ref.send(crash);
    await line.elapse(100);
    ref.send(crash);
    await line.elapse(200);
    expect(ofType(line.test.events, 'session.crashed').map(({ delayMs }) => delayMs)).toEqual([100, 200]);
    line.kill();
    line.begin();
    const { ref: again } = await line.resume();
    again.send(crash);
    expect(ofType(line.test.events, 'session.crashed').map(({ delayMs }) => delayMs)).toEqual([400]);
  });
});
