import type { Told } from '../protocol.ts';
import type { ConnectionStatus } from './state/page-state.ts';
import type { Store } from './state/store.ts';

const RETRY_MS = 1000;
/** A tab that nobody looks at gives its connection back soon: a browser has six for an origin, and then none to act. */
const HIDDEN_MS = 5000;
const refusals: Readonly<Record<number, ConnectionStatus>> = { 401: 'refused', 403: 'refused', 503: 'full' };
const names: readonly (keyof Told)[] = ['hello', 'tree', 'events', 'counters', 'session'];

/** Hears the host, for as long as the page lives, and comes back whenever it was lost. */
export function connect(store: Store): void {
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let sleep: ReturnType<typeof setTimeout> | undefined;

  function open(): void {
    close();
    const opened = new EventSource('./events');
    source = opened;
    for (const name of names) {
      opened.addEventListener(name, ({ data }: MessageEvent<string>) => {
        // The key and its value belong together, which the loop hides from the compiler.
        store.hear(name, JSON.parse(data) as never);
      });
    }
    opened.addEventListener('error', () => {
      if (source !== opened) return;
      store.setConnection('lost');
      // It tries again by itself when the network failed, and gives up for good when the answer was no stream.
      if (opened.readyState === EventSource.CLOSED) retryLater();
    });
  }

  function close(): void {
    clearTimeout(retry);
    source?.close();
    source = undefined;
  }

  function retryLater(): void {
    close();
    retry = setTimeout(() => void probe(), RETRY_MS);
  }

  /** Asks why it was refused, which an EventSource does not tell. */
  async function probe(): Promise<void> {
    const controller = new AbortController();
    const status = await fetch('./events', { signal: controller.signal }).then(
      (response) => response.status,
      () => 0,
    );
    controller.abort();
    if (source !== undefined || document.hidden) return;
    if (status === 200) return open();
    store.setConnection(refusals[status] ?? 'lost');
    retryLater();
  }

  document.addEventListener('visibilitychange', () => {
    clearTimeout(sleep);
    if (document.hidden) sleep = setTimeout(close, HIDDEN_MS);
    else if (source === undefined) open();
  });
  // A page that is kept to come back to by "back" holds no connection.
  addEventListener('pagehide', close);
  addEventListener('pageshow', ({ persisted }) => persisted && open());
  open();
}
