import type { AnyActorRef } from 'xstate';
import type { ChildSpec } from '../src/child-spec.ts';
import { requireFunction, requireObject } from '../src/core/arguments.ts';
import type { Session } from '../src/core/session.ts';
import { SupervisorActor } from '../src/supervisor/supervisor-actor.ts';
import { resolveChildren, resolveStaticOptions } from '../src/supervisor/supervisor-options.ts';
import type { StaticSupervisorOptions } from '../src/supervisor/supervisor-options.ts';
import { sendToParent } from '../src/xstate/internals.ts';
import { supervisorMachine } from './supervisor.ts';
import type { SupervisorLogic } from './supervisor.ts';

/** Options of `sessionTree`. */
export interface SessionTreeOptions<TConfig = Record<string, unknown>> extends StaticSupervisorOptions {
  /** Makes the children of one session, in start order. */
  readonly children: (args: { readonly session: Session<TConfig> }) => readonly ChildSpec[];
}

/**
 * Actor logic of a session made of several actors, with a supervisor of their own over them. Its children are found by
 * `host.whereis(id, childId)`; each that runs receives `session.updated`, and what they send to their parent, the host
 * hears as `session.message`.
 *
 * @throws TypeError, RangeError that name the bad option
 * @example
 * const host = createSessionHost({
 *   session: sessionTree({
 *     strategy: 'rest_for_one',
 *     children: ({ session }) => [
 *       { id: 'server', src: serverMachine, input: { cwd: session.projectPath } },
 *       { id: 'chat', src: chatMachine },
 *     ],
 *   }),
 * });
 */
export function sessionTree<TConfig = Record<string, unknown>>(
  options: SessionTreeOptions<TConfig>,
): SupervisorLogic<{ readonly session: Session<TConfig> }> {
  requireObject('options', options);
  requireFunction('children', options.children);
  const { flags, logger } = resolveStaticOptions(options);
  const create = (self: AnyActorRef, { session }: { readonly session: Session<TConfig> }) => ({
    supervisor: new SupervisorActor(self, {
      flags,
      children: resolveChildren(options.children({ session }), flags.autoShutdown!),
      logger,
      said: (message) => sendToParent(self, message),
    }),
  });
  // To its children it is what a session is to its host.
  return supervisorMachine('session-tree', logger, create, {
    'session.updated': ({ context, event }) => context.supervisor.broadcast(event),
  });
}
