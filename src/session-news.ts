import { messageOf } from './core/arguments.ts';
import type { ExitReason } from './core/exit.ts';
import { sessionCrashed } from './core/session-crash.ts';
import type { Session } from './core/session.ts';
import type { SupervisionError } from './core/supervision-error.ts';
import type { SessionHome } from './session-home.ts';

// What becomes of a session, told to the logger and to whoever listens.

export function tellOfCrash(
  home: SessionHome,
  session: Session,
  incarnation: number,
  error: unknown,
  event: { readonly type: string } | undefined,
  delayMs: number | undefined,
): void {
  const wait = delayMs === undefined ? '' : `; it restarts in ${Math.round(delayMs)} ms`;
  home.log(`session ${named(session)} crashed: ${messageOf(error)}${wait}`, error);
  home.emit(sessionCrashed(session, incarnation, error, event, delayMs));
}

export function tellOfRestart(home: SessionHome, session: Session, incarnation: number): void {
  home.log(`session ${named(session)} restarted as incarnation ${incarnation}`);
  home.emit({ type: 'session.restarted', session, incarnation });
}

export function tellOfFailure(home: SessionHome, session: Session, error: SupervisionError<'gave_up'>): void {
  home.log(`session ${named(session)} failed: ${error.message}`, error);
  home.emit({ type: 'session.failed', session, error, restarts: error.restarts });
}

export function tellOfStop(home: SessionHome, session: Session, reason: ExitReason, output: unknown): void {
  const stopped = { type: 'session.stopped', session, reason } as const;
  home.emit(output === undefined ? stopped : { ...stopped, output });
}

const named = (session: Session): string => `${session.name} (${session.id})`;
