/** Builds the package: `dist/esm` (`.js`) and `dist/cjs` (`.cjs`), each with its types. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

rmSync(join(root, 'dist'), { recursive: true, force: true });
build('esm', 'esnext', '');
build('cjs', 'commonjs', 'c');

/** @param prefix what stands before `js` and `ts` in the names of the files: `c` for CommonJS */
function build(folder: string, module: string, prefix: '' | 'c'): void {
  const dist = join(root, 'dist', folder);
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--module', module, '--outDir', dist], {
    cwd: root,
    stdio: 'inherit',
  });
  for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const ending = /\.([jt]s(\.map)?)$/.exec(name);
    if (ending === null) continue;
    const file = join(dist, name);
    writeFileSync(file, rewrite(readFileSync(file, 'utf8'), prefix));
    renameSync(file, join(dist, `${name.slice(0, ending.index)}.${prefix}${ending[1]}`));
  }
  // The types speak of `AsyncDisposable`, which the `lib` of whoever uses them may lack.
  const types = join(dist, `src/index.d.${prefix}ts`);
  writeFileSync(types, `/// <reference lib="esnext.disposable" />\n${readFileSync(types, 'utf8')}`);
}

// tsc names every file `.js`, and leaves `.ts` in the imports of declarations. What is built is not a source, so it has
// an entry of its own in the `imports` of the package.
function rewrite(text: string, prefix: '' | 'c'): string {
  return text
    .replaceAll(/((?:from |import\(|require\()(['"])\.[^'"]+)\.[jt]s\2/g, `$1.${prefix}js$2`)
    .replaceAll(/((?:from |require\()(['"]))#directory\2/g, '$1#dist/directory$2')
    .replace(/("file":"|\/\/# sourceMappingURL=)([^"\n]+)\.([jt]s)/, `$1$2.${prefix}$3`);
}
