import { debuglog } from 'node:util';
import { ask, createSessionHost } from '../../src/index.ts';
import type { SessionHost, SessionStore } from '../../src/index.ts';
import { keepingIn } from './kept-sessions.ts';
import { projectMachine } from './project-machine.ts';
import { refusalOf } from './refusal-of.ts';
import { scanLine, scanRow, scanText } from './scan-view.ts';
import type { ScanView } from './scan-view.ts';
import type { Work } from './work.ts';

export interface ScanWorkOptions {
  readonly store: SessionStore | undefined;
  readonly max: number | undefined;
  readonly once: boolean;
}

/** Sessions that scan their project, and scan it again when it changes. */
export function scanWork({ store, max, once }: ScanWorkOptions): Work {
  const host = createSessionHost({
    session: projectMachine,
    input: ({ session }) => ({ projectPath: session.projectPath, once }),
    ...keepingIn(store, once ? 'once' : ''),
    maxSessions: max,
    // A directory that has gone may be back in a moment: a restart at once would only fail again.
    backoff: { minMs: 250, maxMs: 2000, jitter: 'none' },
    // Every event is shown, so that the library's log would say it all again.
    logger: debuglog('workbench'),
  });
  const views = scanViews(host);
  return {
    host,
    commands: {
      restart: async (id) => refusalOf(await host.restartSession(id)),
      crash: (id) => host.session(id)?.send({ type: 'project.crash' }),
    },
    isIdle: () => host.count() === 0,
    rows: () => views().map((view) => scanRow(view, Date.now())),
    lines: () => views().map(scanLine),
    news: () =>
      views().flatMap(({ id, name, scan }) => (scan === undefined ? [] : [{ id, line: `${name}: ${scanText(scan)}` }])),
    listen({ event: heard, changed }) {
      host.on('*', (event) => {
        heard(event);
        if (event.type !== 'session.started') return;
        event.ref.subscribe(changed);
        // Nobody has watched it meanwhile.
        if (event.resumed) event.ref.send({ type: 'project.changed' });
      });
      host.actor.subscribe({ next: changed, error() {} });
    },
  };
}

type ScanHost = SessionHost<typeof projectMachine>;

/** Reads the sessions of a host, in its order. The host does not count restarts; that is done here. */
function scanViews(host: ScanHost): () => readonly ScanView[] {
  const restarts = new Map<string, number>();
  host.on('session.started', ({ session: { id }, resumed }) => {
    if (!resumed) return;
    void incarnationOf(host, id).then((incarnation) => {
      if (!restarts.has(id) && host.lookup(id).ok) restarts.set(id, incarnation - 1);
    });
  });
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

/** Which life a session lives that has come back. */
async function incarnationOf(host: ScanHost, id: string): Promise<number> {
  // All of them are supervisors: each lists its children.
  const childOf = async (ref: unknown, childId: string) => {
    const listed = await ask(ref as ScanHost['actor'], { type: 'supervisor.which_children' });
    return listed.ok ? listed.value.find((child) => child.id === childId) : undefined;
  };
  try {
    const sessions = await childOf(host.actor, 'sessions');
    return (await childOf(sessions?.ref, id))?.incarnation ?? 1;
  } catch {
    // The host has ended meanwhile.
    return 1;
  }
}
