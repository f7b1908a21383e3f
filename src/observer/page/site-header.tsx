import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { hashOf } from './route.ts';
import type { Route } from './route.ts';
import { useStore } from './state/use-store.ts';

const titles = { tree: 'Tree', stream: 'Stream' };

/** Where one is, and where one can go. */
export function SiteHeader({ route }: { readonly route: Route }) {
  const { state } = useStore('hello', 'tree', 'connection', 'session');
  const { hello, connection } = state;
  // The session that was looked at last stays a click away.
  const id = route.view === 'session' ? route.id : state.selected;

  const name = state.tree.sessions.get(id ?? '')?.name ?? state.session?.name ?? 'Session';
  const here = route.view === 'session' ? name : titles[route.view];

  useEffect(() => {
    document.title = `${here} · Observer`;
  }, [here]);

  return (
    <header class="site-header">
      <a class="skip" href="#main" onClick={focusMain}>
        Skip to content
      </a>
      <a class="brand" href="#/tree">
        <img src={new URL('./icon.svg', import.meta.url).href} alt="" width="20" height="20" />
        <h1>Observer</h1>
      </a>
      <nav aria-label="Views">
        <Tab to={{ view: 'tree' }} here={route}>
          Tree
        </Tab>
        <Tab to={{ view: 'stream' }} here={route}>
          Stream
        </Tab>
        {id !== undefined && (
          <Tab to={{ view: 'session', id }} here={route}>
            <span class="unseen">Session </span>
            <bdi>{name}</bdi>
          </Tab>
        )}
      </nav>
      <p class="host" data-connection={connection}>
        <span class="host-dot" aria-hidden="true" />
        {connection === 'open' && hello ? (
          <>
            <span class="host-live">Live</span>
            <span class="host-more">
              pid {hello.host.pid} · Node {hello.host.node.replace(/^v/, '')}
            </span>
          </>
        ) : (
          <span>{connection === 'connecting' ? 'Connecting…' : 'Offline'}</span>
        )}
      </p>
    </header>
  );
}

/** Not by the hash, which is the route. */
function focusMain(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

interface TabProps {
  readonly to: Route;
  readonly here: Route;
  readonly children: ComponentChildren;
}

function Tab({ to, here, children }: TabProps) {
  return (
    // A name may be long: it gives way to the others.
    <a
      class={to.view === 'session' ? 'tab tab-session' : 'tab'}
      href={hashOf(to)}
      aria-current={to.view === here.view ? 'page' : undefined}
    >
      {children}
    </a>
  );
}
