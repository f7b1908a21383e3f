import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';

const root = resolve(__dirname, '../..');

/**
 * Runs a script in a Node process of its own, for what cannot be done in jest's: another user, an ES module. The script
 * imports the source file as `subject`, finds the arguments in `args`, and answers what it passes to `reply`.
 */
export async function inChild(source: string, script: string, ...args: unknown[]): Promise<unknown> {
  const directory = await mkdtemp(join(tmpdir(), 'xstate-supervisor-child-'));
  try {
    await writeFile(join(directory, 'package.json'), '{ "type": "module" }');
    await compile(resolve(root, source), directory, new Set());
    const subject = pathToFileURL(join(directory, source.replace(/\.ts$/, '.js'))).href;
    const main = `
      import * as subject from ${JSON.stringify(subject)};
      const args = ${JSON.stringify(args)};
      const reply = (value) => process.stdout.write(JSON.stringify(value));
      ${script}`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', main]);
    return JSON.parse(stdout);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Writes a file of the source, and all it imports, as JavaScript. */
async function compile(file: string, directory: string, done: Set<string>): Promise<void> {
  if (done.has(file)) return;
  done.add(file);
  const { outputText } = transpileModule(await readFile(file, 'utf8'), {
    compilerOptions: { module: ModuleKind.ESNext, target: ScriptTarget.ES2022, rewriteRelativeImportExtensions: true },
  });
  const target = join(directory, relative(root, file)).replace(/\.ts$/, '.js');
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, outputText);
  for (const [, imported] of outputText.matchAll(/from ["'](\.[^"']+)\.js["']/g)) {
    await compile(resolve(dirname(file), `${imported}.ts`), directory, done);
  }
}
