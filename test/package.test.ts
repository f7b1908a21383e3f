import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { quickStart } from './support/document.ts';

jest.setTimeout(300_000);

const root = resolve(__dirname, '..');
const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'xstate-supervisor-package-')));
/** A project of somebody else's, in which the package is installed. */
const shop = join(temporary, 'shop');
const installed = join(shop, 'node_modules/xstate-supervisor');
let tarball: string;

beforeAll(() => {
  if (isStale()) run(root, 'npm', 'run', 'build');
  const packed = run(root, 'npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', temporary);
  tarball = join(temporary, JSON.parse(packed)[0].filename);
  mkdirSync(shop);
  write('package.json', '{ "name": "shop", "private": true }');
  // With an empty cache and no network: XState is linked.
  const xstate = dirname(require.resolve('xstate/package.json'));
  run(shop, 'npm', 'install', '--offline', `--cache=${join(temporary, 'cache')}`, '--no-audit', tarball, xstate);
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

  it('depends on nothing but XState', () => {
    const { dependencies, optionalDependencies, peerDependencies } = manifest();

    expect({ dependencies, optionalDependencies, peerDependencies }).toEqual({
      peerDependencies: { xstate: '^5.29.0' },
    });
  });

  it('is tested on the oldest XState that it takes', () => {
    const { devDependencies, peerDependencies } = manifest() as Record<string, Record<string, string>>;

    expect(devDependencies!['xstate-oldest']).toBe(peerDependencies!.xstate!.replace('^', 'npm:xstate@'));
  });

  it('is clean to publint and to are-the-types-wrong', () => {
    expect(run(root, 'node', tool('publint/src/cli.js'), 'run', tarball, '--strict')).toContain('All good!');
    const attw = [tool('@arethetypeswrong/cli/dist/index.js'), tarball, '--profile', 'node16'];
    // Node 10 knows no subpaths, and this package asks for a newer one.
    expect(() => run(root, 'node', ...attw)).not.toThrow();
  });
});

describe('In another project', () => {
  it('runs the quick start of the README as printed', () => {
    const { program, output } = quickStart();
    write('quick-start.mjs', program);

    expect(run(shop, 'node', 'quick-start.mjs')).toBe(output);
  });

  const doors = { 'xstate-supervisor': '../src/index.ts', 'xstate-supervisor/node': '../src/node/index.ts' };
  it.each(
    Object.entries(doors).flatMap(([door, source]) => [
      ['import', door, source, 'names.mjs', `import * as all from '${door}';`],
      ['require', door, source, 'names.cjs', `const all = require('${door}');`],
    ]),
  )('gives the same names to %s of %s', async (_way, _door, source, file, statement) => {
    write(file!, `${statement} console.log(JSON.stringify(Object.keys(all).sort()));`);

    expect(JSON.parse(run(shop, 'node', file!))).toEqual(Object.keys(await import(source!)).sort());
  });

  it('knows one actor system at both doors: a process is waited for', () => {
    write(
      'process.mjs',
      `import { createActor } from 'xstate';
       import { ask, supervisor } from 'xstate-supervisor';
       import { fromProcess } from 'xstate-supervisor/node';
       const src = fromProcess({ command: 'sh', args: ['-c', 'trap "echo ended; exit" TERM; echo up; while :; do sleep 0.01; done'] });
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

    expect(run(shop, 'node', 'process.mjs')).toMatch(/^up ended/);
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

  it.each([
    ['nodenext', 'nodenext', ['typed.mts', 'typed.cts']],
    ['esnext', 'bundler', ['typed.ts']],
  ])('is typed in modules of the kind %s, found as by %s', (module, resolution, files) => {
    for (const file of files) write(file, typed);
    const options = ['--module', module, '--moduleResolution', resolution, '--target', 'es2022', '--strict'];

    expect(run(shop, 'node', tool('typescript/bin/tsc'), '--noEmit', ...options, ...files)).toBe('');
  });

  it('asks no file system in a bundle for browsers', () => {
    const bundle = bundled('browser');

    expect(bundle.inputs.filter((file) => file.includes('/directory/'))).toEqual([expect.stringMatching(/text\.js$/)]);
    expect(bundle.text).not.toContain('node:');
  });

  it('checks directories in a bundle for Node', () => {
    const bundle = bundled('node');

    expect(bundle.inputs.filter((file) => file.includes('/directory/'))).toEqual([expect.stringMatching(/node\.js$/)]);
    expect(bundle.text).toContain('node:fs/promises');
  });
});

const typed = `
  import { setup } from 'xstate';
  import { ask, createSessionHost, isSupervisionError } from 'xstate-supervisor';
  import type { ReplyTo, Session } from 'xstate-supervisor';

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
    try {
      return await ask(ref, { type: 'count' });
    } catch (error) {
      return isSupervisionError(error, 'ask_timeout') ? error.timeoutMs : 0;
    }
  }
`;

function both(way: 'import' | 'require'): string {
  const modules = { 'xstate-supervisor': '{ createSessionHost }', xstate: '{ createMachine }' };
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
