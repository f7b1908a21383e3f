import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fromProcess, ProcessError } from '../src/node/index.ts';
import { openHost } from './support/open-host.ts';
import { asleep, bare, living, sh, supervised } from './support/processes.ts';
import { crashed, restarted, started, stopped, told } from './support/told.ts';

jest.setTimeout(30_000);

describe('The output of a process', () => {
  it('is emitted line by line, each stream in its order', async () => {
    const { ended, events, lines } = bare(sh('echo one; echo two; echo; echo uno >&2; echo due >&2; printf three'));
    await ended;
    expect(lines('stdout')).toEqual(['one', 'two', '', 'three']);
    expect(lines('stderr')).toEqual(['uno', 'due']);
    expect(events.find(({ line }) => line === 'one')).toEqual({ type: 'process.line', stream: 'stdout', line: 'one' });
  });

  it('is cut to the longest line allowed, and says so', async () => {
    const { ended, events } = bare(sh('echo 1234; echo 12345; echo 1', { maxLineLength: 4 }));
    await ended;
    expect(events).toEqual([
      { type: 'process.line', stream: 'stdout', line: '1234' },
      { type: 'process.line', stream: 'stdout', line: '1234', isCut: true },
      { type: 'process.line', stream: 'stdout', line: '1' },
    ]);
  });

  it('has lines of 65536 characters by default', async () => {
    const { ended, events } = bare(sh('head -c 100000 /dev/zero | tr "\\0" x'));
    await ended;
    expect(events).toMatchObject([{ line: 'x'.repeat(65_536), isCut: true }]);
  });

  it('comes whole and in order, if there are 50 MB of it', async () => {
    const { ended, lines } = bare(sh(`seq -f '%099.f' 500000`));
    await ended;
    expect(lines()).toHaveLength(500_000);
    expect(lines().findIndex((line, n) => Number(line) !== n + 1)).toBe(-1);
  });

  it('comes whole, however long the listeners take for it', async () => {
    const { actor, ended, lines } = bare(sh('seq 40000; setsid sleep 1000 & echo $!'));
    let heard = 0;
    // The process has ended long before all is read, and somebody else keeps its pipes open.
    actor.on('process.line', () => {
      if (heard++ % 10_000 === 0) for (const since = performance.now(); performance.now() - since < 250;);
    });
    await ended;
    expect(lines()).toHaveLength(40_001);
    process.kill(Number(lines().at(-1)), 'SIGKILL');
  });

  it('that others have still to pass on when the process has ended, comes', async () => {
    const { ended, lines } = bare({
      ...sh('exec > >(sleep 0.05; cat) 2>&1; echo before; echo after'),
      command: 'bash',
    });
    await ended;
    expect(lines()).toEqual(['before', 'after']);
  });

  it('may end before the process does', async () => {
    const { actor, ended, lines, says } = bare(sh('echo last; exec >&- 2>&-; read word; exit 4'));
    await says(/last/);
    actor.send({ type: 'process.write', data: 'go\n' });
    expect((await ended).error).toMatchObject({ code: 4, stderr: [] });
    expect(lines()).toEqual(['last']);
  });

  it('is heard by the other listeners when one throws', async () => {
    const { it, emitted, lines } = supervised(fromProcess(sh('echo one; echo two')), { restart: 'temporary' });
    it.ref('a').on('process.line', () => {
      throw new Error('listener');
    });
    expect(await emitted('child.exited')).toMatchObject({ reason: 'normal' });
    expect(lines()).toEqual(['one', 'two']);
    expect(it.lines).toEqual(Array(2).fill('an observer of a threw: Error: listener'));
  });
});

describe('What a process writes while it is being stopped', () => {
  const polite = () => sh(`trap 'seq 20000; echo bye >&2; exit' TERM; sleep 1000 & wait`);

  it('is emitted before its supervisor hears of its exit', async () => {
    const { it, emitted, lines } = supervised(fromProcess(polite()));
    await asleep(2);
    it.tell({ type: 'child.terminate', id: 'a' });
    expect(await emitted('child.exited')).toMatchObject({ reason: 'shutdown' });
    expect(lines('stdout')).toHaveLength(20_000);
    expect(lines('stderr')).toEqual(['bye']);
  });

  it('is emitted by a session, also when it was paused', async () => {
    const { host, open } = openHost({ session: fromProcess(polite()), input: () => ({}) });
    const ref = await open('s1');
    const lines: string[] = [];
    ref.on('process.line', ({ line }) => lines.push(line));
    await asleep(2);
    ref.send({ type: 'process.pause' });
    await host.stopSession('s1');
    expect(lines).toHaveLength(20_001);
  });

  it('is emitted where nobody supervises it', async () => {
    const { actor, says } = bare(polite());
    await asleep(2);
    actor.stop();
    await says(/bye/);
  });

  it('is not heard by who no longer listens', async () => {
    const { actor, says } = bare(polite());
    await asleep(2);
    const late: unknown[] = [];
    const { unsubscribe } = actor.on('process.line', (event) => late.push(event));
    actor.stop();
    unsubscribe();
    await says(/bye/);
    expect(late).toEqual([]);
  });
});

describe('A process that ends', () => {
  it('with exit code 0 is done', async () => {
    expect(await bare(sh('exit 0')).ended).toMatchObject({ status: 'done', output: { code: 0 } });
  });

  it('with another exit code has failed, with the last lines of its standard error', async () => {
    const { error, status } = await bare(sh('echo out; echo one >&2; echo two >&2; exit 3')).ended;
    expect(status).toBe('error');
    expect(error).toBeInstanceOf(ProcessError);
    expect(error).toBeInstanceOf(Error);
    expect({ ...error }).toEqual({
      name: 'ProcessError',
      command: 'sh',
      code: 3,
      signal: null,
      stderr: ['one', 'two'],
    });
    expect(error.message).toBe('sh ended with exit code 3: two');
    expect(error.cause).toBeUndefined();
  });

  it('by a signal has failed', async () => {
    const { error } = await bare(sh('kill -USR1 $$')).ended;
    expect(error).toMatchObject({ code: null, signal: 'SIGUSR1', stderr: [], message: 'sh was ended by SIGUSR1' });
  });

  it('by SIGTERM that is not of its supervisor has failed, too', async () => {
    expect((await bare(sh('kill $$')).ended).error).toMatchObject({ signal: 'SIGTERM' });
  });

  it('has 20 last lines, none longer than 2000 characters', async () => {
    const { error } = await bare(sh(`seq 30 >&2; printf '%03000d' 1 >&2; exit 1`)).ended;
    expect(error.stderr).toEqual([...Array.from({ length: 19 }, (_, n) => `${n + 12}`), '0'.repeat(2_000)]);
  });

  it('has failed as a crash that its supervisor restarts', async () => {
    const { it, emitted, lines } = supervised(fromProcess(sh('echo $$; read line; exit 7')));
    const pids = [it.ref('a').getSnapshot().pid as number];
    it.ref('a').send({ type: 'process.end' });
    expect(await emitted('child.exited')).toMatchObject({ reason: 'error', error: { code: 7 } });
    expect(await emitted('child.started', 2)).toMatchObject({ incarnation: 2 });
    pids.push(it.ref('a').getSnapshot().pid as number);
    it.ref('a').send({ type: 'process.end' });
    await emitted('child.exited', 2);
    expect(lines()).toEqual(pids.map(String));
    expect(new Set(pids).size).toBe(2);
  });

  it('is a session that finishes, or that crashes and gives up', async () => {
    const { host, events, open } = openHost({
      session: fromProcess(({ input }: { input: { session: { id: string } } }) => sh(`exit ${input.session.id}`)),
      intensity: { maxRestarts: 1 },
    });
    await open('0');
    await new Promise((resolve) => host.on('session.stopped', resolve));
    await open('1');
    await new Promise((resolve) => host.on('session.failed', resolve));
    const error = expect.objectContaining({ name: 'ProcessError', code: 1 });
    expect(told(events)).toEqual([
      started('0'),
      stopped('0', 'normal', { output: { code: 0 } }),
      started('1'),
      crashed('1', 1, error, expect.anything()),
      restarted('1', 2),
      crashed('1', 2, error, expect.anything()),
      expect.objectContaining({ type: 'session.failed', id: '1' }),
    ]);
  });
});

describe('The snapshot of a process', () => {
  it('has its pid as soon as it is started, and its input', async () => {
    const { actor, ended, lines } = bare(({ input }: { input: string }) => sh(`echo $$ ${input}; read line`), {
      input: 'given',
    });
    const { pid } = actor.getSnapshot();
    expect(actor.getSnapshot()).toEqual({ status: 'active', output: undefined, error: undefined, input: 'given', pid });
    actor.send({ type: 'process.end' });
    await ended;
    expect(lines()).toEqual([`${pid} given`]);
  });

  it('says what its child spec waits for', async () => {
    const ready = jest.fn(({ pid }) => pid !== undefined);
    const { it, emitted } = supervised(fromProcess(sh('read line')), { ready });
    expect(await emitted('child.started')).toMatchObject({ incarnation: 1 });
    expect(ready).toHaveLastReturnedWith(true);
    expect(it.ref('a').getSnapshot().pid).toBe(living()[0]!.pid);
  });

  it('may be kept, and makes the process run anew when it is restored', async () => {
    const options = ({ input }: { input: number }) => sh(`echo ${input}; read line; exit ${input}`);
    const first = bare(options, { input: 3 });
    await first.says(/3/);
    const snapshot = JSON.parse(JSON.stringify(first.actor.getPersistedSnapshot()));
    expect(snapshot).toEqual({ status: 'active', input: 3 });

    const second = bare(options, { input: 0, snapshot });
    await second.says(/3/);
    expect(second.actor.getSnapshot().pid).not.toBe(first.actor.getSnapshot().pid);
    second.actor.send({ type: 'process.end' });
    expect((await second.ended).error).toMatchObject({ code: 3 });
  });

  it('of a process that is done makes none run', async () => {
    const first = bare(sh('exit 0'));
    await first.ended;
    const snapshot = JSON.parse(JSON.stringify(first.actor.getPersistedSnapshot()));
    const second = bare(sh('echo again; exit 9'), { input: undefined, snapshot });
    expect(await second.ended).toMatchObject({ status: 'done', output: { code: 0 } });
    expect(living()).toEqual([]);
  });

  it('believes nobody else', async () => {
    const { actor, ended } = bare(sh('read line; exit 8'));
    const before = actor.getSnapshot();
    actor.send({ type: 'xstate.process.spawn', pid: 1 } as never);
    actor.send({ type: 'xstate.process.exit', code: 0 } as never);
    actor.send({ type: 'anything.else' } as never);
    expect(actor.getSnapshot()).toEqual(before);
    actor.send({ type: 'process.end' });
    expect((await ended).error).toMatchObject({ code: 8 });
  });
});

describe('The options of a process', () => {
  it('are made of the input, at each start', async () => {
    let starts = 0;
    const logic = fromProcess(({ input }: { input: string }) => sh(`echo ${input} ${++starts}; exit 1`));
    const { emitted, lines } = supervised(logic, { input: 'start' }, { intensity: { maxRestarts: 2 } });
    await emitted('supervisor.stopped');
    expect(lines()).toEqual(['start 1', 'start 2', 'start 3']);
  });

  it('give it its working directory, by default that of the host', async () => {
    const there = realpathSync(tmpdir());
    for (const [cwd, expected] of [
      [there, there],
      [undefined, process.cwd()],
    ] as const) {
      const { ended, lines } = bare(sh('pwd -P', { cwd }));
      await ended;
      expect(lines()).toEqual([expected]);
    }
  });

  it('let it have the environment of the host, and add to it and take away from it', async () => {
    process.env.XS_KEPT = 'kept';
    process.env.XS_TAKEN = 'taken';
    const { ended, lines } = bare(
      sh('echo $XS_KEPT ${XS_TAKEN-away} $XS_ADDED "$XS_EMPTY"', {
        env: { XS_TAKEN: undefined, XS_ADDED: 'added = ü', XS_EMPTY: '' },
      }),
    );
    await ended;
    delete process.env.XS_KEPT;
    delete process.env.XS_TAKEN;
    expect(lines()).toEqual(['kept away added = ü ']);
  });

  it('name a program by its path, or as it is found in PATH', async () => {
    for (const command of ['/bin/sh', 'sh']) {
      const { ended, lines } = bare({ ...sh('echo "$@"'), command, args: ['-c', 'echo "$@"', 'sh', 'a b', '', '*'] });
      await ended;
      expect(lines()).toEqual(['a b  *']);
    }
  });
});
