import { setup } from 'xstate';

/** How many sessions of any make have begun, restarts included. */
export const births = { count: 0 };

/** The logic of a session, everywhere: three states, and a context that holds its input. */
export const sessionMachine = setup({
  types: {
    input: {} as { readonly session: { readonly projectPath: string } },
    context: {} as { readonly session: { readonly projectPath: string } },
    events: {} as { readonly type: 'next' } | { readonly type: 'crash' },
  },
  actions: {
    fail: () => {
      throw new Error('crashed as told');
    },
  },
}).createMachine({
  context: ({ input }) => {
    births.count += 1;
    return input;
  },
  on: { crash: { actions: 'fail' } },
  initial: 'idle',
  states: {
    idle: { on: { next: 'working' } },
    working: { on: { next: 'paused' } },
    paused: { on: { next: 'idle' } },
  },
});
