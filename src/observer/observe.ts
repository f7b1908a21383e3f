import { stopping } from '../core/stopping.ts';
import { loggerOf } from '../guarded.ts';
import { PageServer } from './server/page-server.ts';
import { Observation } from './observation.ts';
import { resolveObserveOptions } from './observe-options.ts';
import type { ObserveOptions } from './observe-options.ts';
import { requireHost } from './observed-host.ts';
import type { ObservedHost } from './observed-host.ts';
import { isStopped } from '../xstate/internals.ts';

/** A page that shows a host. */
export interface Observer extends AsyncDisposable {
  /** Where the page is, with the token that opens it: a secret. */
  readonly url: string;
  /** Takes the page away. The host's own end does, too. */
  close(): Promise<void>;
}

/**
 * Serves a page that shows a session host as it runs: what Erlang's `:observer` is to its node. It shows the supervision
 * tree, each session with its statechart, and what happens; with `allowActions` it also stops and restarts sessions, sends
 * them events and sets the limit. Only this machine reaches it, and only who has the URL.
 *
 * @returns once the page is there; rejects with a `TypeError` or `RangeError` for a bad option, with `stopping` for a host
 *   that is closed, and with the error of the system where it cannot listen
 *
 * @example
 * const observer = await observe(host, { redact: (path, value) => (/password|token/i.test(path) ? '(hidden)' : value) });
 * console.log(`Look at ${observer.url}`);
 * await observer.close();
 */
export async function observe(host: ObservedHost, options: ObserveOptions = {}): Promise<Observer> {
  const runtime = requireHost(host);
  const resolved = resolveObserveOptions(options, loggerOf(host.actor));
  if (isStopped(host.actor)) throw stopping();
  const observation = new Observation(host, runtime, resolved.redact, resolved.logger);
  const server = new PageServer(host, runtime, observation, resolved);
  let closed: Promise<void> | undefined;
  const close = () => {
    observation.close();
    ended.unsubscribe();
    return (closed ??= server.close());
  };
  const ended = host.actor.subscribe({ complete: () => void close(), error: () => void close() });
  try {
    const url = await server.listen();
    return { url, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    observation.close();
    ended.unsubscribe();
    throw error;
  }
}
