import type { AnyActorRef, InspectionEvent, Observer, Subscription } from 'xstate';
import { requireFunction, requireObject } from './core/arguments.ts';
import { loggerOf } from './guarded.ts';
import { harmless } from './harmless.ts';
import { logThrown } from './logger.ts';
import { requireActorRef } from './monitor.ts';
import { supervisorOf } from './supervisor-of.ts';
import { rootOf, startedBy } from './xstate/internals.ts';

/**
 * Attaches an inspector to a host that runs already. It first hears of the actors that there are, parents first, each with
 * its snapshot; then of all that happens, in the sessions to come as well. The option `inspect` of `createSessionHost` is
 * the same from the beginning.
 *
 * @param host a session host, or anything else with an `actor` at the root of a tree of supervisors
 * @param inspector as for XState's `createActor`; what it throws is logged
 * @returns detaches it
 * @throws TypeError for what is no host, or no observer
 *
 * @example
 * const { inspect: inspector } = createBrowserInspector();
 * const watching = inspect(host, inspector);
 * watching.unsubscribe();
 */
export function inspect(
  host: { readonly actor: AnyActorRef },
  inspector: Observer<InspectionEvent> | ((event: InspectionEvent) => void),
): Subscription {
  requireObject('host', host);
  const { actor } = host;
  requireActorRef('host.actor', actor);
  const next = typeof inspector === 'function' ? inspector : inspector?.next;
  requireFunction('inspector', next);
  const tell = harmless(next!.bind(inspector), (error) => logThrown(loggerOf(actor), 'an inspector', error));
  const rootId = rootOf(actor).sessionId;
  const event = { type: 'xstate.init' };
  for (const actorRef of familyOf(actor)) {
    tell({ type: '@xstate.actor', rootId, actorRef });
    tell({ type: '@xstate.snapshot', rootId, actorRef, event, snapshot: actorRef.getSnapshot() });
  }
  return actor.system.inspect(tell);
}

/** An actor and all below it that live, parents first. */
function* familyOf(actor: AnyActorRef): Generator<AnyActorRef> {
  yield actor;
  const supervised = supervisorOf(actor)?.actors ?? [];
  for (const child of new Set([...supervised, ...startedBy(actor)])) yield* familyOf(child);
}
