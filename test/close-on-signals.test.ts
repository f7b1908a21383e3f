import { createSessionHost } from '../src/index.ts';
import { closeOnSignals } from '../src/node/index.ts';
import { doing } from './support/doing.ts';
import { nonsense } from './support/nonsense.ts';
import { ProcessHost } from './support/process-host.ts';
import { asleep, living, nobodyLeft } from './support/processes.ts';

jest.setTimeout(60_000);

const signals = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

/** Takes its time to end when it is asked to. */
const slow = `trap 'echo asked; sleep 0.2; echo bye; exit' TERM; sleep 1000 & wait`;
/** Does not end when it is asked to. */
const stubborn = `trap 'echo asked; while :; do sleep 1000; done' TERM; sleep 1000 & wait`;

/** A host that closes on signals, and runs scripts. */
async function closing(...tells: string[]): Promise<ProcessHost> {
  const host = await ProcessHost.up(...tells, 'signals');
  await host.says('listening');
  return host;
}

const listening = async (host: ProcessHost): Promise<string> => {
  const isCount = (line: string) => line.startsWith('listeners');
  host.tell('count');
  await host.says(/^listeners/, host.lines.filter(isCount).length + 1);
  return host.lines.filter(isCount).at(-1)!;
};

describe('A host that closes on signals', () => {
  it.each(signals)('stops its sessions at %s, and then exits with %d', async (signal, code) => {
    const host = await closing(`open ${slow}`, 'open sleep 1000 & sleep 1000');
    await asleep(5);
    host.child.kill(signal);
    expect(await host.ended).toBe(code);
    expect(host.lines.filter((line) => /^(line|reason)/.test(line)).sort()).toEqual([
      'line asked',
      'line bye',
      'reason shutdown',
      'reason shutdown',
    ]);
    expect(living()).toEqual([]);
  });

  it.each(signals)('does not wait when %s is a second signal, and leaves nobody all the same', async (signal, code) => {
    const host = await closing(`open ${stubborn}`);
    await asleep(2);
    host.child.kill('SIGINT');
    await host.says('line asked');
    // Those that come at once count as the first.
    const insisting = setInterval(() => host.child.kill(signal), 20);
    expect(await host.ended).toBe(code);
    clearInterval(insisting);
    expect(host.lines).not.toContain('session.stopped s0');
    await nobodyLeft();
  });

  it('takes signals that come together as one', async () => {
    const host = await closing(`open ${slow}`);
    await asleep(2);
    for (const signal of ['SIGINT', 'SIGINT', 'SIGTERM'] as const) host.child.kill(signal);
    expect(await host.ended).toBeGreaterThan(128);
    expect(host.lines).toEqual(expect.arrayContaining(['line bye', 'reason shutdown']));
  });

  it('takes one that comes while it is closing', async () => {
    const host = await closing(`open ${slow}`);
    await asleep(2);
    host.tell('close');
    await host.says('line asked');
    host.child.kill('SIGTERM');
    expect(await host.ended).toBe(143);
    expect(host.lines).toContain('reason shutdown');
  });

  it('waits for the other hosts that do', async () => {
    const host = await closing('open sleep 1000 & wait', `another ${slow}`);
    await asleep(4);
    host.child.kill('SIGINT');
    expect(await host.ended).toBe(130);
    expect(host.lines).toEqual(expect.arrayContaining(['session.stopped s0', 'another stopped']));
  });

  it.each<[how: string, act: string, said: string]>([
    ['once it is called off', 'unsubscribe', 'ready'],
    ['once it has been closed', 'close', 'closed'],
    ['once it has failed', 'fail', 'host.failed '],
  ])('does so no more %s: the signals do what they did', async (_how, act, said) => {
    const host = await closing();
    expect(await listening(host)).toBe('listeners 1 1');
    host.tell(act);
    await host.says(said);
    expect(await listening(host)).toBe('listeners 0 0');
    host.child.kill('SIGINT');
    expect(await host.ended).toBe('SIGINT');
  });

  it('never does so if it has ended before', async () => {
    const host = await ProcessHost.up('close');
    await host.says('closed');
    host.tell('signals');
    expect(await listening(host)).toBe('listeners 0 0');
  });

  it('is a host', () => {
    const named = expect.objectContaining({ message: expect.stringMatching(/^host/) });
    for (const host of [undefined, null, 'host', {}, { close() {} }, nonsense['an array']]) {
      expect(() => closeOnSignals(host as never)).toThrow(named);
    }
  });

  it('does not have to be called off by who closes it', async () => {
    const before = process.listenerCount('SIGINT');
    const host = createSessionHost({ session: doing, logger() {} });
    const subscription = closeOnSignals(host);
    expect(process.listenerCount('SIGINT')).toBe(before + 1);
    await host.close();
    expect(process.listenerCount('SIGINT')).toBe(before);
    subscription.unsubscribe();
  });
});
