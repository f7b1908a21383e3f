import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { quickStart } from '../support/document.ts';

jest.setTimeout(300_000);

const root = resolve(__dirname, '../..');
const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'xstate-supervisor-package-')));
/** A project of somebody else's, in which the package is installed. */
const shop = join(temporary, 'shop');
const installed = join(shop, 'node_modules/xstate-supervisor');
let tarball: string;

/** Kinds of modules, and how they find others. */
const kinds: [module: string, resolution: string, files: readonly string[]][] = [
  ['nodenext', 'nodenext', ['typed.mts', 'typed.cts']],
  ['esnext', 'bundler', ['typed.ts']],
];

beforeAll(() => {
  if (isStale()) run(root, 'npm', 'run', 'build');
  const packed = run(root, 'npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', temporary);
  tarball = join(temporary, JSON.parse(packed)[0].filename);
  mkdirSync(shop);
  write('package.json', '{ "name": "shop", "private": true }');
  // With an empty cache and no network: XState is linked.
  install(tarball, dirname(require.resolve('xstate/package.json')));
});

afterAll(() => rmSync(temporary, { recursive: true }));

describe('The published package', () => {
  it('holds what it needs and nothing else', () => {
    expect(readdirSync(installed).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist',
      'docs',
      'machines',
      'package.json',
      'src',
    ]);
  });

  it('has every file that its package.json speaks of', () => {
    const { main, types, exports, imports } = manifest();
    const files = JSON.stringify([main, types, exports, imports]).match(/\.\/[^"]+\.\w+/g)!;

    expect(files.length).toBeGreaterThan(8);
    expect(files.filter((file) => !existsSync(join(installed, file)))).toEqual([]);
  });

  it('depends on nothing but XState, and on OpenTelemetry and LMDB only where they are wanted', () => {
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = manifest();

    expect({ dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta }).toEqual({
      peerDependencies: { xstate: '^5.29.0', '@opentelemetry/api': '^1.3.0', lmdb: '^3.0.0' },
      peerDependenciesMeta: { '@opentelemetry/api': { optional: true }, lmdb: { optional: true } },
    });
    for (const name of ['@opentelemetry', 'lmdb']) expect(existsSync(join(shop, 'node_modules', name))).toBe(false);
  });

  it('is tested on the oldest XState that it takes', () => {
    const { devDependencies, peerDependencies } = manifest() as Record<string, Record<string, string>>;

    expect(devDependencies!['xstate-oldest']).toBe(peerDependencies!.xstate!.replace('^', 'npm:xstate@'));
  });

  it('is clean to publint and to are-the-types-wrong', () => {
    expect(run(root, 'node', tool('publint/src/cli.js'), 'run', tarball, '--strict')).toContain('All good!');
    expect(run(root, 'node', tool('@arethetypeswrong/cli/dist/index.js'), tarball)).toContain('No problems found');
  });
});

describe('In another project', () => {
  it('runs the quick start of the README as printed', () => {
    const { program, output } = quickStart();
    write('quick-start.mjs', program);

    expect(run(shop, 'node', 'quick-start.mjs')).toBe(output);
  });

  it.each([
    ['xstate-supervisor', () => import('../../src/index.ts')],
    ['xstate-supervisor/node', () => import('../../src/node/index.ts')],
    ['xstate-supervisor/observer', () => import('../../src/observer/index.ts')],
    ['xstate-supervisor/testing', () => import('../../src/testing/index.ts')],
  ])('gives the same names of %s to import and require', async (door, source) => {
    expectNames(door, await source());
  });

  it('knows one actor system at both doors: a process is waited for', () => {
    const script = `
      process.on('SIGTERM', () => { console.log('ended'); process.exit(); });
      console.log('up');
      setInterval(() => {}, 1000);`;
    write(
      'waited.mjs',
      `import { createActor } from 'xstate';
       import { ask, supervisor } from 'xstate-supervisor';
       import { fromProcess } from 'xstate-supervisor/node';
       const src = fromProcess({ command: process.execPath, args: ['-e', ${JSON.stringify(script)}] });
       const tree = createActor(supervisor({ children: [{ id: 'a', src }] })).start();
       const { value } = await ask(tree, { type: 'supervisor.which_children' });
       const lines = [];
       value[0].ref.on('process.line', async ({ line }) => {
         lines.push(line);
         if (line !== 'up') return;
         await ask(tree, { type: 'supervisor.stop' });
         console.log(lines.join(' '));
       });`,
    );

    expect(run(shop, 'node', 'waited.mjs')).toBe('up ended\n');
  });

  it('shows a host on a page, imported and required in one program', () => {
    const program = (way: 'import' | 'require') => `
      ${both(way, { ...doors, 'xstate-supervisor/observer': '{ observe }' })}
      void (async () => {
        const host = createSessionHost({ session: createMachine({}), projectPaths: 'text' });
        const { url } = await observe(host);
        const entered = await fetch(url, { redirect: 'manual' });
        const cookie = entered.headers.get('set-cookie').split(';')[0];
        const page = await (await fetch(new URL('/', url), { headers: { cookie } })).text();
        const script = /src="([^"]+)"/.exec(page)[1];
        const { status } = await fetch(new URL(script, url), { headers: { cookie } });
        console.log('${way}', status);
        await host.close();
      })();`;
    write('page.mjs', `${program('import')} import './page.cjs';`);
    write('page.cjs', program('require'));

    const lines = run(shop, 'node', 'page.mjs').trimEnd().split('\n');
    expect(lines.sort()).toEqual(['import 200', 'require 200']);
  });

  it('runs processes, imported and required in one program', () => {
    const modules = { ...doors, 'xstate-supervisor/node': '{ fromProcess }' };
    const program = (way: 'import' | 'require') => `
      ${both(way, modules)}
      const session = fromProcess({ command: 'echo', args: ['${way}'] });
      const host = createSessionHost({ session, logger() {} });
      host.on('session.stopped', ({ reason }) => console.log(reason));
      void host.startSession({ projectPath: process.cwd() }).then(({ value }) => {
        value.ref.on('process.line', ({ line }) => console.log(line));
      });`;
    write('process.mjs', `${program('import')} import './process.cjs';`);
    write('process.cjs', program('require'));

    const lines = run(shop, 'node', 'process.mjs').trimEnd().split('\n');
    expect(lines.sort()).toEqual(['import', 'normal', 'normal', 'require']);
  });

  it('checks directories on disk, both imported and required', () => {
    const program = `
      const host = createSessionHost({ session: createMachine({}) });
      void host.startSession({ projectPath: '/no/such/directory' }).then(({ error }) => console.log(error.code));`;
    write('start.mjs', `${both('import')} ${program}`);
    write('start.cjs', `${both('require')} ${program}`);

    expect(run(shop, 'node', 'start.mjs')).toBe('path_not_found\n');
    expect(run(shop, 'node', 'start.cjs')).toBe('path_not_found\n');
  });

  it('knows an error of its other copy', () => {
    write(
      'errors.mjs',
      `import { createRequire } from 'node:module';
       import * as imported from 'xstate-supervisor';
       const required = createRequire(import.meta.url)('xstate-supervisor');
       const error = (copy) => new copy.SupervisionError('stopping', 'The host is stopping', {});
       console.log(
         imported.SupervisionError !== required.SupervisionError,
         imported.isSupervisionError(error(required), 'stopping'),
         required.isSupervisionError(error(imported), 'stopping'),
         error(required) instanceof imported.SupervisionError,
         error(imported) instanceof required.SupervisionError,
       );`,
    );

    expect(run(shop, 'node', 'errors.mjs')).toBe('true true true true true\n');
  });

  it.each(kinds)('is typed in modules of the kind %s, found as by %s', (...kind) => expectTyped(typed, ...kind));

  it('asks no file system in a bundle for browsers', () => {
    const bundle = bundled('browser');

    expect(bundle.inputs.filter((file) => file.includes('/directory/'))).toEqual([expect.stringMatching(/text\.js$/)]);
    expect(bundle.inputs.filter((file) => /\/src\/(node|observer|otel|lmdb|persistence|testing)\//.test(file))).toEqual(
      [],
    );
    expect(bundle.text).not.toContain('node:');
  });

  it('checks directories in a bundle for Node', () => {
    const bundle = bundled('node');

    expect(bundle.inputs.filter((file) => file.includes('/directory/'))).toEqual([expect.stringMatching(/node\.js$/)]);
    expect(bundle.text).toContain('node:fs/promises');
  });
});

describe('In another project that has OpenTelemetry', () => {
  beforeAll(() => install(resolve(require.resolve('@opentelemetry/api'), '../../..')));

  it('gives the same names of xstate-supervisor/otel to import and require', async () =>
    expectNames('xstate-supervisor/otel', await import('../../src/otel/index.ts')));

  it('instruments a host of either copy', () => {
    write(
      'spans.mjs',
      `import { createRequire } from 'node:module';
       import { createMachine } from 'xstate';
       const doors = ['xstate-supervisor', 'xstate-supervisor/otel'];
       const require = createRequire(import.meta.url);
       const imported = await Promise.all(doors.map((door) => import(door)));
       const copies = { imported, required: doors.map((door) => require(door)) };
       const span = { setAttributes() {}, end() {} };
       for (const [of, [{ createSessionHost }]] of Object.entries(copies)) {
         const host = createSessionHost({ session: createMachine({}), projectPaths: 'text' });
         for (const [by, [, { instrument }]] of Object.entries(copies)) {
           const startSpan = (name) => (console.log(name, of, by), span);
           instrument(host, { tracerProvider: { getTracer: () => ({ startSpan }) } });
         }
         await host.startSession({ projectPath: '/p' });
         await host.close();
       }`,
    );

    const pairs = ['imported imported', 'imported required', 'required imported', 'required required'];
    expect(run(shop, 'node', 'spans.mjs')).toBe(pairs.map((pair) => `session.start ${pair}\n`).join(''));
  });

  it.each(kinds)('is typed in modules of the kind %s, found as by %s', (...kind) => expectTyped(instrumented, ...kind));
});

describe('In another project that has LMDB', () => {
  // Linked by hand: npm would look for what it depends on.
  beforeAll(() => symlinkSync(resolve(require.resolve('lmdb'), '../..'), join(shop, 'node_modules/lmdb')));

  it('gives the same names of xstate-supervisor/lmdb to import and require', async () =>
    expectNames('xstate-supervisor/lmdb', await import('../../src/lmdb/index.ts')));

  it('keeps sessions in each store, imported and required in one program', () => {
    const modules = {
      'xstate-supervisor': '{ memoryStore }',
      'xstate-supervisor/node': '{ fileStore }',
      'xstate-supervisor/lmdb': '{ lmdbStore }',
      'xstate-supervisor/testing': '{ sessionStoreContract }',
    };
    const program = (way: 'import' | 'require') => `
      ${both(way, modules)}
      const stores = {
        memory: () => memoryStore(),
        files: () => fileStore({ directory: '${way}-files' }),
        lmdb: () => lmdbStore({ path: '${way}-lmdb' }),
      };
      void (async () => {
        for (const [name, open] of Object.entries(stores)) {
          const cases = sessionStoreContract({ place() {}, open });
          await cases.find(({ name }) => name === 'gives a record as it was saved').run();
          console.log('${way}', name);
        }
      })();`;
    write('stores.mjs', `${program('import')} import './stores.cjs';`);
    write('stores.cjs', program('require'));

    const lines = run(shop, 'node', 'stores.mjs').trimEnd().split('\n');
    const names = ['files', 'lmdb', 'memory'];
    expect(lines.sort()).toEqual(['import', 'require'].flatMap((way) => names.map((name) => `${way} ${name}`)));
  });

  it.each(kinds)('is typed in modules of the kind %s, found as by %s', (...kind) => expectTyped(stored, ...kind));
});

const typed = `
  import { setup } from 'xstate';
  import { ask, createSessionHost, isSupervisionError } from 'xstate-supervisor';
  import type { ReplyTo, Session } from 'xstate-supervisor';
  import { closeOnSignals, fromProcess, ProcessError } from 'xstate-supervisor/node';
  import type { ProcessOptions } from 'xstate-supervisor/node';
  import { observe } from 'xstate-supervisor/observer';
  import type { ObserveOptions } from 'xstate-supervisor/observer';

  const cart = setup({
    types: {
      input: {} as { session: Session<{ currency: string }> },
      context: {} as { items: string[] },
      events: {} as { type: 'add'; item: string } | { type: 'count'; replyTo: ReplyTo<number> },
    },
  }).createMachine({ context: { items: [] } });

  export async function main(): Promise<number> {
    const host = createSessionHost<typeof cart, { currency: string }>({ session: cart });
    host.on('session.crashed', ({ session, incarnation }) => [session.config.currency, incarnation.toFixed()]);
    const opened = await host.startSession({ projectPath: '/shop' });
    if (!opened.ok) return opened.error.code === 'session_limit_reached' ? opened.error.max : 0;
    const { ref } = opened.value;
    ref.send({ type: 'add', item: 'milk' });
    // @ts-expect-error: there is no such event
    ref.send({ type: 'remove' });
    ref.getSnapshot().context.items.map((item) => item.toUpperCase());
    const options: ObserveOptions = { redact: (path, value) => (path === 'context.items' ? [] : value) };
    await using observer = await observe(host, options);
    observer.url.toUpperCase();
    try {
      return await ask(ref, { type: 'count' });
    } catch (error) {
      return isSupervisionError(error, 'ask_timeout') ? error.timeoutMs : 0;
    }
  }

  const watch = (options: ProcessOptions) => fromProcess(({ input }: { input: { session: Session } }) => ({
    ...options,
    cwd: input.session.projectPath,
  }));

  export async function watchAll(): Promise<number | null | undefined> {
    const host = createSessionHost({ session: watch({ command: 'make', stdin: 'ignore', env: { CI: '1' } }) });
    closeOnSignals(host).unsubscribe();
    // @ts-expect-error: a command is a text
    fromProcess({ command: 1 });
    const opened = await host.startSession({ projectPath: '/shop' });
    if (!opened.ok) return opened.error.code === 'start_failed' && opened.error.cause instanceof ProcessError ? 0 : 1;
    const { ref } = opened.value;
    ref.on('process.line', ({ stream, line }) => stream === 'stderr' && line.toUpperCase());
    ref.send({ type: 'process.signal', signal: 'SIGHUP' });
    // @ts-expect-error: there is no such signal
    ref.send({ type: 'process.signal', signal: 'SIGNONE' });
    ref.send({ type: 'process.write', data: new Uint8Array(1) });
    return ref.getSnapshot().pid ?? ref.getSnapshot().output?.code;
  }
`;

const instrumented = `
  import { metrics } from '@opentelemetry/api';
  import { createMachine } from 'xstate';
  import { createSessionHost } from 'xstate-supervisor';
  import type { AskTrace, LifecycleMessage } from 'xstate-supervisor';
  import { instrument } from 'xstate-supervisor/otel';
  import type { InstrumentOptions } from 'xstate-supervisor/otel';

  const options: InstrumentOptions = { meterProvider: metrics.getMeterProvider(), attributes: { 'host.id': 'a' } };
  const host = createSessionHost({ session: createMachine({}) });
  instrument(host, options).unsubscribe();
  // @ts-expect-error: a provider is none of names
  instrument(host, { tracerProvider: 'global' });
  export const nameOf = ({ event }: LifecycleMessage): string =>
    event.type === 'session.crashed' ? event.session.name : event.type;
  export const typeOf = (trace: AskTrace): string => trace.event.type;
`;

const stored = `
  import { memoryStore } from 'xstate-supervisor';
  import type { SessionRecord, SessionStore } from 'xstate-supervisor';
  import { lmdbStore } from 'xstate-supervisor/lmdb';
  import { fileStore } from 'xstate-supervisor/node';
  import type { FileSystem } from 'xstate-supervisor/node';
  import { sessionStoreContract } from 'xstate-supervisor/testing';

  export const stores = (fs: FileSystem): SessionStore[] =>
    [memoryStore(), fileStore({ directory: 'a', fs }), lmdbStore({ path: 'b' })];
  // @ts-expect-error: there is no such option
  lmdbStore({ directory: 'b' });
  export async function savedAt(store: SessionStore, record: SessionRecord): Promise<number | string> {
    await store.save(record);
    const loaded = await store.load(record.session.id);
    if (loaded.ok) return loaded.value.savedAt + loaded.value.timers.length;
    return loaded.error.code === 'record_too_new' ? loaded.error.format : loaded.error.code;
  }
  export const names: string[] = sessionStoreContract({
    place: () => new Map<string, string>(),
    open: (records) => memoryStore(records),
    corrupt: (records, id) => records.set(id, ''),
  }).map(({ name }) => name);
`;

const doors = { 'xstate-supervisor': '{ createSessionHost }', xstate: '{ createMachine }' };

function both(way: 'import' | 'require', modules: Readonly<Record<string, string>> = doors): string {
  return Object.entries(modules)
    .map(([from, names]) =>
      way === 'import' ? `import ${names} from '${from}';` : `const ${names} = require('${from}');`,
    )
    .join('\n');
}

/** What esbuild makes of a program that uses the package, and the files that it takes from it. */
function bundled(platform: 'browser' | 'node'): { readonly inputs: readonly string[]; readonly text: string } {
  write('entry.js', `import { createSessionHost } from 'xstate-supervisor'; createSessionHost({});`);
  const options = { entryPoints: ['entry.js'], bundle: true, write: false, metafile: true, format: 'esm', platform };
  const script = `
    const { outputFiles, metafile } = require('esbuild').buildSync({
      ...${JSON.stringify(options)}, absWorkingDir: ${JSON.stringify(shop)},
    });
    console.log(JSON.stringify({ inputs: Object.keys(metafile.inputs), text: outputFiles[0].text }));`;
  return JSON.parse(run(root, 'node', '--eval', script));
}

/** Whether `dist` is not what the sources make of it now. */
function isStale(): boolean {
  const built = ['esm/src/index.js', 'cjs/src/index.cjs'].map((file) => join(root, 'dist', file));
  const sources = ['src', 'machines', 'scripts/build.ts', 'tsconfig.json', 'tsconfig.build.json'];
  return (
    !built.every(existsSync) || Math.min(...built.map(changed)) < Math.max(...sources.flatMap(filesOf).map(changed))
  );
}

const changed = (file: string): number => statSync(file).mtimeMs;

function filesOf(name: string): string[] {
  const path = join(root, name);
  const inside = statSync(path).isDirectory() ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : [];
  return [path, ...inside.map((file) => join(path, file))];
}

function install(...packages: string[]): void {
  run(shop, 'npm', 'install', '--offline', `--cache=${join(temporary, 'cache')}`, '--no-audit', ...packages);
}

function expectNames(door: string, source: object): void {
  const print = 'console.log(JSON.stringify(Object.keys(all).sort()));';
  write('names.mjs', `import * as all from '${door}'; ${print}`);
  write('names.cjs', `const all = require('${door}'); ${print}`);

  const names = Object.keys(source).sort();
  expect([names.length > 0, JSON.parse(run(shop, 'node', 'names.mjs'))]).toEqual([true, names]);
  expect(JSON.parse(run(shop, 'node', 'names.cjs'))).toEqual(names);
}

function expectTyped(program: string, module: string, resolution: string, files: readonly string[]): void {
  for (const file of files) write(file, program);
  const options = ['--module', module, '--moduleResolution', resolution, '--target', 'es2022', '--strict'];

  expect(run(shop, 'node', tool('typescript/bin/tsc'), '--noEmit', ...options, ...files)).toBe('');
}

function manifest(): Record<string, unknown> {
  return JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
}

function write(file: string, text: string): void {
  writeFileSync(join(shop, file), text);
}

/** A tool of ours. In the copy of the project that `test:xstate-oldest` makes, it is one folder up. */
function tool(file: string): string {
  return [root, dirname(root)].map((folder) => join(folder, 'node_modules', file)).find(existsSync)!;
}

function run(cwd: string, program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}
