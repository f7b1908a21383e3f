import { readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { fromProcess } from '../src/node/index.ts';
import type { ProcessEvent } from '../src/node/index.ts';
import { nonsense } from './support/nonsense.ts';
import { asleep, bare, node, sh, supervised, until } from './support/processes.ts';

jest.setTimeout(30_000);

const write = (data: string | Uint8Array): ProcessEvent => ({ type: 'process.write', data });
const signal = (name: NodeJS.Signals): ProcessEvent => ({ type: 'process.signal', signal: name });
const fail = () => {
  throw new Error('not to be read');
};
const end: ProcessEvent = { type: 'process.end' };

describe('The standard input of a process', () => {
  it('is what it is sent, texts and bytes, until it is ended', async () => {
    const { actor, ended, lines } = bare({ ...sh(''), command: 'cat', args: [] });
    for (const event of [write('one\n'), write(Buffer.from('zwei – ')), write(new Uint8Array([0x33, 0x0a])), end]) {
      actor.send(event);
    }
    expect((await ended).status).toBe('done');
    expect(lines()).toEqual(['one', 'zwei – 3']);
  });

  it('may be much more than its pipe holds', async () => {
    const { actor, ended, lines } = bare(sh('wc -c'));
    for (let n = 0; n < 100; n++) actor.send(write('x'.repeat(100_000)));
    actor.send(end);
    await ended;
    expect(lines().map(Number)).toEqual([10_000_000]);
  });

  it('is nothing, if it is to be ignored', async () => {
    const { actor, ended, lines } = bare(sh('cat; echo over', { stdin: 'ignore' }));
    actor.send(write('nobody reads this\n'));
    actor.send(end);
    await ended;
    expect(lines()).toEqual(['over']);
  });

  it('is the text that it is given, and no more', async () => {
    const text = `${'é'.repeat(200_000)}\n`;
    const { actor, ended, lines } = bare(sh('cat', { stdin: { text } }));
    actor.send(write('nobody reads this\n'));
    await ended;
    expect(lines().map(({ length }) => length)).toEqual([65_536]);
    expect((await bare(sh('wc -c', { stdin: { text: '' } })).ended).status).toBe('done');
  });

  it.each<[name: string, script: string]>([
    ['does not read', 'exec <&-; echo closed; sleep 0.05; exit 5'],
    ['reads no more', 'read line; exec <&-; echo closed; sleep 0.05; exit 5'],
  ])('may be closed by a process that %s, which harms nobody', async (_name, script) => {
    const { actor, ended, says } = bare(sh(script));
    actor.send(write('line\n'));
    await says(/closed/);
    for (let n = 0; n < 20; n++) actor.send(write('x'.repeat(100_000)));
    expect((await ended).error).toMatchObject({ code: 5 });
  });

  it('takes no nonsense, and nothing after its end', async () => {
    const { actor, ended, lines } = bare(sh('cat'));
    for (const [name, data] of Object.entries(nonsense)) {
      if (typeof data !== 'string' && name !== 'typed numbers') actor.send(write(data as string));
    }
    actor.send({ type: 'process.write' } as never);
    actor.send(write(new Proxy(new Uint8Array(1), {})));
    const throwing = { get: () => fail() };
    actor.send(Object.defineProperty({ type: 'process.write' } as never, 'data', throwing));
    actor.send(Object.defineProperty({ type: 'process.signal' } as never, 'signal', throwing));
    actor.send(write(''));
    actor.send(write('line'));
    for (const event of [end, write('late'), end]) actor.send(event);
    expect((await ended).status).toBe('done');
    expect(lines()).toEqual(['line']);
    // It has gone.
    for (const event of [write('too late'), end, signal('SIGINT')]) actor.send(event);
  });
});

describe('A signal', () => {
  const trapping = () =>
    sh(`
    trap 'echo INT' INT; trap 'echo HUP' HUP
    sh -c "trap 'echo grandchild' HUP; trap '' INT; echo ready; while :; do sleep 0.01; done" 2> /dev/null &
    while ! read line; do :; done
    exit 6`);

  it('reaches the whole group, that may take it as it likes', async () => {
    const { actor, ended, lines, says } = bare(trapping());
    await says(/ready/);
    actor.send(signal('SIGINT'));
    await says(/INT/);
    actor.send(signal('SIGHUP'));
    await Promise.all([says(/HUP/), says(/grandchild/)]);
    actor.send(write('go on\n'));
    expect((await ended).error).toMatchObject({ code: 6, signal: null });
    expect(lines().sort()).toEqual(['HUP', 'INT', 'grandchild', 'ready']);
  });

  it('may end it', async () => {
    const { actor, ended } = bare(sh('sleep 1000'));
    actor.send(signal('SIGKILL'));
    expect((await ended).error).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  it('that there is not is ignored', async () => {
    const { actor, ended } = bare(sh('read line'));
    const names = [...Object.values(nonsense), 'SIGNONE', 'sigkill', 'KILL', 'toString', 9, ['SIGKILL']];
    for (const name of names) actor.send(signal(name as NodeJS.Signals));
    actor.send({ type: 'process.signal' } as never);
    actor.send(write('go on\n'));
    expect((await ended).status).toBe('done');
  });

  it('may halt it, which keeps it from nothing when it is stopped', async () => {
    const { it, emitted, says } = supervised(fromProcess(sh(`trap 'echo bye; exit' TERM; sleep 1000 & wait`)));
    await asleep(2);
    it.ref('a').send(signal('SIGSTOP'));
    it.tell({ type: 'child.terminate', id: 'a' });
    await says(/bye/);
    expect(await emitted('child.exited')).toMatchObject({ reason: 'shutdown' });
  });
});

describe('A fast writer', () => {
  /** How many bytes a process has written, by what the system says. */
  const writtenBy = (pid: number) => Number(/wchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))![1]);
  const isAsleep = (pid: number) => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') S ');

  /** Resolves, with what it has written, once it waits for somebody to read. */
  async function heldUp(pid: number): Promise<number> {
    for (let written = -1; ;) {
      for (let turns = 0; turns < 20; turns++) await turn();
      const now = writtenBy(pid);
      if (now === written && isAsleep(pid)) return now;
      written = now;
    }
  }

  it('has to wait while it is paused, and goes on when it is resumed', async () => {
    const { actor, events, says } = bare({ ...sh(''), command: 'yes', args: ['line of ten'] });
    await says(/line/);
    for (let round = 0; round < 3; round++) {
      actor.send({ type: 'process.pause' });
      const emitted = events.length;
      const written = await heldUp(actor.getSnapshot().pid!);
      expect(events).toHaveLength(emitted);
      // The rest is in the pipe, or in the hands of who reads.
      expect(written - emitted * 12).toBeLessThan(2 ** 20);
      actor.send({ type: 'process.resume' });
      await until(() => events.length * 12 > written);
    }
    actor.send(signal('SIGKILL'));
  });

  it('that is paused may end, and is done when all is read', async () => {
    const { actor, ended, lines } = bare(sh('read line; seq 10000'));
    actor.send({ type: 'process.pause' });
    actor.send(write('go on\n'));
    expect((await ended).status).toBe('done');
    expect(lines()).toHaveLength(10_000);
  });

  it('of lines without end costs no more than one line', async () => {
    const { actor, events, ended } = bare({
      ...node(`const chunk = Buffer.alloc(1e6, 'x'); for (let n = 0; n < 100; n++) process.stdout.write(chunk);`),
      maxLineLength: 100,
    });
    expect((await ended).status).toBe('done');
    expect(events).toEqual([{ type: 'process.line', stream: 'stdout', line: 'x'.repeat(100), isCut: true }]);
    expect(actor.getSnapshot().status).toBe('done');
  });
});
