import { assign, setup } from 'xstate';

export type FragileEvent =
  { readonly type: 'throw'; readonly error: unknown } | { readonly type: 'finish' } | { readonly type: 'count' };

/** A session that throws what it is sent, finishes, or counts. */
export const fragile = setup({
  types: { context: {} as { readonly count: number }, events: {} as FragileEvent },
}).createMachine({
  context: { count: 0 },
  initial: 'working',
  states: {
    working: {
      on: {
        throw: {
          actions: ({ event }) => {
            throw event.error;
          },
        },
        finish: 'finished',
        count: { actions: assign({ count: ({ context }) => context.count + 1 }) },
      },
    },
    finished: { type: 'final' },
  },
});

export const boom = new Error('boom');

/** Crashes it. */
export const thrown = { type: 'throw', error: boom } as const;
