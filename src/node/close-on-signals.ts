import { constants } from 'node:os';
import type { AnyActorRef, Subscription } from 'xstate';
import { requireFunction, requireObject } from '../core/arguments.ts';

const signals = ['SIGINT', 'SIGTERM'] as const;

/** A host, of whatever sessions. */
export interface ClosableHost {
  close(): Promise<void>;
  readonly actor: Pick<AnyActorRef, 'getSnapshot' | 'subscribe'>;
}

/** Of one Ctrl-C the terminal tells every process of the job, and a runner such as npm tells its own once more. */
const sameMs = 100;

/** How many hosts are closing because of a signal: the process is theirs until the last of them has closed. */
let closing = 0;

/**
 * Closes a host when the process is told to end, by SIGINT or SIGTERM: once. When the host has closed, and with it every
 * other that closes on signals, the process exits, by convention with 128 plus the number of the signal: 130, 143. A
 * second signal does not wait for that.
 *
 * @returns a subscription: without it, as once the host has ended in another way, the signals do what they did before
 * @throws TypeError for what is no host
 * @example
 * const host = createSessionHost({ session: chatMachine });
 * closeOnSignals(host);
 */
export function closeOnSignals(host: ClosableHost): Subscription {
  requireObject('host', host);
  requireFunction('host.close', host.close);
  requireObject('host.actor', host.actor);
  let since: number | undefined;
  const heard = (signal: (typeof signals)[number]) => {
    const exit = () => process.exit(128 + constants.signals[signal]);
    const now = performance.now();
    if (since === undefined) {
      since = now;
      closing++;
      void host.close().then(() => --closing === 0 && exit());
    } else if (now - since >= sameMs) {
      exit();
    }
  };
  const unsubscribe = () => {
    for (const signal of signals) process.off(signal, heard);
  };
  if (host.actor.getSnapshot().status === 'active') {
    for (const signal of signals) process.on(signal, heard);
    host.actor.subscribe({ complete: unsubscribe, error: unsubscribe });
  }
  return { unsubscribe };
}
