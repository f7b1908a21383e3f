import { join } from 'node:path';
import { format } from 'node:util';
import ts from 'typescript';
import { root } from './document.ts';

/** Where a program of the documentation finds the package: in the sources. */
const sources: Readonly<Record<string, string>> = {
  'xstate-supervisor': './src/index.ts',
  'xstate-supervisor/node': './src/node/index.ts',
};

/** What a program of the documentation writes to the console when it is run on the sources. */
export async function printed(program: string): Promise<string> {
  const { outputText } = ts.transpileModule(program, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  let output = '';
  const print = { ...console, log: (...args: unknown[]) => void (output += `${format(...args)}\n`) };
  const load = (name: string): unknown =>
    jest.requireActual(name in sources ? join(root, sources[name]!) : name);
  jest.spyOn(console, 'error').mockImplementation();
  // A function of its own, for the `await` of a module.
  await evaluate(`return (async () => {${outputText}})();`, { require: load, exports: {}, console: print });
  return output;
}

export function evaluate(code: string, scope: Readonly<Record<string, unknown>> = {}): unknown {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- The documentation is ours.
  return new Function(...Object.keys(scope), code)(...Object.values(scope));
}

/** What the compiler finds wrong with a program. */
export function faults(program: string): readonly string[] {
  const file = join(root, 'program.ts');
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(
    {
      ...config.compilerOptions,
      paths: Object.fromEntries(Object.entries(sources).map(([name, file]) => [name, [file]])),
    },
    root,
  );
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, program, ts.ScriptTarget.ES2022) : getSourceFile(name, ...rest);
  const compiled = ts.createProgram([file], options, host);
  const source = compiled.getSourceFile(file)!;
  return [...compiled.getSyntacticDiagnostics(source), ...compiled.getSemanticDiagnostics(source)].map(
    ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'),
  );
}
