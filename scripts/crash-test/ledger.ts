import { assign, raise, setup } from 'xstate';
import { sessionTree } from '../../src/index.ts';
import type { ReplyTo, Session } from '../../src/index.ts';

/** What is asked of a ledger. Whatever has an `n` is entered in it under that. */
export type LedgerOrder =
  | { readonly type: 'note.asked'; readonly n: number }
  /** Sets a timer of an event that is raised later. */
  | { readonly type: 'delay'; readonly n: number; readonly ms: number }
  /** Sets a timer of a state: one at a time. */
  | { readonly type: 'alarm'; readonly n: number; readonly ms: number };

type LedgerEvent =
  | (LedgerOrder & { readonly replyTo: ReplyTo<number> })
  | { readonly type: 'note'; readonly n: number }
  | { readonly type: 'read'; readonly replyTo: ReplyTo<LedgerState> }
  | { readonly type: 'delay.over'; readonly n: number };

export interface Timer {
  readonly n: number;
  readonly ms: number;
  /** In milliseconds since the Unix epoch, as are those when it fired. */
  readonly dueAt: number;
  readonly firedAt: readonly number[];
}

/** What a ledger tells of itself. */
export interface LedgerState {
  /** Which of the sessions of its id it is part of. */
  readonly generation: number;
  readonly entries: readonly number[];
  readonly timers: readonly Timer[];
  /** The timers that fired, in order. */
  readonly firings: readonly number[];
}

interface LedgerContext extends LedgerState {
  /** The timer of the state. */
  readonly alarm: { readonly n: number; readonly ms: number };
}

const fired = (context: LedgerContext, n: number) => ({
  firings: [...context.firings, n],
  timers: context.timers.map((timer) =>
    timer.n === n ? { ...timer, firedAt: [...timer.firedAt, Date.now()] } : timer,
  ),
});

/** Enters what it is told, and when its timers fired. */
export const ledger = setup({
  types: {
    context: {} as LedgerContext,
    input: {} as { readonly session: Session },
    events: {} as LedgerEvent,
  },
  actions: {
    enter: assign({
      entries: ({ context }, { n }: { n: number }) => [...context.entries, n],
    }),
    set: assign({
      timers: ({ context }, { n, ms }: { n: number; ms: number }) => [
        ...context.timers,
        { n, ms, dueAt: Date.now() + ms, firedAt: [] },
      ],
    }),
    answer: ({ context }, { replyTo }: { replyTo: ReplyTo<number> }) => replyTo.send(context.entries.length),
  },
  delays: { alarm: ({ context }) => context.alarm.ms },
}).createMachine({
  id: 'ledger',
  version: '1',
  context: ({ input }) => ({
    generation: input.session.config.generation as number,
    entries: [],
    timers: [],
    firings: [],
    alarm: { n: 0, ms: 0 },
  }),
  on: {
    note: { actions: { type: 'enter', params: ({ event }) => event } },
    'note.asked': {
      actions: [
        { type: 'enter', params: ({ event }) => event },
        { type: 'answer', params: ({ event }) => event },
      ],
    },
    delay: {
      actions: [
        { type: 'enter', params: ({ event }) => event },
        { type: 'set', params: ({ event }) => event },
        raise(({ event }) => ({ type: 'delay.over', n: event.n }) as const, { delay: ({ event }) => event.ms }),
        { type: 'answer', params: ({ event }) => event },
      ],
    },
    'delay.over': { actions: assign(({ context, event }) => fired(context, event.n)) },
    alarm: {
      target: '.waiting',
      actions: [
        assign({ alarm: ({ event: { n, ms } }) => ({ n, ms }) }),
        { type: 'enter', params: ({ event }) => event },
        { type: 'set', params: ({ event }) => event },
        { type: 'answer', params: ({ event }) => event },
      ],
    },
    read: {
      actions: ({ context: { generation, entries, timers, firings }, event }) =>
        event.replyTo.send({ generation, entries, timers, firings }),
    },
  },
  initial: 'idle',
  states: {
    idle: {},
    waiting: {
      after: { alarm: { target: 'idle', actions: assign(({ context }) => fired(context, context.alarm.n)) } },
    },
  },
});

/** A session of two ledgers. */
export const ledgers = sessionTree({
  strategy: 'one_for_one',
  children: ({ session }) => ['left', 'right'].map((id) => ({ id, src: ledger, input: { session } })),
});
