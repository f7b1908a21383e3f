import type { Result } from './result.ts';
import type { SupervisionError, SupervisionErrorCode } from './supervision-error.ts';

/** Whoever wants an answer: any actor, or anything else with `send`. */
export interface ReplyTarget<R> {
  send(reply: R): void;
}

/** The answer to a command: a value, or one of these refusals. */
export type Reply<T, C extends SupervisionErrorCode> = Result<T, SupervisionError<C>>;

/** What every command may carry. */
export interface Replying<R> {
  readonly replyTo?: ReplyTarget<R>;
}
