import type { IncomingMessage, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { page } from './page.generated.ts';

const files = new Map(page.map(({ gzip, ...file }) => [file.path, { ...file, gzip: Buffer.from(gzip, 'base64') }]));

/** Answers with a file of the page, if there is one of that path. */
export function sendFile(request: IncomingMessage, response: ServerResponse, path: string): boolean {
  const file = files.get(path);
  if (file === undefined) return false;
  const etag = `"${file.etag}"`;
  // It may be kept, if it is asked each time whether it is the latest.
  response.setHeader('cache-control', 'private, no-cache');
  response.setHeader('etag', etag);
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304).end();
    return true;
  }
  const takesGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const body = takesGzip ? file.gzip : gunzipSync(file.gzip);
  if (takesGzip) response.setHeader('content-encoding', 'gzip');
  response.writeHead(200, { 'content-type': file.type, 'content-length': body.length, vary: 'accept-encoding' });
  response.end(request.method === 'HEAD' ? undefined : body);
  return true;
}
