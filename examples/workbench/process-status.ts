import type { ChildEvent } from './work-event.ts';

export interface ProcessStatus {
  /**
   * `crashed` until it is decided what becomes of it; `failed` where it stays down because it could not be started by
   * command.
   */
  readonly state: 'starting' | 'running' | 'crashed' | 'restarting' | 'finished' | 'stopped' | 'failed';
  /** When it was started, in milliseconds since the Unix epoch. */
  readonly since: number;
  readonly restarts: number;
}

export const notStarted: ProcessStatus = { state: 'starting', since: 0, restarts: 0 };

/** What becomes of a process with an event of the supervisor that it is a child of. */
export function nextStatus(status: ProcessStatus, event: ChildEvent, now: number): ProcessStatus {
  if (event.id !== 'process') return status;
  switch (event.type) {
    case 'child.started':
      return { state: 'running', since: now, restarts: event.incarnation - 1 };
    case 'child.exited':
      if (event.reason === 'error') return { ...status, state: 'crashed' };
      return { ...status, state: event.reason === 'normal' ? 'finished' : 'stopped' };
    case 'child.start_failed':
      return { ...status, state: 'crashed' };
    case 'child.restarting':
      return { ...status, state: 'restarting' };
    case 'child.restart_cancelled':
      return { ...status, state: 'stopped' };
    default:
      return status;
  }
}

/** Which life it lives that has been started where nobody could hear: the first or, in a session that has come back, another. */
export const nextIncarnation = ({ state, restarts }: ProcessStatus): number =>
  // Where it waited for a restart, that was due before.
  restarts + (state === 'restarting' || state === 'crashed' ? 2 : 1);

/** Whether it stays as it is, unless somebody restarts it. */
export const isSettled = ({ state }: ProcessStatus): boolean =>
  state === 'finished' || state === 'stopped' || state === 'failed';
