import { setup } from 'xstate';
import type { Session } from '../../src/index.ts';
import { settled } from './answers.ts';
import { openHost } from './open-host.ts';

/** A session that takes as long to end, when it is asked to, as its config says. */
const leaving = setup({
  types: {
    context: {} as { readonly ms: number },
    input: {} as { readonly session: Session<{ readonly ms: number }> },
  },
  delays: { ms: ({ context }) => context.ms },
}).createMachine({
  context: ({ input }) => ({ ms: input.session.config.ms }),
  initial: 'working',
  states: {
    working: { on: { 'supervisor.shutdown': 'leaving' } },
    leaving: { after: { ms: 'left' } },
    left: { type: 'final' },
  },
});

/** A host with such sessions, each named for its time. */
export async function openLeaving(...times: number[]) {
  const test = openHost<typeof leaving, { readonly ms: number }>({ session: leaving, shutdown: 1_000 });
  for (const ms of times) {
    await test.host.startSession({ id: `${ms}`, projectPath: `/${ms}`, config: { ms } });
  }
  test.events.length = 0;
  return test;
}

/** Which of the calls of `close` have resolved by now. */
export const states = (...closings: Promise<void>[]): Promise<('closed' | 'pending')[]> =>
  Promise.all(
    closings.map((closed) =>
      Promise.race([closed.then(() => 'closed' as const), settled().then(() => 'pending' as const)]),
    ),
  );
