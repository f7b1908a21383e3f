/** Builds the observer's page, and embeds it: `src/observer/server/page.generated.ts`, which the server answers from. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import type { Rolldown } from 'vite';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

writeFileSync(join(root, 'src/observer/server/page.generated.ts'), await embeddedPage());

/** The text of the module. */
async function embeddedPage(): Promise<string> {
  const built = (await build({
    root: join(root, 'src/observer/page'),
    configFile: false,
    logLevel: 'warn',
    base: './',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: { write: false, assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: 'es2022' },
  })) as Rolldown.RolldownOutput;
  const assets = built.output.map((file) => {
    const body = Buffer.from(file.type === 'chunk' ? file.code : file.source);
    const path = file.fileName === 'index.html' ? '/' : `/${file.fileName}`;
    const type = types[file.fileName.split('.').at(-1)!];
    if (type === undefined) throw new Error(`there is no media type for ${file.fileName}`);
    const etag = createHash('sha256').update(body).digest('base64url').slice(0, 16);
    return { path, type, etag, gzip: gzipSync(body, { level: 9 }).toString('base64') };
  });
  return `// Written by scripts/build-page.ts.\n/** The files of the observer's page, each gzipped, in base64. */\nexport const page: readonly { path: string; type: string; etag: string; gzip: string }[] = ${JSON.stringify(assets, null, 2)};\n`;
}
