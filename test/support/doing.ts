import { emit, sendParent, setup } from 'xstate';
import type { EventObject } from 'xstate';
import type { Session } from '../../src/index.ts';

/** A session that does whatever it is told, as its own action. */
export const doing = setup({
  types: {
    context: {} as { readonly session: Session },
    input: {} as { readonly session: Session },
    events: {} as
      | { readonly type: 'do'; readonly work: () => void }
      | { readonly type: 'do.and.finish'; readonly work: () => void }
      | { readonly type: 'make.noise' }
      | { readonly type: 'tell.parent'; readonly event?: EventObject }
      | { readonly type: 'session.updated' },
    emitted: {} as { readonly type: 'noise' },
  },
  actions: {
    work: (_, work: () => void) => work(),
  },
}).createMachine({
  id: 'doing',
  context: ({ input }) => input,
  initial: 'working',
  states: {
    working: {
      on: {
        do: { actions: { type: 'work', params: ({ event }) => event.work } },
        'do.and.finish': { target: 'finished', actions: { type: 'work', params: ({ event }) => event.work } },
        'make.noise': { actions: emit({ type: 'noise' }) },
        'tell.parent': { actions: sendParent(({ event }) => event.event ?? { type: 'news' }) },
      },
    },
    finished: { type: 'final' },
  },
});
