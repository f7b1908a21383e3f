/** `npm start -- [--store DIR] [--max N] [--json] [--once] [DIR...]`: a session host on real directories. */
import { readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openStore } from './open-store.ts';
import { noDirectory, parseArguments, usage } from './parse-arguments.ts';
import type { Arguments } from './parse-arguments.ts';
import { resolveDirectory } from './resolve-directory.ts';
import { startWorkbench } from './workbench.ts';

const given = parseArguments(process.argv.slice(2));
if (!given.ok) {
  process.exitCode = reject(given.error);
} else if (given.value.help) {
  process.stdout.write(usage);
} else {
  process.exitCode = await run(given.value);
}

function reject(fault: string): number {
  process.stderr.write(`${fault}\nnpm start -- --help says more.\n`);
  return 2;
}

async function run({ directories, store: place, ...options }: Arguments): Promise<number> {
  const base = callerDirectory();
  const opened = place === undefined ? undefined : await openStore(resolveDirectory(place, base));
  if (opened?.ok === false) {
    process.stderr.write(`${opened.error.code}: ${opened.error.message}\n`);
    return 1;
  }
  const { store, isEmpty = true } = opened?.value ?? {};
  const hasNothing = directories.length === 0 && isEmpty;
  if (hasNothing && options.run !== undefined) {
    await store?.close();
    return reject(`Nothing is saved in ${place}: ${noDirectory}`);
  }
  const workbench = startWorkbench({
    ...options,
    store,
    directories: hasNothing ? sampleProjects() : directories,
    base,
  });
  let interruptedAt: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      const status = 128 + constants.signals[signal];
      const now = performance.now();
      interruptedAt ??= now;
      // Of one Ctrl-C the terminal tells, and npm tells once more.
      if (now - interruptedAt < 200) return workbench.end(status);
      workbench.release();
      process.exit(status);
    });
  }
  for (const stream of [process.stdout, process.stderr]) {
    // Whoever read it has gone: there is nobody left to work for.
    stream.on('error', () => workbench.end(128 + constants.signals.SIGPIPE));
  }
  return workbench.ended;
}

function sampleProjects(): string[] {
  const projects = fileURLToPath(new URL('projects', import.meta.url));
  return readdirSync(projects, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(projects, name));
}

/** npm runs a script in the directory of its package, and tells from where it was called. */
function callerDirectory(): string {
  const { npm_lifecycle_event: script, INIT_CWD: caller } = process.env;
  return script === 'start' && caller !== undefined ? caller : process.cwd();
}
