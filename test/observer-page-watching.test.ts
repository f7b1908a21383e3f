import type { Hello } from '../src/observer/protocol.ts';
import { createStore } from '../src/observer/page/state/store.ts';
import { keepWatching } from '../src/observer/page/watching.ts';

const hello = (client: string): Hello => ({
  client,
  host: { run: 'r', pid: 1, node: 'v22.0.0', startedAt: 0 },
  now: 0,
  allowActions: false,
});
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('The page tells the host which session it shows', () => {
  const answers: { told: unknown; answer: (ok: boolean) => void }[] = [];
  const original = globalThis.fetch;

  beforeEach(() => {
    answers.length = 0;
    globalThis.fetch = ((_: string, { body }: { body: string }) =>
      new Promise((resolve, reject) => {
        const answer = (ok: boolean): void => (ok ? resolve(new Response()) : reject(new TypeError('no network')));
        answers.push({ told: JSON.parse(body), answer });
      })) as typeof fetch;
  });
  afterEach(async () => {
    // Whoever has told waits for an answer, and then may have more to tell.
    for (const { answer } of answers) {
      answer(true);
      await soon();
    }
    globalThis.fetch = original;
  });

  const watching = () => {
    const store = createStore({ schedule: queueMicrotask });
    keepWatching(store);
    return store;
  };
  const told = (): unknown[] => answers.map((each) => each.told);

  it('one after the other, and only the last of those that were chosen meanwhile', async () => {
    const store = watching();
    store.watch('a');
    await soon();
    expect(told()).toEqual([]);
    store.hear('hello', hello('one'));
    await soon();
    expect(told()).toEqual([{ client: 'one', session: 'a' }]);
    store.watch('b');
    store.watch('c');
    await soon();
    expect(told()).toHaveLength(1);
    answers[0]!.answer(true);
    await soon();
    expect(told().slice(1)).toEqual([{ client: 'one', session: 'c' }]);
    answers[1]!.answer(true);
    store.watch(undefined);
    await soon();
    expect(told().slice(2)).toEqual([{ client: 'one' }]);
  });

  it('again to each new connection, and not twice to one', async () => {
    const store = watching();
    store.watch('a');
    store.hear('hello', hello('one'));
    await soon();
    answers[0]!.answer(false);
    store.hear('session', { id: 'a', gone: true, crashes: [] });
    await soon();
    expect(told()).toHaveLength(1);
    store.hear('hello', hello('two'));
    await soon();
    expect(told().slice(1)).toEqual([{ client: 'two', session: 'a' }]);
  });

  it('and notes that no answer has come for 3 seconds, until one comes', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] });
    try {
      const store = watching();
      store.watch('a');
      store.hear('hello', hello('one'));
      await soon();
      jest.advanceTimersByTime(2999);
      expect(store.state.watchUnanswered).toBe(false);
      jest.advanceTimersByTime(1);
      expect(store.state.watchUnanswered).toBe(true);
      answers[0]!.answer(true);
      await soon();
      expect(store.state.watchUnanswered).toBe(false);
      jest.advanceTimersByTime(10_000);
      expect(store.state.watchUnanswered).toBe(false);
    } finally {
      jest.useRealTimers();
    }
  });
});
