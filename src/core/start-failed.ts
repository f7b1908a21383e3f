import { messageOf } from './arguments.ts';
import { SupervisionError } from './supervision-error.ts';

/** What a start is refused with, or a restart by hand, that went wrong. */
export const startFailed = (id: string, cause: unknown): SupervisionError<'start_failed'> =>
  new SupervisionError('start_failed', `Session ${id} failed to start: ${messageOf(cause)}`, { cause });

/** What is wrong with a logic that has nothing to do: a session is meant to run. */
export const doneAtOnce = (id: string): Error => new Error(`The logic of session ${id} was done at once`);
