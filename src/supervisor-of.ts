import type { AnyActorRef } from 'xstate';
import { SessionsActor } from './sessions/sessions-actor.ts';
import { SupervisorActor } from './supervisor/supervisor-actor.ts';

/** The supervisor that an actor is, if it is one. */
export function supervisorOf(actor: AnyActorRef): SupervisorActor | SessionsActor | undefined {
  try {
    const { context } = actor.getSnapshot() as { readonly context: object };
    // Not read as fields: the context may be a user's own, with getters.
    const kept = ['sessions', 'supervisor'].map(
      (name) => Object.getOwnPropertyDescriptor(context, name)?.value as unknown,
    );
    return kept.find((one) => one instanceof SessionsActor || one instanceof SupervisorActor);
  } catch {
    // There is none, or it throws.
    return undefined;
  }
}
