import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { observe } from '../../src/observer/index.ts';
import type { ObservedHost, Observer } from '../../src/observer/index.ts';

/** Where the page is, unless something else is there: a page that is open finds the next workbench by itself. */
const usualPort = 4747;

/**
 * Serves the observer's page.
 *
 * @param port undefined: the usual one or, where that is taken, any that is free
 */
export async function servePage(host: ObservedHost, port: number | undefined): Promise<Observer> {
  const options = { token: rememberedToken(), allowActions: true };
  if (port !== undefined) return observe(host, { ...options, port });
  try {
    return await observe(host, { ...options, port: usualPort });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return observe(host, options);
  }
}

// As a cookie is kept by a browser: it opens no more than a page of this user's on this machine.
function rememberedToken(): string {
  const file = join(
    fileURLToPath(new URL('../../node_modules/.cache/xstate-supervisor-workbench', import.meta.url)),
    'token',
  );
  const token = randomBytes(24).toString('base64url');
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, token, { mode: 0o600, flag: 'wx' });
    return token;
  } catch {
    // There is one already, or there is no place for it.
    return tokenIn(file) ?? token;
  }
}

function tokenIn(file: string): string | undefined {
  try {
    const token = readFileSync(file, 'utf8');
    return /^[\w-]{32}$/.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}
