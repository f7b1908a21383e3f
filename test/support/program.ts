import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import ts from 'typescript';
import { root } from './document.ts';

/** Where a program of the documentation finds the package: in the sources. */
const sources: Readonly<Record<string, string>> = {
  'xstate-supervisor': './src/index.ts',
  'xstate-supervisor/node': './src/node/index.ts',
  'xstate-supervisor/observer': './src/observer/index.ts',
  'xstate-supervisor/otel': './src/otel/index.ts',
  'xstate-supervisor/lmdb': './src/lmdb/index.ts',
  'xstate-supervisor/testing': './src/testing/index.ts',
};

/** What a program of the documentation writes to the console when it is run on the sources. */
export async function printed(program: string): Promise<string> {
  let output = '';
  await run(program, (line) => void (output += `${line}\n`));
  return output;
}

/** What a program of the documentation calls by these names, once it has run. */
export async function valuesOf<T>(program: string, ...names: (keyof T & string)[]): Promise<T> {
  return (await run(`${program}\nreturn { ${names.join(', ')} };`, () => {})) as T;
}

async function run(program: string, print: (line: string) => void): Promise<unknown> {
  const load = (name: string): unknown => jest.requireActual(name in sources ? join(root, sources[name]!) : name);
  jest.spyOn(console, 'error').mockImplementation();
  const log = (...args: unknown[]) => print(format(...args));
  // A function of its own, for the `await` of a module.
  const code = `return (async () => {${asCommonJs(program)}})();`;
  return evaluate(code, { require: load, exports: {}, console: { ...console, log } });
}

const asCommonJs = (program: string): string =>
  ts.transpileModule(program, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  }).outputText;

/** A program of the documentation as an ES module that imports the sources. */
export function asModule(program: string): string {
  const { outputText } = ts.transpileModule(program, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  return Object.entries(sources).reduce(
    (code, [name, file]) => code.replaceAll(`'${name}'`, `'${pathToFileURL(join(root, file)).href}'`),
    outputText,
  );
}

export function evaluate(code: string, scope: Readonly<Record<string, unknown>> = {}): unknown {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- The documentation is ours.
  return new Function(...Object.keys(scope), code)(...Object.values(scope));
}

/** What programs import: parsed once, for all of them. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/** What the compiler finds wrong with a program. */
export function faults(program: string): readonly string[] {
  const file = join(root, 'program.ts');
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const paths = Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, [source]]));
  const { options } = ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, paths }, root);
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, ...rest) => {
    if (name === file) return ts.createSourceFile(name, program, ts.ScriptTarget.ES2022);
    if (!parsed.has(name)) parsed.set(name, getSourceFile(name, ...rest));
    return parsed.get(name);
  };
  const compiled = ts.createProgram([file], options, host);
  const source = compiled.getSourceFile(file)!;
  return [...compiled.getSyntacticDiagnostics(source), ...compiled.getSemanticDiagnostics(source)].map(
    ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'),
  );
}
