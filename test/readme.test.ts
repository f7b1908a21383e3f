import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { format } from 'node:util';
import ts from 'typescript';
import { createMachine } from 'xstate';
import type { SessionHostEvent, SessionHostOptions, SupervisionErrorCode } from '../src/index.ts';
import { resolveSessionOptions } from '../src/session-options.ts';
import { blocks, quickStart, tableUnder, text } from './support/readme.ts';

const root = resolve(__dirname, '..');
/** The TypeScript blocks, which the README calls one program. */
const program = blocks('ts').join('\n');

afterEach(() => jest.restoreAllMocks());

describe('The README', () => {
  it('prints what it says that its quick start prints', async () => {
    const { program, output } = quickStart();

    expect(await printed(program)).toBe(output);
  });

  it('prints what it says in the comments of its TypeScript', async () => {
    const comments = Array.from(program.matchAll(/; \/\/ (.*)$/gm), ([, comment]) => comment);

    expect(comments.length).toBeGreaterThan(10);
    expect(await printed(program)).toBe(`${comments.join('\n')}\n`);
  });

  it('shows TypeScript that is typed right', () => {
    expect(faults(program)).toEqual([]);
  });

  it('names every option of a host', () => {
    expect(namesUnder('Options')).toEqual(Object.keys(options));
  });

  it.each(['maxSessions', 'onePerProject', 'restart', 'intensity', 'shutdown', 'stashLimit'] as const)(
    'states the default of %s',
    (option) => {
      const stated = new Map(tableUnder('Options')).get(option)!;
      const resolved = resolveSessionOptions({ session: createMachine({}) });

      expect(evaluate(`return (${stated.slice(1, -1)});`)).toEqual(resolved[option]);
    },
  );

  it('names every event that a host hears', () => {
    expect(namesUnder('Events')).toEqual(Object.keys(events));
  });

  it('names every code of a refusal', () => {
    expect(namesUnder('Refusals')).toEqual(Object.keys(codes));
  });

  it('names only scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const named = Array.from(text.matchAll(/npm (?:run ([\w:-]+)|(start|test))/g), ([, run, name]) => run ?? name!);

    expect(named).toEqual(expect.arrayContaining(['start', 'test', 'lint', 'build']));
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('links to files that there are', () => {
    const links = Array.from(text.matchAll(/\]\(([^)]+)\)/g), ([, link]) => link!);

    expect(links.filter((link) => !link.startsWith('https:') && !existsSync(join(root, link)))).toEqual([]);
  });
});

const options: Record<keyof SessionHostOptions, true> = {
  session: true,
  input: true,
  maxSessions: true,
  onePerProject: true,
  restart: true,
  intensity: true,
  backoff: true,
  shutdown: true,
  config: true,
  projectPaths: true,
  access: true,
  stashLimit: true,
  clock: true,
  now: true,
  generateId: true,
  random: true,
  logger: true,
  inspect: true,
};

const events: Record<SessionHostEvent['type'], true> = {
  'session.started': true,
  'session.updated': true,
  'session.crashed': true,
  'session.restarted': true,
  'session.stopped': true,
  'session.failed': true,
  'session.message': true,
  'session.rejected': true,
  dead_letter: true,
  'host.failed': true,
};

const namesUnder = (heading: string): readonly string[] => tableUnder(heading).map(([name]) => name);

/** Of calls that only a supervisor of children takes. */
type ChildCode = 'already_started' | 'already_present' | 'max_children' | 'running' | 'restarting' | 'invalid_spec';

const codes: Record<Exclude<SupervisionErrorCode, ChildCode>, true> = {
  missing_project_path: true,
  invalid_project_path: true,
  path_too_long: true,
  path_traversal_detected: true,
  path_not_absolute: true,
  path_not_found: true,
  path_not_directory: true,
  path_permission_denied: true,
  session_limit_reached: true,
  session_exists: true,
  project_already_open: true,
  invalid_session: true,
  immutable_field: true,
  start_failed: true,
  gave_up: true,
  not_found: true,
  no_sessions: true,
  managed: true,
  stopping: true,
  ask_timeout: true,
  actor_stopped: true,
};

/** What a program writes to the console when it is run on the sources. */
async function printed(program: string): Promise<string> {
  const { outputText } = ts.transpileModule(program, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  let output = '';
  const print = { ...console, log: (...args: unknown[]) => void (output += `${format(...args)}\n`) };
  const load = (name: string): unknown => jest.requireActual(name === 'xstate-supervisor' ? '../src/index.ts' : name);
  jest.spyOn(console, 'error').mockImplementation();
  // A function of its own, for the `await` of a module.
  await evaluate(`return (async () => {${outputText}})();`, { require: load, exports: {}, console: print });
  return output;
}

function evaluate(code: string, scope: Readonly<Record<string, unknown>> = {}): unknown {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- The README is ours.
  return new Function(...Object.keys(scope), code)(...Object.values(scope));
}

/** What the compiler finds wrong with a program. */
function faults(program: string): readonly string[] {
  const file = join(root, 'readme.ts');
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(
    { ...config.compilerOptions, paths: { 'xstate-supervisor': ['./src/index.ts'] } },
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
