import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { recordsIn, saved } from '../support/kept-records.ts';
import { gone, living } from '../support/living.ts';
import { twoProjects } from '../support/two-projects.ts';
import { WorkbenchProcess } from '../support/workbench-process.ts';

// A machine that is busy with other tests takes its time to start a process.
jest.setTimeout(30_000);

const { at, write } = twoProjects();

/** The workbench that keeps its sessions. */
const keeping = (...args: string[]) => new WorkbenchProcess(['--store', at('kept'), ...args]);
/** The same, on a command. */
const running = (command: string, ...args: string[]) => keeping('--run', command, ...args);

const records = () => recordsIn(at('kept'));
const kept = (...texts: string[]) => saved(at('kept'), ...texts);

async function killed(run: WorkbenchProcess): Promise<void> {
  run.child.kill('SIGKILL');
  expect(await run.ended).toBe(137);
}

async function quit(run: WorkbenchProcess): Promise<void> {
  run.type('quit');
  expect(await run.ended).toBe(0);
}

/** Says who it is, and goes on; but fails at first. */
const loyal =
  '[ -e tried ] || { touch tried; echo "at first"; exit 1; }; echo "pid $$"; sleep 1000 & echo "pid $!"; wait';
const pidsIn = (text: string) => Array.from(text.matchAll(/pid (\d+)/g), ([, pid]) => Number(pid));

describe('A workbench that is killed and started again', () => {
  it('has its sessions back, by their names, with their restarts and output, and runs their commands again', async () => {
    const first = running(loyal, at('shop'), at('my blog'));
    await first.until(() => pidsIn(first.out).length === 4);
    first.type('rename shop "the shop"');
    await first.says('session.updated the shop');
    const before = pidsIn(first.out);
    for (const pid of before) await kept(`pid ${pid}`);
    await kept('"the shop"');
    await killed(first);
    await gone(before);

    const second = running(loyal);
    await second.until(() => pidsIn(second.out).length === 4);
    expect(second.out).toContain(`session.started the shop: ${at('shop')} (goes on)\n`);
    expect(second.out).toContain(`session.started my blog: ${at('my blog')} (goes on)\n`);
    const after = pidsIn(second.out);
    expect(living(after)).toEqual(after);
    second.type('list', 'logs "the shop"');
    await second.until(() => second.out.match(/^the shop \| pid \d+$/gm)?.length === 6);
    expect(second.out).toMatch(
      /^the shop: running, pid \d+, up \d+s, 1 restart, .*\nmy blog: running, .* 1 restart, /m,
    );
    expect(second.out).toContain('\n2 of at most 10 sessions\nthe shop | at first\nthe shop | pid ');
    await quit(second);
    expect(second.err).toBe('');
    expect(living(after)).toEqual([]);
  });

  it('has them each time, after quit and after Ctrl-C, too', async () => {
    const first = running('echo "run $$"; sleep 1000', at('shop'));
    await first.says('shop | run');
    await quit(first);
    const second = running('echo "run $$"; sleep 1000');
    await second.says('shop | run');
    second.child.kill('SIGINT');
    expect(await second.ended).toBe(130);
    const third = running('echo "run $$"; sleep 1000');
    await third.says('shop | run');
    third.type('logs shop');
    await third.until(() => third.out.match(/^shop \| run \d+$/gm)?.length === 4);
  });

  it('leaves a command as it is that has finished, until it is restarted', async () => {
    const first = running('echo "as $(cat name)"', at('shop'));
    write('shop/name', 'first');
    await first.says('child.exited shop/process: normal');
    await kept('"finished"');
    await killed(first);

    write('shop/name', 'second');
    const second = running('echo "as $(cat name)"');
    second.type('list', 'logs shop', 'restart shop');
    await second.says('child.exited shop/process: normal');
    expect(second.out).toMatch(
      /^session\.started .*\nshop: finished, 0 restarts, .*\n1 of .*\nshop \| as first\n(child.started .*2\n)?shop \| as second\n/,
    );
    second.type('list');
    await second.says('shop: finished, 1 restart, ');
    await quit(second);
  });

  it('counts what a command has failed before, and gives it up in the end', async () => {
    const first = running('exit 3', '--json', at('shop'));
    await first.until(() => first.ofType('child.restarting').length === 3);
    await kept('"restarting"', '"incarnation": 3');
    await killed(first);

    const second = running('exit 3', '--json');
    await second.until(() => second.ofType('session.failed').length === 1);
    expect(second.lines[0]).toMatchObject({ type: 'session.started', resumed: true });
    expect(second.ofType('child.started').filter(({ id }) => id === 'process')).toEqual([
      expect.objectContaining({ incarnation: 4 }),
    ]);
    await quit(second);

    // It was given up: it is tried again from the beginning.
    const third = running('exit 3', '--json');
    await third.until(() => third.ofType('child.restarting').length === 1);
    expect(third.ofType('session.started')[0]!.session).toEqual(second.lines[0]!.session);
  });

  it('begins afresh, under their names, where it is to do something else', async () => {
    const first = running('echo one; sleep 1000', at('shop'));
    await first.says('shop | one');
    first.type('rename shop "the shop"');
    await kept('"the shop"', '"one"');
    await quit(first);

    const second = running('echo two; sleep 1000');
    await second.says('the shop | two');
    second.type('logs "the shop"');
    await second.until(() => second.out.match(/^the shop \| two$/gm)?.length === 2);
    expect(second.out).not.toContain('the shop | one');
    await quit(second);

    const third = keeping();
    await third.says('the shop: 0 files, 0 B');
    await quit(third);
  });

  it('watches as before, and misses no change', async () => {
    const command = 'echo "as $(cat name)"; sleep 1000';
    write('shop/name', 'first');
    const first = running(command, '--watch', at('shop'));
    await first.says('shop | as first');
    await kept('as first');
    await killed(first);

    const second = running(command, '--watch');
    await second.says('shop | as first');
    write('shop/name', 'second');
    await second.says('shop | as second');
  });
});

describe('Of sessions that scan, a workbench that is started again', () => {
  it('has what was last scanned, and sees what has changed meanwhile', async () => {
    write('shop/a.txt', 'x'.repeat(10));
    const first = keeping('--json', at('shop'));
    first.type('rename shop "the shop"', 'crash "the shop"');
    await first.until(() => first.ofType('session.restarted').length === 1);
    await kept('"the shop"', '"watching"', '"incarnation": 2');
    await killed(first);

    write('shop/b.txt', 'x'.repeat(200));
    const second = keeping();
    await second.says('the shop: 2 files, 210 B');
    expect(second.out).toMatch(/^session\.started the shop: .* \(goes on\)$/m);
    expect(second.out).toMatch(/^the shop: 1 file, 10 B, /m);
    second.type('list');
    await second.says('1 of at most 10 sessions');
    expect(second.out).toMatch(/^the shop: \w+, 2 files, 210 B, .*, 1 restart, /m);
    write('shop/c.txt', 'x'.repeat(3000));
    await second.says('the shop: 3 files, 3.2 kB');
    await quit(second);
  });

  it('opens the projects that ship with it only where nothing is saved', async () => {
    const first = keeping('--json');
    await first.until(() => first.ofType('session.started').length === 3);
    first.type('close bakery', 'close observatory');
    await first.until(() => first.ofType('session.stopped').length === 2);
    await quit(first);
    const second = keeping('--json');
    second.type('list', 'quit');
    expect(await second.ended).toBe(0);
    expect(second.ofType('session.started').map(({ session, resumed }) => [session!.name, resumed])).toEqual([
      ['lighthouse', true],
    ]);
  });
});

describe('What is kept', () => {
  const command = 'echo hello; sleep 1000';

  it('comes before the directories that are given, of which only the others are opened', async () => {
    const first = running(command, at('shop'));
    await first.says('shop | hello');
    first.type('rename shop "the shop"');
    await first.says('session.updated');
    await quit(first);
    const second = running(command, '--json', at('my blog'), `${at('my blog')}/../shop`, at('shop'));
    await second.until(() => second.ofType('process.line').length === 2);
    expect(second.ofType('session.started').map(({ session, resumed }) => [session!.name, resumed])).toEqual([
      ['the shop', true],
      ['my blog', undefined],
    ]);
    await quit(second);
    expect(second.err).toBe('');
  });

  it('stays where its directory has gone, and goes on when that is there again', async () => {
    const first = running(command, at('shop'), at('my blog'));
    await first.until(() => first.out.match(/ \| hello/g)?.length === 2);
    first.type('rename shop "the shop"');
    await first.says('session.updated');
    await quit(first);
    rmSync(at('shop'), { recursive: true });

    const second = running(command, at('shop'));
    await second.says('my blog | hello');
    await second.until(() => second.err !== '');
    expect(second.err).toMatch(/^path_not_found: .*shop.* It is kept: open it again, or close 'the shop'\n$/);
    second.type(`open "${at('shop')}"`);
    await second.until(() => second.err.match(/^path_not_found/gm)?.length === 2);
    mkdirSync(at('shop'));
    second.type(`open "${at('shop')}"`);
    await second.says('the shop | hello');
    expect(second.out).toContain(`session.started the shop: ${at('shop')} (goes on)\n`);
    second.type('quit');
    expect(await second.ended).toBe(1);
    expect(records()).toHaveLength(2);
  });

  it('says of a record that cannot be read what is wrong with it, and goes on with the others', async () => {
    const first = running(command, at('shop'), at('my blog'));
    await first.until(() => first.out.match(/ \| hello/g)?.length === 2);
    await quit(first);
    const [name] = readdirSync(at('kept')).filter((file) => file.endsWith('.json')) as [string];
    write(`kept/${name}`, '{');

    const second = running(command);
    await second.says(' | hello');
    await second.until(() => second.err !== '');
    expect(second.err).toMatch(/^record_corrupt: .* is no JSON [^\n]*[^.]\n$/);
    second.type('quit');
    expect(await second.ended).toBe(1);
    expect(readdirSync(at('kept'))).toContain(`${name}.corrupt`);
    expect(records()).toHaveLength(1);
  });

  it('is an event as JSON where its directory has gone', async () => {
    const first = running(command, at('shop'));
    await first.says('shop | hello');
    await quit(first);
    rmSync(at('shop'), { recursive: true });
    const second = running(command, '--json');
    expect(await second.ended).toBe(1);
    expect(second.err).toBe('');
    expect(second.lines).toEqual([
      expect.objectContaining({ type: 'session.rejected', error: expect.objectContaining({ code: 'path_not_found' }) }),
    ]);
    expect(records()).toHaveLength(1);
  });

  it('is forgotten when it is closed, open or not', async () => {
    const first = running(command, at('shop'), at('my blog'));
    await first.until(() => first.out.match(/ \| hello/g)?.length === 2);
    await quit(first);
    expect(records()).toHaveLength(2);
    rmSync(at('my blog'), { recursive: true });
    const second = running(command);
    second.type('close "my blog"', 'close shop', 'close shop', 'quit');
    expect(await second.ended).toBe(1);
    expect(second.out).toContain('\nmy blog is forgotten\nsession.stopped shop: shutdown\n');
    expect(second.err).toMatch(/^path_not_found: .*\nnot_found: .*"shop".*\n$/);
    expect(records()).toEqual([]);
  });

  it('is nothing of a session that has ended by itself', async () => {
    const run = running('echo done', '--once', at('shop'), at('my blog'));
    expect(await run.ended).toBe(0);
    expect(records()).toEqual([]);
  });
});

describe('A store', () => {
  it('is of one workbench at a time: another is told of whom, and ends with 1', async () => {
    const first = running('echo hello; sleep 1000', at('shop'));
    await first.says('shop | hello');
    const second = keeping('--json', at('my blog'));
    expect(await second.ended).toBe(1);
    expect(second.out).toBe('');
    expect(second.err).toBe(`store_locked: ${at('kept')} is in use by the process ${first.child.pid}\n`);
    first.type('list');
    await first.says('1 of at most 10 sessions');
    await quit(first);
    const third = keeping('--once');
    expect(await third.ended).toBe(0);
    expect(third.out).toContain('session.started shop: ');
  });

  it('that cannot be used is refused with the reason, and opens nothing', async () => {
    write('kept');
    const run = keeping(at('shop'));
    expect(await run.ended).toBe(1);
    expect(run.out).toBe('');
    expect(run.err).toMatch(/^store_failed: The directory .*kept cannot be opened: .*\n$/);
  });

  it('in which nothing is has to be given a directory to run a command in', async () => {
    const run = running('true');
    expect(await run.ended).toBe(2);
    expect(run.err).toMatch(/^Nothing is saved in .*kept: --run needs a DIR to run it in\n/);
    expect(readdirSync(at('kept'))).toEqual([]);
  });

  it('that fails later on is told of, and the workbench goes on', async () => {
    const run = running('while :; do [ -e go ] && rm go && echo went; sleep 0.05; done', at('shop'));
    await run.says('session.started shop');
    await kept('shop');
    rmSync(at('kept'), { recursive: true });
    run.type('rename shop "the shop"');
    await run.says('store.failed');
    expect(run.out).toMatch(/^store\.failed: .* cannot be saved.*ENOENT.*; tried again in 100 ms$/m);
    write('shop/go');
    await run.says('the shop | went');
    mkdirSync(at('kept'));
    await kept('"the shop"', '"went"');
    await quit(run);
  });

  it('is looked for from where the caller is', async () => {
    const base = at('kept');
    const run = new WorkbenchProcess(['--once', '--store', base.slice(1), at('shop')], {
      cwd: process.cwd(),
      env: { npm_lifecycle_event: 'start', INIT_CWD: '/' },
    });
    expect(await run.ended).toBe(0);
    expect(records()).toEqual([]);
  });
});
