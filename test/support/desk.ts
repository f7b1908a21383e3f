import { assign, enqueueActions, sendTo, setup } from 'xstate';
import type { ReplyTo } from '../../src/index.ts';

/** An answer that is an event: what `sendTo` takes. */
export interface Greeting {
  readonly type: 'greeting';
  readonly to: string;
}

export type DeskEvent =
  /** Answered in four ways. */
  | { readonly type: 'ask.length'; readonly text: string; readonly replyTo: ReplyTo<number> }
  | { readonly type: 'ask.greeting'; readonly to: string; readonly replyTo: ReplyTo<Greeting> }
  | { readonly type: 'ask.enqueued'; readonly to: string; readonly replyTo: ReplyTo<Greeting> }
  | { readonly type: 'ask.delayed'; readonly to: string; readonly replyTo: ReplyTo<Greeting> }
  /** Answered in the transition that ends it. */
  | { readonly type: 'ask.and.finish'; readonly replyTo: ReplyTo<Greeting> }
  | { readonly type: 'ask.and.crash'; readonly replyTo: ReplyTo<string> }
  /** Answered when it is told to, with what it is told. */
  | { readonly type: 'ask.kept'; readonly replyTo: ReplyTo<string> }
  | { readonly type: 'answer'; readonly text: string }
  | { readonly type: 'crash' }
  | { readonly type: 'finish' };

const boom = (): never => {
  throw new Error('boom');
};

/** A session that answers questions. */
export const desk = setup({
  types: { context: {} as { readonly kept: readonly ReplyTo<string>[] }, events: {} as DeskEvent },
}).createMachine({
  id: 'desk',
  context: { kept: [] },
  initial: 'open',
  states: {
    open: {
      on: {
        'ask.length': { actions: ({ event }) => event.replyTo.send(event.text.length) },
        'ask.greeting': {
          actions: sendTo(
            ({ event }) => event.replyTo,
            ({ event }) => ({ type: 'greeting', to: event.to }),
          ),
        },
        'ask.enqueued': {
          actions: enqueueActions(({ enqueue, event }) => {
            enqueue.sendTo(event.replyTo, { type: 'greeting', to: event.to });
          }),
        },
        'ask.delayed': {
          actions: sendTo(
            ({ event }) => event.replyTo,
            ({ event }) => ({ type: 'greeting', to: event.to }),
            { delay: 1_000 },
          ),
        },
        'ask.and.finish': {
          target: 'closed',
          actions: sendTo(({ event }) => event.replyTo, { type: 'greeting', to: 'nobody' }),
        },
        'ask.and.crash': { actions: [({ event }) => event.replyTo.send('last words'), boom] },
        'ask.kept': { actions: assign({ kept: ({ context, event }) => [...context.kept, event.replyTo] }) },
        answer: {
          actions: [
            ({ context, event }) => context.kept[0]?.send(event.text),
            assign({ kept: ({ context }) => context.kept.slice(1) }),
          ],
        },
        crash: { actions: boom },
        finish: 'closed',
      },
    },
    closed: { type: 'final' },
  },
});
