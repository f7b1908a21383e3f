import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dynamicSupervisor, sessionTree, supervisor } from '../src/index.ts';
import { fromProcess, ProcessError } from '../src/node/index.ts';
import type { ProcessOptions } from '../src/node/index.ts';
import { nonsense } from './support/nonsense.ts';
import { openHost } from './support/open-host.ts';
import { isMistake, outcomeOf, told } from './support/outcome.ts';
import type { Outcome } from './support/outcome.ts';
import { bare, living, sh, supervised } from './support/processes.ts';
import { Scene } from './support/scene.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'xstate-supervisor-process-')));
const at = (name: string) => join(root, name);

beforeAll(() => {
  for (const name of ['directory', 'bin', 'bin/folder']) mkdirSync(at(name));
  const script = (name: string, text: string, mode = 0o755) => {
    writeFileSync(at(name), text);
    chmodSync(at(name), mode);
  };
  script('bin/tool', '#!/bin/sh\necho tool $1');
  script('bin/plain', 'echo plain $1');
  script('bin/locked', '#!/bin/sh', 0o644);
  script('bin/lost', '#!/no/such/interpreter');
  symlinkSync(at('nowhere'), at('bin/dangling'));
});
afterAll(() => rmSync(root, { recursive: true }));

const tool = (command: string, options: Partial<ProcessOptions> = {}) => sh('', { command, args: ['a'], ...options });
const notHere = 'there is no such file';

/** What keeps a process from starting, what its error says, and what the system says. */
const unstartable: [what: string, options: () => ProcessOptions, why: string, code: string | undefined][] = [
  ['a name that is not in PATH', () => tool('no-such-tool'), 'it is not in PATH', 'ENOENT'],
  ['a name where there is no PATH', () => tool('tool', { env: { PATH: undefined } }), 'it is not in PATH', 'ENOENT'],
  ['a path where nothing is', () => tool(at('none')), notHere, 'ENOENT'],
  ['a relative path where nothing is', () => tool('./tool', { cwd: at('directory') }), notHere, 'ENOENT'],
  ['a link to nothing', () => tool(at('bin/dangling')), notHere, 'ENOENT'],
  ['a path that goes through a file', () => tool(at('bin/tool/x')), notHere, 'ENOENT'],
  ['a directory', () => tool(at('bin')), `${at('bin')} is no file`, 'EACCES'],
  [
    'a directory in PATH',
    () => tool('folder', { env: { PATH: at('bin') } }),
    `${at('bin/folder')} is no file`,
    'EACCES',
  ],
  ['a file that is no program', () => tool(at('bin/locked')), `${at('bin/locked')} must not be executed`, 'EACCES'],
  [
    'one in PATH that is no program',
    () => tool('locked', { env: { PATH: `/nowhere:${at('bin')}` } }),
    `${at('bin/locked')} must not be executed`,
    'EACCES',
  ],
  [
    'a missing interpreter',
    () => tool(at('bin/lost')),
    'the system has no room for it, or nothing that runs it',
    undefined,
  ],
  ['a directory that is gone', () => tool('sh', { cwd: at('gone') }), `there is no directory ${at('gone')}`, 'ENOENT'],
  [
    'a directory that is a file',
    () => tool('sh', { cwd: at('bin/tool') }),
    `${at('bin/tool')} is no directory`,
    'ENOTDIR',
  ],
  ['an argument that is too long', () => tool('sh', { args: ['x'.repeat(3_000_000)] }), 'spawn E2BIG', 'E2BIG'],
];

const errorOf = (options: ProcessOptions, why: string, code: string | undefined) => ({
  name: 'ProcessError',
  message: `${options.command} could not be started: ${why}`,
  command: options.command,
  code: null,
  signal: null,
  stderr: [],
  cause: code === undefined ? undefined : expect.objectContaining({ code }),
});

describe('A process that cannot be started', () => {
  it.each(unstartable)('has failed at once, with the reason: %s', (_what, make, why, code) => {
    const options = make();
    const { status, error, pid } = bare(options).actor.getSnapshot();
    expect({ status, pid }).toEqual({ status: 'error', pid: undefined });
    expect(error).toMatchObject(errorOf(options, why, code));
    expect(error).toBeInstanceOf(ProcessError);
  });

  const missing = fromProcess({ command: 'no-such-tool' });
  const failed = expect.objectContaining(errorOf({ command: 'no-such-tool' }, 'it is not in PATH', 'ENOENT'));

  it('makes no session', async () => {
    const { host, events } = openHost({ session: missing, input: () => ({}) });
    const opened = await host.startSession({ projectPath: '/shop' });
    expect(opened).toMatchObject({ ok: false, error: { code: 'start_failed', cause: failed } });
    expect([host.count(), events.map(({ type }) => type)]).toEqual([0, ['session.rejected']]);
  });

  it('makes no session of a tree, whose other processes end', async () => {
    const { host } = openHost({
      session: sessionTree({
        children: () => [
          { id: 'first', src: fromProcess(sh('sleep 1000')) },
          { id: 'second', src: missing },
        ],
        logger: () => {},
      }),
    });
    const opened = await host.startSession({ projectPath: '/shop' });
    expect(opened).toMatchObject({ ok: false, error: { code: 'start_failed', cause: { cause: failed } } });
    expect(living()).toEqual([]);
  });

  it('is no child of a dynamic supervisor', () => {
    const it = new Scene((logger) => dynamicSupervisor({ logger }));
    const error = it.refusal({ type: 'child.start', spec: { id: 'a', src: missing } });
    expect(error).toMatchObject({ code: 'start_failed', cause: failed });
    expect(it.table()).toBe('');
  });

  it('is the end of a supervisor that starts with it', () => {
    const it = new Scene((logger) => supervisor({ logger, children: [{ id: 'a', src: missing }] }));
    expect(it.take()).toEqual(['a start_failed', 'stopped start_failed']);
    expect(it.error).toMatchObject({ code: 'start_failed', cause: failed });
  });

  it('any more is a failed restart, until its supervisor gives up', async () => {
    mkdirSync(at('passing'));
    const src = fromProcess(sh('read line; exit 1', { cwd: at('passing') }));
    const { it, emitted } = supervised(src, {}, { intensity: { maxRestarts: 2 } });
    rmSync(at('passing'), { recursive: true });
    it.ref('a').send({ type: 'process.end' });
    await emitted('supervisor.stopped');
    expect(it.take().slice(1)).toEqual([
      'a exited 1 error',
      'a restarting in 0',
      'a start_failed',
      'a restarting in 0',
      'a start_failed',
      'gave up',
      'stopped gave_up',
    ]);
    expect(it.error.cause).toMatchObject({ cause: { code: 'ENOENT', path: at('passing') } });
  });
});

describe('A process is started', () => {
  it.each<[what: string, options: () => ProcessOptions, line: string]>([
    ['by its name', () => tool('tool', { env: { PATH: `${at('bin')}:${process.env.PATH}` } }), 'tool a'],
    ['by a path', () => tool(at('bin/tool')), 'tool a'],
    ['by a path from its directory', () => tool('./tool', { cwd: at('bin') }), 'tool a'],
    ['as a script that does not say of what', () => tool(at('bin/plain')), 'plain a'],
  ])('%s', async (_what, options, line) => {
    const { ended, lines } = bare(options());
    expect((await ended).status).toBe('done');
    expect(lines()).toEqual([line]);
  });
});

describe('Options that are wrong', () => {
  const good = { command: 'sh' };
  const texts = [undefined, null, 1, true, {}, ['sh'], Symbol('s'), 'a\0b', nonsense['a revoked proxy']];
  const noObjects = [null, 1, 'text', ['text'], nonsense['a revoked proxy']];
  const wrong: [field: string, options: unknown][] = [
    ...[undefined, ...noObjects].map((options): [string, unknown] => ['options', options]),
    ...[...texts, ''].map((command): [string, unknown] => ['command', { command }]),
    ...[null, 1, 'text', {}, new Set(['text'])].map((args): [string, unknown] => ['args', { ...good, args }]),
    ...texts.map((arg): [string, unknown] => ['args[1]', { ...good, args: ['fine', arg] }]),
    ['args[0]', { ...good, args: new Array(1) }],
    ...[...texts.slice(1), ''].map((cwd): [string, unknown] => ['cwd', { ...good, cwd }]),
    ...noObjects.map((env): [string, unknown] => ['env', { ...good, env }]),
    ...texts.slice(1).map((NAME): [string, unknown] => ['env.NAME', { ...good, env: { NAME } }]),
    ['env', { ...good, env: { 'NA\0ME': 'value' } }],
    ['env', { ...good, env: { 'NA=ME': 'value' } }],
    ['env', { ...good, env: { '': 'value' } }],
    ...[null, 1, true, 'inherit', {}, { text: 1 }, { text: Buffer.from('') }, nonsense['a revoked proxy']].map(
      (stdin): [string, unknown] => ['stdin', { ...good, stdin }],
    ),
    ...[null, '10', NaN, 0, -1, 1.5, Infinity, 2 ** 60].map((maxLineLength): [string, unknown] => [
      'maxLineLength',
      { ...good, maxLineLength },
    ]),
  ];

  /** Those that were taken in another way. */
  const others = async (outcomeOfOptions: (options: ProcessOptions) => Promise<Outcome>) => {
    const outcomes = await Promise.all(wrong.map(([, options]) => outcomeOfOptions(options as ProcessOptions)));
    return outcomes.flatMap((outcome, i) => (isMistake(outcome, wrong[i]![0]) ? [] : [[wrong[i]![0], told(outcome)]]));
  };

  it('are a mistake that is named where they are written', async () => {
    expect(await others((options) => outcomeOf(() => fromProcess(options)))).toEqual([]);
  });

  it('are a failed start where a function makes them', async () => {
    const start = async (options: ProcessOptions): Promise<Outcome> => {
      const { error } = await bare(() => options).ended;
      return { type: 'threw', error };
    };
    expect(await others(start)).toEqual([]);
  });

  it('are a failed start where the function throws', async () => {
    const boom = new Error('boom');
    const { error } = await bare(() => {
      throw boom;
    }).ended;
    expect(error).toBe(boom);
  });
});
