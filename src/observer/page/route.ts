/** What the page shows, as the hash of its URL says: links and "back" work. */
export type Route =
  { readonly view: 'tree' } | { readonly view: 'stream' } | { readonly view: 'session'; readonly id: string };

export function routeOf(hash: string): Route {
  const [, view, id] = hash.split('/');
  if (view === 'session' && id) return { view, id: decoded(id) };
  return { view: view === 'stream' ? 'stream' : 'tree' };
}

export function hashOf(route: Route): string {
  return route.view === 'session' ? `#/session/${encodeURIComponent(route.id)}` : `#/${route.view}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Written by hand: then it means itself.
    return text;
  }
}
