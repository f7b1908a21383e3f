import type { IncomingMessage, ServerResponse } from 'node:http';

/** Of every response. The page is its own files and nothing else, framed by nobody, and read by no other page. */
const headers: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
};

export function harden(response: ServerResponse): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

/** Gives a cookie in exchange for the token, and leads to where the token does not show. */
export function letIn(request: IncomingMessage, response: ServerResponse, cookie: string): void {
  response.setHeader('set-cookie', cookie);
  if (request.headers['sec-fetch-site'] !== 'cross-site') {
    response.writeHead(303, { location: './' }).end();
  } else {
    // A link of another site has led here, and a redirection would still be of that site: it would go without the cookie.
    const page = '<!doctype html><title>Observer</title><meta http-equiv="refresh" content="0; url=./">';
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
  }
}

/** The whole answer to what is no request, or takes too long to be one. */
export function rawRefusal(code: string | undefined): string {
  const status = statuses[code ?? ''] ?? '400 Bad Request';
  const body = `${status}\n`;
  const fields = Object.entries({ ...headers, connection: 'close', 'content-length': String(body.length) });
  return [`HTTP/1.1 ${status}`, ...fields.map(([name, value]) => `${name}: ${value}`), '', body].join('\r\n');
}

const statuses: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Answers with a sentence. One that was refused has no reason to keep the connection. */
export function say(response: ServerResponse, status: number, message: string): void {
  response.setHeader('connection', 'close');
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${message}\n`);
}

export function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
