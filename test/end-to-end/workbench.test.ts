import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { byNode, byNpm, killWorkbenches, repository, WorkbenchProcess } from '../support/workbench-process.ts';

// A machine that is busy with other tests takes its time to start a process.
jest.setTimeout(30_000);

let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'workbench-')));
  write('shop/a.txt', 10);
  write('shop/src/b.txt', 200);
  write('my blog/post.md', 30);
});
afterEach(() => {
  killWorkbenches();
  rmSync(root, { recursive: true, force: true });
});

function write(path: string, bytes: number): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), 'x'.repeat(bytes));
}

const at = (path: string) => join(root, path);
const workbench = (...args: string[]) => new WorkbenchProcess(args);

describe('The workbench, once', () => {
  it('prints the life of each session as JSON lines, and ends with 0', async () => {
    const run = workbench('--json', '--once', at('shop'), at('my blog'));
    expect(await run.ended).toBe(0);
    expect(run.err).toBe('');
    for (const name of ['shop', 'my blog']) expect(run.typesOf(name)).toEqual(['started', 'stopped']);
    expect(run.lines).toHaveLength(4);
    expect(run.ofType('session.started')[0]).toEqual({
      type: 'session.started',
      session: expect.objectContaining({ name: 'shop', projectPath: at('shop'), config: {} }),
    });
    const stopped = run.ofType('session.stopped').find(({ session }) => session!.name === 'shop');
    expect(stopped).toMatchObject({
      reason: 'normal',
      output: { files: 2, bytes: 210, lastChange: expect.any(Number) },
    });
  });

  it('prints plain lines without an escape code', async () => {
    const run = workbench('--once', at('shop'));
    expect(await run.ended).toBe(0);
    expect(run.out).toMatch(
      /^session\.started shop: .*\nsession\.stopped shop: normal, 2 files, 210 B, last change 20.*Z\n$/,
    );
    expect(run.err).toBe('');
  });

  it('opens the projects that ship with it, if it is given none', async () => {
    const run = new WorkbenchProcess(['--json', '--once'], { command: byNpm });
    expect(await run.ended).toBe(0);
    for (const name of ['bakery', 'lighthouse', 'observatory']) {
      expect(run.typesOf(name)).toEqual(['started', 'stopped']);
    }
    expect(run.ofType('session.stopped').map(({ output }) => output)).not.toContainEqual(
      expect.objectContaining({ files: 0 }),
    );
  });

  it('takes a directory from where npm was called', async () => {
    const command = ['npm', '--prefix', repository, ...byNpm.slice(1)];
    const run = new WorkbenchProcess(['--json', '--once', 'shop', './my blog/../my blog'], { command, cwd: root });
    expect(await run.ended).toBe(0);
    expect(run.ofType('session.started').map(({ session }) => session!.projectPath)).toEqual([
      at('shop'),
      at('my blog'),
    ]);
  });

  it('ends with 1 if a project cannot be scanned to the end', async () => {
    write('shop/locked/secret', 1);
    chmodSync(at('shop/locked'), 0);
    // Root may read it all the same, unless that right is taken away.
    const command =
      process.getuid!() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search', ...byNode] : byNode;
    const run = new WorkbenchProcess(['--json', '--once', at('shop'), at('my blog')], { command });
    expect(await run.ended).toBe(1);
    chmodSync(at('shop/locked'), 0o700);
    expect(run.typesOf('my blog')).toEqual(['started', 'stopped']);
    expect(run.typesOf('shop').at(-1)).toBe('failed');
    expect(run.ofType('session.crashed')[0]!.error).toMatchObject({ name: 'Error', code: 'EACCES' });
    expect(run.ofType('session.failed')[0]!.error).toMatchObject({
      code: 'gave_up',
      cause: expect.stringMatching(/EACCES/),
    });
  });
});

describe('A directory that is refused', () => {
  it('is a line with its code, while the others run on, and the exit status is 1', async () => {
    write('file', 1);
    symlinkSync(at('shop'), at('link'));
    const refused = [at('nothing'), at('file'), at('link'), `${root}/x/../shop`, '', at('my blog/')];
    const run = workbench('--json', '--once', '--max', '1', at('shop'), ...refused);
    expect(await run.ended).toBe(1);
    expect(run.typesOf('shop')).toEqual(['started', 'stopped']);
    const codes = run
      .ofType('session.rejected')
      .map(({ input, error }) => [(input as { projectPath: string }).projectPath, (error as { code: string }).code]);
    expect(codes).toHaveLength(refused.length);
    expect(Object.fromEntries(codes)).toEqual({
      [at('nothing')]: 'path_not_found',
      [at('file')]: 'path_not_directory',
      // The limit is checked first.
      [at('link')]: 'session_limit_reached',
      [`${root}/x/../shop`]: 'path_traversal_detected',
      '': 'invalid_project_path',
      [at('my blog/')]: 'session_limit_reached',
    });
    expect(run.err).toBe('');
  });

  it('is reported on standard error, where people read', async () => {
    const run = workbench('--once', at('nothing'), at('shop'), at('shop'));
    expect(await run.ended).toBe(1);
    expect(run.err).toMatch(/^path_not_found: .*nothing.*\nproject_already_open: .*shop.*\n$/);
    expect(run.out).toMatch(/session\.stopped shop: normal/);
  });

  it('is the end of it, if there is no other', async () => {
    const run = workbench(at('nothing'));
    expect(await run.ended).toBe(1);
    expect(run.err).toMatch(/^path_not_found: /);
  });

  it('leaves its mark on the exit status when somebody quits later', async () => {
    const run = workbench(at('nothing'), at('shop'));
    run.type('quit');
    expect(await run.ended).toBe(1);
    expect(run.out).toMatch(/session\.stopped shop: shutdown\n$/);
  });
});

describe('Arguments that are wrong', () => {
  it.each([
    [['--max', 'x'], /--max .*'x'/],
    [['--frobnicate', '.'], /--frobnicate/],
  ])('%j are named on standard error, and end it with 2', async (args, message) => {
    const run = workbench(...args);
    expect(await run.ended).toBe(2);
    expect(run.err).toMatch(message);
    expect(run.out).toBe('');
  });

  it('are not needed for help', async () => {
    const run = workbench('--help');
    expect(await run.ended).toBe(0);
    expect(run.out).toMatch(/^Usage: npm start -- .*DIR/);
  });
});

describe('A watched project', () => {
  it('is scanned again when it changes', async () => {
    const run = workbench(at('shop'));
    await run.says('shop: 2 files, 210 B');
    write('shop/new/c.txt', 3000);
    await run.says('shop: 3 files, 3.2 kB');
    run.type('quit');
    expect(await run.ended).toBe(0);
  });

  it('that vanishes crashes, is restarted, and fails at last; no other notices', async () => {
    const run = workbench('--json', at('shop'), at('my blog'));
    run.type('list');
    await run.says('2 of at most 10 sessions');
    rmSync(at('shop'), { recursive: true });
    await run.until(() => run.ofType('session.failed').length > 0);
    const attempts = ['crashed', 'restarted', 'crashed', 'restarted', 'crashed', 'restarted'];
    expect(run.typesOf('shop')).toEqual(['started', ...attempts, 'crashed', 'failed']);
    expect(run.typesOf('my blog')).toEqual(['started']);
    expect(run.ofType('session.crashed').map(({ delayMs }) => delayMs)).toEqual([250, 500, 1000, undefined]);
    expect(run.ofType('session.crashed')[0]!.error).toMatchObject({ code: 'ENOENT' });
    expect(run.ofType('session.failed')[0]).toMatchObject({ restarts: 3, error: { code: 'gave_up' } });
    mkdirSync(at('shop'));
    run.type(`open ${at('shop')}`, 'quit');
    expect(await run.ended).toBe(0);
    expect(run.ofType('session.started')).toHaveLength(3);
  });

  it('is back if its directory is back in time', async () => {
    const run = workbench(at('shop'));
    await run.says('shop: 2 files');
    rmSync(at('shop'), { recursive: true });
    await run.says('session.crashed shop: ENOENT');
    write('shop/only.txt', 7);
    await run.says('shop: 1 file, 7 B');
    expect(run.out).toMatch(/session\.restarted shop: incarnation/);
  });
});

describe('Commands on standard input', () => {
  it('may come from a pipe that has already ended', async () => {
    const run = workbench(at('shop'));
    run.child.stdin.end('list\nquit\n');
    expect(await run.ended).toBe(0);
    expect(run.out).toMatch(/\nshop: \w+, .*, 0 restarts, .*shop, [-0-9a-f]{36}\n1 of at most 10 sessions\n/);
    expect(run.out).toMatch(/session\.stopped shop: shutdown\n$/);
  });

  it('crash and restart a session', async () => {
    const run = workbench('--json', at('shop'));
    run.type('crash shop');
    await run.until(() => run.ofType('session.restarted').length === 1);
    run.type('restart shop', 'quit');
    expect(await run.ended).toBe(0);
    expect(run.typesOf('shop')).toEqual(['started', 'crashed', 'restarted', 'restarted', 'stopped']);
    expect(run.ofType('session.crashed')[0]).toMatchObject({
      incarnation: 1,
      error: { name: 'Error', message: 'crashed by command' },
      event: { type: 'project.crash' },
      delayMs: 250,
    });
    expect(run.ofType('session.restarted').map(({ incarnation }) => incarnation)).toEqual([2, 3]);
  });

  it('open, rename and close a session, by its name or its id', async () => {
    const run = workbench('--json', at('shop'));
    run.type('rename shop "the shop"', 'close shop', `open '${at('my blog')}'`, 'close "the shop"');
    // Two pipes, in no order of their own.
    await run.until(() => run.ofType('session.stopped').length === 1 && run.err.endsWith('\n'));
    expect(run.err).toMatch(/^not_found: .*"shop".*\n$/);
    const { id } = run.ofType('session.started')[1]!.session!;
    run.type(`rename ${id} ''`, `close ${id}`, 'quit');
    expect(await run.ended).toBe(0);
    expect(run.typesOf('shop')).toEqual(['started', 'updated', 'stopped']);
    expect(run.ofType('session.updated')[0]!.session!.name).toBe('the shop');
    expect(run.err).toMatch(/\ninvalid_session: /);
  });

  it('are refused with their code, and unknown ones with a short help', async () => {
    const run = workbench('--max', '1', at('shop'));
    run.type(`open ${at('my blog')}`, `open ${at('shop')}`, `open "${at('my blog')}"`, 'frobnicate', '', 'quit');
    // A refused command is no refused directory of the command line.
    expect(await run.ended).toBe(0);
    const [tooMany, alreadyOpen, limit, unknown, ...rest] = run.err.trimEnd().split('\n');
    expect(tooMany).toMatch(/^It is: open DIR/);
    expect(alreadyOpen).toMatch(/^session_limit_reached: /);
    expect(limit).toMatch(/^session_limit_reached: /);
    expect(unknown).toMatch(/^Unknown command 'frobnicate'\. Commands: /);
    expect(rest).toEqual([]);
  });

  it('may end while the sessions go on, until the last of them has', async () => {
    const run = workbench('--json', at('shop'));
    run.child.stdin.end();
    await run.until(() => run.ofType('session.started').length === 1);
    write('shop/more', 1);
    rmSync(at('shop'), { recursive: true });
    expect(await run.ended).toBe(1);
    expect(run.typesOf('shop').at(-1)).toBe('failed');
  });
});

describe('A signal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s closes everything in order, and it ends with %d', async (signal, status) => {
    const run = workbench('--json', at('nothing'), at('shop'), at('my blog'));
    run.type('crash shop');
    await run.until(() => run.ofType('session.crashed').length === 1);
    run.child.kill(signal);
    expect(await run.ended).toBe(status);
    expect(run.typesOf('my blog')).toEqual(['started', 'stopped']);
    expect(run.ofType('session.stopped').map(({ reason }) => reason)).toEqual(['shutdown', 'shutdown']);
    expect(run.err).toBe('');
  });

  it('that npm passes on leaves no process behind', async () => {
    const run = new WorkbenchProcess([at('shop')], { command: byNpm });
    await run.says('session.started shop');
    // As the terminal does it: to the whole group, so that the program is told twice.
    process.kill(-run.child.pid!, 'SIGINT');
    expect(await run.ended).toBe(130);
    expect(run.out).toMatch(/session\.stopped shop: shutdown/);
    expect(run.isAlive).toBe(false);
  });

  it('is not needed where nobody reads any more', async () => {
    const run = workbench('--json', at('shop'));
    await run.says('session.started');
    run.child.stdout.destroy();
    run.type('crash shop');
    expect(await run.ended).toBe(141);
    expect(run.err).toBe('');
  });
});
