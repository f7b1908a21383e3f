import type { AnyActorLogic } from 'xstate';
import { ask } from '../../src/index.ts';
import type { SessionHost, SessionRuntimeRef } from '../../src/index.ts';

/** All that can be read of a host, and which incarnations run. */
export async function dump(host: SessionHost<any, any>): Promise<object> {
  const { actor } = host as { readonly actor: SessionRuntimeRef<AnyActorLogic, object> };
  const sessions = host.list();
  return {
    sessions,
    ids: host.ids(),
    count: host.count(),
    maxSessions: host.maxSessions,
    oldest: host.defaultSession(),
    byId: sessions.map(({ id }) => host.lookup(id)),
    byPath: sessions.map(({ projectPath }) => host.lookupByPath(projectPath)),
    byName: sessions.map(({ name }) => host.lookupByName(name)),
    running: sessions.map(({ id }) => host.isRunning(id)),
    // Of one incarnation.
    lives: sessions.map(({ id }) => host.session(id)!.sessionId),
    snapshots: sessions.map(({ id }) => host.session(id)!.getSnapshot()),
    status: host.actor.getSnapshot().status,
    children: await ask(actor, { type: 'supervisor.which_children' }),
    registry: await ask(actor, { type: 'registry.list' }),
  };
}
