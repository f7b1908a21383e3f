import { chmodSync, mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, memoryStore, ok, refused, SupervisionError } from '../src/index.ts';
import type { SessionStore } from '../src/index.ts';
import { Answers, refusedWith, settled } from './support/answers.ts';
import { FaultyStore } from './support/faulty-store.ts';
import { createGate } from './support/gate.ts';
import type { Gate } from './support/gate.ts';
import { keptNotebooks } from './support/kept-notebooks.ts';
import { SuccessiveHosts } from './support/successive-hosts.ts';
import { worker } from './support/worker.ts';

/** Sessions of these ids are in the store. */
async function saved(...ids: string[]) {
  const line = new SuccessiveHosts({ session: worker });
  const { open } = line.begin();
  for (const id of ids) await open(id);
  await line.close();
  return line;
}

/** A store whose records come when the test lets them. */
function slowly(store: SessionStore) {
  const gates: Record<string, Gate<void>> = {};
  const load = async (id: string) => {
    await (gates[id] ??= createGate<void>()).promise;
    return store.load(id);
  };
  return { gates, store: { ...store, load }, let: (id: string) => (gates[id] ??= createGate<void>()).open() };
}

describe('A resume is refused, and leaves its record as it is,', () => {
  it('where no more sessions may be open', async () => {
    const line = await saved('s1', 's2');
    const before = new Map(line.records);
    const { host, events } = line.begin({ maxSessions: 1 });
    await line.resume('s1');
    expect(await host.resumeSession('s2')).toEqual(refusedWith('session_limit_reached', { current: 1, max: 1 }));
    expect(events.at(-1)).toEqual({
      type: 'session.rejected',
      input: expect.objectContaining({ id: 's2', projectPath: '/projects/s2' }),
      error: expect.objectContaining({ code: 'session_limit_reached' }),
    });
    expect(line.records).toEqual(before);
    host.maxSessions = 2;
    expect((await host.resumeSession('s2')).ok).toBe(true);
  });

  it('where its session is open', async () => {
    const line = await saved('s1');
    const before = new Map(line.records);
    const { host } = line.begin();
    await line.resume('s1');
    expect(await host.resumeSession('s1')).toEqual(refusedWith('session_exists', { id: 's1' }));
    expect(line.records).toEqual(before);
    expect(host.count()).toBe(1);
  });

  it('where its project is open', async () => {
    const line = await saved('s1');
    const before = line.records.get('s1');
    const { host } = line.begin();
    await host.startSession({ projectPath: '/projects/s1', id: 'other' });
    expect(await host.resumeSession('s1')).toEqual(refusedWith('project_already_open', { id: 'other' }));
    expect(line.records.get('s1')).toBe(before);
    await host.stopSession('other');
    expect((await host.resumeSession('s1')).ok).toBe(true);
  });

  it('where a schema does not take its config any more', async () => {
    const line = await saved('s1');
    const before = line.records.get('s1');
    const schema = {
      '~standard': { version: 1 as const, vendor: 'test', validate: () => ({ issues: [{ message: 'too small' }] }) },
    };
    const { host } = line.begin({ config: { schema } });
    const resumed = await host.resumeSession('s1');
    expect(resumed).toEqual(refusedWith('invalid_session'));
    expect(!resumed.ok && resumed.error.message).toContain('too small');
    expect(line.records.get('s1')).toBe(before);
    await line.close();
    expect(line.records.get('s1')).toBe(before);
  });

  it('where its id is none', async () => {
    const { host } = (await saved('s1')).begin();
    for (const id of ['', '../s1', '__proto__', 'x'.repeat(1000), undefined, 7, null, {}]) {
      expect(await host.resumeSession(id as string)).toEqual(refusedWith('not_found'));
      expect(await host.forgetSession(id as string)).toEqual(refusedWith('not_found'));
    }
  });

  it('where the host is closing, or has closed', async () => {
    const line = await saved('s1', 's2');
    const before = line.records.get('s1');
    const { host } = line.begin();
    const answers = new Answers();
    answers.note('before', host.resumeSession('s1'));
    const closed = host.close();
    answers.note('while', host.resumeSession('s2'));
    answers.note('all', host.resumeAll());
    await closed;
    answers.note('after', host.resumeSession('s1'));
    answers.note('all', host.resumeAll());
    await settled();
    expect(answers.given.sort()).toEqual([
      ['after', 'stopping'],
      ['all', 'stopping'],
      ['all', 'stopping'],
      ['before', 'stopping'],
      ['while', 'stopping'],
    ]);
    expect(line.records.get('s1')).toBe(before);
  });

  describe('where its directory', () => {
    let parent: string;
    let line: SuccessiveHosts<typeof worker>;
    beforeEach(async () => {
      parent = mkdtempSync(join(tmpdir(), 'xstate-supervisor-door-'));
      mkdirSync(join(parent, 'shop'));
      line = new SuccessiveHosts({ session: worker, projectPaths: 'directory' });
      const started = await line.begin().host.startSession({ projectPath: join(parent, 'shop'), id: 's1' });
      expect(started.ok).toBe(true);
      await line.close();
    });
    afterEach(() => {
      chmodSync(parent, 0o700);
      rmSync(parent, { recursive: true });
    });

    it('is gone', async () => {
      const before = line.records.get('s1');
      rmdirSync(join(parent, 'shop'));
      const { host } = line.begin();
      expect(await host.resumeSession('s1')).toEqual(refusedWith('path_not_found'));
      expect(await host.resumeAll()).toEqual(
        ok({ resumed: [], refused: [{ id: 's1', error: expect.objectContaining({ code: 'path_not_found' }) }] }),
      );
      expect(line.records.get('s1')).toBe(before);
      mkdirSync(join(parent, 'shop'));
      expect((await host.resumeSession('s1')).ok).toBe(true);
    });

    it('may not be read', async () => {
      const before = line.records.get('s1');
      const denied = refused(new SupervisionError('path_permission_denied', 'No', { projectPath: '/projects/s1' }));
      const { host } = line.begin({ projectPaths: async () => denied });
      expect(await host.resumeSession('s1')).toEqual(refusedWith('path_permission_denied'));
      expect(line.records.get('s1')).toBe(before);
    });
  });
});

describe('A new session under the id of one that is saved', () => {
  it.each(['at once', 'once the host has looked'])('is refused: %s', async (when) => {
    const line = await saved('s1');
    const before = line.records.get('s1');
    const { host } = line.begin();
    if (when !== 'at once') await settled();
    expect(await host.startSession({ projectPath: '/new', id: 's1' })).toEqual(
      refusedWith('session_exists', { id: 's1' }),
    );
    expect(host.count()).toBe(0);
    expect(line.records.get('s1')).toBe(before);
    expect((await host.resumeSession('s1')).ok).toBe(true);
  });
});

describe('A new session whose id a generator of the host makes', () => {
  it.each(['before the store is open', 'once it is'])(
    'does not take the place of one that is saved: %s',
    async (when) => {
      const line = await saved('s1');
      const before = new Map(line.records);
      const { host } = line.begin({ generateId: () => 's1' });
      if (when === 'once it is') await settled();
      expect(await host.startSession({ projectPath: '/new' })).toEqual(refusedWith('session_exists', { id: 's1' }));
      expect(line.records).toEqual(before);
    },
  );
});

describe('Of those who come at the same time', () => {
  it.each([1, 10])('one resume wins, and the other is told that it is open, where %d may be', async (maxSessions) => {
    const line = await saved('s1');
    const { host, events } = line.begin({ maxSessions });
    const answers = new Answers();
    for (const name of ['one', 'two', 'three']) answers.note(name, host.resumeSession('s1'));
    await settled();
    expect(Object.fromEntries(answers.given)).toEqual({ one: true, two: 'session_exists', three: 'session_exists' });
    expect(events.filter(({ type }) => type === 'session.started')).toHaveLength(1);
  });

  it('a resume and a start take the places in which they were called', async () => {
    const line = await saved('s1');
    const { host } = line.begin({ maxSessions: 1 });
    const answers = new Answers();
    answers.note('resume', host.resumeSession('s1'));
    answers.note('start', host.startSession({ projectPath: '/new', id: 'new' }));
    await settled();
    expect(Object.fromEntries(answers.given)).toEqual({ resume: true, start: 'session_limit_reached' });
  });

  it('a start and a resume take the places in which they were called', async () => {
    const line = await saved('s1');
    const { host } = line.begin({ maxSessions: 1 });
    const answers = new Answers();
    answers.note('start', host.startSession({ projectPath: '/new', id: 'new' }));
    answers.note('resume', host.resumeSession('s1'));
    await settled();
    expect(Object.fromEntries(answers.given)).toEqual({ start: true, resume: 'session_limit_reached' });
  });

  it('a start under the id of a resume that is on its way is refused', async () => {
    const line = await saved('s1');
    const slow = slowly(memoryStore(line.records));
    const { host } = line.begin({ store: slow.store });
    const answers = new Answers();
    answers.note('resume', host.resumeSession('s1'));
    answers.note('start', host.startSession({ projectPath: '/new', id: 's1' }));
    answers.note('rename', host.renameSession('s1', 'renamed'));
    await settled();
    slow.let('s1');
    await settled();
    expect(Object.fromEntries(answers.given)).toEqual({ start: 'session_exists', resume: true, rename: true });
    expect(host.list()).toMatchObject([{ projectPath: '/projects/s1', name: 'renamed' }]);
  });

  it('a resume comes in after a start of its id that is refused', async () => {
    const line = await saved('s1');
    const { host } = line.begin();
    const answers = new Answers();
    answers.note('start', host.startSession({ projectPath: '/new', id: 's1' }));
    answers.note('resume', host.resumeSession('s1'));
    await settled();
    expect(Object.fromEntries(answers.given)).toEqual({ start: 'session_exists', resume: true });
  });

  it('a resume is refused after a start of its id that is let in', async () => {
    const line = await saved('s2');
    const { host } = line.begin();
    const answers = new Answers();
    answers.note('start', host.startSession({ projectPath: '/new', id: 's1' }));
    answers.note('resume', host.resumeSession('s1'));
    await settled();
    expect(Object.fromEntries(answers.given)).toEqual({ start: true, resume: 'session_exists' });
  });
});

describe('A record that is out of date when it has been loaded', () => {
  it('brings no session back that has been stopped for good meanwhile', async () => {
    const store = new FaultyStore();
    const [read, found] = [createGate<void>(), createGate<void>()];
    store.hold('list');
    store.fault(async (load) => {
      await read.promise;
      const record = await load();
      await found.promise;
      return record;
    }, 'load');
    const { host, start } = keptNotebooks({}, store);
    const started = start('s1');
    const resumed = host.resumeSession('s1');
    await settled();
    store.release();
    expect((await started).ok).toBe(true);
    read.open();
    await settled();
    expect((await host.stopSession('s1')).ok).toBe(true);
    found.open();
    expect(await resumed).toEqual(refusedWith('not_found'));
    expect([host.count(), store.records.size]).toEqual([0, 0]);
  });
});

describe('A command for a session that is on its way back', () => {
  it.each(['stop', 'rename', 'restart'])('waits until it is: %s', async (command) => {
    const line = await saved('s1');
    const slow = slowly(memoryStore(line.records));
    const { host, events } = line.begin({ store: slow.store });
    const answers = new Answers();
    answers.note('resume', host.resumeSession('s1'));
    if (command === 'stop') answers.note('stop', host.stopSession('s1'));
    else if (command === 'rename') answers.note('rename', host.renameSession('s1', 'new'));
    else answers.note('restart', host.restartSession('s1'));
    await settled();
    expect(answers.given).toEqual([]);
    slow.let('s1');
    await settled();
    expect(answers.given).toEqual([
      ['resume', true],
      [command, true],
    ]);
    const type = { stop: 'session.stopped', rename: 'session.updated', restart: 'session.restarted' }[command];
    expect(events.map((event) => event.type)).toEqual(['session.started', type]);
    expect(line.records.size).toBe(command === 'stop' ? 0 : 1);
    if (command === 'rename') expect(line.record().session.name).toBe('new');
  });

  it('that ends it does so once it has come back: it is told of before its record is deleted', async () => {
    const before = keptNotebooks();
    await before.start('s1');
    await before.host.close();
    const store = new FaultyStore(before.store.records);
    store.hold('delete');
    const { host, events } = keptNotebooks({}, store);
    const resumed = host.resumeSession('s1');
    const stopped = host.stopSession('s1');
    await settled();
    expect([store.waiting, (await resumed).ok]).toEqual([1, true]);
    expect(events.map(({ type }) => type)).toEqual(['session.started', 'session.stopped']);
    store.heal();
    expect((await stopped).ok).toBe(true);
  });

  it('finds none where it is refused', async () => {
    const line = await saved('s1');
    const { host } = line.begin({ maxSessions: 0 });
    const answers = new Answers();
    answers.note('resume', host.resumeSession('s1'));
    answers.note('stop', host.stopSession('s1'));
    await settled();
    expect(answers.given).toEqual([
      ['resume', 'session_limit_reached'],
      ['stop', 'not_found'],
    ]);
    expect(line.records.size).toBe(1);
  });
});

describe('A resume may be an event', () => {
  it('with a replyTo', async () => {
    const line = await saved('s1');
    const { host } = line.begin();
    const answers = new Answers();
    host.send({ type: 'session.resume', id: 's1', replyTo: answers.to('resume') });
    host.send({ type: 'session.resume', id: 's2', replyTo: answers.to('other') });
    host.send({ type: 'session.resume', id: 's1' });
    await settled();
    expect(answers.given.sort()).toEqual([
      ['other', 'not_found'],
      ['resume', true],
    ]);
  });

  it('that is asked', async () => {
    const line = await saved('s1');
    const { host } = line.begin();
    const resumed = await ask(host.actor, { type: 'session.resume', id: 's1' });
    expect(resumed).toEqual(ok({ session: host.list()[0], ref: host.session('s1') }));
    expect(await ask(host.actor, { type: 'session.resume', id: 's1' })).toEqual(refusedWith('session_exists'));
    await line.close();
    expect(await ask(line.begin().host.actor, { type: 'session.resume', id: 's1' }).then(({ ok }) => ok)).toBe(true);
  });
});

describe('A resume while the host closes', () => {
  it('is answered, however long its record takes', async () => {
    const line = await saved('s1');
    const slow = slowly(memoryStore(line.records));
    const { host } = line.begin({ store: slow.store });
    const resumed = host.resumeSession('s1');
    await settled();
    await host.close();
    expect(await resumed).toEqual(refusedWith('stopping'));
    slow.let('s1');
    await settled();
    expect(host.count()).toBe(0);
  });

  it('takes nothing from the one before', async () => {
    const line = await saved('s1');
    line.begin();
    await line.resume();
    const record = line.records.get('s1');
    await line.close();
    expect(line.records.get('s1')).toBe(record);
    expect((await line.begin().host.resumeSession('s1')).ok).toBe(true);
  });
});

describe('A session that comes in as another one than it was saved', () => {
  it('is on the disk as that before session.started, where its directory has moved', async () => {
    let moved = (path: string) => path;
    const line = new SuccessiveHosts({ session: worker, projectPaths: (path: string) => ok(moved(path)) });
    await line.begin().open('s1');
    await line.close();
    moved = (path) => `/moved${path}`;
    const { host } = line.begin();
    const written: unknown[] = [];
    host.on('session.started', ({ session }) => written.push(session.projectPath, line.record().session.projectPath));
    await line.resume();
    expect(written).toEqual(['/moved/projects/s1', '/moved/projects/s1']);
    expect(await host.savedSessions()).toEqual({ ok: true, value: host.list() });
  });

  it('is on the disk as that, where a schema has added to its config', async () => {
    const line = new SuccessiveHosts({ session: worker });
    await line.begin().open('s1');
    await line.close();
    const validate = (value: unknown) => ({ value: { model: 'small', ...(value as object) } });
    const { host } = line.begin({ config: { schema: { '~standard': { version: 1, vendor: 'test', validate } } } });
    await line.resume();
    expect(host.list()).toMatchObject([{ config: { model: 'small' } }]);
    expect(line.record().session).toEqual(host.list()[0]);
  });
});
