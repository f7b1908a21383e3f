import type { Watch } from '../protocol.ts';
import type { Store } from './state/store.ts';

/** A host answers at once: what takes longer than this may not have left the browser. */
const PATIENCE_MS = 3000;

/** Tells the host which session the page shows. One message after the other, so that the last is the one that counts. */
export function keepWatching(store: Store): void {
  let told = '';
  let busy = false;

  async function tell(): Promise<void> {
    const { hello, watched } = store.state;
    if (!hello || busy) return;
    const watch: Watch = { client: hello.client, session: watched };
    const body = JSON.stringify(watch);
    if (body === told) return;
    told = body;
    busy = true;
    const impatient = setTimeout(() => store.setWatchUnanswered(true), PATIENCE_MS);
    // Without an answer there is no connection, and the next one has a name of its own to tell.
    await fetch('./watch', { method: 'POST', headers: { 'content-type': 'application/json' }, body }).catch(
      () => undefined,
    );
    clearTimeout(impatient);
    store.setWatchUnanswered(false);
    busy = false;
    // Another may have been chosen meanwhile.
    return tell();
  }

  store.subscribe(['hello', 'session'], () => void tell());
}
