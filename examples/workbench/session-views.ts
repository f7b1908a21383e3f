import type { SessionHost, SessionHostEvent } from '../../src/index.ts';
import type { projectMachine } from './project-machine.ts';
import type { ScanSummary } from './scan.ts';

export type ProjectHost = SessionHost<typeof projectMachine>;
export type ProjectHostEvent = SessionHostEvent<typeof projectMachine>;

/** What there is to show of a session. */
export interface SessionView {
  readonly id: string;
  readonly name: string;
  readonly projectPath: string;
  /** A state of the machine, or `restarting` while the session is down. */
  readonly state: string;
  /** Nothing before the first scan. */
  readonly scan: ScanSummary | undefined;
  readonly restarts: number;
}

/** Reads the sessions of a host, in its order. The host does not count restarts; that is done here. */
export function sessionViews(host: ProjectHost): () => readonly SessionView[] {
  const restarts = new Map<string, number>();
  host.on('session.restarted', ({ session, incarnation }) => restarts.set(session.id, incarnation - 1));
  host.on('session.stopped', ({ session }) => restarts.delete(session.id));
  host.on('session.failed', ({ session }) => restarts.delete(session.id));
  return () =>
    host.list().map(({ id, name, projectPath }) => {
      const snapshot = host.session(id)?.getSnapshot();
      return {
        id,
        name,
        projectPath,
        state: host.isRunning(id) ? String(snapshot?.value) : 'restarting',
        scan: snapshot?.context.scan,
        restarts: restarts.get(id) ?? 0,
      };
    });
}
