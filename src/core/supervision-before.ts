/** A child as it was when its supervisor was saved. Times are on the supervisor's clock. */
export interface ChildBefore {
  readonly id: string;
  /** `gone`: its spec had been forgotten, or deleted. */
  readonly status: 'running' | 'restarting' | 'stopped' | 'gone';
  readonly incarnation: number;
  /** Whether it goes on with the life that it lived; else it starts anew. */
  readonly isSaved: boolean;
  readonly startedAt: number;
  readonly attempt: number;
  readonly restartAt: number;
}

/** What a supervisor had counted, and its children. */
export interface SupervisionBefore {
  /** When it made the restarts that still count, the oldest first. */
  readonly restarts: readonly number[];
  readonly children: readonly ChildBefore[];
}
