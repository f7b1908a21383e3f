import { assign, setup } from 'xstate';
import type { ReplyTo, Session } from '../../src/index.ts';

export type NotebookEvent =
  | { readonly type: 'write'; readonly text: string }
  | { readonly type: 'write.asked'; readonly text: string; readonly replyTo: ReplyTo<number> }
  | { readonly type: 'read'; readonly replyTo: ReplyTo<readonly string[]> }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'crash' };

/** A session that keeps what is written, answers, notes that it waited, and crashes when told to. */
export const notebook = setup({
  types: {
    context: {} as { readonly session: Session; readonly lines: readonly string[]; readonly ms: number },
    input: {} as { readonly session: Session },
    events: {} as NotebookEvent,
  },
  delays: { later: ({ context }) => context.ms },
}).createMachine({
  id: 'notebook',
  version: '1',
  context: ({ input }) => ({ session: input.session, lines: [], ms: 0 }),
  on: {
    write: { actions: assign({ lines: ({ context, event }) => [...context.lines, event.text] }) },
    'write.asked': {
      actions: [
        assign({ lines: ({ context, event }) => [...context.lines, event.text] }),
        ({ context, event }) => event.replyTo.send(context.lines.length),
      ],
    },
    read: { actions: ({ context, event }) => event.replyTo.send(context.lines) },
    wait: { actions: assign({ ms: ({ event }) => event.ms }), target: '.waiting' },
    crash: {
      actions: () => {
        throw new Error('boom');
      },
    },
  },
  initial: 'open',
  states: {
    open: {},
    waiting: {
      after: { later: { target: 'open', actions: assign({ lines: ({ context }) => [...context.lines, 'waited'] }) } },
    },
  },
});

export const write = (text: string) => ({ type: 'write', text }) as const;

/** Answered with how many lines there are then. */
export const asked = (text: string) => ({ type: 'write.asked', text }) as const;
