import { describe, messageOf, requireNumber } from '../../core/arguments.ts';
import type { Runtime } from '../../../machines/runtime.ts';
import { sessionOf } from '../observed-host.ts';
import type { ObservedHost } from '../observed-host.ts';
import type { Plainer } from '../view/plain.ts';
import { acceptedBy } from '../view/session-detail.ts';
import type { Done } from '../protocol.ts';

const done: Done = { ok: true };
const refuse = (code: string, message: string): Done => ({ ok: false, error: { code, message } });

/** Does what a page asks for, and says what came of it. */
export class Actions {
  constructor(
    private readonly host: ObservedHost,
    private readonly runtime: Runtime,
    private readonly plainer: Plainer,
  ) {}

  /** @param action an `Action`, if the page is ours */
  async act({ type, id, event, maxSessions }: Readonly<Record<string, unknown>>): Promise<Done> {
    if (type === 'limit') return this.setLimit(maxSessions);
    if (type !== 'stop' && type !== 'restart' && type !== 'send') {
      return refuse('unknown_action', `There is no action ${describe(type)}`);
    }
    if (typeof id !== 'string') return refuse('invalid_id', `id must be a string, not ${describe(id)}`);
    if (type === 'send') return this.send(id, event);
    const result = await (type === 'stop' ? this.host.stopSession(id) : this.host.restartSession(id));
    // It may repeat what a session has thrown.
    return result.ok ? done : refuse(result.error.code, this.plainer.error(result.error).message);
  }

  // Only what the machine says that it takes: a page is not to find out what else its logic does with.
  private send(id: string, event: unknown): Done {
    const ref = this.host.session(id);
    const session = sessionOf(this.runtime, id);
    if (ref === undefined || session === undefined) {
      return refuse('not_found', `There is no session with the id ${describe(id)}`);
    }
    const { type } = (event ?? {}) as { readonly type?: unknown };
    if (typeof type !== 'string') return refuse('invalid_event', 'An event is an object with a type that is a string');
    if (!acceptedBy(session).some((accepted) => matches(accepted, type))) {
      return refuse('not_accepted', `The session takes no ${describe(type)} just now`);
    }
    ref.send(event as never);
    return done;
  }

  private setLimit(maxSessions: unknown): Done {
    try {
      requireNumber('maxSessions', maxSessions, 0, 'integer');
      this.host.maxSessions = maxSessions as number;
      return done;
    } catch (error) {
      return refuse('invalid_limit', messageOf(error));
    }
  }
}

/** Whether a type is the one that is accepted, or one of those that `user.*` stands for. */
const matches = (accepted: string, type: string): boolean =>
  accepted === type || (accepted.endsWith('.*') && `${type}.`.startsWith(accepted.slice(0, -1)));
