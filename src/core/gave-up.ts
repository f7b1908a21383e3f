import { messageOf } from './arguments.ts';
import type { Intensity } from './intensity.ts';
import { SupervisionError } from './supervision-error.ts';

/** What a supervisor, or a session, ends with that would have to come back once more than its intensity allows. */
export function gaveUp(
  who: string,
  { maxRestarts: restarts, withinMs }: Intensity,
  cause: unknown,
): SupervisionError<'gave_up'> {
  const why = cause === undefined ? '' : `: ${messageOf(cause)}`;
  const message = `${who} gave up after ${restarts} restarts within ${withinMs} ms${why}`;
  return new SupervisionError('gave_up', message, { restarts, withinMs, cause });
}
