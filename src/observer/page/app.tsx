import { useEffect } from 'preact/hooks';
import { ActionsProvider } from './actions/actions.tsx';
import { Announcer } from './announcer.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { CounterStrip } from './counters/counter-strip.tsx';
import { SessionView } from './session/session-view.tsx';
import { SiteHeader } from './site-header.tsx';
import { useStore } from './state/use-store.ts';
import { StreamView } from './stream/stream-view.tsx';
import { TreeView } from './tree/tree-view.tsx';
import { useRoute } from './use-route.ts';

export function App() {
  const store = useStore();
  const route = useRoute();
  const id = route.view === 'session' ? route.id : undefined;

  useEffect(() => {
    store.watch(id);
  }, [store, id]);

  return (
    <ActionsProvider>
      <SiteHeader route={route} />
      <ConnectionBanner />
      <CounterStrip />
      <main class={`view view-${route.view}`} id="main" tabIndex={-1}>
        {route.view === 'tree' && <TreeView />}
        {route.view === 'stream' && <StreamView />}
        {route.view === 'session' && <SessionView key={route.id} id={route.id} />}
      </main>
      <Announcer />
    </ActionsProvider>
  );
}
