import type { AnyActorRef } from 'xstate';
import { runtimeOf } from '../../machines/runtime.ts';
import type { Runtime } from '../../machines/runtime.ts';
import { describe, requireFunction, requireObject } from '../core/arguments.ts';
import type { Result } from '../core/result.ts';
import type { SupervisedSession } from '../supervised-session.ts';
import { SessionsActor } from '../sessions-actor.ts';
import { supervisorOf } from '../supervisor-of.ts';

type Answer = Promise<Result<unknown, { readonly code: string; readonly message: string }>>;

/** What the observer needs of a session host, whatever its sessions are. */
export interface ObservedHost {
  readonly actor: AnyActorRef;
  maxSessions: number;
  count(): number;
  on(type: '*', listener: (event: any) => void): { unsubscribe(): void };
  session(id: string): { send(event: never): void } | undefined;
  stopSession(id: string): Answer;
  restartSession(id: string): Answer;
}

/** @throws TypeError for what is no session host */
export function requireHost(host: ObservedHost): Runtime {
  requireObject('host', host);
  requireFunction('host.on', host.on);
  try {
    return runtimeOf(host.actor);
  } catch {
    throw new TypeError(`host must be a session host, not ${describe(host)}`);
  }
}

/** A session that has started, and has not ended. */
export function sessionOf(runtime: Runtime, id: string): SupervisedSession | undefined {
  const sessions = runtime.sessions && supervisorOf(runtime.sessions);
  return sessions instanceof SessionsActor ? sessions.get(id) : undefined;
}
