import { assign, setup } from 'xstate';
import type { ReplyTo } from 'xstate-supervisor';

/** A session that counts, and answers to how much: each question changes it. */
export const counterMachine = setup({
  types: {
    input: {} as { readonly session: { readonly projectPath: string } },
    context: {} as { readonly session: { readonly projectPath: string }; readonly count: number },
    events: {} as { readonly type: 'count'; readonly replyTo: ReplyTo<number> },
  },
}).createMachine({
  context: ({ input }) => ({ ...input, count: 0 }),
  on: {
    count: {
      actions: [
        assign({ count: ({ context }) => context.count + 1 }),
        ({ context, event }) => event.replyTo.send(context.count),
      ],
    },
  },
});
