import type { SessionLifecycleEvent } from './session-events.ts';
import type { Session } from './session.ts';

type SessionCrashed = Extract<SessionLifecycleEvent, { readonly type: 'session.crashed' }>;

/** What is emitted of a crash, without the fields of which there is nothing to say. */
export function sessionCrashed(
  session: Session,
  incarnation: number,
  error: unknown,
  event: { readonly type: string } | undefined,
  delayMs: number | undefined,
): SessionCrashed {
  const crashed: { -readonly [Field in keyof SessionCrashed]: SessionCrashed[Field] } = {
    type: 'session.crashed',
    session,
    incarnation,
    error,
  };
  if (event !== undefined) crashed.event = event;
  if (delayMs !== undefined) crashed.delayMs = delayMs;
  return crashed;
}
