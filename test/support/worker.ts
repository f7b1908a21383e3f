import { assign, emit, sendParent, setup } from 'xstate';
import type { ReplyTo, Session, SessionUpdatedEvent } from '../../src/index.ts';

/** A session that answers, emits, speaks to its parent, crashes and finishes when told to. */
export const worker = setup({
  types: {
    context: {} as { readonly session: Session; readonly pings: number },
    input: {} as { readonly session: Session },
    events: {} as
      | { readonly type: 'ping'; readonly replyTo?: ReplyTo<number> }
      | { readonly type: 'make.noise' }
      | { readonly type: 'tell.parent' }
      | { readonly type: 'crash'; readonly error?: unknown }
      | { readonly type: 'finish' }
      | SessionUpdatedEvent,
    emitted: {} as { readonly type: 'noise' },
  },
}).createMachine({
  id: 'worker',
  context: ({ input }) => ({ session: input.session, pings: 0 }),
  initial: 'working',
  states: {
    working: {
      on: {
        ping: {
          actions: [
            assign({ pings: ({ context }) => context.pings + 1 }),
            ({ context, event }) => event.replyTo?.send(context.pings),
          ],
        },
        'session.updated': { actions: assign({ session: ({ event }) => event.session }) },
        'make.noise': { actions: emit({ type: 'noise' }) },
        'tell.parent': { actions: sendParent({ type: 'news' }) },
        crash: {
          actions: ({ event }) => {
            throw 'error' in event ? event.error : new Error('crash');
          },
        },
        finish: 'finished',
      },
    },
    finished: { type: 'final' },
  },
});
