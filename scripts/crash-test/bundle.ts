import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

/** Makes one file of the hosts that are killed, because it is started often. */
export async function bundle(directory: string): Promise<string> {
  const outfile = join(directory, 'host.cjs');
  const require = createRequire(resolve('package.json'));
  await build({
    entryPoints: [resolve('scripts/crash-test/host.main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'warning',
    plugins: [
      {
        name: 'native',
        setup({ onResolve }) {
          // It finds its binary from where it is.
          onResolve({ filter: /^lmdb$/ }, () => ({ path: require.resolve('lmdb'), external: true }));
        },
      },
    ],
  });
  return outfile;
}
