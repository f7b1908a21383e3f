import type { AnyActorRef } from 'xstate';
import { Runtime, runtimeOf } from '../../machines/runtime.ts';
import { describe, requireFunction, requireObject } from '../core/arguments.ts';
import type { Result } from '../core/result.ts';
import type { SupervisedSession } from '../sessions/supervised-session.ts';
import { SessionsActor } from '../sessions/sessions-actor.ts';
import { supervisorOf } from '../supervisor-of.ts';
import { readable } from './view/readable.ts';

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

/** @throws TypeError for what is no session host, or one of another copy of this package */
export function requireHost(host: ObservedHost): Runtime {
  requireObject('host', host);
  requireFunction('host.on', host.on);
  const runtime = readable<unknown>(() => runtimeOf(host.actor), undefined);
  if (runtime instanceof Runtime) return runtime;
  if (runtime === undefined) throw new TypeError(`host must be a session host, not ${describe(host)}`);
  throw new TypeError('host must be of the same copy of xstate-supervisor: import both, or require both');
}

/** A session that has started, and has not ended. */
export const sessionOf = (runtime: Runtime, id: string): SupervisedSession | undefined => sessionsIn(runtime)?.get(id);

/** All that have started, and have not ended. */
export const sessionsOf = (runtime: Runtime): readonly SupervisedSession[] => sessionsIn(runtime)?.started ?? [];

function sessionsIn(runtime: Runtime): SessionsActor | undefined {
  const sessions = runtime.sessions && supervisorOf(runtime.sessions);
  return sessions instanceof SessionsActor ? sessions : undefined;
}
