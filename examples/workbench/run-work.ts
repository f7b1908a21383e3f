import { debuglog } from 'node:util';
import { createSessionHost } from '../../src/index.ts';
import type { Session, SessionStore } from '../../src/index.ts';
import { outputLine } from './event-line.ts';
import { followTree } from './follow-tree.ts';
import { keepingIn } from './kept-sessions.ts';
import { outputText } from './output-text.ts';
import { isSettled, nextIncarnation, nextStatus, notStarted } from './process-status.ts';
import type { ProcessStatus } from './process-status.ts';
import { processRestarts } from './restart-process.ts';
import type { RunLog } from './run-log.ts';
import { runTree } from './run-tree.ts';
import type { RunTreeOptions } from './run-tree.ts';
import { runLine, runRow } from './run-view.ts';
import type { RunView } from './run-view.ts';
import type { Work } from './work.ts';

export interface RunWorkOptions extends RunTreeOptions {
  readonly store: SessionStore | undefined;
  readonly max: number | undefined;
}

/** Sessions that run a command in their project, and keep the last of its output. */
export function runWork({ store, max, ...options }: RunWorkOptions): Work {
  const host = createSessionHost({
    session: runTree(options),
    ...keepingIn(store, JSON.stringify(options)),
    maxSessions: max,
    // Every event is shown, so that the library's log would say it all again.
    logger: debuglog('workbench'),
  });
  const statuses = new Map<string, ProcessStatus>();
  const statusOf = (id: string) => statuses.get(id) ?? notStarted;
  const logOf = (id: string): RunLog | undefined => host.whereis(id, 'log')?.getSnapshot().context;
  const become = (id: string, status: ProcessStatus) => {
    statuses.set(id, status);
    host.whereis(id, 'log')?.send({ type: 'log.status', status });
  };
  const restartProcess = processRestarts(host);

  const restart = async (id: string) => {
    const refusal = await restartProcess(id);
    // After a command there is no retry.
    if (refusal?.code === 'start_failed' && statuses.has(id)) become(id, { ...statusOf(id), state: 'failed' });
    return refusal;
  };
  const outputOf = (id: string) => logOf(id)?.lines ?? [];
  const viewOf = ({ id, name, projectPath }: Session): RunView => ({
    id,
    name,
    projectPath,
    ...statusOf(id),
    pid: host.whereis(id, 'process')?.getSnapshot().pid,
    lastLine: outputOf(id).findLast((line) => line.trim() !== '') ?? '',
  });

  return {
    host,
    commands: {
      restart,
      logs(id, say) {
        const session = host.lookup(id);
        if (session.ok) say(...outputOf(id).map((line) => outputLine(session.value.name, line)));
      },
    },
    isIdle: () => host.list().every(({ id }) => !options.isWatched && isSettled(statusOf(id))),
    rows: () => host.list().map((session) => runRow(viewOf(session), Date.now())),
    lines: () => host.list().map((session) => runLine(viewOf(session), Date.now())),
    news: () => [],
    listen({ event: heard, changed }) {
      const follow = (session: Session) => {
        const { id } = session;
        // One that has come back is as it was, until more is heard of it.
        statuses.set(id, logOf(id)?.status ?? notStarted);
        followTree(host, session, nextIncarnation(statusOf(id)), (event) => {
          if (event.type !== 'process.line') become(id, nextStatus(statusOf(id), event, Date.now()));
          else host.whereis(id, 'log')?.send({ type: 'log.line', line: outputText(event.line) });
          heard(event);
          changed();
        });
      };
      host.on('*', (event) => {
        heard(event);
        if (event.type === 'session.started') follow(event.session);
        if (event.type === 'session.stopped' || event.type === 'session.failed') statuses.delete(event.session.id);
        if (event.type === 'session.message' && event.event.type === 'project.changed') void restart(event.session.id);
      });
      host.actor.subscribe({ next: changed, error() {} });
    },
  };
}
