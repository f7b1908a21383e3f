import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { assign, createActor, createMachine, toPromise, waitFor } from 'xstate';
import { projectMachine } from '../examples/workbench/project-machine.ts';
import { projectWatch } from '../examples/workbench/project-watch.ts';
import { scan } from '../examples/workbench/scan.ts';
import { DirectoryWatch } from '../examples/workbench/watch-directories.ts';
import { createSessionHost } from '../src/index.ts';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'workbench-')));
  write('a.txt', 10);
  write('src/b.txt', 200);
  write('src/deep/c', 3000);
  write('node_modules/x/index.js', 5);
  write('src/node_modules/y', 5);
  write('.git/HEAD', 5);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, bytes: number): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), 'x'.repeat(bytes));
}

const never = new AbortController().signal;
const openWatches = () => process.getActiveResourcesInfo().filter((name) => name === 'FSEventWrap').length;

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(5);
}

describe('A scan', () => {
  it('counts files and bytes at every depth, but none in node_modules and .git', async () => {
    const { directories, ...summary } = await scan(root, never);
    expect(summary).toMatchObject({ files: 3, bytes: 3210 });
    expect(directories).toEqual([root, join(root, 'src'), join(root, 'src/deep')]);
  });

  it('knows the last change of a file or a directory, in whole milliseconds', async () => {
    const everything = ['a.txt', 'src/b.txt', 'src/deep/c', 'src/deep', 'src', ''];
    for (const path of everything) utimesSync(join(root, path), 1_000, 1_000);
    expect((await scan(root, never)).lastChange).toBe(1_000_000);
    utimesSync(join(root, 'src/deep/c'), 2_000, 2_000.0005);
    expect((await scan(root, never)).lastChange).toBe(2_000_000);
    rmSync(join(root, 'a.txt'));
    expect((await scan(root, never)).lastChange).toBe(Math.trunc(statSync(root).mtimeMs));
  });

  it('neither follows nor counts links, be they round or dangling', async () => {
    symlinkSync(root, join(root, 'src/round'));
    symlinkSync(join(root, 'nothing'), join(root, 'dangling'));
    expect(await scan(root, never)).toMatchObject({ files: 3, bytes: 3210 });
  });

  it('of an empty directory finds nothing', async () => {
    mkdirSync(join(root, 'empty'));
    expect(await scan(join(root, 'empty'), never)).toMatchObject({ files: 0, bytes: 0 });
  });

  it('fails where the directory is not there, or is none', async () => {
    await expect(scan(join(root, 'nothing'), never)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(scan(join(root, 'a.txt'), never)).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it('ends when it is aborted', async () => {
    const controller = new AbortController();
    const scanned = scan(root, controller.signal);
    controller.abort(new Error('enough'));
    await expect(scanned).rejects.toThrow('enough');
  });
});

describe('The watch of directories', () => {
  it('sees what changes in each of them, and in no other', async () => {
    let changes = 0;
    const watch = new DirectoryWatch(() => changes++);
    watch.watch([root, join(root, 'src')]);
    expect(changes).toBe(1);
    write('src/deep/c', 1);
    write('src/b.txt', 1);
    await until(() => changes > 1);
    watch.watch([root]);
    await until(() => openWatches() === 1);
    watch.close();
    await until(() => openWatches() === 0);
  });

  it('watches anew what has been replaced under the same name', async () => {
    let changes = 0;
    const directories = [root, join(root, 'src'), join(root, 'src/deep')];
    const watch = new DirectoryWatch(() => changes++);
    watch.watch(directories);
    renameSync(join(root, 'src'), join(root, '.git/src'));
    write('src/deep/c', 1);
    await until(() => openWatches() === 1);
    changes = 0;
    watch.watch(directories);
    expect([changes, openWatches()]).toEqual([1, 3]);
    write('src/deep/d', 1);
    await until(() => changes > 1);
    watch.close();
  });

  it('polls where the system has no more watches', async () => {
    let changes = 0;
    const full = () => {
      throw Object.assign(new Error('ENOSPC: System limit for number of file watchers reached'), { code: 'ENOSPC' });
    };
    const watch = new DirectoryWatch(() => changes++, { watch: full, pollMs: 5 });
    watch.watch([root]);
    await until(() => changes === 2);
    watch.watch([root]);
    await until(() => changes === 3);
    watch.close();
    await until(() => openWatches() === 0);
    expect(changes).toBe(3);
  });

  it('leaves a directory that has just gone to the next scan', async () => {
    let changes = 0;
    const watch = new DirectoryWatch(() => changes++);
    watch.watch([root, join(root, 'gone')]);
    await until(() => openWatches() === 1);
    expect(changes).toBe(1);
    watch.close();
    await until(() => openWatches() === 0);
  });
});

describe('The watch of a project', () => {
  /** The watch as a child that is invoked, and how often it has told of a change. */
  function watched() {
    const parent = createMachine({
      context: { changes: 0 },
      invoke: { id: 'watch', src: projectWatch, input: { projectPath: root } },
      on: { 'project.changed': { actions: assign({ changes: ({ context }) => context.changes + 1 }) } },
    });
    const actor = createActor(parent);
    let failure: unknown;
    actor.subscribe({ error: (error) => (failure = error) });
    actor.start();
    return {
      actor,
      changes: () => actor.getSnapshot().context.changes,
      isWatching: () => actor.getSnapshot().children.watch!.getSnapshot().progress === 'watching',
      failure: () => failure,
    };
  }

  it('tells of each change once it is quiet, and of nothing that is as it was', async () => {
    const { actor, changes, isWatching } = watched();
    await until(isWatching);
    for (let size = 1; size <= 20; size++) write('src/b.txt', size);
    await until(() => changes() === 1);
    write('new/deep/d', 1);
    await until(() => changes() === 2);
    // Not to be watched, and so the next change is the third.
    write('node_modules/x/more.js', 5);
    write('new/deep/e', 1);
    await until(() => changes() === 3);
    rmSync(join(root, 'src'), { recursive: true });
    await until(() => changes() === 4);
    actor.stop();
    await until(() => openWatches() === 0);
  });

  it('misses nothing from when on it watches', async () => {
    for (let round = 1; round <= 20; round++) {
      const { actor, changes, isWatching } = watched();
      await until(isWatching);
      write('src/b.txt', round);
      await until(() => changes() === 1);
      actor.stop();
    }
    await until(() => openWatches() === 0);
  });

  it('fails when the directory is gone, and leaves no watch open', async () => {
    const { isWatching, failure } = watched();
    await until(isWatching);
    rmSync(root, { recursive: true });
    await until(() => failure() !== undefined);
    expect(failure()).toMatchObject({ code: 'ENOENT' });
    await until(() => openWatches() === 0);
  });
});

describe('The machine of a project', () => {
  it('ends with its first scan, if that is all that is asked for', async () => {
    const actor = createActor(projectMachine, { input: { projectPath: root, once: true } }).start();
    expect(await toPromise(actor)).toEqual({ files: 3, bytes: 3210, lastChange: expect.any(Number) });
    expect(openWatches()).toBe(0);
  });

  it('scans again when something changes, also in a directory that is new', async () => {
    const actor = createActor(projectMachine, { input: { projectPath: root, once: false } }).start();
    const counted = (files: number) =>
      waitFor(actor, (snapshot) => snapshot.matches('watching') && snapshot.context.scan?.files === files);
    await counted(3);
    write('new/deep/d', 1);
    await counted(4);
    write('new/deep/e', 1);
    await counted(5);
    rmSync(join(root, 'src'), { recursive: true });
    await counted(3);
    actor.stop();
    await until(() => openWatches() === 0);
  });

  it('crashes when its directory is gone', async () => {
    const actor = createActor(projectMachine, { input: { projectPath: root, once: false } });
    actor.subscribe({ error() {} });
    actor.start();
    await waitFor(actor, (snapshot) => snapshot.matches('watching'));
    rmSync(root, { recursive: true });
    await expect(toPromise(actor)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('leaves no watch open after a crash, a restart or a close of its session', async () => {
    const host = createSessionHost({
      session: projectMachine,
      input: ({ session }) => ({ projectPath: session.projectPath, once: false }),
      logger() {},
    });
    const opened = await host.startSession({ projectPath: root });
    if (!opened.ok) throw opened.error;
    const { session, ref } = opened.value;
    // Each life has three directories to watch: more would be those of an earlier one.
    const isWatching = () =>
      until(() => host.isRunning(session.id) && ref.getSnapshot().matches('watching') && openWatches() === 3);
    await isWatching();
    ref.send({ type: 'project.crash' });
    expect(ref.getSnapshot().matches('scanning')).toBe(true);
    await isWatching();
    await host.restartSession(session.id);
    expect(ref.getSnapshot().matches('scanning')).toBe(true);
    await isWatching();
    await host.close();
    await until(() => openWatches() === 0);
    expect(host.count()).toBe(0);
  });
});
