/** What a session that is supervised is about. */
export type SessionState =
  /** Its incarnation has begun, but does not count as started yet: a session tree may take its time. */
  | 'starting'
  | 'running'
  /** Down, until its back-off is over or its retry has its turn. */
  | 'waiting'
  /** Its incarnation has been asked to end, to be followed by another. */
  | 'restarting'
  /** Its incarnation has been asked to end, for good. */
  | 'stopping'
  | 'over';
