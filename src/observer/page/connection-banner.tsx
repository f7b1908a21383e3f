import { useStore } from './state/use-store.ts';

/** Says that what the page shows is old, and what to do about it. */
export function ConnectionBanner() {
  const { connection } = useStore('connection', 'hello').state;
  return (
    <div role="alert" data-testid="connection-banner">
      {connection === 'lost' && (
        <p class="banner">
          <b>Connection lost.</b> Waiting for the host; what you see is how it was.
        </p>
      )}
      {connection === 'full' && (
        <p class="banner">
          <b>Too many pages are open.</b> Close others of this observer: this one then comes by itself.
        </p>
      )}
      {connection === 'refused' && (
        <p class="banner banner-bad">
          <b>This host has a new address:</b> open the URL that it printed.
        </p>
      )}
    </div>
  );
}
