import type { ProjectHostEvent } from './session-views.ts';

/** How the workbench shows itself. */
export interface Display {
  event(event: ProjectHostEvent): void;
  /** An answer to a command. */
  say(line: string): void;
  /** What went wrong, on standard error. */
  complain(line: string): void;
  /** There is something new about the sessions. */
  refresh(): void;
  close(): void;
}
