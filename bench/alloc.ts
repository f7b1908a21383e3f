/**
 * Bytes allocated per operation of the built package, against the figures in `alloc.json`:
 * `npm run bench:alloc -- [--update] [--no-build]`. It fails if one has grown; `--update` commits to what it measures.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildSync } from 'esbuild';
import { faultsOf } from './alloc-verdict.ts';
import type { Bytes } from './alloc-verdict.ts';

/** What is measured; of XState alone only for information. */
interface Figures {
  readonly supervised: Bytes;
  readonly bare: Bytes;
}

const here = dirname(fileURLToPath(import.meta.url));
const file = join(here, 'alloc.json');
const { values: options } = parseArgs({ options: { update: { type: 'boolean' }, 'no-build': { type: 'boolean' } } });

if (!options['no-build']) await import('../scripts/build.ts');

const [major] = process.versions.node.split('.') as [string];
const all = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Figures>;
const measured = measure();
print(measured, all[major]);
if (options.update) {
  writeFileSync(file, `${JSON.stringify({ ...all, [major]: measured }, null, 2)}\n`);
} else {
  const faults = faultsOf(measured.supervised, all[major]?.supervised);
  for (const fault of faults) console.error(`Node ${major}: ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}

// What is measured must not depend on how busy the machine is: nothing compiles or collects in another thread. Maglev is
// left out because what it compiles allocates more or less, depending on when; TurboFan follows it sooner or later. The
// young generation takes in all that is allocated between two collections that are asked for.
function measure(): Figures {
  const flags = ['--single-threaded', '--no-maglev', '--expose-gc'];
  const youngGeneration = ['--min-semi-space-size=256', '--max-semi-space-size=256'];
  const { status, stdout } = spawnSync(process.execPath, [...flags, ...youngGeneration, '--input-type=module', '-'], {
    // Where the package finds itself by its own name.
    cwd: dirname(here),
    env: { ...process.env, NODE_OPTIONS: '' },
    input: program(),
    stdio: ['pipe', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) process.exit(status ?? 1);
  return JSON.parse(stdout) as Figures;
}

// As JavaScript, so that no loader lives in the process that is measured.
function program(): string {
  const { outputFiles } = buildSync({
    entryPoints: [join(here, 'alloc-operations.ts')],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    write: false,
  });
  return outputFiles[0]!.text;
}

function print({ supervised, bare }: Figures, committed: Figures | undefined): void {
  const row = (...[operation, ...cells]: [string, string, string, string]) =>
    console.log(operation.padEnd(24) + cells.map((cell) => cell.padStart(11)).join(''));
  const rows = (figures: Bytes, others: Bytes | undefined, prefix = '') => {
    for (const [operation, bytes] of Object.entries(figures)) {
      const other = others?.[operation];
      const change = other === undefined ? '' : `${((bytes / other - 1) * 100).toFixed(1)} %`;
      row(prefix + operation, `${bytes}`, `${other ?? 'none'}`, change);
    }
  };
  row(`Node ${process.versions.node}`, 'bytes', 'committed', 'change');
  rows(supervised, committed?.supervised);
  rows(bare, committed?.bare, 'XState alone: ');
}
