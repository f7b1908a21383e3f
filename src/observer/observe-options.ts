import { describe, requireBoolean, requireFunction, requireNumber, requireObject } from '../core/arguments.ts';
import type { Logger } from '../logger.ts';
import { isLoopback } from './server/loopback.ts';
import type { Redact } from './view/plain.ts';

/** What is told of a request: Node's `IncomingMessage` is more, but its types are not needed to use this. */
export interface PageRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Their names are in lower case. */
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** Whether a request may be answered, where a token in the URL is not to decide. */
export type Authorize = (request: PageRequest) => boolean | Promise<boolean>;

/** Options of `observe`. */
export interface ObserveOptions {
  /** The port to listen on. By default 0: one that is free. */
  readonly port?: number;
  /** The address to listen on. By default `127.0.0.1`; one that other machines reach needs `auth`. */
  readonly hostname?: string;
  /**
   * The secret in the URL, at least 16 characters. By default a random one: a page finds a host that was started again if
   * that has the same port and token.
   */
  readonly token?: string;
  /**
   * Decides about each request, in place of the token: by a header that a proxy sets, say, or by its credentials, for
   * which a browser then asks. What throws, or rejects, is a no.
   */
  auth?(request: PageRequest): boolean | Promise<boolean>;
  /** Names by which the page may be asked for, besides addresses and `localhost`: those that a proxy is known by. */
  readonly allowedHosts?: readonly string[];
  /** Whether a page may stop and restart sessions, send them events and set the limit. By default it only looks. */
  readonly allowActions?: boolean;
  /** Hides secrets: what it returns is shown in place of the value at that path, such as `context.user.password`. */
  readonly redact?: Redact;
}

export interface ResolvedObserveOptions {
  readonly port: number;
  readonly hostname: string;
  readonly token: string | undefined;
  readonly auth: Authorize | undefined;
  readonly allowedHosts: readonly string[];
  readonly allowActions: boolean;
  readonly redact: Redact | undefined;
  readonly logger: Logger;
}

/** @throws TypeError, RangeError that name the option */
export function resolveObserveOptions(options: ObserveOptions, logger: Logger): ResolvedObserveOptions {
  requireObject('options', options);
  const { port = 0, hostname = '127.0.0.1', token, auth, allowedHosts = [], allowActions = false, redact } = options;
  requireNumber('port', port, 0, 'integer');
  if (port > 65_535) throw new RangeError(`port must be at most 65535, not ${port}`);
  requireName('hostname', hostname);
  if (token !== undefined) requireToken(token);
  if (auth !== undefined) requireFunction('auth', auth);
  if (redact !== undefined) requireFunction('redact', redact);
  requireBoolean('allowActions', allowActions);
  if (!Array.isArray(allowedHosts)) {
    throw new TypeError(`allowedHosts must be an array of names, not ${describe(allowedHosts)}`);
  }
  for (const name of allowedHosts) requireName('each of allowedHosts', name);
  if (auth === undefined && !isLoopback(hostname)) {
    throw new TypeError(
      `auth must be a function where other machines reach the observer, and they do at the hostname ${describe(hostname)}`,
    );
  }
  return { port, hostname, token, auth, allowedHosts, allowActions, redact, logger };
}

function requireName(option: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') {
    throw new TypeError(`${option} must be the name or address of a host, not ${describe(value)}`);
  }
}

// It stands in a URL and in a cookie.
function requireToken(value: unknown): void {
  if (typeof value !== 'string') throw new TypeError(`token must be a string, not ${describe(value)}`);
  if (!/^[A-Za-z0-9_-]{16,256}$/.test(value)) {
    throw new RangeError(`token must be 16 to 256 of A-Z, a-z, 0-9, _ and -, not ${value.length} characters of others`);
  }
}
