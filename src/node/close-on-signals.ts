import { constants } from 'node:os';
import type { Subscription } from 'xstate';
import { requireObject } from '../core/arguments.ts';

/** What of a session host, whatever its sessions are, is needed here. */
interface SignalledHost {
  close(): Promise<void>;
  readonly actor: {
    getSnapshot(): { readonly status: string };
    subscribe(observer: { complete(): void; error(): void }): unknown;
  };
}

const signals = ['SIGINT', 'SIGTERM'] as const;

/** Of one Ctrl-C the terminal tells every process of the job, and a runner such as npm tells its own once more. */
const sameMs = 100;

/**
 * Closes a host when the process is told to end, by SIGINT or SIGTERM: once. When the host has closed the process exits,
 * by convention with 128 plus the number of the signal: 130, 143. A second signal does not wait for that.
 *
 * @returns a subscription: without it, as once the host has ended in another way, the signals do what they did before
 * @example
 * const host = createSessionHost({ session: chatMachine });
 * closeOnSignals(host);
 */
export function closeOnSignals(host: SignalledHost): Subscription {
  requireObject('host', host);
  let since: number | undefined;
  const heard = (signal: (typeof signals)[number]) => {
    const exit = () => process.exit(128 + constants.signals[signal]);
    const now = performance.now();
    if (since === undefined) {
      since = now;
      void host.close().then(exit);
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
