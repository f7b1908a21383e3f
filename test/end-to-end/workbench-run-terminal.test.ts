import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { saved } from '../support/kept-records.ts';
import { gone, living } from '../support/living.ts';
import { Terminal } from '../support/terminal.ts';

// A machine that is busy with other tests takes its time to start a process.
jest.setTimeout(30_000);

let root: string;
let terminal: Terminal | undefined;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'workbench-')));
  project('shop', 'console.log("1 of 2 goes well");');
  project('blog', 'console.log("begun"); setInterval(() => {}, 1000);');
  project('till', 'console.error("the till does not open, and nobody knows why"); process.exitCode = 3;');
});
afterEach(() => {
  terminal?.close();
  terminal = undefined;
  rmSync(root, { recursive: true, force: true });
});

/** A project of npm, with a test. */
function project(name: string, test: string): void {
  mkdirSync(join(root, name));
  writeFileSync(join(root, name, 'package.json'), JSON.stringify({ scripts: { test: 'node test.js' } }));
  writeFileSync(join(root, name, 'test.js'), test);
}

const at = (path: string) => join(root, path);

describe('The workbench that runs a command on a terminal', () => {
  it('has a live line for each, with the last of its output, and takes commands', async () => {
    terminal = new Terminal(root, 120, 40);
    terminal.type(`clear; npm start -- --run "npm test" ${at('shop')} ${at('blog')} ${at('till')}; echo "ended $?"`);
    await terminal.shows(/^shop {2}finished {2,} 0 restarts {2,}1 of 2 goes well$/);
    await terminal.shows(/^blog {2}running {2,}pid \d+ {2}0 restarts {2}up \ds {2}begun$/);
    await terminal.shows(/^child\.restarting till\/process: in 250 ms$/);
    const why = 'sh ended with exit code 3: the till does not open, and nobody knows why';
    await terminal.shows(new RegExp(`^child\\.exited till/process: ${why}$`));
    await terminal.shows(/^till .* 3 restarts /);
    await terminal.shows(/^session\.failed till: gave up after 3 restarts: /);
    expect(terminal.history).toContain(`session.failed till: gave up after 3 restarts: ${why}\n`);
    expect(terminal.lines.at(-1)).toBe('>');
    expect(terminal.lines.filter((line) => /^till /.test(line))).toEqual([]);

    writeFileSync(at('shop/test.js'), 'console.log("all is well");');
    terminal.type('restart shop');
    await terminal.shows(/^shop {2}finished .* 1 restart {2,}all is well$/);
    terminal.type('rename shop "the shop"');
    await terminal.shows(/^the shop {2}finished/);
    terminal.type('logs "the shop"');
    await terminal.shows(/^the shop \| all is well$/);
    await terminal.shows(/^the shop \| 1 of 2 goes well$/);
    terminal.type('close "the shop"');
    await terminal.shows(/^session\.stopped the shop: shutdown$/);
    terminal.type('frobnicate');
    await terminal.shows(/^Unknown command 'frobnicate'\. .* logs NAME, /);
    // Redrawn in place, there is one line for each session, however often it has changed.
    expect(terminal.history.match(/^(shop|the shop|blog|till) {2}.*$/gm)).toHaveLength(1);

    const pid = Number(/ pid (\d+) /.exec(terminal.history)![1]);
    expect(living([pid])).toEqual([pid]);
    terminal.type('quit');
    await terminal.shows(/^ended 0$/);
    expect(living([pid])).toEqual([]);
  });

  it('fits a narrow one, and follows its size', async () => {
    terminal = new Terminal(root, 40, 30);
    terminal.type(`clear; npm start -- --run "npm test" ${at('shop')} ${at('blog')}; echo "ended $?"`);
    await terminal.shows(/^shop finished {2,}r0 {2,}1 of 2.*…$/);
    await terminal.shows(/^blog running {2}\d+ r0 \d+s begun$/);
    terminal.resize(24, 30);
    await terminal.shows(/^shop finished 1 of 2 go…$/);
    await terminal.shows(/^blog running {2}begun$/);
    terminal.resize(80, 30);
    await terminal.shows(/^blog {2}running {3}pid \d+ {2}0 restarts {2}up \d+s {2}begun$/);
    const pid = Number(/ pid (\d+) /.exec(terminal.history)![1]);

    terminal.press('C-c');
    await terminal.shows(/^ended 130$/);
    expect(living([pid])).toEqual([]);
  });

  it('has its lines back when it was killed and is started again', async () => {
    terminal = new Terminal(root, 120, 40);
    const start = `clear; npm start -- --store ${at('kept')} --run "npm test"`;
    terminal.type(`${start} ${at('shop')} ${at('blog')}; echo "ended $?"`);
    await terminal.shows(/^shop {2}finished {2,} 0 restarts {2,}1 of 2 goes well$/);
    await terminal.shows(/^blog {2}running {2,}pid \d+ .* begun$/);
    terminal.type('restart shop');
    await terminal.shows(/^shop {2}finished .* 1 restart /);
    terminal.type('rename shop "the shop"');
    await terminal.shows(/^the shop {2}finished/);
    await saved(at('kept'), '"name": "the shop"', '"finished"', '"restarts": 1');
    await saved(at('kept'), '"name": "blog"', '"begun"');
    const pid = Number(/^blog .* pid (\d+) /m.exec(terminal.history)![1]);
    process.kill(JSON.parse(readFileSync(at('kept/store.lock'), 'utf8')).pid as number, 'SIGKILL');
    await terminal.shows(/^ended 137$/);
    await gone([pid]);

    // The terminal is as the dead have left it: Enter ends no line.
    terminal.type('stty sane');
    terminal.press('C-j');
    terminal.type(`${start}; echo "ended $?"`);
    await terminal.shows(/^session\.started the shop: .*shop \(goes on\)$/);
    await terminal.shows(/^the shop {2}finished {2,} 1 restart {3,}1 of 2 goes well$/);
    await terminal.shows(/^blog {6}running {2,}pid \d+ {2}0 restarts {2}up \d+s {2}begun$/);
    terminal.type('logs "the shop"');
    await terminal.shows(/^the shop \| 1 of 2 goes well$/);
    terminal.type('quit');
    await terminal.shows(/^ended 0$/);
  });

  it('restarts what it watches, and leaves no process when its terminal goes away', async () => {
    terminal = new Terminal(root, 80, 24);
    terminal.type(`clear; npm start -- --watch --run "npm test" ${at('blog')}; echo "ended $?"`);
    await terminal.shows(/^blog {2}running .* 0 restarts .* begun$/);
    writeFileSync(at('blog/test.js'), 'console.log("begun anew"); setInterval(() => {}, 1000);');
    await terminal.shows(/^blog {2}running .* 1 restart .* begun anew$/);
    const pid = Number(/ pid (\d+) /.exec(terminal.history)![1]);
    terminal.close();
    terminal = undefined;
    await gone([pid]);
  });
});
