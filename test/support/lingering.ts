import { assign, setup } from 'xstate';
import type { ShutdownEvent } from '../../src/index.ts';

/**
 * A session that takes `supervisor.shutdown`, and then lingers until it is told to leave. It puts out why it had to.
 */
export const lingering = setup({
  types: {
    context: {} as { readonly reason: string },
    events: {} as
      | ShutdownEvent
      | { readonly type: 'leave' }
      | { readonly type: 'work' }
      | { readonly type: 'crash' }
      | { readonly type: 'do'; readonly work: () => void },
    output: {} as string,
  },
}).createMachine({
  id: 'lingering',
  context: { reason: 'none' },
  initial: 'working',
  on: {
    crash: {
      actions: () => {
        throw new Error('boom');
      },
    },
    do: { actions: ({ event }) => event.work() },
    leave: '.left',
  },
  states: {
    working: {
      on: { 'supervisor.shutdown': { target: 'lingering', actions: assign({ reason: ({ event }) => event.reason }) } },
    },
    lingering: {},
    left: { type: 'final' },
  },
  output: ({ context }) => context.reason,
});
