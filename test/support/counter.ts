import { assign, emit, setup } from 'xstate';
import type { Session, SessionUpdatedEvent } from '../../src/index.ts';

export type CounterEvent =
  | { readonly type: 'add'; readonly by: number }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'crash' }
  | { readonly type: 'finish' }
  | SessionUpdatedEvent;

export type CounterEmitted =
  { readonly type: 'began' } | { readonly type: 'added'; readonly by: number } | { readonly type: 'noted' };

/** A session that counts, keeps notes, crashes when told to, and puts out its count. */
export const counter = setup({
  types: {
    context: {} as { readonly session: Session; readonly count: number; readonly notes: readonly string[] },
    input: {} as { readonly session: Session },
    events: {} as CounterEvent,
    emitted: {} as CounterEmitted,
    output: {} as number,
    tags: {} as 'open',
  },
}).createMachine({
  id: 'counter',
  context: ({ input }) => ({ session: input.session, count: 0, notes: [] }),
  initial: 'counting',
  entry: emit({ type: 'began' }),
  states: {
    counting: {
      tags: 'open',
      on: {
        add: {
          actions: [
            assign({ count: ({ context, event }) => context.count + event.by }),
            emit(({ event }) => ({ type: 'added', by: event.by })),
          ],
        },
        note: {
          actions: [assign({ notes: ({ context, event }) => [...context.notes, event.text] }), emit({ type: 'noted' })],
        },
        crash: {
          actions: () => {
            throw new Error('boom');
          },
        },
        finish: 'finished',
      },
    },
    finished: { type: 'final' },
  },
  output: ({ context }) => context.count,
});

export const crash = { type: 'crash' } as const;
export const note = (text: string) => ({ type: 'note', text }) as const;
