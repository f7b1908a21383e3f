import { messageOf } from '../core/arguments.ts';
import type { ExitReason } from '../core/exit.ts';
import { sessionCrashed } from '../core/session-crash.ts';
import type { Session } from '../core/session.ts';
import type { SupervisionError } from '../core/supervision-error.ts';
import type { SessionHome } from './session-home.ts';
import type { SessionKeeping } from '../keeping/session-keeping.ts';

/** Of whom it is told. */
interface Told {
  readonly home: Pick<SessionHome, 'log'>;
  readonly keeper: Pick<SessionKeeping, 'tell'>;
}

// What becomes of a session, told to the logger and to whoever listens.

export function tellOfCrash(
  of: Told & { readonly session: Session; readonly number: number },
  error: unknown,
  event: { readonly type: string } | undefined,
  delayMs?: number,
): void {
  const { session, number: incarnation } = of;
  const wait = delayMs === undefined ? '' : `; it restarts in ${Math.round(delayMs)} ms`;
  of.home.log(`session ${named(session)} crashed: ${messageOf(error)}${wait}`, error);
  of.keeper.tell(sessionCrashed(session, incarnation, error, event, delayMs));
}

export function tellOfRestart(of: Told, session: Session, incarnation: number): void {
  of.home.log(`session ${named(session)} restarted as incarnation ${incarnation}`);
  of.keeper.tell({ type: 'session.restarted', session, incarnation });
}

export function tellOfFailure(of: Told, session: Session, error: SupervisionError<'gave_up'>): void {
  of.home.log(`session ${named(session)} failed: ${error.message}`, error);
  of.keeper.tell({ type: 'session.failed', session, error, restarts: error.restarts });
}

export function tellOfStop(of: Told, session: Session, reason: ExitReason, output: unknown): void {
  const stopped = { type: 'session.stopped', session, reason } as const;
  of.keeper.tell(output === undefined ? stopped : { ...stopped, output });
}

const named = (session: Session): string => `${session.name} (${session.id})`;
