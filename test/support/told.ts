interface Told {
  readonly type: string;
  readonly session?: { readonly id: string };
  readonly ref?: unknown;
}

/** What a host said, each session by its id and without its ref: plain values, to be held against an exact list. */
export const told = (events: readonly Told[]): object[] =>
  events.map(({ session, ref: _ref, ...rest }) => (session === undefined ? rest : { ...rest, id: session.id }));

/** What `told` makes of a crash, of the event that the session was handling. */
export const crashed = (id: string, incarnation: number, error: unknown, event?: object, more: object = {}) => ({
  type: 'session.crashed',
  id,
  incarnation,
  error,
  ...(event && { event }),
  ...more,
});

export const started = (id: string) => ({ type: 'session.started', id });
export const restarted = (id: string, incarnation: number) => ({ type: 'session.restarted', id, incarnation });
export const stopped = (id: string, reason: string, more: object = {}) => ({
  type: 'session.stopped',
  id,
  reason,
  ...more,
});

/** What `told` makes of a session that gave up. */
export const failed = (id: string, restarts: number, withinMs: number, cause: unknown) => ({
  type: 'session.failed',
  id,
  restarts,
  error: expect.objectContaining({ code: 'gave_up', restarts, withinMs, cause }),
});
