/** The answer to something that may be refused: a value, or the reason why not. */
export type Result<T, E> = Ok<T> | Refused<E>;

/** What was asked for. */
export interface Ok<T> {
  readonly ok: true;
  readonly value: T;
}

/** The reason why not. */
export interface Refused<E> {
  readonly ok: false;
  readonly error: E;
}

/**
 * A `Result` that has what was asked for: for a path check or a store of one's own.
 *
 * @example
 * const check = (path: string) => (path.startsWith('/srv/') ? ok(path) : refused(notOurs(path)));
 */
export const ok = <T>(value: T): Ok<T> => ({ ok: true, value });

/** A `Result` that says why not. In what this package takes, the error is a `SupervisionError`. */
export const refused = <E>(error: E): Refused<E> => ({ ok: false, error });
