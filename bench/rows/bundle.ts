import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Row } from '../row.ts';

const all = 'all of it';

/** What a bundler makes of an import. */
const imports = {
  [all]: '*',
  createSessionHost: '{ createSessionHost }',
  supervisor: '{ supervisor }',
  createSession: '{ createSession }',
};

export const bundleSize: Row = {
  name: 'bundle, minified and gzipped, without xstate',
  unit: 'bytes',
  goals: [{ of: all, atMost: 8_000 }],
  async measure() {
    const sizes = Object.entries(imports).map(async ([what, names]) => [what, [await sizeOf(names)]] as const);
    return Object.fromEntries(await Promise.all(sizes));
  },
};

async function sizeOf(names: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: `export ${names} from 'xstate-supervisor'`, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    format: 'esm',
    // What a browser is given. For Node there is the directory check besides.
    platform: 'browser',
    external: ['xstate'],
    write: false,
  });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
}
