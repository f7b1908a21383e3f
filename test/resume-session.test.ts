import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assign, setup } from 'xstate';
import type { AnyActorRef } from 'xstate';
import { ask, memoryStore, monitor } from '../src/index.ts';
import type { ReplyTo, Session, SessionStore } from '../src/index.ts';
import { fileStore } from '../src/node/index.ts';
import { Answers, done, refusedWith, settled } from './support/answers.ts';
import { notebook, write } from './support/notebook.ts';
import { openHost } from './support/open-host.ts';
import { SuccessiveHosts } from './support/successive-hosts.ts';
import { told } from './support/told.ts';
import { worker } from './support/worker.ts';

const kid = setup({ types: { context: {} as { readonly toys: readonly string[] } } }).createMachine({
  id: 'kid',
  context: { toys: [] },
  initial: 'awake',
  on: {
    give: { actions: assign({ toys: ({ context, event }) => [...context.toys, (event as { toy?: string }).toy!] }) },
  },
  states: { awake: { on: { sleep: 'asleep' } }, asleep: {} },
});

interface House {
  readonly session: Session;
  readonly since: Date;
  readonly rooms: ReadonlyMap<string, AnyActorRef>;
  readonly fault: Error;
  readonly nothing: undefined;
  readonly big: bigint;
}

/** Has all that JSON loses, and children invoked and spawned. */
const house = setup({
  types: {
    context: {} as House,
    input: {} as { readonly session: Session },
    events: {} as
      { readonly type: 'spawn'; readonly name: string } | { readonly type: 'age'; readonly replyTo: ReplyTo<bigint> },
  },
  actors: { kid },
}).createMachine({
  id: 'house',
  context: ({ input }) => ({
    session: input.session,
    since: new Date(7),
    rooms: new Map(),
    fault: new RangeError('draught', { cause: 'the window' }),
    nothing: undefined,
    big: 12n,
  }),
  invoke: { src: 'kid', id: 'eldest', systemId: 'the-eldest' },
  on: {
    spawn: {
      actions: assign({
        rooms: ({ context, event, spawn }) =>
          new Map([...context.rooms, [event.name, spawn('kid', { id: event.name, systemId: `the-${event.name}` })]]),
      }),
    },
    age: { actions: ({ context, event }) => event.replyTo.send(context.big) },
  },
});

const kinds: readonly [string, () => { readonly open: () => SessionStore; readonly remove: () => void }][] = [
  [
    'memory',
    () => {
      const records = new Map<string, string>();
      return { open: () => memoryStore(records), remove: () => {} };
    },
  ],
  [
    'files',
    () => {
      const directory = mkdtempSync(join(tmpdir(), 'xstate-supervisor-resume-'));
      return { open: () => fileStore({ directory }), remove: () => rmSync(directory, { recursive: true }) };
    },
  ],
];

describe.each(kinds)('A session that comes back from %s', (_name, place) => {
  let store: ReturnType<typeof place>;
  beforeEach(() => void (store = place()));
  afterEach(async () => {
    await settled();
    store.remove();
  });

  it('has its state, all that is in its context, and its children', async () => {
    const first = openHost({ session: house, store: store.open() });
    const ref = await first.open('s1');
    ref.send({ type: 'spawn', name: 'ann' });
    ref.send({ type: 'spawn', name: 'bob' });
    const { rooms } = ref.getSnapshot().context;
    rooms.get('ann')!.send({ type: 'give', toy: 'ball' });
    rooms.get('bob')!.send({ type: 'sleep' });
    ref.system.get('the-eldest').send({ type: 'give', toy: 'drum' });
    await first.host.close();

    const second = openHost({ session: house, store: store.open() });
    const resumed = await second.host.resumeSession('s1');
    if (!resumed.ok) throw resumed.error;
    const again = resumed.value.ref;
    const { context, children } = again.getSnapshot();
    const kids: Readonly<Record<string, AnyActorRef | undefined>> = children;
    expect(context).toEqual({
      session: resumed.value.session,
      since: new Date(7),
      rooms: new Map<string, unknown>([
        ['ann', kids['ann']],
        ['bob', kids['bob']],
      ]),
      fault: expect.any(RangeError),
      nothing: undefined,
      big: 12n,
    });
    expect(context.fault).toMatchObject({ message: 'draught', cause: 'the window' });
    expect('nothing' in context).toBe(true);
    expect(context.rooms.get('ann')).toBe(again.system.get('the-ann'));
    expect(context.rooms.get('ann')!.getSnapshot()).toMatchObject({ value: 'awake', context: { toys: ['ball'] } });
    expect(context.rooms.get('bob')!.getSnapshot()).toMatchObject({ value: 'asleep', context: { toys: [] } });
    expect(again.system.get('the-eldest').getSnapshot().context).toEqual({ toys: ['drum'] });
    context.rooms.get('ann')!.send({ type: 'give', toy: 'kite' });
    expect(context.rooms.get('ann')!.getSnapshot().context).toEqual({ toys: ['ball', 'kite'] });
    expect(await ask(again, { type: 'age' })).toBe(12n);
    await second.host.close();
  });

  it('has its config, its name and its times', async () => {
    let now = 1000;
    const first = openHost({ session: worker, store: store.open(), now: () => now });
    await first.host.startSession({ projectPath: '/p', id: 's1', name: 'shop', config: { model: 'small', deep: [1] } });
    now = 2000;
    await first.host.renameSession('s1', 'store');
    now = 3000;
    await first.host.configureSession('s1', { model: 'large' });
    const [before] = first.host.list();
    await first.host.close();

    now = 9000;
    const second = openHost({ session: worker, store: store.open(), now: () => now });
    const resumed = await second.host.resumeSession('s1');
    if (!resumed.ok) throw resumed.error;
    expect(resumed.value.session).toEqual(before);
    expect(before).toEqual({
      id: 's1',
      name: 'store',
      projectPath: '/p',
      config: { model: 'large', deep: [1] },
      createdAt: 1000,
      updatedAt: 3000,
    });
    expect(resumed.value.ref.getSnapshot().context.session).toEqual(before);
    await second.host.close();
  });

  it('is forgotten, and only it, where the host is told to, and its id is free', async () => {
    const first = openHost({ session: worker, store: store.open() });
    await first.open('s1');
    await first.open('s2');
    expect(await first.host.forgetSession('s1')).toEqual(refusedWith('running', { id: 's1' }));
    await first.host.close();

    const second = openHost({ session: worker, store: store.open() });
    expect(await second.host.forgetSession('s3')).toEqual(refusedWith('not_found', { key: 's3' }));
    expect(await second.host.forgetSession('s1')).toEqual(done);
    expect(await second.host.forgetSession('s1')).toEqual(refusedWith('not_found', { key: 's1' }));
    expect(await second.host.resumeSession('s1')).toEqual(refusedWith('not_found'));
    const saved = await second.host.savedSessions();
    expect(saved.ok && saved.value.map(({ id }) => id)).toEqual(['s2']);
    expect((await second.host.startSession({ projectPath: '/new', id: 's1' })).ok).toBe(true);
    expect(second.host.count()).toBe(1);
    const anew = await second.host.savedSessions();
    expect(anew.ok && anew.value.map(({ projectPath }) => projectPath)).toEqual(['/projects/s2', '/new']);
    await second.host.close();
  });

  it('is in no doubt over ten lives', async () => {
    let total = 0;
    for (let life = 1; life <= 10; life += 1) {
      const { host, open } = openHost({ session: notebook, store: store.open() });
      if (life === 1) await open('s1');
      else await host.resumeSession('s1');
      const notes = host.session('s1')!;
      expect(await ask(notes, { type: 'write.asked', text: String(life) })).toBe((total += 1));
      notes.send(write(`${life}+`));
      total += 1;
      expect(notes.getSnapshot().context.lines).toHaveLength(total);
      await host.close();
    }
    const { host } = openHost({ session: notebook, store: store.open() });
    const all = await host.resumeAll();
    if (!all.ok) throw all.error;
    const { lines } = all.value.resumed[0]!.ref.getSnapshot().context;
    expect(lines).toEqual(Array.from({ length: 10 }, (_, i) => [`${i + 1}`, `${i + 1}+`]).flat());
    await host.close();
  });
});

describe('The ref of a session that comes back', () => {
  const resumed = async () => {
    const line = new SuccessiveHosts({ session: worker });
    const ref = await line.begin().open('s1');
    ref.send({ type: 'ping' });
    await line.close();
    line.begin();
    const { ref: again } = await line.resume();
    return { line, ref: again, ...line.test };
  };

  it('is that of its id, and stays the same', async () => {
    const { ref, host, line } = await resumed();
    expect(host.session('s1')).toBe(ref);
    expect([ref.id, host.isRunning('s1')]).toEqual(['s1', true]);
    const { sessionId } = ref;
    expect(await host.restartSession('s1')).toEqual(done);
    expect(host.session('s1')).toBe(ref);
    expect(ref.sessionId).not.toBe(sessionId);
    expect(line.test.events.map(({ type }) => type)).toEqual(['session.started', 'session.restarted']);
  });

  it('is asked, watched, selected from and listened to', async () => {
    const { ref, host } = await resumed();
    const heard: unknown[] = [];
    ref.subscribe(({ context }) => heard.push(context.pings));
    ref.select(({ context }) => context.pings * 10).subscribe((tens) => heard.push(tens));
    ref.on('noise', (event) => heard.push(event.type));
    monitor(ref, ({ reason, incarnation }) => heard.push([reason, incarnation]));
    expect(await ask(ref, { type: 'ping' })).toBe(2);
    ref.send({ type: 'make.noise' });
    await host.stopSession('s1');
    expect(heard).toEqual([2, 20, 'noise', 2, ['shutdown', 1]]);
  });

  it('is told once that it has come back', async () => {
    const { events, ref, host } = await resumed();
    expect(events).toEqual([{ type: 'session.started', session: host.list()[0], ref, resumed: true }]);
    expect(events[0]!.type === 'session.started' && events[0]!.ref).toBe(ref);
  });

  it('speaks to the host', async () => {
    const { ref, events } = await resumed();
    ref.send({ type: 'tell.parent' });
    expect(told(events).at(-1)).toEqual({ type: 'session.message', id: 's1', event: { type: 'news' } });
  });

  it('hears of a new name', async () => {
    const { ref, host } = await resumed();
    await host.renameSession('s1', 'new');
    expect(ref.getSnapshot().context.session.name).toBe('new');
  });
});

describe('The number of an incarnation', () => {
  it('goes on where the host was closed, and is counted where it had crashed', async () => {
    const line = new SuccessiveHosts({ session: worker });
    const incarnation = async () => {
      const children = await ask(line.test.host.actor, { type: 'session.restart', id: 's1' } as never);
      expect(children).toEqual(done);
      await settled();
      return line.record().incarnation;
    };
    await line.begin().open('s1');
    expect(await incarnation()).toBe(2);
    await line.close();
    line.begin();
    await line.resume();
    await settled();
    expect(line.record().incarnation).toBe(2);
    expect(await incarnation()).toBe(3);
    expect(told(line.test.events).at(-1)).toEqual({ type: 'session.restarted', id: 's1', incarnation: 3 });
    line.kill();
    line.begin();
    await line.resume();
    expect(await incarnation()).toBe(4);
  });
});

describe('What is kept of a session', () => {
  it('goes when it is stopped or done, and not when its host closes, fails or is killed', async () => {
    const line = new SuccessiveHosts({ session: worker, intensity: { maxRestarts: 0 } });
    const { open, host } = line.begin();
    const refs = [await open('stopped'), await open('done'), await open('failed'), await open('closed')] as const;
    await host.stopSession('stopped');
    refs[1].send({ type: 'finish' });
    refs[2].send({ type: 'crash' });
    await settled();
    expect([...line.records.keys()]).toEqual(['failed', 'closed']);
    expect(host.ids()).toEqual(['closed']);
    await line.close();
    expect([...line.records.keys()]).toEqual(['failed', 'closed']);
    const all = await line.begin().host.resumeAll();
    expect(all.ok && all.value.resumed.map(({ session }) => session.id)).toEqual(['failed', 'closed']);
    line.kill();
    expect([...line.records.keys()]).toEqual(['failed', 'closed']);
  });

  it('goes when it is temporary, and crashes', async () => {
    const line = new SuccessiveHosts({ session: worker, restart: 'temporary' });
    const ref = await line.begin().open('s1');
    expect(line.records.size).toBe(1);
    ref.send({ type: 'crash' });
    await settled();
    expect(line.records.size).toBe(0);
  });

  it('goes when it comes back and is stopped for good', async () => {
    const line = new SuccessiveHosts({ session: worker });
    await line.begin().open('s1');
    await line.close();
    const { host } = line.begin();
    await line.resume();
    expect(await host.stopSession('s1')).toEqual(done);
    expect(line.records.size).toBe(0);
    expect(await host.resumeSession('s1')).toEqual(refusedWith('not_found'));
    expect((await host.startSession({ projectPath: '/x', id: 's1' })).ok).toBe(true);
  });
});

describe('A host without a store', () => {
  it('has no saved sessions', async () => {
    const { host, open } = openHost({ session: worker });
    await open('s1');
    const answers = new Answers();
    answers.note('resume', host.resumeSession('s1'));
    answers.note('forget', host.forgetSession('s1'));
    await settled();
    expect(answers.given.every(([, answer]) => answer === 'not_found')).toBe(true);
    expect(await host.savedSessions()).toEqual({ ok: true, value: [] });
    expect(await host.resumeAll()).toEqual({ ok: true, value: { resumed: [], refused: [] } });
  });
});

describe('The files of sessions', () => {
  it('are those of the ones that are to come back', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'xstate-supervisor-resume-'));
    const { host, open } = openHost({ session: worker, store: fileStore({ directory }) });
    await open('s1');
    await open('s2');
    await host.stopSession('s1');
    expect(readdirSync(directory).sort()).toEqual(['s2.json', 'store.lock']);
    await host.close();
    expect(readdirSync(directory)).toEqual(['s2.json']);
    rmSync(directory, { recursive: true });
  });
});
