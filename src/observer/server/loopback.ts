import { isIP } from 'node:net';

/** Whether only this machine reaches a server that listens there. */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '::1' || (isIP(hostname) === 4 && hostname.startsWith('127.'));

/** The name in a `Host` header or an `Origin`, without the port; undefined for nonsense. */
export function hostnameIn(host: string): string | undefined {
  // A URL would have it hold a user, a path and more.
  if (!/^(\[[^\]]*\]|[^\s:/?#@\\[\]]+)(:\d+)?$/.test(host)) return undefined;
  try {
    const { hostname } = new URL(`http://${host}`);
    return hostname.replace(/^\[(.*)\]$/, '$1');
  } catch {
    return undefined;
  }
}

/** As it stands in a URL. */
export const inUrl = (hostname: string): string => (isIP(hostname) === 6 ? `[${hostname}]` : hostname);
