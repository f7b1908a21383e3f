/**
 * Which exits bring a child back.
 *
 * - `permanent`: every exit
 * - `transient`: a crash only
 * - `temporary`: none; it is forgotten
 */
export type RestartType = 'permanent' | 'transient' | 'temporary';

/** Whether a child is counted as a worker or as a supervisor. */
export type ChildType = 'worker' | 'supervisor';

/** The part of a child spec that the supervision rules look at. */
export interface ChildRules {
  /** Unique among the children of one supervisor. */
  readonly id: string;
  readonly restart: RestartType;
  readonly type: ChildType;
  /** Whether its own end may shut its supervisor down (`autoShutdown`). Never together with `permanent`. */
  readonly significant: boolean;
}
