import type { WorkEvent } from './work-event.ts';

/** How the workbench shows itself. */
export interface Display {
  event(event: WorkEvent): void;
  /** An answer to a command. */
  say(...lines: readonly string[]): void;
  /** What went wrong, on standard error. */
  complain(line: string): void;
  /** There is something new about the sessions. */
  refresh(): void;
  close(): void;
}
