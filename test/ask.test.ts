import { createActor, fromCallback, fromTransition } from 'xstate';
import { ask, isSupervisionError } from '../src/index.ts';
import type { ReplyTo } from '../src/index.ts';
import { CountingClock } from './support/counting-clock.ts';
import { desk } from './support/desk.ts';
import { ofType, openHost, steadyBackoff } from './support/open-host.ts';

const openDesk = async (options?: Partial<Parameters<typeof openHost<typeof desk>>[0]>) => {
  const opened = openHost({ session: desk, ...options });
  return { ...opened, ref: await opened.open() };
};

const length = (text: string) => ({ type: 'ask.length', text }) as const;
const kept = { type: 'ask.kept' } as const;
const answer = (text: string) => ({ type: 'answer', text }) as const;
const crash = { type: 'crash' } as const;

/** What a promise has come to, once all that is under way in this turn is done. */
async function outcome(promise: Promise<unknown>): Promise<unknown> {
  const pending = new Promise((resolve) => setImmediate(resolve, 'pending'));
  return Promise.race([promise.catch((error: unknown) => error), pending]);
}

const stopped = (reason: string) => expect.objectContaining({ code: 'actor_stopped', reason });

describe('A session answers', () => {
  it('by event.replyTo.send', async () => {
    const { ref } = await openDesk();
    expect(await ask(ref, length('hello'))).toBe(5);
  });

  it('by sendTo and by enqueue.sendTo', async () => {
    const { ref } = await openDesk();
    expect(await ask(ref, { type: 'ask.greeting', to: 'ann' })).toEqual({ type: 'greeting', to: 'ann' });
    expect(await ask(ref, { type: 'ask.enqueued', to: 'bob' })).toEqual({ type: 'greeting', to: 'bob' });
  });

  it('by a delayed sendTo', async () => {
    const { clock, ref } = await openDesk();
    const greeting = ask(ref, { type: 'ask.delayed', to: 'ann' });
    clock.increment(999);
    expect(await outcome(greeting)).toBe('pending');
    clock.increment(1);
    expect(await greeting).toEqual({ type: 'greeting', to: 'ann' });
  });

  it('later, by a replyTo that it kept in its context', async () => {
    const { ref } = await openDesk();
    const promise = ask(ref, kept);
    const persisted = JSON.parse(JSON.stringify(ref.getPersistedSnapshot()));
    expect(persisted.context.kept).toEqual([{ xstate$$type: 1, id: expect.stringMatching(/^reply:/) }]);
    ref.send(answer('yes'));
    expect(await promise).toBe('yes');
  });

  it('many questions, each with its own answer', async () => {
    const { ref } = await openDesk();
    const first = ask(ref, kept);
    const lengths = ['', 'a', 'ab'].map((text) => ask(ref, length(text)));
    const second = ask(ref, kept);
    ref.send(answer('first'));
    ref.send(answer('second'));
    expect(await Promise.all([...lengths, first, second])).toEqual([0, 1, 2, 'first', 'second']);
  });

  it('in the transition that ends it, and the answer wins', async () => {
    const { open } = await openDesk();
    expect(await ask(await open('finishing'), { type: 'ask.and.finish' })).toEqual({ type: 'greeting', to: 'nobody' });
    expect(await ask(await open('crashing'), { type: 'ask.and.crash' })).toBe('last words');
  });

  it('and the question is left as it was', async () => {
    const { ref } = await openDesk();
    const question = Object.freeze(length('abc'));
    expect(await ask(ref, question)).toBe(3);
    expect(question).toEqual({ type: 'ask.length', text: 'abc' });
  });
});

describe('Any XState actor answers', () => {
  it('a machine without a host', async () => {
    expect(await ask(createActor(desk).start(), length('four'))).toBe(4);
  });

  it('a callback and a transition function', async () => {
    type Question = { readonly type: 'double'; readonly of: number; readonly replyTo: ReplyTo<number> };
    const callback = fromCallback<Question>(({ receive }) => receive(({ of, replyTo }) => replyTo.send(2 * of)));
    const transition = fromTransition((state: number, { of, replyTo }: Question) => {
      replyTo.send(2 * of + state);
      return state + 1;
    }, 0);
    expect(await ask(createActor(callback).start(), { type: 'double', of: 21 })).toBe(42);
    expect(await ask(createActor(transition).start(), { type: 'double', of: 4 })).toBe(8);
  });

  it('that comes too late for a late answer to be heard anywhere', async () => {
    const clock = new CountingClock();
    const actor = createActor(desk, { clock }).start();
    const promise = ask(actor, kept, { timeoutMs: 10 });
    clock.increment(10);
    await expect(promise).rejects.toMatchObject({ code: 'ask_timeout' });
    actor.send(answer('late'));
    expect(actor.getSnapshot().status).toBe('active');
  });
});

describe('A question times out', () => {
  it('after 5000 ms on the clock of the receiver', async () => {
    const { clock, ref } = await openDesk();
    const promise = ask(ref, kept);
    clock.increment(4_999);
    expect(await outcome(promise)).toBe('pending');
    clock.increment(1);
    const error = await outcome(promise);
    expect(isSupervisionError(error, 'ask_timeout') && error.timeoutMs).toBe(5_000);
    expect(String(error)).toBe('SupervisionError: The actor s1 did not answer ask.kept within 5000 ms');
  });

  it.each([0, 1, 60_000, 2 ** 31 - 1])('after %p ms when told so', async (timeoutMs) => {
    const { clock, ref } = await openDesk();
    const promise = ask(ref, kept, { timeoutMs });
    clock.increment(timeoutMs);
    expect(await outcome(promise)).toMatchObject({ code: 'ask_timeout', timeoutMs });
  });

  it('never when told to wait without end', async () => {
    const { clock, ref } = await openDesk();
    const promise = ask(ref, kept, { timeoutMs: Infinity });
    expect(clock.timers).toBe(0);
    clock.increment(10 ** 9);
    ref.send(answer('at last'));
    expect(await promise).toBe('at last');
  });

  it('also while the session is down, and the session lives on', async () => {
    const { clock, ref } = await openDesk({ backoff: steadyBackoff });
    ref.send(crash);
    const promise = ask(ref, length('abc'), { timeoutMs: 50 });
    clock.increment(50);
    expect(await outcome(promise)).toMatchObject({ code: 'ask_timeout' });
    clock.increment(50);
    expect(await ask(ref, length('ab'))).toBe(2);
  });

  it('and leaves no timer behind, however it ends', async () => {
    const { clock, host, ref } = await openDesk();
    await ask(ref, length('abc'));
    expect(clock.timers).toBe(0);
    const asked = [ask(ref, kept), ask(ref, kept, { timeoutMs: 7 }), ask(ref, kept)].map(outcome);
    expect(clock.timers).toBe(3);
    clock.increment(7);
    ref.send(answer('yes'));
    await host.stopSession('s1');
    expect(await Promise.all(asked)).toEqual([
      'yes',
      expect.objectContaining({ code: 'ask_timeout' }),
      stopped('shutdown'),
    ]);
    expect(clock.timers).toBe(0);
    await outcome(ask(ref, kept));
    expect(clock.timers).toBe(0);
  });

  it('and leaves no subscription behind either', async () => {
    const clock = new CountingClock();
    const actor = createActor(desk, { clock }).start();
    const { subscribe } = actor;
    let subscribers = 0;
    actor.subscribe = (...args: unknown[]) => {
      const subscription = subscribe.apply(actor, args as never);
      subscribers++;
      return {
        unsubscribe() {
          subscribers--;
          subscription.unsubscribe();
        },
      };
    };
    await ask(actor, length('abc'));
    const late = ask(actor, kept);
    expect(subscribers).toBe(1);
    clock.increment(5_000);
    await outcome(late);
    expect(subscribers).toBe(0);
  });
});

describe('An answer that nobody waits for any more is a dead letter', () => {
  it('after a time-out', async () => {
    const { clock, events, ref } = await openDesk();
    const promise = ask(ref, kept);
    const target = ref.getSnapshot().context.kept[0];
    clock.increment(5_000);
    await outcome(promise);
    ref.send(answer('late'));
    expect(ofType(events, 'dead_letter')).toEqual([
      { type: 'dead_letter', event: 'late', target, reason: 'late_reply' },
    ]);
  });

  it('when it is the second one', async () => {
    const { events, ref } = await openDesk();
    const promise = ask(ref, kept);
    const [replyTo] = ref.getSnapshot().context.kept;
    ref.send(answer('first'));
    replyTo!.send('second');
    expect(await promise).toBe('first');
    expect(ofType(events, 'dead_letter').map(({ event, reason }) => [event, reason])).toEqual([
      ['second', 'late_reply'],
    ]);
  });

  it('when the receiver had ended, and somebody else answers for it', async () => {
    const { events, ref } = await openDesk();
    const promise = ask(ref, kept);
    const [replyTo] = ref.getSnapshot().context.kept;
    ref.send(crash);
    replyTo!.send('from the grave');
    expect(await outcome(promise)).toEqual(stopped('error'));
    expect(ofType(events, 'dead_letter').map(({ event }) => event)).toEqual(['from the grave']);
  });
});

describe('A question is refused at once, with the reason', () => {
  it('when the receiver crashes, though it is restarted', async () => {
    const { host, ref } = await openDesk();
    const promise = ask(ref, kept);
    ref.send(crash);
    const error = await outcome(promise);
    expect(error).toEqual(stopped('error'));
    expect(String(error)).toBe('SupervisionError: The actor s1 ended (error) before it answered ask.kept');
    expect(host.isRunning('s1')).toBe(true);
  });

  it('when the question itself crashes the receiver', async () => {
    const { ref } = await openDesk();
    expect(await outcome(ask(ref, crash as never))).toEqual(stopped('error'));
  });

  it('when the receiver is restarted or stopped by hand', async () => {
    const { host, ref } = await openDesk();
    const restarted = ask(ref, kept);
    await host.restartSession('s1');
    expect(await outcome(restarted)).toEqual(stopped('shutdown'));
    const halted = ask(ref, kept);
    await host.stopSession('s1');
    expect(await outcome(halted)).toEqual(stopped('shutdown'));
  });

  it('when the receiver is killed', async () => {
    const { host, ref } = await openDesk({ shutdown: 'brutal_kill' });
    const promise = ask(ref, kept);
    await host.stopSession('s1');
    expect(await outcome(promise)).toEqual(stopped('killed'));
  });

  it('when the receiver finishes without an answer', async () => {
    const { ref } = await openDesk();
    const promise = ask(ref, kept);
    ref.send({ type: 'finish' });
    expect(await outcome(promise)).toEqual(stopped('normal'));
  });

  it('when the receiver is already over, and nothing is sent', async () => {
    const { events, host, open } = await openDesk();
    const [finished, halted, failed] = [await open('finished'), await open('stopped'), await open('failed')];
    finished.send({ type: 'finish' });
    await host.stopSession('stopped');
    for (let i = 0; i < 4; i++) failed.send(crash);
    const asked = [finished, halted, failed].map((ref) => outcome(ask(ref, kept)));
    expect(await Promise.all(asked)).toEqual([stopped('normal'), stopped('shutdown'), stopped('error')]);
    expect(ofType(events, 'dead_letter')).toEqual([]);
  });

  it('when the receiver is an actor of no host', async () => {
    const [finishing, crashing, halting] = [createActor(desk), createActor(desk), createActor(desk)];
    crashing.subscribe({ error: () => {} });
    const actors = [finishing, crashing, halting];
    const before = actors.map((actor) => outcome(ask(actor.start(), kept)));
    finishing.send({ type: 'finish' });
    crashing.send(crash);
    halting.stop();
    const after = actors.map((actor) => outcome(ask(actor, kept)));
    const expected = [stopped('normal'), stopped('error'), stopped('shutdown')];
    expect(await Promise.all(before)).toEqual(expected);
    expect(await Promise.all(after)).toEqual(expected);
  });
});

describe('A question to a session that is down', () => {
  it('waits for the next incarnation, and is answered', async () => {
    const { clock, ref } = await openDesk({ backoff: steadyBackoff });
    ref.send(crash);
    const promise = ask(ref, length('abc'));
    expect(await outcome(promise)).toBe('pending');
    clock.increment(100);
    expect(await promise).toBe(3);
    expect(clock.timers).toBe(0);
  });

  it('is refused when that incarnation ends before it answers', async () => {
    const { clock, ref } = await openDesk({ backoff: steadyBackoff });
    ref.send(crash);
    const promise = ask(ref, kept);
    clock.increment(100);
    expect(await outcome(promise)).toBe('pending');
    ref.send(crash);
    expect(await outcome(promise)).toEqual(stopped('error'));
  });

  it('is refused when the session fails, or is stopped', async () => {
    const { clock, host, open } = await openDesk({ backoff: steadyBackoff, intensity: { maxRestarts: 1 } });
    const [failing, halted] = [await open('failing'), await open('stopped')];
    failing.send(crash);
    halted.send(crash);
    failing.send(crash);
    const asked = [failing, halted].map((ref) => ask(ref, kept, { timeoutMs: Infinity }).catch((error) => error));
    await host.stopSession('stopped');
    clock.increment(100);
    expect(await Promise.all(asked)).toEqual([stopped('error'), stopped('error')]);
    expect(host.count()).toBe(1);
    expect(clock.timers).toBe(0);
  });
});

describe('Nonsense given to ask', () => {
  // Its types refuse all of this.
  const askAny = ask as (...args: any[]) => Promise<unknown>;

  it.each([undefined, null, 'ref', 5, {}, { send() {} }, { send() {}, getSnapshot() {}, subscribe() {} }, () => {}])(
    'for a ref (%p) rejects by name',
    async (ref) => {
      const error = await outcome(askAny(ref, kept));
      expect(error).toBeInstanceOf(TypeError);
      expect(String(error)).toContain('ref must be an actor ref');
    },
  );

  it.each([undefined, null, 'ask.kept', 5, {}, { type: 5 }, { type: '*' }])(
    'for an event (%p) rejects by name, and changes nothing',
    async (event) => {
      const { ref, clock } = await openDesk();
      const snapshot = ref.getSnapshot();
      const error = await outcome(askAny(ref, event));
      expect(error).toBeInstanceOf(TypeError);
      expect(String(error)).toContain('event must be an object with a type');
      expect([ref.getSnapshot(), clock.timers]).toEqual([snapshot, 0]);
    },
  );

  it.each([
    ['5', TypeError],
    [null, TypeError],
    [-1, RangeError],
    [NaN, RangeError],
    [2 ** 31, RangeError],
  ])('for timeoutMs (%p) rejects by name', async (timeoutMs, kind) => {
    const { ref, clock } = await openDesk();
    const error = await outcome(askAny(ref, kept, { timeoutMs }));
    expect(error).toBeInstanceOf(kind);
    expect(String(error)).toContain('timeoutMs must be');
    expect(clock.timers).toBe(0);
    expect(ref.getSnapshot().context.kept).toEqual([]);
  });

  it.each([5, 'soon', null, []])('for options (%p) rejects by name', async (options) => {
    const { ref } = await openDesk();
    expect(await outcome(askAny(ref, kept, options))).toEqual(
      expect.objectContaining({ message: expect.stringContaining('options must be an object') }),
    );
  });
});
