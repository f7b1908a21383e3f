import type { SessionHost, SupervisionError } from '../../src/index.ts';
import type { ObservedHost } from '../../src/observer/index.ts';
import type { WorkCommand } from './parse-command.ts';
import type { Row } from './screen.ts';
import type { WorkEvent } from './work-event.ts';

/** What the sessions of a workbench do. In all else its modes are the same. */
export interface Work {
  readonly host: Omit<ObservedHost, 'stopSession'> &
    Pick<SessionHost, 'startSession' | 'stopSession' | 'renameSession' | 'lookup' | 'lookupByName' | 'list' | 'close'> &
    Pick<SessionHost, 'savedSessions' | 'resumeSession' | 'resumeAll' | 'forgetSession' | 'flush'>;
  /** What they can be told, besides what any session can. Gives the host's refusal, if it refuses. */
  readonly commands: Readonly<Partial<Record<WorkCommand, SessionAction>>>;
  /** Whether nothing more will happen, unless somebody gives a command. */
  isIdle(): boolean;
  /** The sessions on a screen. */
  rows(): readonly Row[];
  /** The sessions for `list`. */
  lines(): readonly string[];
  /** The latest of each session that is worth a line, where there are no rows. */
  news(): readonly News[];
  /** `changed`: there is something new about the sessions. */
  listen(listener: { event(event: WorkEvent): void; changed(): void }): void;
}

/** @param id of a session that is there */
export type SessionAction = (
  id: string,
  say: (...lines: readonly string[]) => void,
) => void | Promise<SupervisionError | undefined>;

export interface News {
  readonly id: string;
  readonly line: string;
}
