import type { AnyActorRef } from 'xstate';
import { SessionsActor } from './sessions-actor.ts';
import { SupervisorActor } from './supervisor-actor.ts';

/** The supervisor that an actor is, if it is one. */
export function supervisorOf(actor: AnyActorRef): SupervisorActor | SessionsActor | undefined {
  try {
    const { supervisor, sessions } = (actor.getSnapshot() as { context: Record<string, unknown> }).context;
    return [sessions, supervisor].find((one) => one instanceof SessionsActor || one instanceof SupervisorActor);
  } catch {
    // No context, or a user's own, which may throw when it is read.
    return undefined;
  }
}
