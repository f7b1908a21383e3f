import { ask } from '../src/index.ts';
import { done, settled, watched } from './support/answers.ts';
import { keptNotebooks } from './support/kept-notebooks.ts';
import { asked, write } from './support/notebook.ts';

const setUp = () => keptNotebooks({ persist: { everyMs: 1_000 } });

describe('With persist { everyMs }', () => {
  it('a session is written so long after a change, as it is then, and not when nothing has changed', async () => {
    const { store, open, pass } = setUp();
    const ref = await open('s1');
    await pass(990);
    expect(store.calls).toEqual(['list']);
    await pass(10);
    expect([store.calls, store.lines('s1')]).toEqual([['list', 'save s1'], []]);
    await pass(10_000);
    expect(store.calls).toHaveLength(2);

    for (let line = 1; line <= 30; line += 1) {
      ref.send(write(`line ${line}`));
      await pass(100);
    }
    // At 1000, 2000 and 3000 ms.
    expect(store.count('save s1')).toBe(4);
    await pass(1_000);
    expect([store.count('save s1'), store.lines('s1')]).toMatchObject([4, { length: 30 }]);
    ref.send({ type: 'read', replyTo: { send() {} } } as never);
    await pass(5_000);
    expect(store.count('save s1')).toBe(4);
  });

  it('one write is under way, however slow the store is', async () => {
    const { store, open, pass } = setUp();
    const ref = await open('s1');
    store.hold();
    for (let line = 1; line <= 5; line += 1) {
      ref.send(write(`line ${line}`));
      await pass(1_000);
    }
    expect([store.waiting, store.count('save s1')]).toEqual([1, 1]);
    store.heal();
    await settled();
    expect([store.mostAtOnce, store.count('save s1'), store.lines('s1')]).toMatchObject([1, 2, { length: 5 }]);
  });

  it('nothing that is answered or told is held, whatever the store does', async () => {
    const { host, store, open, start, events } = setUp();
    store.hang();
    const ref = await open('s1');
    expect(await ask(ref, asked('a'))).toBe(1);
    expect(await host.renameSession('s1', 'b')).toEqual(done);
    expect(await host.restartSession('s1')).toEqual(done);
    expect(await host.stopSession('s1')).toEqual(done);
    expect((await start('s1')).ok).toBe(true);
    expect(events.map(({ type }) => type)).toEqual([
      'session.started',
      'session.updated',
      'session.restarted',
      'session.stopped',
      'session.started',
    ]);
  });

  it('a session that is stopped leaves neither a record nor a timer', async () => {
    const { host, store, open, pass, clock } = setUp();
    const ref = await open('s1');
    await pass(1_000);
    ref.send(write('a'));
    await host.stopSession('s1');
    await settled();
    expect([store.records.size, clock.timers]).toEqual([0, 0]);
    await pass(2_000);
    expect(store.calls).toEqual(['list', 'save s1', 'delete s1']);
  });

  it('a crash is written like any change', async () => {
    const { store, open, pass } = setUp();
    const ref = await open('s1');
    await pass(1_000);
    ref.send({ type: 'crash' });
    await pass(1_000);
    expect([store.count('save s1'), store.saved('s1')]).toMatchObject([2, { incarnation: 2 }]);
  });
});

describe.each([{ everyMs: 1_000 }, 'on_stop'] as const)('With persist %j', (persist) => {
  it('flush writes what has changed, and answers when it is on the disk', async () => {
    const { host, store, open, pass } = keptNotebooks({ persist });
    const [a] = [await open('a'), await open('b')];
    expect(await host.flush()).toEqual(done);
    expect([store.lines('a'), store.lines('b')]).toEqual([[], []]);
    a.send(write('x'));
    store.calls.length = 0;
    store.hold();
    const seen = watched(host.flush());
    await settled();
    expect([seen.isSettled, store.calls]).toEqual([false, ['save a']]);
    store.heal();
    await settled();
    expect([seen.value, store.lines('a')]).toEqual([done, ['x']]);
    await pass(5_000);
    expect(store.calls).toEqual(['save a']);
    expect(await host.flush()).toEqual(done);
    expect(store.calls).toEqual(['save a']);
  });

  it('flush takes a session, too, that it is called in the middle of', async () => {
    const { host, store, open } = keptNotebooks({ persist });
    const ref = await open('a');
    const flushed: Promise<unknown>[] = [];
    const replyTo = { send: () => void flushed.push(host.flush()) };
    ref.send({ type: 'write.asked', text: 'x', replyTo } as never);
    expect(await flushed[0]).toEqual(done);
    expect(store.lines('a')).toEqual(['x']);
  });

  it('close writes the last state of all', async () => {
    const { host, store, open, clock } = keptNotebooks({ persist });
    const refs = [await open('a'), await open('b')];
    for (const ref of refs) ref.send(write(ref.id));
    await host.close();
    expect([store.lines('a'), store.lines('b'), store.calls.at(-1), clock.timers]).toEqual([['a'], ['b'], 'close', 0]);
  });
});

describe("With persist 'on_stop'", () => {
  it('nothing is written before', async () => {
    const { host, store, open, pass } = keptNotebooks({ persist: 'on_stop' });
    const ref = await open('s1');
    ref.send(write('a'));
    await ask(ref, asked('b'));
    await host.renameSession('s1', 'b');
    ref.send({ type: 'crash' });
    await pass(60_000);
    expect(store.calls).toEqual(['list']);
    await host.close();
    expect(store.calls).toEqual(['list', 'save s1', 'close']);
    expect(store.saved('s1')).toMatchObject({ session: { name: 'b' }, incarnation: 2 });
  });
});

it("flush with persist 'each' waits for what is under way", async () => {
  const { host, store, open } = keptNotebooks();
  const ref = await open('s1');
  store.hold();
  ref.send(write('a'));
  const seen = watched(host.flush());
  await settled();
  expect([seen.isSettled, store.waiting]).toEqual([false, 1]);
  store.heal();
  await settled();
  expect([seen.value, store.lines('s1')]).toEqual([done, ['a']]);
});
