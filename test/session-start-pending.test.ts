import { ok } from '../src/index.ts';
import type { Reply } from '../src/index.ts';
import { Answers, settled } from './support/answers.ts';
import { doing } from './support/doing.ts';
import { createGate } from './support/gate.ts';
import type { Gate } from './support/gate.ts';
import { openHost } from './support/open-host.ts';
import { restarted, started, stopped, told } from './support/told.ts';
import { FaultyStore } from './support/faulty-store.ts';
import { keptNotebooks } from './support/kept-notebooks.ts';

const done = { ok: true, value: undefined };
const refusedWith = (code: string) => ({ ok: false, error: expect.objectContaining({ code }) });

/** A host whose directory checks take as long as the test wants. */
function slowHost() {
  const gates: Record<string, Gate<Reply<string, never>>> = {};
  const test = openHost({
    session: doing,
    projectPaths: (path) => (gates[path] = createGate<Reply<string, never>>()).promise,
  });
  const open = (path: string) => gates[path]!.open(ok(path));
  return { ...test, gates, open };
}

describe('A command for a session whose start is pending', () => {
  it.each([
    ['stop', [started('a'), stopped('a', 'shutdown')]],
    ['restart', [started('a'), restarted('a', 2)]],
    ['rename', [started('a'), { type: 'session.updated', id: 'a' }]],
    ['configure', [started('a'), { type: 'session.updated', id: 'a' }]],
  ])('waits for the start, and then acts: %s', async (command, expected) => {
    const { host, events, open } = slowHost();
    const answers = new Answers();
    const { given } = answers;
    answers.note('start', host.startSession({ projectPath: '/a', id: 'a' }));
    if (command === 'stop') answers.note(command, host.stopSession('a'));
    if (command === 'restart') answers.note(command, host.restartSession('a'));
    if (command === 'rename') answers.note(command, host.renameSession('a', 'b'));
    if (command === 'configure') answers.note(command, host.configureSession('a', { model: 'small' }));
    await settled();
    expect([given, events]).toEqual([[], []]);
    open('/a');
    await settled();
    expect(given).toEqual([
      ['start', true],
      [command, true],
    ]);
    expect(told(events)).toEqual(expected);
  });

  it('is answered not_found if the start is refused', async () => {
    const { host, gates } = slowHost();
    const answers = new Answers();
    const { given } = answers;
    answers.note('start', host.startSession({ projectPath: '/a', id: 'a' }));
    answers.note('stop', host.stopSession('a'));
    answers.note('restart', host.restartSession('a'));
    answers.note('rename', host.renameSession('a', 'b'));
    gates['/a']!.fail(new Error('no disk'));
    await settled();
    expect(given).toEqual([
      ['start', 'start_failed'],
      ['stop', 'not_found'],
      ['restart', 'not_found'],
      ['rename', 'not_found'],
    ]);
  });

  it('keeps its place among the others', async () => {
    const { host, events, open } = slowHost();
    const answers = new Answers();
    const { given } = answers;
    answers.note('start', host.startSession({ projectPath: '/a', id: 'a' }));
    answers.note('restart', host.restartSession('a'));
    answers.note('stop', host.stopSession('a'));
    answers.note('stop again', host.stopSession('a'));
    answers.note('restart too late', host.restartSession('a'));
    open('/a');
    await settled();
    expect(given).toEqual([
      ['start', true],
      ['restart', true],
      ['stop', true],
      ['stop again', 'not_found'],
      ['restart too late', 'not_found'],
    ]);
    expect(told(events)).toEqual([started('a'), restarted('a', 2), stopped('a', 'shutdown')]);
  });

  it('follows the start before it, where the id is asked for twice', async () => {
    const { host, events, open } = slowHost();
    const answers = new Answers();
    const { given } = answers;
    answers.note('start', host.startSession({ projectPath: '/a', id: 'a' }));
    answers.note('stop', host.stopSession('a'));
    answers.note('start again', host.startSession({ projectPath: '/b', id: 'a' }));
    answers.note('restart', host.restartSession('a'));
    open('/b');
    await settled();
    expect(given).toEqual([]);
    open('/a');
    await settled();
    expect(given).toEqual([
      ['start', true],
      ['stop', true],
      ['start again', true],
      ['restart', true],
    ]);
    expect(told(events)).toEqual([started('a'), stopped('a', 'shutdown'), started('a'), restarted('a', 2)]);
    expect(host.lookup('a')).toMatchObject({ value: { projectPath: '/b' } });
  });

  it('does not wait for the start of another', async () => {
    const { host, open } = slowHost();
    const first = host.startSession({ projectPath: '/a', id: 'a' });
    open('/a');
    await first;
    void host.startSession({ projectPath: '/b', id: 'b' });
    expect(await host.stopSession('a')).toEqual(done);
    expect(await host.stopSession('c')).toEqual(refusedWith('not_found'));
    open('/b');
  });
});

describe('A command for a session that is on its way to the store', () => {
  it('is not overtaken by one that comes after it, though that finds the session open', async () => {
    const store = new FaultyStore();
    store.hold('list', 'save');
    const { host, start } = keptNotebooks({}, store);
    const started = start('s1');
    const first = host.renameSession('s1', 'first');
    await settled();
    store.release();
    await settled();
    expect(store.waiting).toBe(1);
    const second = host.renameSession('s1', 'second');
    await settled();
    store.heal();
    expect([await started, await first, await second].map(({ ok }) => ok)).toEqual([true, true, true]);
    expect([store.saved('s1')!.session.name, host.list()[0]!.name]).toEqual(['second', 'second']);
  });
});
