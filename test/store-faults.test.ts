import { ask } from '../src/index.ts';
import { storeFailed, storeLocked } from '../src/core/store-refusals.ts';
import { refusedWith, settled, watched } from './support/answers.ts';
import type { FaultyStore } from './support/faulty-store.ts';
import { keptNotebook, keptNotebooks } from './support/kept-notebooks.ts';
import { asked, write } from './support/notebook.ts';
import { nonsense } from './support/nonsense.ts';
import { ofType } from './support/open-host.ts';

const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });

const rejections: unknown[] = [];
const note = (error: unknown) => void rejections.push(error);
beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => void process.off('unhandledRejection', note));
afterEach(() => expect(rejections.splice(0)).toEqual([]));

interface Way {
  readonly name: string;
  readonly fault: Parameters<FaultyStore['fault']>[0];
  readonly code?: string;
  readonly fields?: object;
  /** What it is asked for is under way for good. */
  readonly isStuck?: true;
}

const throwFull = (): never => {
  throw full;
};
const rejects = (error: unknown) => async () => {
  throw error;
};
const locked = storeLocked('The directory', 42);
const ownWords = storeFailed('No', full);

/** How a store does not save, and what is said of it. */
const ways: readonly Way[] = [
  { name: 'hangs', fault: () => new Promise(() => {}), isStuck: true },
  { name: 'gives a thenable that hangs', fault: () => ({ then() {} }), isStuck: true },
  { name: 'is full', fault: rejects(full), fields: { cause: full } },
  { name: 'is locked', fault: rejects(locked), code: 'store_locked', fields: { pid: 42 } },
  { name: 'fails in its own words', fault: rejects(ownWords), fields: { message: ownWords.message } },
  { name: 'rejects with undefined', fault: rejects(undefined), fields: { cause: undefined } },
  { name: 'rejects with a text', fault: rejects('no disk'), fields: { cause: 'no disk' } },
  { name: 'rejects with what throws when it is read', fault: rejects(nonsense['a proxy that throws']) },
  { name: 'throws', fault: throwFull, fields: { cause: full } },
  { name: 'gives a thenable that throws', fault: () => ({ then: throwFull }), fields: { cause: full } },
];

describe.each(ways)('With a store that $name', ({ fault, code = 'store_failed', fields = {}, isStuck }) => {
  it('a start is refused as the time is over, and taken back', async () => {
    const { host, store, events, start, pass, clock, log } = keptNotebooks({ maxSessions: 1 });
    store.fault(fault);
    const seen = watched(start('s1'));
    await pass(4_990);
    expect([seen.isSettled, host.count()]).toEqual([false, 1]);
    await pass(10);
    expect(seen.value).toEqual(refusedWith(code, fields));
    expect([host.count(), host.session('s1'), host.lookupByPath('/projects/s1').ok]).toEqual([0, undefined, false]);
    expect(ofType(events, 'session.rejected')).toEqual([
      {
        type: 'session.rejected',
        input: { projectPath: '/projects/s1', id: 's1' },
        error: (seen.value as { error: unknown }).error,
      },
    ]);
    expect(events.filter(({ type }) => type.startsWith('session.')).length).toBe(1);
    expect(ofType(events, 'store.failed').length).toBeGreaterThan(0);
    expect(log.length).toBe(ofType(events, 'store.failed').length);
    expect((await host.renameSession('s1', 'b')).ok).toBe(false);

    store.heal();
    await pass(10_000);
    expect(store.records.size).toBe(0);
    expect(clock.timers).toBe(0);
  });

  it('a rename, a restart and an answer are refused as the time is over, and made up for later', async () => {
    const { host, store, events, ref, pass, clock } = await keptNotebook();
    store.fault(fault);
    const seen = [
      () => host.renameSession('s1', 'b'),
      () => host.configureSession('s1', { a: 1 }),
      () => host.updateSession({ ...host.list()[0]!, name: 'c' }),
      () => host.restartSession('s1'),
      () => host.flush(),
    ].map((command) => watched(command() as Promise<unknown>));
    const answer = watched(ask(ref, asked('a')));
    await pass(4_990);
    expect([...seen, answer].map(({ isSettled }) => isSettled)).toEqual(Array(6).fill(false));
    await pass(10);
    expect(seen.map(({ value }) => value)).toEqual(Array(5).fill(refusedWith(code, fields)));
    expect(answer.error).toMatchObject({ code });
    expect(host.list()).toMatchObject([{ name: 'c', config: { a: 1 } }]);
    expect(ofType(events, 'session.updated')).toEqual([]);

    // What hangs for good holds back all that comes after it.
    if (isStuck) return;
    store.heal();
    await pass(10_000);
    expect(store.saved('s1')).toMatchObject({ session: { name: 'c', config: { a: 1 } }, incarnation: 2 });
    expect(store.lines('s1')).toEqual(['a']);
    expect(ofType(events, 'session.updated').map(({ session }) => session.name)).toEqual(['b', 'b', 'c']);
    expect(clock.timers).toBe(0);
  });

  it('a stop stops, and is answered in time', async () => {
    const { host, store, events, pass, clock } = await keptNotebook();
    store.fault(fault);
    const seen = watched(host.stopSession('s1'));
    await settled();
    expect([host.count(), ofType(events, 'session.stopped').length, seen.isSettled]).toEqual([0, 1, false]);
    await pass(5_000);
    expect(seen.value).toEqual(refusedWith(code, fields));
    store.heal();
    await pass(10_000);
    expect(store.records.has('s1')).toBe(isStuck === true);
    expect(clock.timers).toBe(0);
  });

  it('a host closes in time, and says what is not saved', async () => {
    const { host, store, events, ref, pass, clock, log } = await keptNotebook();
    store.fault(fault);
    store.hang('close');
    ref.send(write('a'));
    await settled();
    const closed = watched(host.close());
    await pass(4_990);
    expect(closed.isSettled).toBe(false);
    await pass(10);
    expect(closed.isSettled).toBe(true);
    expect(events.at(-1)).toEqual({
      type: 'store.failed',
      error: expect.objectContaining({ code, ...fields }),
      unsaved: ['s1'],
    });
    expect(log.at(-1)).toContain('s1');
    expect(clock.timers).toBe(0);
    expect(await host.flush()).toMatchObject({ ok: false });
    expect(clock.timers).toBe(0);
    store.heal();
    await settled();
    expect(events.at(-1)).toMatchObject({ unsaved: ['s1'] });
  });

  it('nothing of a start is left, also where the session has failed for good meanwhile', async () => {
    const { host, store, events, start, pass } = keptNotebooks({ intensity: { maxRestarts: 0 } });
    store.fault(fault);
    const seen = watched(start('s1'));
    await settled();
    host.session('s1')!.send({ type: 'crash' });
    await pass(5_000);
    expect(seen.value).toEqual(refusedWith(code, fields));
    expect(events.filter(({ type }) => type !== 'store.failed').map(({ type }) => type)).toEqual(['session.rejected']);
    store.heal();
    await pass(10_000);
    expect([store.records.size, host.count()]).toEqual([0, 0]);
  });
});
