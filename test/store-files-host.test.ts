import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask } from '../src/index.ts';
import { fileStore } from '../src/node/index.ts';
import { watched } from './support/answers.ts';
import { asked, notebook } from './support/notebook.ts';
import { ofType, openHost } from './support/open-host.ts';
import { RecordedFs, saving } from './support/recorded-fs.ts';

let parent: string;
let directory: string;
let fs: RecordedFs;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'xstate-supervisor-host-'));
  directory = join(parent, 'sessions');
  fs = new RecordedFs(directory);
});

/** A host on files, which has one session. */
async function setUp() {
  const test = openHost({ session: notebook, store: fileStore({ directory, fs }) });
  const ref = await test.open('s1');
  fs.calls.length = 0;
  const end = async () => {
    fs.fault = () => {};
    await test.host.close();
    rmSync(parent, { recursive: true });
  };
  return { ...test, ref, end };
}

/** Resolves at the next event of that type. */
const next = (host: Awaited<ReturnType<typeof setUp>>['host'], type: 'store.failed') =>
  new Promise<void>((resolve) => void host.on(type, () => resolve()));

describe('A host on files', () => {
  it('writes, syncs, renames and syncs the directory, in this order, before the answer goes out', async () => {
    const { host, ref, end } = await setUp();
    await ask(ref, asked('a')).then(() => fs.calls.push('answered'));
    expect(fs.calls).toEqual([...saving, 'answered']);
    fs.calls.length = 0;
    host.on('session.updated', () => fs.calls.push('told'));
    await host.renameSession('s1', 'b').then(() => fs.calls.push('answered'));
    expect(fs.calls).toEqual([...saving, 'told', 'answered']);
    fs.calls.length = 0;
    await host.stopSession('s1').then(() => fs.calls.push('answered'));
    expect(fs.calls).toEqual(['unlink s1.json', 'open .', 'sync .', 'close .', 'answered']);
    await end();
  });

  it.each([
    ['ENOSPC', /^write /],
    ['EACCES', /^open s1/],
    ['EIO', /^sync s1/],
    ['EIO', /^sync \.$/],
    ['EXDEV', /^rename /],
  ])('says %s of what fails at %s, keeps what was there, and catches up', async (code, call) => {
    const { host, ref, events, clock, end } = await setUp();
    fs.fails(call, code);
    const failed = next(host, 'store.failed');
    const seen = watched(ask(ref, asked('a')));
    await failed;
    expect(seen.isSettled).toBe(false);
    expect(ofType(events, 'store.failed')[0]).toMatchObject({ id: 's1', retryInMs: 100, error: { cause: { code } } });
    const document = JSON.parse(readFileSync(join(directory, 's1.json'), 'utf8')) as { session: object };
    expect(document.session).toMatchObject({ id: 's1' });
    fs.fault = () => {};
    const flushed = await host.flush();
    expect(flushed).toEqual({ ok: true, value: undefined });
    expect([seen.value, clock.timers]).toEqual([1, 0]);
    expect(readFileSync(join(directory, 's1.json'), 'utf8')).toContain('"a"');
    expect(readdirSync(directory).sort()).toEqual(['s1.json', 'store.lock']);
    await end();
  });

  it('refuses an answer whose write hangs as the time is over, and closes in time', async () => {
    const { host, ref, clock, events } = await setUp();
    let reached: () => void;
    const isReached = new Promise<void>((resolve) => (reached = resolve));
    fs.fault = (call) => {
      if (!call.startsWith('sync s1')) return;
      reached();
      return new Promise(() => {});
    };
    const seen = watched(ask(ref, asked('a')));
    await isReached;
    clock.increment(5_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen.error).toMatchObject({ code: 'store_failed' });
    const closed = watched(host.close());
    for (const ms of [0, 4_500, 500]) {
      clock.increment(ms);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([closed.isSettled, clock.timers]).toEqual([true, 0]);
    expect(events.at(-1)).toMatchObject({ type: 'store.failed', unsaved: ['s1'] });
    await fs.end();
    rmSync(parent, { recursive: true });
  });
});
