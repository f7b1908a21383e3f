import { assign, createActor, enqueueActions, forwardTo, sendTo, setup } from 'xstate';
import type { AnyEventObject } from 'xstate';
import type { SessionRef } from '../src/index.ts';
import { counter, crash, note } from './support/counter.ts';
import { notes, openCounter, openDown } from './support/open-counter.ts';
import type { CounterRef } from './support/open-counter.ts';
import { ofType, openHost, steadyBackoff } from './support/open-host.ts';

/** A machine of no host, with a session ref in its context. */
const teller = setup({
  types: {
    context: {} as { readonly target: CounterRef },
    input: {} as { readonly target: CounterRef },
    events: {} as
      | { readonly type: 'tell' | 'enqueue' | 'misspeak'; readonly text: string }
      | { readonly type: 'tell later'; readonly text: string; readonly delay: number }
      | { readonly type: 'note'; readonly text: string },
  },
  delays: { later: ({ event }) => ('delay' in event ? event.delay : 0) },
}).createMachine({
  context: ({ input }) => input,
  on: {
    tell: {
      actions: sendTo(
        ({ context }) => context.target,
        ({ event }) => note(event.text),
      ),
    },
    'tell later': {
      actions: sendTo(
        ({ context }) => context.target,
        ({ event }) => note(event.text),
        { delay: 'later' },
      ),
    },
    enqueue: {
      actions: enqueueActions(({ enqueue, context, event }) => enqueue.sendTo(context.target, note(event.text))),
    },
    note: { actions: forwardTo(({ context }) => context.target) },
    misspeak: { actions: sendTo(({ context }) => context.target, {} as never) },
  },
});

describe('A session ref in a machine', () => {
  it('is a target of sendTo, forwardTo and enqueue.sendTo, before a crash and after', async () => {
    const { ref } = await openCounter();
    const actor = createActor(teller, { input: { target: ref } }).start();
    actor.send({ type: 'tell', text: 'before' });
    expect(notes(ref)).toEqual(['before']);
    ref.send(crash);
    actor.send({ type: 'tell', text: 'a' });
    actor.send({ type: 'enqueue', text: 'b' });
    actor.send(note('c'));
    expect(notes(ref)).toEqual(['a', 'b', 'c']);
  });

  it('is a target of a delayed sendTo, also when the session restarted meanwhile', async () => {
    const { clock, ref } = await openCounter();
    const actor = createActor(teller, { input: { target: ref }, clock }).start();
    actor.send({ type: 'tell later', text: 'late', delay: 1_000 });
    ref.send(crash);
    clock.increment(999);
    expect(notes(ref)).toEqual([]);
    clock.increment(1);
    expect(notes(ref)).toEqual(['late']);
  });

  it('keeps what it is told while the session is down', async () => {
    const { clock, ref } = await openDown();
    const actor = createActor(teller, { input: { target: ref }, clock }).start();
    actor.send({ type: 'tell', text: 'a' });
    actor.send({ type: 'tell later', text: 'b', delay: 50 });
    actor.send({ type: 'tell later', text: 'c', delay: 150 });
    clock.increment(100);
    expect(notes(ref)).toEqual(['a', 'b']);
    clock.increment(50);
    expect(notes(ref)).toEqual(['a', 'b', 'c']);
  });

  it('makes a dead letter of what comes after the end, and the machine goes on', async () => {
    const { clock, events, host, ref } = await openCounter();
    const actor = createActor(teller, { input: { target: ref }, clock }).start();
    actor.send({ type: 'tell later', text: 'b', delay: 50 });
    await host.stopSession('s1');
    actor.send({ type: 'tell', text: 'a' });
    clock.increment(50);
    expect(ofType(events, 'dead_letter')).toEqual([
      { type: 'dead_letter', event: note('a'), target: ref, reason: 'stopped' },
      { type: 'dead_letter', event: note('b'), target: ref, reason: 'stopped' },
    ]);
    expect(actor.getSnapshot().status).toBe('active');
  });

  it('makes a dead letter of what is no event, and neither side is harmed', async () => {
    const { events, host, ref } = await openCounter();
    const actor = createActor(teller, { input: { target: ref } }).start();
    actor.send({ type: 'misspeak', text: '' });
    expect(ofType(events, 'dead_letter')).toEqual([{ type: 'dead_letter', event: {}, target: ref, reason: 'invalid' }]);
    expect(actor.getSnapshot().status).toBe('active');
    expect(host.isRunning('s1')).toBe(true);
  });

  it.each<[string, (ref: CounterRef) => unknown]>([
    ['runs', () => {}],
    ['is down', (ref) => ref.send(crash)],
    ['is over', (ref) => ref.send({ type: 'finish' })],
  ])('survives in its context a persisted snapshot and JSON, while the session %s', async (_when, act) => {
    const { open } = openHost({ session: counter, backoff: steadyBackoff });
    const ref = await open();
    const actor = createActor(teller, { input: { target: ref } }).start();
    act(ref);
    const persisted = JSON.parse(JSON.stringify(actor.getPersistedSnapshot()));
    expect(persisted.context).toEqual({ target: { xstate$$type: 1, id: 's1' } });
    expect(JSON.parse(JSON.stringify(actor.getSnapshot())).context).toEqual(persisted.context);
    expect(JSON.parse(JSON.stringify({ ref }))).toEqual({ ref: { xstate$$type: 1, id: 's1' } });
  });

  it('is seen by an inspector as the target of what is sent', async () => {
    const { ref } = await openCounter();
    const seen: unknown[] = [];
    const actor = createActor(teller, {
      input: { target: ref },
      inspect: (event) => {
        if (event.type === '@xstate.event' && event.event.type === 'note') {
          seen.push([event.sourceRef?.sessionId, event.actorRef === (ref as unknown)]);
        }
      },
    }).start();
    actor.send({ type: 'tell', text: 'a' });
    expect(seen).toEqual([[actor.sessionId, true]]);
  });
});

type PlayerEvent =
  | { readonly type: 'meet'; readonly peer: SessionRef }
  | { readonly type: 'ball'; readonly left: number; readonly from?: SessionRef }
  | { readonly type: 'crash' };

/** Returns the ball, one less each time. */
const player = setup({
  types: {
    context: {} as { readonly peer: SessionRef | undefined; readonly balls: readonly number[] },
    events: {} as PlayerEvent,
  },
}).createMachine({
  context: { peer: undefined, balls: [] },
  on: {
    meet: { actions: assign({ peer: ({ event }) => event.peer }) },
    ball: [
      {
        guard: ({ event }) => event.left > 0,
        actions: [
          assign({ balls: ({ context, event }) => [...context.balls, event.left] }),
          sendTo(
            ({ context, event }) => event.from ?? context.peer!,
            ({ event }) => ({ type: 'ball', left: event.left - 1 }),
          ),
        ],
      },
      { actions: assign({ balls: ({ context, event }) => [...context.balls, event.left] }) },
    ],
    crash: {
      actions: () => {
        throw new Error('boom');
      },
    },
  },
});

describe('Two sessions', () => {
  const openTwo = async () => {
    const opened = openHost({ session: player, backoff: steadyBackoff });
    const [ann, bob] = [await opened.open('ann'), await opened.open('bob')];
    ann.send({ type: 'meet', peer: bob });
    bob.send({ type: 'meet', peer: ann });
    return { ...opened, ann, bob };
  };

  it('talk to each other by their refs', async () => {
    const { ann, bob } = await openTwo();
    ann.send({ type: 'ball', left: 4 });
    expect(ann.getSnapshot().context.balls).toEqual([4, 2, 0]);
    expect(bob.getSnapshot().context.balls).toEqual([3, 1]);
  });

  it('talk on when one of them has restarted, by the same ref', async () => {
    const { ann, bob, clock } = await openTwo();
    bob.send({ type: 'crash' });
    ann.send({ type: 'ball', left: 1 });
    expect(bob.getSnapshot().context.balls).toEqual([]);
    clock.increment(100);
    expect(bob.getSnapshot().context.balls).toEqual([0]);
  });

  it('may be one and the same: a session talks to itself', async () => {
    const { ann } = await openTwo();
    ann.send({ type: 'meet', peer: ann });
    ann.send({ type: 'ball', left: 2 });
    expect(ann.getSnapshot().context.balls).toEqual([2, 1, 0]);
  });

  it('leave a dead letter when one of them has gone', async () => {
    const { ann, events, host } = await openTwo();
    await host.stopSession('bob');
    ann.send({ type: 'ball', left: 3 });
    expect(ofType(events, 'dead_letter').map(({ event }) => (event as AnyEventObject).left)).toEqual([2]);
    expect(host.isRunning('ann')).toBe(true);
  });
});
