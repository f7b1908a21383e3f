import { messageOf, requireNumber } from '../../core/arguments.ts';
import type { Runtime } from '../../../machines/runtime.ts';
import { acceptsOf } from '../view/accepts.ts';
import { sessionOf } from '../observed-host.ts';
import type { ObservedHost } from '../observed-host.ts';
import type { Action, Done } from '../protocol.ts';

const done: Done = { ok: true };
const refuse = (code: string, message: string): Done => ({ ok: false, error: { code, message } });

/** Does what a page asks for, and says what came of it. */
export async function act(host: ObservedHost, runtime: Runtime, action: Action): Promise<Done> {
  switch (action.type) {
    case 'stop':
      return answered(await host.stopSession(action.id));
    case 'restart':
      return answered(await host.restartSession(action.id));
    case 'send':
      return send(host, runtime, action.id, action.event);
    case 'limit':
      return setLimit(host, action.maxSessions);
    default:
      return refuse('unknown_action', `There is no action ${JSON.stringify((action as { type?: unknown }).type)}`);
  }
}

function answered(result: Awaited<ReturnType<ObservedHost['stopSession']>>): Done {
  return result.ok ? done : refuse(result.error.code, result.error.message);
}

// Only what the machine says that it takes: a page is not to find out what else its logic does with.
function send(host: ObservedHost, runtime: Runtime, id: string, event: unknown): Done {
  const ref = host.session(id);
  const session = sessionOf(runtime, id);
  if (ref === undefined || session === undefined) return refuse('not_found', `There is no session with the id ${id}`);
  const { type } = (event ?? {}) as { readonly type?: unknown };
  if (typeof type !== 'string') return refuse('invalid_event', 'An event is an object with a type that is a string');
  const accepts = acceptsOf(session.ref.getSnapshot());
  if (!accepts.some((accepted) => matches(accepted, type))) {
    return refuse('not_accepted', `The session takes no ${type} just now`);
  }
  ref.send(event as never);
  return done;
}

/** Whether a type is the one that is accepted, or one of those that `user.*` stands for. */
const matches = (accepted: string, type: string): boolean =>
  accepted === type || (accepted.endsWith('.*') && `${type}.`.startsWith(accepted.slice(0, -1)));

function setLimit(host: ObservedHost, maxSessions: unknown): Done {
  try {
    requireNumber('maxSessions', maxSessions, 0, 'integer');
    host.maxSessions = maxSessions as number;
    return done;
  } catch (error) {
    return refuse('invalid_limit', messageOf(error));
  }
}
