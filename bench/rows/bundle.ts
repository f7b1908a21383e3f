import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Row } from '../row.ts';

const bundle = 'minified and gzipped';

export const bundleSize: Row = {
  name: 'the bundle, without xstate',
  unit: 'bytes',
  goals: [{ of: bundle, atMost: 8_000 }],
  async measure() {
    const { outputFiles } = await build({
      stdin: { contents: "export * from 'xstate-supervisor'", resolveDir: import.meta.dirname },
      bundle: true,
      minify: true,
      format: 'esm',
      // What a browser is given. For Node there is the directory check besides.
      platform: 'browser',
      external: ['xstate'],
      write: false,
    });
    const { contents } = outputFiles[0]!;
    return { minified: [contents.length], [bundle]: [gzipSync(contents, { level: 9 }).length] };
  },
};
