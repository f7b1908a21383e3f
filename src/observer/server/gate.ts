import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { logThrown } from '../../logger.ts';
import { hostnameIn, isLoopback } from './loopback.ts';
import type { ResolvedObserveOptions } from '../observe-options.ts';

/** What the gate says of a request. */
export type Verdict =
  | { readonly type: 'admit' }
  /** It has the token: it is given a cookie in exchange, and sent to where the token does not show. */
  | { readonly type: 'exchange'; readonly cookie: string }
  | { readonly type: 'refuse'; readonly status: 401 | 403; readonly message: string };

const admit: Verdict = { type: 'admit' };
const refuse = (status: 401 | 403, message: string): Verdict => ({ type: 'refuse', status, message });

/**
 * Who may ask: whoever has the token of this observer, or what `auth` lets pass, and no page of another site in the name
 * of such a one. A browser tells by `Origin` and `Sec-Fetch-Site` which page asks, and by `Host` whom it believes to ask:
 * a name of an attacker's that leads to this machine (DNS rebinding) is none of ours.
 */
export class Gate {
  readonly token: string;
  private readonly proxies: ReadonlySet<string>;

  constructor(private readonly options: ResolvedObserveOptions) {
    this.token = options.token ?? randomBytes(24).toString('base64url');
    this.proxies = new Set(options.allowedHosts.map((name) => name.toLowerCase()));
  }

  async judge(request: IncomingMessage, url: URL): Promise<Verdict> {
    const { host, origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = request.headers;
    const hostname = request.headersDistinct.host?.length === 1 ? hostnameIn(host!) : undefined;
    if (hostname === undefined || !this.isOurs(hostname)) {
      return refuse(403, 'This observer is not known by the name in the Host header.');
    }
    if (origin !== undefined && origin.toLowerCase() !== `http://${host!.toLowerCase()}` && !this.isProxied(origin)) {
      return refuse(403, 'This observer answers no page of another origin.');
    }
    // A link to the page may stand anywhere; all else is for the page itself.
    const isVisit = mode === 'navigate' && request.method === 'GET' && url.pathname === '/';
    if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isVisit) {
      return refuse(403, 'This observer answers no page of another site.');
    }
    if (this.options.auth !== undefined) return this.byAuth(request);
    const given = url.searchParams.get('token');
    if (given !== null && request.method === 'GET' && url.pathname === '/' && isSame(given, this.token)) {
      const { localPort } = request.socket;
      return { type: 'exchange', cookie: `${cookieName(localPort)}=${this.pass}; Path=/; HttpOnly; SameSite=Strict` };
    }
    const passes = cookiesIn(request.headers.cookie, cookieName(request.socket.localPort));
    if (passes.some((pass) => isSame(pass, this.pass))) return admit;
    return refuse(401, 'Open the URL, with the token in it, that the host has printed.');
  }

  // The cookie tells nobody the token.
  private get pass(): string {
    return digest(`pass ${this.token}`).toString('base64url');
  }

  private async byAuth(request: IncomingMessage): Promise<Verdict> {
    const { auth, logger } = this.options;
    try {
      if ((await auth!(request)) === true) return admit;
    } catch (error) {
      logThrown(logger, 'the auth of the observer', error);
    }
    return refuse(401, 'You may not see this observer.');
  }

  // An address is no name that could be made to lead here.
  private isOurs(hostname: string): boolean {
    const isLocal = hostname === 'localhost' || isLoopback(hostname);
    if (isLocal || hostname === this.options.hostname.toLowerCase() || this.proxies.has(hostname)) return true;
    return isIP(hostname) !== 0 && !isLoopback(this.options.hostname);
  }

  // A proxy that is known by name may speak TLS, and ask by another name.
  private isProxied(origin: string): boolean {
    const [, host] = /^https?:\/\/(.+)$/.exec(origin) ?? [];
    const hostname = host === undefined ? undefined : hostnameIn(host);
    return hostname !== undefined && this.proxies.has(hostname);
  }
}

/** A browser sends cookies to all ports of a host: those of two observers are told apart by the port. */
const cookieName = (port: number | undefined): string => `xstate-observer-${port}`;

// There may be several: another server of this machine can set one of the same name, for a path.
function cookiesIn(header: string | undefined, name: string): string[] {
  const pairs = (header ?? '').split(';').map((part) => part.trim());
  return pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1));
}

// Of digests, which are of one length: how long it takes tells nothing.
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
