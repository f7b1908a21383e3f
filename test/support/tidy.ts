import { createMachine } from 'xstate';
import type { AnyActorLogic } from 'xstate';
import { fromTask } from '../../src/index.ts';
import type { TaskScope } from '../../src/index.ts';
import { throwBoom } from './crash-ways.ts';
import { toldToEnd, wait } from './tasks.ts';
import { Journal } from './workers.ts';

export type CleanUp = (scope: TaskScope) => unknown;

/** Clean-ups: one that takes so long, one that never ends, one that fails. */
export const takes =
  (ms: number): CleanUp =>
  (scope) =>
    wait(scope, ms);
export const never = (): Promise<never> => new Promise(() => {});
export const rejects = (error: unknown) => async (): Promise<never> => {
  throw error;
};

/** Has it crash, in a listener; and a machine that invokes it, of itself. */
export const crash = { type: 'crash' } as const;

/** A task that works until it is aborted, and then cleans up. */
export const tidy = (cleanUp: CleanUp, journal = new Journal()) =>
  fromTask(async (scope: TaskScope) => {
    const { self, signal, receive } = scope;
    receive(({ type }) => type === crash.type && throwBoom());
    journal.begin(self.id);
    try {
      await toldToEnd(signal);
      throw signal.reason;
    } finally {
      await cleanUp(scope);
      journal.end(self.id);
    }
  });

/** A machine that invokes a task, or another machine, until it leaves that state. */
export const invoking = (src: AnyActorLogic): AnyActorLogic =>
  createMachine({
    initial: 'at',
    states: { at: { invoke: { id: 'task', src }, on: { leave: 'gone' } }, gone: { on: { back: 'at' } } },
    on: { crash: { actions: throwBoom } },
  });
