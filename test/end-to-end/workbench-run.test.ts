import { mkdirSync, rmSync } from 'node:fs';
import { gone, living } from '../support/living.ts';
import { twoProjects } from '../support/two-projects.ts';
import { byNpm, WorkbenchProcess } from '../support/workbench-process.ts';

// A machine that is busy with other tests takes its time to start a process.
jest.setTimeout(30_000);

const { at, write } = twoProjects();

/** The workbench on a command. */
const running = (command: string, ...args: string[]) => new WorkbenchProcess(['--run', command, ...args]);

/** Says who it is, has a child and a grandchild, and none of them ends by itself. */
const family = `
  echo "pid $$"
  sh -c 'echo "pid $$"; sleep 1000 & echo "pid $!"; wait' &
  wait`;
const pidsIn = (text: string) => Array.from(text.matchAll(/pid (\d+)/g), ([, pid]) => Number(pid));
const hasFamily = (run: WorkbenchProcess) => run.until(() => pidsIn(run.out).length === 3);

/** What happened in one session, but for its output. */
const story = (run: WorkbenchProcess) =>
  run.lines
    .filter(({ type, id }) => type.startsWith('session.') || (type.startsWith('child.') && id === 'process'))
    .map(({ type, incarnation = '', delayMs = '', reason = '' }) => `${type} ${incarnation}${delayMs}${reason}`.trim());

describe('A command that is run once', () => {
  it('has each line of its output printed with the name of its session, and ends with 0', async () => {
    const run = running('echo "in $PWD"', '--once', at('shop'), at('my blog'));
    expect(await run.ended).toBe(0);
    expect(run.err).toBe('');
    expect(run.out.trimEnd().split('\n').sort()).toEqual([
      'child.exited my blog/process: normal',
      'child.exited shop/process: normal',
      `my blog | in ${at('my blog')}`,
      `session.started my blog: ${at('my blog')}`,
      `session.started shop: ${at('shop')}`,
      'session.stopped my blog: normal',
      'session.stopped shop: normal',
      `shop | in ${at('shop')}`,
    ]);
  });

  it('is told of as JSON lines: its session, the children of that, and its output', async () => {
    const run = running("printf 'one\\n\\033[31mtwo\\033[0m\\n'; echo oops >&2", '--json', '--once', at('shop'));
    expect(await run.ended).toBe(0);
    expect(run.err).toBe('');
    const session = run.lines[0]!.session;
    expect(session).toMatchObject({ name: 'shop', projectPath: at('shop') });
    const [started, log, child, ...rest] = run.lines;
    expect(started).toEqual({ type: 'session.started', session });
    expect(log).toEqual({ type: 'child.started', session, id: 'log', incarnation: 1 });
    expect(child).toEqual({ type: 'child.started', session, id: 'process', incarnation: 1 });
    // Its two streams have no order.
    expect(rest.slice(0, 3)).toEqual(
      expect.arrayContaining([
        { type: 'process.line', session, stream: 'stdout', line: 'one' },
        { type: 'process.line', session, stream: 'stdout', line: '\u001b[31mtwo\u001b[0m' },
        { type: 'process.line', session, stream: 'stderr', line: 'oops' },
      ]),
    );
    expect(rest.slice(3)).toEqual([
      { type: 'child.exited', session, id: 'process', incarnation: 1, reason: 'normal', output: { code: 0 } },
      { type: 'child.exited', session, id: 'log', incarnation: 1, reason: 'shutdown' },
      { type: 'session.stopped', session, reason: 'normal' },
    ]);
  });

  it('is restarted when it fails, later each time, and ends with 1 when it has failed too often', async () => {
    const run = running('echo "no such table" >&2; exit 3', '--json', '--once', at('shop'));
    expect(await run.ended).toBe(1);
    expect(story(run)).toEqual([
      'session.started',
      'child.started 1',
      'child.exited 1error',
      'child.restarting 250',
      'child.started 2',
      'child.exited 2error',
      'child.restarting 500',
      'child.started 3',
      'child.exited 3error',
      'child.restarting 1000',
      'child.started 4',
      'child.exited 4error',
      'session.failed',
    ]);
    expect(run.ofType('child.exited')[0]!.error).toEqual({
      name: 'ProcessError',
      message: 'sh ended with exit code 3: no such table',
      code: 3,
    });
    expect(run.ofType('session.failed')[0]).toMatchObject({
      restarts: 3,
      error: { code: 'gave_up', cause: 'ProcessError: sh ended with exit code 3: no such table' },
    });
  });

  it('says for people why it was given up, while others finish', async () => {
    const command = '[ "${PWD##*/}" = shop ] && printf "\\033[31mno such table\\033[0m\\n" >&2 && exit 3; echo fine';
    const run = running(command, '--once', at('shop'), at('my blog'));
    expect(await run.ended).toBe(1);
    const why = 'sh ended with exit code 3: no such table';
    expect(run.out).toContain(`\nchild.exited shop/process: ${why}\nchild.restarting shop/process: in 250 ms\n`);
    expect(run.out).toContain('\nchild.started shop/process: incarnation 4\n');
    expect(run.out).toMatch(new RegExp(`\\nsession\\.failed shop: gave up after 3 restarts: ${why}\\n$`));
    expect(run.out).toContain('\nmy blog | fine\n');
    expect(run.out).toContain('\nsession.stopped my blog: normal\n');
  });

  it('ends with 0 if it succeeds in the end', async () => {
    const run = running('[ -e tried ] || { touch tried; exit 1; }', '--json', '--once', at('shop'));
    expect(await run.ended).toBe(0);
    expect(story(run).slice(-4)).toEqual([
      'child.restarting 250',
      'child.started 2',
      'child.exited 2normal',
      'session.stopped normal',
    ]);
  });

  it('ends with 1 if a directory was refused', async () => {
    const run = running('echo here', '--once', at('shop'), at('nothing'));
    expect(await run.ended).toBe(1);
    expect(run.err).toMatch(/^path_not_found: /);
    expect(run.out).toContain('shop | here\n');
  });

  it('reads nothing, and hears of a command that there is not', async () => {
    const run = running('cat; nosuchcommand', '--once', at('shop'));
    expect(await run.ended).toBe(1);
    expect(run.out).toMatch(/\nsession\.failed shop: gave up after 3 restarts: sh ended with exit code 127: .*nosuch/);
  });
});

describe('What cannot be started', () => {
  it('is refused with its reason: there is no shell', async () => {
    const args = ['--run', 'echo hello', at('shop')];
    const run = new WorkbenchProcess(args, { env: { PATH: at('nothing') } });
    expect(await run.ended).toBe(1);
    expect(run.err).toMatch(/^start_failed: .*sh could not be started: it is not in PATH\n$/);
    expect(run.out).toBe('');
  });

  it('is given up when its directory has vanished', async () => {
    const run = running('exit 1', '--json', at('shop'));
    await run.until(() => run.ofType('child.restarting').length === 1);
    rmSync(at('shop'), { recursive: true });
    await run.until(() => run.ofType('session.failed').length === 1);
    expect(run.ofType('child.start_failed').map(({ error }) => error)).toContainEqual(
      expect.objectContaining({ message: `sh could not be started: there is no directory ${at('shop')}` }),
    );
    expect(run.ofType('session.failed')[0]!.error).toMatchObject({ cause: expect.stringContaining(at('shop')) });
  });

  it('is named where it is the arguments that are wrong', async () => {
    const run = new WorkbenchProcess(['--watch', at('shop')]);
    expect(await run.ended).toBe(2);
    expect(run.err).toMatch(/--watch .*--run/);
    expect(run.out).toBe('');
  });
});

describe('A command that has finished', () => {
  it('stays, to be run again and to have its output read', async () => {
    const run = running('echo "as $(cat name)"', at('shop'));
    write('shop/name', 'first');
    await run.says('child.exited shop/process: normal');
    write('shop/name', 'second');
    run.type('list', 'restart shop');
    await run.says('shop | as second');
    run.type('logs shop', 'rename shop store', 'logs store', 'quit');
    expect(await run.ended).toBe(0);
    expect(run.out).toMatch(/\nshop: finished, 0 restarts, .*shop, [-0-9a-f]{36}\n1 of at most 10 sessions\n/);
    expect(run.out).toContain('\nstore | as first\nstore | as second\n');
    expect(run.out.match(/^shop \| as first$/gm)).toHaveLength(2);
  });

  it('has only its last lines kept', async () => {
    const run = running('seq 500', '--json', at('shop'));
    run.type('logs shop');
    await run.until(() => run.ofType('child.exited').length === 1);
    run.type('logs shop', 'logs nothing', 'quit');
    expect(await run.ended).toBe(0);
    const logged = run.err.split('\n').filter((line) => line.startsWith('shop | '));
    expect(logged.slice(-200)).toEqual(Array.from({ length: 200 }, (_, index) => `shop | ${index + 301}`));
    expect(run.err).toMatch(/\nnot_found: .*"nothing".*\n$/);
  });

  it('is no reason to go on when nobody can give a command any more', async () => {
    const run = running('[ "${PWD##*/}" = shop ] || exit 1', at('shop'), at('my blog'));
    run.child.stdin.end();
    expect(await run.ended).toBe(1);
    expect(run.out).toContain('child.exited shop/process: normal\n');
    expect(run.out).toContain('session.failed my blog: gave up');
    expect(run.out).toMatch(/session\.stopped shop: shutdown\n$/);
  });
});

describe('Commands', () => {
  it('restart a process that runs, and its log stays', async () => {
    const run = running(`echo hello; ${family}`, '--json', at('shop'));
    await hasFamily(run);
    const first = pidsIn(run.out);
    expect(living(first)).toEqual(first);
    run.type('restart shop');
    await run.until(() => pidsIn(run.out).length === 6);
    expect(living(first)).toEqual([]);
    expect(story(run)).toEqual(['session.started', 'child.started 1', 'child.exited 1shutdown', 'child.started 2']);
    run.type('list', 'logs shop', 'quit');
    expect(await run.ended).toBe(0);
    expect(run.err).toMatch(/^shop: running, pid \d+, up \d+s, 1 restart, /);
    expect(run.err.match(/^shop \| hello$/gm)).toHaveLength(2);
    await gone(pidsIn(run.out));
  });

  it('restart one that waits for its back-off, free of charge', async () => {
    const run = running('exit 1', '--json', at('shop'));
    await run.until(() => run.ofType('child.restarting').length === 3);
    run.type('restart shop');
    await run.until(() => run.ofType('session.failed').length === 1);
    expect(story(run).slice(-5)).toEqual([
      'child.restarting 1000',
      'child.restart_cancelled',
      'child.started 4',
      'child.exited 4error',
      'session.failed',
    ]);
  });

  it('say that a restart by hand has failed, after which the session waits for another', async () => {
    const run = running('echo hello', at('shop'));
    await run.says('child.exited shop/process: normal');
    rmSync(at('shop'), { recursive: true });
    run.type('restart shop', 'list');
    // Two pipes, in no order of their own.
    await run.until(() => run.out.includes('1 of at most 10 sessions') && run.err.endsWith('\n'));
    expect(run.err).toMatch(/^start_failed: .*there is no directory/);
    expect(run.out).toMatch(/\nshop: failed, /);
    mkdirSync(at('shop'));
    run.type('restart shop');
    await run.until(() => run.out.match(/^shop \| hello$/gm)?.length === 2);
  });

  it('rename a session, as which its output is known from then on', async () => {
    const command = 'while :; do [ -e go ] && rm go && echo went; sleep 0.05; done';
    const run = running(command, at('shop'));
    write('shop/go');
    await run.says('shop | went');
    run.type('rename shop "the shop"');
    await run.says('session.updated the shop');
    write('shop/go');
    await run.says('the shop | went');
    run.type('close "the shop"');
    await run.says('session.stopped the shop: shutdown');
  });

  it('open and close sessions; of a closed one nobody is left', async () => {
    const run = running(family, at('shop'));
    await hasFamily(run);
    const first = pidsIn(run.out);
    run.type('close shop', `open "${at('my blog')}"`);
    await run.says('session.stopped shop: shutdown');
    expect(living(first)).toEqual([]);
    await run.until(() => pidsIn(run.out).length === 6);
    expect(living(pidsIn(run.out))).toHaveLength(3);
    run.type('quit');
    expect(await run.ended).toBe(0);
    expect(living(pidsIn(run.out))).toEqual([]);
  });

  it('end a process that will not, when its time is over', async () => {
    const run = running(`trap '' TERM; echo "pid $$"; while :; do sleep 1000 & echo "pid $!"; wait; done`, at('shop'));
    await run.until(() => pidsIn(run.out).length > 1);
    run.type('close shop');
    await run.says('session.stopped shop');
    expect(run.out).toContain('session.stopped shop: shutdown');
    expect(run.out).toContain('child.exited shop/process: killed');
    expect(living(pidsIn(run.out))).toEqual([]);
  });

  it('are those of this mode', async () => {
    const run = running('true', at('shop'));
    run.type('crash shop', 'quit');
    expect(await run.ended).toBe(0);
    expect(run.err).toMatch(
      /^Unknown command 'crash'\. Commands: open DIR, close NAME, rename NAME NEW, restart NAME, logs NAME, list, quit\./,
    );
    const scanning = new WorkbenchProcess([at('shop')]);
    scanning.type('logs shop', 'quit');
    expect(await scanning.ended).toBe(0);
    expect(scanning.err).toMatch(/^Unknown command 'logs'/);
  });
});

describe('A watched command', () => {
  const command = 'echo "as $(cat name)"; [ "$(cat name)" = last ] || sleep 1000';
  beforeEach(() => write('shop/name', 'first'));

  it('is restarted when its project changes, also when it has finished', async () => {
    const run = running(command, '--watch', '--json', at('shop'));
    await run.until(() => run.out.includes('as first'));
    write('shop/name', 'second');
    await run.until(() => run.out.includes('as second'));
    mkdirSync(at('shop/new/deep'), { recursive: true });
    await run.until(() => run.out.match(/as second/g)?.length === 2);
    write('shop/name', 'last');
    await run.until(() => story(run).at(-1) === 'child.exited 4normal');
    write('shop/new/deep/file');
    await run.until(() => story(run).at(-1) === 'child.exited 5normal');
    run.type('logs shop', 'quit');
    expect(await run.ended).toBe(0);
    expect(run.ofType('session.message').map(({ event }) => event)).toEqual(
      Array.from({ length: 4 }, () => ({ type: 'project.changed' })),
    );
    expect(run.err.match(/^shop \| as \w+$/gm)).toEqual(
      ['first', 'second', 'second', 'last', 'last'].map((name) => `shop | as ${name}`),
    );
    expect(run.ofType('child.started').map(({ id }) => id)).toEqual([
      ...['log', 'watch'],
      ...Array.from({ length: 5 }, () => 'process'),
    ]);
  });

  it('is restarted by a change after it has failed, too', async () => {
    const run = running('[ -e good ] || exit 1', '--watch', '--json', at('shop'));
    await run.until(() => run.ofType('child.restarting').length === 3);
    write('shop/good');
    // Whatever comes first, the change or the end of its back-off.
    await run.until(() => story(run).includes('session.message') && (story(run).at(-1)?.endsWith('normal') ?? false));
    expect(run.ofType('session.failed')).toEqual([]);
  });

  it('goes on when there are no more commands, as something may change', async () => {
    const run = running(command, '--watch', at('shop'));
    write('shop/name', 'last');
    run.child.stdin.end();
    await run.says('child.exited shop/process: normal');
    write('shop/more');
    await run.until(() => run.out.match(/shop\/process: normal/g)?.length === 2);
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(143);
  });

  it('is given up, with the reason, when its directory has vanished', async () => {
    const run = running(command, '--watch', at('shop'));
    await run.says('shop | as first');
    rmSync(at('shop'), { recursive: true });
    await run.says('session.failed');
    expect(run.out).toMatch(/\nsession\.failed shop: .* gave up after 3 restarts .*ENOENT.*shop/);
  });

  it('ends when it has finished, once', async () => {
    const run = running(command, '--watch', '--once', at('shop'));
    await run.says('shop | as first');
    write('shop/name', 'last');
    expect(await run.ended).toBe(0);
    expect(run.out).toMatch(/\nsession\.stopped shop: \w+\n$/);
  });
});

describe('No process is left', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('after %s, at which it ends in order with %d', async (signal, status) => {
    const run = running(family, at('shop'), at('my blog'));
    await run.until(() => pidsIn(run.out).length === 6);
    run.child.kill(signal);
    expect(await run.ended).toBe(status);
    expect(living(pidsIn(run.out))).toEqual([]);
    expect(run.out).toContain('session.stopped shop: shutdown\n');
    expect(run.err).toBe('');
  });

  it('after a second signal, which does not wait', async () => {
    const run = running(`trap '' TERM; ${family}`, at('shop'));
    await hasFamily(run);
    // Those that come at once are of one Ctrl-C.
    const again = setInterval(() => run.child.kill('SIGINT'), 100);
    expect(await run.ended).toBe(130);
    clearInterval(again);
    expect(run.out).not.toContain('session.stopped');
    await gone(pidsIn(run.out));
  });

  it('after a signal that npm passes on', async () => {
    const run = new WorkbenchProcess(['--run', family, at('shop')], { command: byNpm });
    await hasFamily(run);
    process.kill(-run.child.pid!, 'SIGINT');
    expect(await run.ended).toBe(130);
    expect(living(pidsIn(run.out))).toEqual([]);
  });

  it('after the host was killed, though they do not mind SIGTERM', async () => {
    const run = running(`trap '' TERM; ${family}`, at('shop'), at('my blog'));
    await run.until(() => pidsIn(run.out).length === 6);
    const pids = pidsIn(run.out);
    expect(living(pids)).toEqual(pids);
    run.child.kill('SIGKILL');
    expect(await run.ended).toBe(137);
    await gone(pids);
  });

  it('where nobody reads any more', async () => {
    const run = running(`${family} & while :; do echo "and so on"; sleep 0.05; done`, at('shop'));
    await hasFamily(run);
    run.child.stdout.destroy();
    expect(await run.ended).toBe(141);
    await gone(pidsIn(run.out));
  });
});

describe('A command that writes without end', () => {
  it('does not keep the workbench from hearing', async () => {
    const run = running('yes', '--json', at('shop'));
    let isQuitting = false;
    run.child.stdout.on('data', () => {
      // More than can be read as text later on.
      run.out = run.out.slice(-1000);
      if (!isQuitting) run.type('quit');
      isQuitting = true;
    });
    expect(await run.ended).toBe(0);
  });
});
