import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Terminal } from '../support/terminal.ts';

// A machine that is busy with other tests takes its time to start a process.
jest.setTimeout(30_000);

let root: string;
let terminal: Terminal | undefined;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'workbench-')));
  write('shop/a.txt', 10);
  write('shop/src/b.txt', 200);
  write('日本語プロジェクト/一', 30);
});
afterEach(() => {
  terminal?.close();
  terminal = undefined;
  rmSync(root, { recursive: true, force: true });
});

function write(path: string, bytes: number): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), 'x'.repeat(bytes));
}

/** As if all of it had last changed three days ago. */
function age(...paths: string[]): void {
  const then = Date.now() / 1000 - 3.5 * 86_400;
  for (const path of paths) utimesSync(join(root, path), then, then);
}

const at = (path: string) => `'${join(root, path)}'`;

describe('The workbench on a terminal', () => {
  it('has a live line for each session, and a prompt that takes commands', async () => {
    terminal = new Terminal(root, 80, 24);
    terminal.type(`clear; npm start -- ${at('shop')} ${at('日本語プロジェクト')} ${at('nothing')}; echo "ended $?"`);
    await terminal.shows(/^shop {14} {2}watching {2}2 files {2}210 B {2}changed \d+s ago {2}0 restarts$/);
    await terminal.shows(/^日本語プロジェクト {2}watching {3}1 file {3}30 B {2}changed \d+s ago {2}0 restarts$/);
    await terminal.shows(/^path_not_found: /);
    expect(terminal.lines.at(-1)).toBe('>');

    write('shop/c.txt', 3000);
    await terminal.shows(/^shop .* 3 files {2}3\.2 kB /);

    terminal.type('crash shop');
    await terminal.shows(/^session\.crashed shop: crashed by command; restarts in 250 ms/);
    await terminal.shows(/^shop .* 1 restart$/);

    terminal.type('rename shop "the shop"');
    await terminal.shows(/^the shop .*watching/);
    terminal.type('frobnicate');
    await terminal.shows(/^Unknown command 'frobnicate'\./);
    terminal.type('close 日本語プロジェクト');
    await terminal.shows(/^session\.stopped 日本語プロジェクト: shutdown/);
    terminal.press('q', 'u', 'x', 'BSpace', 'i', 't');
    await terminal.shows(/^> quit$/);
    // Redrawn in place, there is one line for each session, however often it has changed.
    expect(terminal.history.match(/^.* (watching|scanning|restarting|changed) .*$/gm)).toHaveLength(1);

    terminal.press('Enter');
    await terminal.shows(/^ended 1$/);
    expect(terminal.history).not.toMatch(/^.* (watching|scanning|restarting) /m);
    // The shell has its terminal back.
    terminal.type('stty -a | tr " ;" "\\n\\n" | grep -cx -e icanon -e echo -e isig');
    await terminal.shows(/^3$/);
  });

  it('fits a narrow one, and follows its size', async () => {
    terminal = new Terminal(root, 40, 24);
    mkdirSync(join(root, 'a name that is longer than its line'));
    age('shop/a.txt', 'shop/src/b.txt', 'shop/src', 'shop', '日本語プロジェクト/一', '日本語プロジェクト');
    age('a name that is longer than its line');
    const directories = `${at('shop')} ${at('日本語プロジェクト')} ${at('a name that is longer than its line')}`;
    terminal.type(`clear; npm start -- ${directories}; echo "ended $?"`);
    // To the last column, and not beyond.
    await terminal.shows(/^a name that is lo… watching 0f {3}0 3d r0$/);
    await terminal.shows(/^日本語プロジェクト watching 1f {2}30 3d r0$/);
    await terminal.shows(/^shop {15}watching 2f 210 3d r0$/);

    terminal.press('c', 'r', 'a');
    terminal.resize(30, 24);
    await terminal.shows(/^a name … watching 0f {3}0 3d r0$/);
    terminal.resize(80, 24);
    await terminal.shows(/^shop {24}watching {2}2 files {2}210 B {2}changed 3d ago {2}0 restarts$/);
    expect(terminal.lines.at(-1)).toBe('> cra');
    expect(terminal.history.match(/ watching /g)).toHaveLength(3);

    terminal.press('C-c');
    await terminal.shows(/^ended 130$/);
    expect(terminal.history).toMatch(/^session\.stopped shop: shutdown$/m);
  });

  it('shows as much as a low one has room for', async () => {
    terminal = new Terminal(root, 80, 4);
    for (const name of ['a', 'b', 'c', 'd']) write(`${name}/file`, 1);
    terminal.type(`npm start -- ${['a', 'b', 'c', 'd'].map(at).join(' ')}`);
    await terminal.shows(/^… 2 more$/);
    expect(terminal.lines).toEqual([expect.stringMatching(/^a /), expect.stringMatching(/^b /), '… 2 more', '>']);
    terminal.type('close a');
    await terminal.shows(/^d /);
    expect(terminal.lines).toEqual([...['b', 'c', 'd'].map((name) => expect.stringMatching(`^${name} `)), '>']);
  });

  it('leaves what it has found, once', async () => {
    terminal = new Terminal(root, 80, 24);
    terminal.type(`clear; npm start -- --once ${at('shop')} ${at('日本語プロジェクト')}; echo "ended $?"`);
    await terminal.shows(/^ended 0$/);
    expect(terminal.history).toMatch(/^session\.stopped shop: normal, 2 files, 210 B, last change /m);
    expect(terminal.history).toMatch(/^session\.stopped 日本語プロジェクト: normal, 1 file, 30 B, last change /m);
    expect(terminal.history).not.toMatch(/^>$|^shop /m);
  });
});
