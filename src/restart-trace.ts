import type { ExitReason } from './core/exit.ts';
import type { Session } from './core/session.ts';
import { sessionRestart } from './diagnostics.ts';
import type { SessionRestartTrace } from './diagnostics.ts';
import type { SessionHome } from './session-home.ts';

/** Begins the trace of the restart that an exit, or a command, has made necessary: if anybody follows it. */
export function traceRestart(
  { runtime: actor }: SessionHome,
  session: Session,
  incarnation: number,
  why: ExitReason | 'command',
): SessionRestartTrace | undefined {
  if (!sessionRestart.isWatched) return undefined;
  const cause = why === 'command' ? why : why === 'error' ? 'crash' : 'exit';
  return sessionRestart.begin({ actor, session, cause, incarnation });
}
