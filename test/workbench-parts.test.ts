import fc from 'fast-check';
import { createActor } from 'xstate';
import { editPrompt, emptyPrompt, enterPrompt } from '../examples/workbench/edit-prompt.ts';
import type { Key, Prompt } from '../examples/workbench/edit-prompt.ts';
import { eventLine } from '../examples/workbench/event-line.ts';
import { formatAge, formatSize } from '../examples/workbench/format.ts';
import { jsonLine } from '../examples/workbench/json-line.ts';
import { parseArguments } from '../examples/workbench/parse-arguments.ts';
import { parseCommand } from '../examples/workbench/parse-command.ts';
import { resolveDirectory } from '../examples/workbench/resolve-directory.ts';
import { outputText } from '../examples/workbench/output-text.ts';
import { isSettled, nextIncarnation, nextStatus, notStarted } from '../examples/workbench/process-status.ts';
import type { ProcessStatus } from '../examples/workbench/process-status.ts';
import { runLog } from '../examples/workbench/run-log.ts';
import { runLine, runRow } from '../examples/workbench/run-view.ts';
import type { RunView } from '../examples/workbench/run-view.ts';
import { scanRow } from '../examples/workbench/scan-view.ts';
import type { ScanView } from '../examples/workbench/scan-view.ts';
import { screenFrame } from '../examples/workbench/screen.ts';
import type { Row } from '../examples/workbench/screen.ts';
import { cut, fit, printable, widthOf } from '../examples/workbench/text-width.ts';
import { ok, refused, SupervisionError } from '../src/index.ts';
import { ProcessError } from '../src/node/index.ts';

describe('The arguments of the workbench', () => {
  it('are directories and options, in any order', () => {
    const none = {
      directories: [],
      run: undefined,
      watch: false,
      max: undefined,
      json: false,
      once: false,
      observer: true,
      port: undefined,
      store: undefined,
      help: false,
    };
    expect(parseArguments(['a', '--max', '3', '--json', 'b c', '--once'])).toEqual(
      ok({ ...none, directories: ['a', 'b c'], max: 3, json: true, once: true }),
    );
    expect(parseArguments(['--watch', '--run', 'npm test', 'a'])).toEqual(
      ok({ ...none, directories: ['a'], run: 'npm test', watch: true }),
    );
    expect(parseArguments([])).toEqual(ok(none));
    expect(parseArguments(['--port', '0', '--no-observer'])).toEqual(ok({ ...none, port: 0, observer: false }));
    // Those that are kept have their directories.
    expect(parseArguments(['--store', 'kept', '--run', 'x'])).toEqual(ok({ ...none, store: 'kept', run: 'x' }));
    expect(parseArguments(['--run', 'x', '--help'])).toMatchObject({ value: { help: true } });
    expect(parseArguments(['--max=0', '--', '--json'])).toMatchObject({ value: { max: 0, directories: ['--json'] } });
  });

  it.each([
    [['--max', 'x'], "--max must be a whole number of at least 0, not 'x'"],
    [['--max', '1.5'], "'1.5'"],
    [['--max='], "''"],
    [['--max', '99999999999999999999'], "'99999999999999999999'"],
    [['--max'], '--max'],
    [['--max', '-1'], '--max'],
    [['--port', '65536'], "--port must be a whole number from 0 to 65535, not '65536'"],
    [['--port', 'x'], "'x'"],
    [['--store'], '--store'],
    [['--store', ' ', 'a'], "--store must be a directory, not ' '"],
    [['--frobnicate'], '--frobnicate'],
    [['-x', 'a'], '-x'],
    [['--json=yes'], '--json'],
    [['--run'], '--run'],
    [['--run', ' ', 'a'], "--run must be a command, not ' '"],
    [['--run', 'npm test'], '--run needs a DIR to run it in'],
    [['--watch', 'a'], '--watch needs a command to restart: --run CMD'],
  ])('%j are refused with a sentence that names what is wrong', (argv, named) => {
    const parsed = parseArguments(argv);
    expect(parsed).toMatchObject({ ok: false, error: expect.stringContaining(named) });
  });
});

describe('A command line', () => {
  const able = { restart: true, crash: true, logs: true };

  it.each([
    ['open /a', { type: 'open', directory: '/a' }],
    ['  open "/my project"  ', { type: 'open', directory: '/my project' }],
    ["rename 'the shop' \"it's\"", { type: 'rename', session: 'the shop', name: "it's" }],
    ['close my" "shop', { type: 'close', session: 'my shop' }],
    ['rename shop ""', { type: 'rename', session: 'shop', name: '' }],
    ['restart\tshop', { type: 'restart', session: 'shop' }],
    ['crash 日本', { type: 'crash', session: '日本' }],
    ['logs shop', { type: 'logs', session: 'shop' }],
    ['list', { type: 'list' }],
    ['quit', { type: 'quit' }],
    ['help', { type: 'help' }],
    ['   ', undefined],
  ])('%j is understood', (line, command) => {
    expect(parseCommand(line, able)).toEqual(ok(command));
  });

  it.each([
    ['frobnicate', "Unknown command 'frobnicate'. Commands: open DIR"],
    ['constructor', "Unknown command 'constructor'"],
    ['Quit', "Unknown command 'Quit'"],
    ['open', 'It is: open DIR.'],
    ['rename my shop new', 'It is: rename NAME NEW. Quote what has spaces.'],
    ['list all', 'It is: list.'],
    ['close "my shop', 'A quote is not closed in: close "my shop'],
  ])('%j is refused with a short help', (line, help) => {
    expect(parseCommand(line, able)).toMatchObject({ ok: false, error: expect.stringContaining(help) });
  });

  it('is unknown, and not in the help, where it is of another kind of session', () => {
    const help = 'open DIR, close NAME, rename NAME NEW, restart NAME, logs NAME, list, quit.';
    expect(parseCommand('crash shop', { restart: true, logs: true })).toEqual(
      refused(`Unknown command 'crash'. Commands: ${help} NAME is a name or an id; quote what has spaces.`),
    );
  });

  it('never throws, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (line) => {
        expect(typeof parseCommand(line, able).ok).toBe('boolean');
      }),
    );
  });
});

describe('A directory that is asked for', () => {
  it('is looked for from where the caller is', () => {
    expect(resolveDirectory('a/b', '/base')).toBe('/base/a/b');
    expect(resolveDirectory('../a', '/base')).toBe('/a');
    expect(resolveDirectory('.', '/base')).toBe('/base');
    expect(resolveDirectory('~/a', '/base')).toMatch(/^\/.*\/a$/);
  });

  it('is left as it is where the host shall judge it', () => {
    expect(resolveDirectory('/a/../b', '/base')).toBe('/a/../b');
    expect(resolveDirectory('', '/base')).toBe('');
  });
});

describe('A JSON line', () => {
  const session = { id: 's', name: 'shop', projectPath: '/shop', config: {}, createdAt: 1, updatedAt: 1 };

  it('begins with the type and leaves out refs', () => {
    expect(jsonLine({ session, ref: { id: 's' }, type: 'session.started' } as never)).toBe(
      JSON.stringify({ type: 'session.started', session }),
    );
  });

  it('has of an error its name, message and code', () => {
    const error = Object.assign(new RangeError('too\nfar'), { code: 'EFAR', path: '/x' });
    expect(JSON.parse(jsonLine({ type: 'session.crashed', error } as never)).error).toEqual({
      name: 'RangeError',
      message: 'too\nfar',
      code: 'EFAR',
    });
  });

  it('has of a refusal all that it says itself', () => {
    const error = new SupervisionError('gave_up', 'no more', { restarts: 3, withinMs: 5, cause: new Error('why') });
    expect(JSON.parse(jsonLine({ type: 'session.failed', error } as never)).error).toEqual({
      name: 'SupervisionError',
      message: 'no more',
      code: 'gave_up',
      restarts: 3,
      withinMs: 5,
      cause: 'Error: why',
    });
  });

  it('is one line', () => {
    expect(jsonLine({ type: 'session.updated', session: { ...session, name: 'a\nb\u2028' } } as never)).not.toMatch(
      /\n/,
    );
  });
});

describe('An event line', () => {
  it('tells of every kind of event but a refused start', () => {
    const session = { id: 's', name: 'shop', projectPath: '/shop', config: {}, createdAt: 1, updatedAt: 1 };
    const lines = [
      { type: 'session.started', session },
      { type: 'session.started', session, resumed: true },
      { type: 'session.updated', session },
      { type: 'session.crashed', session, incarnation: 1, error: new Error('why'), delayMs: 250 },
      { type: 'session.crashed', session, incarnation: 1, error: 'thrown text' },
      { type: 'session.restarted', session, incarnation: 2 },
      { type: 'session.stopped', session, reason: 'shutdown' },
      { type: 'session.stopped', session, reason: 'normal', output: { files: 1, bytes: 2, lastChange: 0 } },
      { type: 'session.failed', session, error: Object.assign(new Error('gave up'), { cause: new Error('why') }) },
      { type: 'session.message', session, event: { type: 'hello' } },
      { type: 'dead_letter', event: { type: 'project.crash' }, target: {}, reason: 'stopped' },
      { type: 'host.failed', error: new Error('why') },
      { type: 'store.failed', id: 's', error: new Error('full'), retryInMs: 100 },
      { type: 'store.failed', error: new Error('full') },
      { type: 'session.rejected', input: {}, error: new Error('no') },
    ].map((event) => eventLine(event as never));
    expect(lines).toEqual([
      'session.started shop: /shop',
      'session.started shop: /shop (goes on)',
      'session.updated shop: the new name of /shop',
      'session.crashed shop: why; restarts in 250 ms',
      'session.crashed shop: thrown text',
      'session.restarted shop: incarnation 2',
      'session.stopped shop: shutdown',
      'session.stopped shop: normal, 1 file, 2 B, last change 1970-01-01T00:00:00.000Z',
      'session.failed shop: gave up',
      'session.message shop: hello',
      'dead_letter: project.crash (stopped)',
      'host.failed: why',
      'store.failed: full; tried again in 100 ms',
      'store.failed: full',
      undefined,
    ]);
  });

  it('tells of the process in a session, and of nothing that goes without saying', () => {
    const session = { id: 's', name: 'shop', projectPath: '/shop', config: {}, createdAt: 1, updatedAt: 1 };
    const failure = { command: 'sh', code: 3, signal: null, stderr: [] };
    const cause = new ProcessError('sh ended with exit code 3: \u001b[31mno\u001b[0m', failure);
    const gaveUp = new SupervisionError('gave_up', 'The supervisor gave up', { restarts: 3, withinMs: 5, cause });
    const lines = [
      { type: 'process.line', session, stream: 'stdout', line: '\u001b[32mok\u001b[0m\t1' },
      { type: 'process.line', session, stream: 'stderr', line: '' },
      { type: 'child.started', session, id: 'process', incarnation: 1 },
      { type: 'child.started', session, id: 'process', incarnation: 2 },
      { type: 'child.start_failed', session, id: 'process', error: new Error('why') },
      { type: 'child.exited', session, id: 'process', incarnation: 1, reason: 'normal' },
      { type: 'child.exited', session, id: 'process', incarnation: 1, reason: 'shutdown' },
      { type: 'child.exited', session, id: 'process', incarnation: 1, reason: 'killed' },
      { type: 'child.exited', session, id: 'process', incarnation: 1, reason: 'error', error: cause },
      { type: 'child.restarting', session, id: 'process', delayMs: 250 },
      { type: 'child.ignored', session, id: 'watch' },
      { type: 'session.failed', session, restarts: 3, error: gaveUp },
    ].map((event) => eventLine(event as never));
    expect(lines).toEqual([
      'shop | ok  1',
      'shop |',
      undefined,
      'child.started shop/process: incarnation 2',
      'child.start_failed shop/process: why',
      'child.exited shop/process: normal',
      undefined,
      'child.exited shop/process: killed',
      'child.exited shop/process: sh ended with exit code 3: no',
      'child.restarting shop/process: in 250 ms',
      undefined,
      'session.failed shop: gave up after 3 restarts: sh ended with exit code 3: no',
    ]);
  });
});

describe('What a command wrote', () => {
  it.each([
    ['plain', 'plain'],
    ['\u001b[1;31mred\u001b[0m \u001b]8;;https://x\u0007link\u001b]8;;\u0007', 'red link'],
    ['10%\r20%\r30%', '30%'],
    ['done\r', 'done'],
    ['a\tb', 'a  b'],
    ['', ''],
  ])('%j is shown as %j', (line, text) => {
    expect(outputText(line)).toBe(text);
  });

  it('is kept for a while, the last lines of it', () => {
    const log = createActor(runLog).start();
    for (let number = 1; number <= 450; number++) log.send({ type: 'log.line', line: `${number}` });
    const status = { state: 'running', since: 1, restarts: 2 } as const;
    log.send({ type: 'log.status', status });
    log.send({ type: 'session.updated' } as never);
    const { lines, ...rest } = log.getSnapshot().context;
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([200, '251', '450']);
    expect(rest).toEqual({ status });
  });
});

describe('The status of a process', () => {
  const started = (incarnation: number) => ({ type: 'child.started', id: 'process', incarnation });
  const exited = (reason: string) => ({ type: 'child.exited', id: 'process', reason });
  const failed = { type: 'child.start_failed', id: 'process' };
  const restarting = { type: 'child.restarting', id: 'process' };
  const after = (...events: object[]) =>
    events.reduce<ProcessStatus>((status, event, index) => nextStatus(status, event as never, index), notStarted);

  it.each([
    ['starting', []],
    ['running', [started(1)]],
    ['finished', [started(1), exited('normal')]],
    ['stopped', [started(1), exited('shutdown')]],
    ['stopped', [started(1), exited('killed')]],
    ['crashed', [started(1), exited('error')]],
    ['restarting', [started(1), exited('error'), restarting]],
    ['crashed', [started(1), exited('error'), restarting, failed]],
    ['stopped', [started(1), exited('error'), restarting, { type: 'child.restart_cancelled', id: 'process' }]],
    ['running', [started(1), { type: 'child.exited', id: 'watch', reason: 'error' }, { ...failed, id: 'log' }]],
  ])('is %s after %j', (state, events) => {
    expect(after(...events)).toMatchObject({ state });
  });

  it('counts restarts, and has the time of the last start', () => {
    expect(after(started(1), exited('error'), restarting, started(2))).toEqual({
      state: 'running',
      since: 3,
      restarts: 1,
    });
  });

  it('tells which life has begun where nobody could hear', () => {
    const lives = [[], [started(1)], [started(2), exited('error'), restarting]].map((events) => after(...events));
    expect(lives.map(nextIncarnation)).toEqual([1, 1, 3]);
  });

  it('is settled when nothing more happens by itself', () => {
    const settled = [[exited('normal')], [exited('shutdown')], [exited('error')], [exited('error'), restarting]];
    expect(settled.map((events) => isSettled(after(started(1), ...events)))).toEqual([true, true, false, false]);
  });
});

describe('A size and an age', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [9949, '9.9 kB'],
    [9950, '10 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [2.5e9, '2.5 GB'],
    [7e15, '7000 TB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });

  it.each([
    [-5000, '0s'],
    [59_999, '59s'],
    [60_000, '1m'],
    [3_600_000, '1h'],
    [86_400_000, '1d'],
    [366 * 86_400_000, '1y'],
  ])('%d ms are %s', (milliseconds, text) => {
    expect(formatAge(milliseconds)).toBe(text);
  });
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('a', '漢', '🛒', '👩‍👩‍👧', 'e\u0301', '❤\ufe0f', '한', '\u001b', '\u202e', ' ') }),
);

describe('The width of text', () => {
  it.each([
    ['shop', 4],
    ['日本', 4],
    ['cafe\u0301', 4],
    ['한국', 4],
    ['🛒', 2],
    ['ｆｕｌｌ', 8],
    ['', 0],
  ])('of %j is %d', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  it('is not exceeded by what is cut, and is just so for what is fitted', () => {
    fc.assert(
      fc.property(anyText, fc.nat(40), (text, width) => {
        expect(widthOf(cut(printable(text), width))).toBeLessThanOrEqual(width);
        expect(widthOf(fit(printable(text), width))).toBe(width);
      }),
    );
  });

  it('leaves what fits as it is, and does not cut a character in two', () => {
    expect(cut('shop', 4)).toBe('shop');
    expect(cut('shops', 4)).toBe('sho…');
    expect(cut('日本語', 4)).toBe('日…');
    expect(fit('日本語', 4, 'right')).toBe(' 日…');
  });

  it('counts nothing that a terminal would obey', () => {
    expect(printable('a\u001b[2Jb\r\n  c\u202ed')).toBe('a\ufffd[2Jb cd');
  });
});

const lateAfternoon = 120_000;
const session = ({ now = lateAfternoon, ...view }: Partial<ScanView> & { readonly now?: number }): Row =>
  scanRow({ ...shop, ...view }, now);
const shop: ScanView = {
  id: 's',
  name: 'shop',
  projectPath: '/shop',
  state: 'watching',
  scan: { files: 12, bytes: 3400, lastChange: 0 },
  restarts: 0,
};

describe('The screen', () => {
  it('has a line for each session, in columns, and the prompt', () => {
    const sessions = [
      session({}),
      session({ name: '日本語', state: 'restarting', restarts: 1, scan: { files: 1, bytes: 2e6, lastChange: 60_000 } }),
      session({ name: 'new', state: 'scanning', scan: undefined }),
    ];
    const prompt = { ...emptyPrompt, before: 'cl', after: 'ose' };
    expect(screenFrame({ sessions, prompt }, { columns: 80, rows: 24 })).toEqual({
      lines: [
        'shop    watching    12 files  3.4 kB  changed 2m ago  0 restarts',
        '日本語  restarting    1 file  2.0 MB  changed 1m ago   1 restart',
        'new     scanning                                      0 restarts',
        '> close',
      ],
      column: 4,
    });
  });

  it('is brief where it is narrow, and does without the last columns where it is narrower still', () => {
    const sessions = [session({ name: 'a name that is long' })];
    const lineOf = (columns: number) => screenFrame({ sessions, prompt: undefined }, { columns, rows: 24 }).lines[0];
    expect(lineOf(40)).toBe('a name that is … watching 12f 3.4k 2m r0');
    expect(lineOf(30)).toBe('a nam… watching 12f 3.4k 2m r0');
    expect(lineOf(20)).toBe('a name… watching 12f');
    expect(lineOf(10)).toBe('a name th…');
    const small = [session({ scan: { files: 1, bytes: 99, lastChange: 0 }, now: 5000 })];
    const { lines } = screenFrame({ sessions: small, prompt: undefined }, { columns: 25, rows: 24 });
    expect(lines).toEqual(['shop watching 1f 99 5s r0']);
  });

  describe('of running commands', () => {
    const test: RunView = {
      id: 's',
      name: 'shop',
      projectPath: '/shop',
      state: 'running',
      pid: 12345,
      restarts: 1,
      since: lateAfternoon - 5000,
      lastLine: '1 of 3 tests failed: the till does not open',
    };
    const views: RunView[] = [
      test,
      {
        ...test,
        name: 'a name that is long',
        state: 'finished',
        pid: undefined,
        restarts: 0,
        lastLine: '日本語\u001b',
      },
      { ...test, name: 'new', state: 'restarting', pid: undefined, lastLine: '' },
    ];
    const linesOf = (columns: number) => {
      const sessions = views.map((view) => runRow(view, lateAfternoon));
      return screenFrame({ sessions, prompt: undefined }, { columns, rows: 24 }).lines;
    };

    it('fills what is left of the width with the last line', () => {
      expect(linesOf(120)).toEqual([
        'shop                 running     pid 12345   1 restart  up 5s  1 of 3 tests failed: the till does not open',
        'a name that is long  finished               0 restarts         日本語\ufffd',
        'new                  restarting              1 restart',
      ]);
      expect(linesOf(80)).toEqual([
        'shop          running     pid 12345   1 restart  up 5s  1 of 3 tests failed: th…',
        'a name that…  finished               0 restarts         日本語\ufffd',
        'new           restarting              1 restart',
      ]);
    });

    it('is brief where it is narrow, and keeps a little of the last line as long as it can', () => {
      expect(linesOf(50)).toEqual([
        'shop               running    12345 r1 5s 1 of 3 …',
        'a name that is lo… finished         r0    日本語\ufffd',
        'new                restarting       r1',
      ]);
      const lineOf = (columns: number) => linesOf(columns)[0];
      expect(lineOf(40)).toBe('shop     running    12345 r1 5s 1 of 3 …');
      expect(lineOf(36)).toBe('shop    running    12345 r1 1 of 3 …');
      expect(lineOf(28)).toBe('shop     running    1 of 3 …');
      expect(lineOf(20)).toBe('shop        1 of 3 …');
      expect(lineOf(8)).toBe('shop');
      expect(linesOf(8)[1]).toBe('a name …');
    });

    it('has each as a line of plain text, too', () => {
      expect(views.map((view) => runLine(view, lateAfternoon))).toEqual([
        'shop: running, pid 12345, up 5s, 1 restart, /shop, s',
        'a name that is long: finished, 0 restarts, /shop, s',
        'new: restarting, 1 restart, /shop, s',
      ]);
    });
  });

  it('shows as many sessions as there are rows, and how many more there are', () => {
    const sessions = ['a', 'b', 'c', 'd'].map((name) => session({ name }));
    const linesIn = (rows: number) =>
      screenFrame({ sessions, prompt: emptyPrompt }, { columns: 80, rows }).lines.map((line) =>
        line.replace(/ {2}.*/, ''),
      );
    expect(linesIn(5)).toEqual(['a', 'b', 'c', 'd', '> ']);
    expect(linesIn(4)).toEqual(['a', 'b', '… 2 more', '> ']);
    expect(linesIn(2)).toEqual(['… 4 more', '> ']);
    expect(linesIn(1)).toEqual(['> ']);
  });

  it('never has a line wider, nor more lines, than the terminal, nor its cursor outside', () => {
    const anyScan = fc.record({ files: fc.nat(), bytes: fc.maxSafeNat(), lastChange: fc.maxSafeNat() });
    const anySession = fc.record({
      name: anyText,
      state: fc.constantFrom('scanning', 'watching', 'restarting'),
      scan: fc.option(anyScan, { nil: undefined }),
      restarts: fc.nat(),
      rest: fc.option(anyText, { nil: undefined }),
    });
    const anyPrompt = fc.record({ before: anyText, after: anyText });
    const anySize = fc.record({ columns: fc.integer({ min: 1, max: 120 }), rows: fc.integer({ min: 1, max: 12 }) });
    fc.assert(
      fc.property(
        fc.array(anySession, { maxLength: 15 }),
        fc.option(anyPrompt, { nil: undefined }),
        fc.nat(),
        anySize,
        (views, typed, now, size) => {
          const prompt: Prompt | undefined = typed && { ...emptyPrompt, ...typed };
          const { lines, column } = screenFrame(
            { sessions: views.map((view) => session({ ...view, now })), prompt },
            size,
          );
          for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(size.columns);
          for (const line of lines) expect(line).toBe(printable(line));
          expect(lines.length).toBeLessThanOrEqual(size.rows);
          if (prompt !== undefined) expect(column).toBeLessThan(size.columns);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('The prompt', () => {
  const typed = (prompt: Prompt, ...keys: (string | Key)[]): Prompt =>
    keys.reduce<Prompt>(
      (now, key) => (typeof key === 'string' ? editPrompt(now, key, {}) : editPrompt(now, undefined, key)),
      prompt,
    );
  const ctrl = (name: string): Key => ({ name, ctrl: true });

  it('takes what is typed, and edits it where the cursor is', () => {
    const moved = typed(emptyPrompt, 'l', 'i', '🛒', 't', { name: 'left' }, { name: 'backspace' }, 's');
    expect(moved).toMatchObject({ before: 'lis', after: 't' });
    expect(typed(moved, { name: 'home' }, { name: 'delete' }, { name: 'end' })).toMatchObject({
      before: 'ist',
      after: '',
    });
    expect(typed(moved, { name: 'right' }, { name: 'right' })).toMatchObject({ before: 'list', after: '' });
    expect(typed(moved, ctrl('u'))).toMatchObject({ before: '', after: 't' });
    expect(typed(moved, ctrl('k'))).toMatchObject({ before: 'lis', after: '' });
    expect(typed(typed(emptyPrompt, ...'open my dir '), ctrl('w'))).toMatchObject({ before: 'open my ' });
  });

  it('takes no control characters, and no key that it does not know', () => {
    expect(typed(emptyPrompt, '\u001b', '\t', { name: 'f1' }, ctrl('x'), { name: 'a', meta: true })).toEqual(
      emptyPrompt,
    );
  });

  it('remembers what was entered', () => {
    const first = enterPrompt(typed(emptyPrompt, ...'list'));
    expect(first).toMatchObject({ before: '', after: '' });
    const second = enterPrompt(enterPrompt(typed(first, ...'quit')));
    const up: Key = { name: 'up' };
    expect(typed(second, up).before).toBe('quit');
    expect(typed(second, up, up, up).before).toBe('list');
    expect(typed(second, up, up, { name: 'down' }).before).toBe('quit');
    expect(typed(second, up, { name: 'down' }, { name: 'down' }).before).toBe('');
  });
});
