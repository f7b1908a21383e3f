import assert from 'node:assert/strict';
import { createActor, createMachine, sendTo, SimulatedClock, waitFor } from 'xstate';
import { ask, createSessionHost, monitor, sessionRegistry, sessionRuntime } from '../../src/index.ts';
import type { SessionHost, SessionHostOptions, SessionRef } from '../../src/index.ts';
import { worker } from './worker.ts';

type Worker = typeof worker;
type Host = SessionHost<Worker>;

/** A host in its first days. */
interface Opened {
  readonly host: Host;
  readonly log: string[];
  start(id: string): Promise<SessionRef<Worker>>;
}

const boom = (): never => {
  throw new Error('boom');
};
const laterBoom = () => Promise.reject(new Error('later boom'));

function open(options: Partial<SessionHostOptions<Worker>> = {}): Opened {
  const log: string[] = [];
  const host = createSessionHost<Worker>({
    session: worker,
    projectPaths: 'text',
    maxSessions: 100,
    logger: (line) => log.push(line),
    ...options,
  });
  const start = async (id: string) => {
    const opened = await host.startSession({ projectPath: `/projects/${id}`, id });
    if (!opened.ok) throw opened.error;
    return opened.value.ref;
  };
  return { host, log, start };
}

// What was put off, whether to a microtask, an immediate or a timer, happens now.
export async function drain(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setTimeout(resolve));
}

let probes = 0;

/** Every actor still does its work: runtime, registry, sessions, and each session that is open. */
async function worksOn(host: Host): Promise<void> {
  await drain();
  for (const id of host.ids()) assert.equal(typeof (await ask(host.session(id)!, { type: 'ping' })), 'number');
  const id = `probe-${++probes}`;
  const opened = await host.startSession({ projectPath: `/projects/${id}`, id });
  assert(opened.ok, 'a session starts');
  const { ref } = opened.value;
  assert.equal(await ask(ref, { type: 'ping' }), 1);
  ref.send({ type: 'crash' });
  assert.equal(await ask(ref, { type: 'ping' }), 1, 'it is restarted');
  assert.deepEqual(await host.renameSession(id, 'renamed'), { ok: true, value: undefined });
  assert.equal(ref.getSnapshot().context.session.name, 'renamed', 'it hears of its change');
  assert.equal((await host.updateSession({ ...opened.value.session, name: 'updated' })).ok, true);
  assert(host.lookupByName('updated').ok);
  assert.deepEqual(await ask(host.actor, { type: 'registry.count' }), { ok: true, value: host.count() });
  const children = await ask(host.actor, { type: 'supervisor.which_children' });
  assert(children.ok && children.value.every((child) => child.status === 'running'));
  assert.equal((await host.restartSession(id)).ok, true);
  assert.equal((await host.stopSession(id)).ok, true);
  assert.equal(host.lookup(id).ok, false);
  await drain();
}

async function worksOnAndCloses(host: Host): Promise<void> {
  await worksOn(host);
  await host.close();
  await drain();
}

// Until it has given up.
function wearOut(ref: SessionRef<Worker>): void {
  for (let crash = 0; crash < 4; crash += 1) ref.send({ type: 'crash' });
}

const childrenOf = async (host: Host) => {
  const children = await ask(host.actor, { type: 'supervisor.which_children' });
  assert(children.ok);
  return children.value.map((child) => child.ref!);
};

// A supervisor or a registry has no bug that a test could use.
function crashActor(ref: object): void {
  const actor = ref as { logic: object; send(event: object): void };
  actor.logic = Object.assign(Object.create(actor.logic), { transition: boom });
  actor.send({ type: 'anything' });
}

/** What a host may do wrong, one after the other. Each fails by throwing, or by the death of the process. */
export const misbehaviours: Readonly<Record<string, () => Promise<void>>> = {
  async 'subscribes without an error handler to a session that fails'() {
    const { host, start } = open();
    const ref = await start('a');
    let last: unknown;
    ref.subscribe((snapshot) => (last = snapshot));
    ref.subscribe({});
    ref.subscribe({ complete: boom });
    host.actor.subscribe(() => {});
    host.actor.subscribe({});
    wearOut(ref);
    ref.subscribe(() => {});
    assert(last !== undefined);
    assert.equal(ref.getSnapshot().status, 'error');
    await worksOnAndCloses(host);
  },

  async 'has nobody who listens when a session fails'() {
    const { host, start } = open();
    wearOut(await start('a'));
    await worksOnAndCloses(host);
  },

  async 'subscribes without an error handler to a host that fails'() {
    const { host } = open();
    host.actor.subscribe(() => {});
    host.actor.subscribe({ error: boom });
    host.on('host.failed', boom);
    for (let crash = 0; crash < 4; crash += 1) crashActor((await childrenOf(host))[crash % 2]!);
    await drain();
    assert.equal(host.actor.getSnapshot().status, 'error');
    host.actor.subscribe(() => {});
    await host.close();
  },

  async 'has nobody who listens when the host fails, in a bare actor too'() {
    const { host } = open();
    for (let crash = 0; crash < 4; crash += 1) crashActor((await childrenOf(host))[1]!);
    const bare = createActor(sessionRuntime({ session: worker, logger() {} })).start();
    crashActor(bare);
    crashActor(createActor(sessionRegistry({ logger() {} })).start());
    await drain();
    assert.equal(bare.getSnapshot().status, 'error');
    await host.close();
  },

  async 'throws in a listener of every event'() {
    const { host, log, start } = open();
    host.on('*', boom);
    for (const type of ['session.started', 'session.crashed', 'session.restarted', 'session.stopped'] as const) {
      host.on(type, boom);
    }
    for (const type of ['session.failed', 'session.updated', 'session.message', 'session.rejected'] as const) {
      host.on(type, boom);
    }
    host.on('dead_letter', boom);
    const ref = await start('a');
    assert.equal((await host.startSession({ projectPath: 'nowhere' })).ok, false);
    await host.renameSession('a', 'b');
    ref.send({ type: 'tell.parent' });
    wearOut(ref);
    ref.send({ type: 'ping' });
    for (const type of ['started', 'rejected', 'updated', 'message', 'crashed', 'restarted', 'failed']) {
      assert(log.includes(`a listener of session.${type} threw: Error: boom`), type);
    }
    assert(log.includes('a listener of dead_letter threw: Error: boom'));
    await worksOnAndCloses(host);
  },

  async 'throws in a listener of the runtime’s actor'() {
    const { host, log, start } = open();
    host.actor.on('*', boom);
    host.actor.on('session.started', boom);
    host.actor.on('session.crashed', boom);
    (await start('a')).send({ type: 'crash' });
    assert(log.some((line) => line.includes('threw: Error: boom')));
    await worksOnAndCloses(host);
  },

  async 'throws in a listener of a session'() {
    const { host, log, start } = open();
    const ref = await start('a');
    ref.on('noise', boom);
    ref.on('*', boom);
    ref.send({ type: 'make.noise' });
    ref.send({ type: 'crash' });
    ref.send({ type: 'make.noise' });
    assert.equal(log.filter((line) => line === 'a listener threw: Error: boom').length, 4);
    await worksOnAndCloses(host);
  },

  async 'throws in every handler of a subscriber of a session'() {
    const { host, log, start } = open();
    const observer = { next: boom, error: boom, complete: boom };
    const [stopped, failed, finished] = [await start('a'), await start('b'), await start('c')];
    for (const ref of [stopped, failed, finished]) ref.subscribe(observer);
    stopped.send({ type: 'ping' });
    await host.stopSession('a');
    wearOut(failed);
    finished.send({ type: 'finish' });
    // Also those who come too late.
    for (const ref of [stopped, failed, finished]) ref.subscribe(observer);
    assert(log.filter((line) => line === 'a listener threw: Error: boom').length >= 9);
    await worksOnAndCloses(host);
  },

  async 'throws in every handler of a subscriber of the runtime'() {
    const { host, log, start } = open();
    host.actor.subscribe({ next: boom, error: boom, complete: boom });
    host.actor.subscribe(boom, boom, boom);
    await start('a');
    await worksOn(host);
    await host.close();
    await drain();
    assert(log.some((line) => line.startsWith('an observer of') && line.endsWith('threw: Error: boom')));
  },

  async 'throws in a subscriber or a listener of the registry and of the sessions'() {
    const { host, log, start } = open();
    for (const ref of await childrenOf(host)) {
      ref.subscribe({ next: boom, error: boom, complete: boom });
      ref.subscribe(boom);
      ref.on('*', boom);
    }
    await start('a');
    assert(log.some((line) => line.endsWith('threw: Error: boom')));
    await worksOnAndCloses(host);
  },

  async 'throws in a subscriber or a listener of a registry of its own'() {
    const log: string[] = [];
    const registry = createActor(sessionRegistry({ logger: (line) => log.push(line) })).start();
    registry.subscribe({ next: boom, complete: boom });
    registry.on('session.updated', boom);
    const { host, start } = open();
    await start('a');
    const [session] = host.list();
    registry.send({ type: 'registry.register', session: session!, replyTo: { send: boom } });
    registry.send({ type: 'registry.update', session: session! });
    assert.equal(log.length, 4);
    assert.equal(registry.getSnapshot().context.sessions.count, 1);
    registry.stop();
    await host.close();
  },

  async 'throws in a selector, or in who selects'() {
    const { host, start } = open();
    const ref = await start('a');
    let calls = 0;
    // The first time is the caller's own.
    ref.select(() => ++calls > 1 && boom()).subscribe(() => {});
    ref.select(({ context }) => context.pings).subscribe(boom);
    ref.select(({ context }) => context.pings, boom).subscribe(() => {});
    assert.throws(() => ref.select(boom).get(), /boom/);
    assert.throws(() => ref.select(boom).subscribe(() => {}), /boom/);
    let reads = 0;
    host.actor.select(() => ++reads > 1 && boom()).subscribe(() => {});
    host.actor.select(() => host.count()).subscribe(boom);
    ref.send({ type: 'ping' });
    await start('b');
    assert(calls > 1);
    await worksOnAndCloses(host);
    assert(reads > 1);
  },

  async 'throws in its inspector'() {
    for (const inspect of [boom, { next: boom }, laterBoom]) {
      const { host, log, start } = open({ inspect: inspect as () => void });
      const ref = await start('a');
      host.actor.send({ type: 'registry.count' });
      ref.send({ type: 'crash' });
      await drain();
      assert(log.some((line) => line.startsWith('an inspector threw: Error:')));
      await worksOnAndCloses(host);
    }
  },

  async 'throws in an inspector that comes later'() {
    const { host, log, start } = open();
    const ref = await start('a');
    host.actor.system.inspect(boom);
    host.actor.system.inspect({ next: boom });
    ref.system.inspect(boom);
    ref.send({ type: 'crash' });
    await start('b');
    assert(log.includes('an inspector threw: Error: boom'));
    await worksOnAndCloses(host);
  },

  async 'throws in its logger'() {
    for (const logger of [boom, laterBoom]) {
      const { host, start } = open({ logger: logger as () => void });
      host.on('*', boom);
      wearOut(await start('a'));
      await worksOnAndCloses(host);
    }
  },

  async 'throws in a replyTo'() {
    const { host, log, start } = open();
    await start('a');
    const unreadable = { get send(): never { return boom(); } }; // prettier-ignore
    for (const replyTo of [{ send: boom }, { send: laterBoom }, unreadable, { send: 5 }, {}, 5, null, host.actor]) {
      const to = { replyTo } as object;
      host.send({ type: 'session.start', projectPath: '/projects/x', id: 'x', ...to });
      host.send({ type: 'session.rename', id: 'x', name: 'y', ...to });
      host.send({ type: 'session.configure', id: 'x', config: {}, ...to });
      host.send({ type: 'session.restart', id: 'x', ...to });
      host.send({ type: 'session.stop', id: 'x', ...to });
      host.send({ type: 'session.stop', id: 'x', ...to });
      host.send({ type: 'registry.list', ...to });
      host.send({ type: 'registry.clear', ...to });
      host.send({ type: 'registry.configure', maxSessions: 100, ...to });
      host.send({ type: 'supervisor.which_children', ...to });
      host.send({ type: 'supervisor.count_children', ...to });
      (host.actor as { send(event: object): void }).send({ type: 'child.start', ...to });
    }
    await drain();
    assert(log.includes('the replyTo of session.start threw: Error: boom'));
    assert(log.includes('the replyTo of registry.list threw: Error: later boom'));
    await worksOn(host);
    host.send({ type: 'supervisor.stop', replyTo: { send: boom } });
    await host.close();
    host.send({ type: 'session.stop', id: 'a', replyTo: { send: boom } });
  },

  async 'throws when a session asks for its input'() {
    let isBroken = true;
    const { host, start } = open({ input: ({ session }) => (isBroken ? boom() : { session }) });
    const opened = await host.startSession({ projectPath: '/projects/a', id: 'a' });
    assert(!opened.ok && opened.error.code === 'start_failed');
    assert.equal(host.count(), 0);
    isBroken = false;
    const ref = await start('a');
    isBroken = true;
    ref.send({ type: 'crash' });
    await drain();
    isBroken = false;
    assert.equal(ref.getSnapshot().status, 'error');
    assert.equal(host.count(), 0);
    await worksOnAndCloses(host);
  },

  async 'throws where it is asked for the time, an id or a random number'() {
    let isBroken = false;
    const broken =
      <T>(value: () => T) =>
      (): T =>
        isBroken ? boom() : value();
    const clock = new SimulatedClock();
    const { host, start } = open({
      clock,
      now: broken(Date.now),
      generateId: broken(() => crypto.randomUUID()),
      random: broken(() => 0.5),
      backoff: { minMs: 10, maxMs: 100 },
    });
    const ref = await start('a');
    isBroken = true;
    const opened = await host.startSession({ projectPath: '/projects/b' });
    assert(!opened.ok && opened.error.code === 'invalid_session');
    assert.equal((await host.renameSession('a', 'b')).ok, false);
    ref.send({ type: 'crash' });
    assert.equal(host.isRunning('a'), false);
    clock.increment(10);
    assert.equal(await ask(ref, { type: 'ping' }), 1);
    isBroken = false;
    await start('c');
    await host.close();
  },

  async 'throws, rejects or returns nonsense where a path is to be checked'() {
    const nonsense: unknown[] = [
      undefined,
      null,
      5,
      'yes',
      {},
      { ok: 'yes' },
      { ok: true },
      { ok: true, value: 5 },
      { ok: false },
      { ok: false, error: 'no' },
      { get ok() { return boom(); } }, // prettier-ignore
      { ok: true, get value() { return boom(); } }, // prettier-ignore
      { then: 5 },
      { then: boom },
      { get then() { return boom(); } }, // prettier-ignore
      { then: (_: unknown, reject: (error: Error) => void) => reject(new Error('no')) },
    ];
    const answers: (() => unknown)[] = nonsense.flatMap((value) => [() => value, async () => value]);
    for (const answer of [...answers, boom, laterBoom]) {
      let isBroken = true;
      const { host } = open({
        projectPaths: ((path: string) => (isBroken ? answer() : { ok: true, value: path })) as never,
      });
      const opened = await host.startSession({ projectPath: '/projects/a' });
      assert(!opened.ok);
      assert(['start_failed', 'invalid_session'].includes(opened.error.code), opened.error.code);
      isBroken = false;
      await worksOnAndCloses(host);
    }
  },

  async 'answers the check of a path by a thenable of its own make'() {
    const thenable = (path: string) => ({
      then(resolve: (value: unknown) => void) {
        resolve({ ok: true, value: path });
        resolve({ ok: true, value: `${path}/again` });
        boom();
      },
    });
    const { host, start } = open({ projectPaths: thenable as never });
    const ref = await start('a');
    assert.equal(ref.getSnapshot().context.session.projectPath, '/projects/a');
    await worksOnAndCloses(host);
  },

  async 'has a config schema that throws, or that becomes asynchronous'() {
    let answer: (value: unknown) => unknown = (value) => ({ value });
    const schema = {
      '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => answer(value) },
    } as never;
    const { host, start } = open({ config: { schema } });
    await start('a');
    for (const broken of [boom, laterBoom, () => undefined, () => ({ value: 5 }), () => ({ issues: 5 })]) {
      answer = broken;
      const opened = await host.startSession({ projectPath: '/projects/b' });
      assert(!opened.ok && opened.error.code === 'invalid_session');
      const configured = await host.configureSession('a', { model: 'small' });
      assert(!configured.ok && configured.error.code === 'invalid_session');
      const updated = await host.updateSession(host.list()[0]!);
      assert(!updated.ok && updated.error.code === 'invalid_session');
    }
    answer = (value) => ({ value });
    await worksOnAndCloses(host);
  },

  async 'sends more than a session that is down can keep'() {
    const clock = new SimulatedClock();
    const { host, start } = open({ clock, stashLimit: 2, backoff: { minMs: 10, maxMs: 100, jitter: 'none' } });
    const ref = await start('a');
    const letters: string[] = [];
    host.on('dead_letter', ({ reason }) => {
      letters.push(reason);
      boom();
    });
    ref.send({ type: 'crash' });
    for (let ping = 0; ping < 5; ping += 1) ref.send({ type: 'ping' });
    assert.deepEqual(letters, ['stash_full', 'stash_full', 'stash_full']);
    clock.increment(10);
    assert.equal(await ask(ref, { type: 'ping' }), 3);
    await host.close();
    assert.equal(letters.length, 3);
  },

  async 'throws in a listener of an exit'() {
    const { host, log, start } = open();
    const ref = await start('a');
    for (const listener of [boom, laterBoom]) {
      monitor(ref, listener as () => void);
      monitor(host.actor, listener as () => void);
      for (const child of await childrenOf(host)) monitor(child, listener as () => void);
    }
    await host.stopSession('a');
    monitor(ref, boom);
    await worksOnAndCloses(host);
    monitor(host.actor, boom);
    await drain();
    assert.equal(log.filter((line) => line.includes('threw: Error: boom')).length, 6);
    assert.equal(log.filter((line) => line.includes('threw: Error: later boom')).length, 4);
  },

  async 'sends to what is gone'() {
    const { host, start } = open();
    const refs = [await start('a'), await start('b'), await start('c')] as const;
    const children = await childrenOf(host);
    const letters: unknown[] = [];
    host.on('dead_letter', ({ target }) => letters.push(target));
    await host.stopSession('a');
    wearOut(refs[1]);
    refs[2].send({ type: 'finish' });
    const machine = createMachine({ on: { go: { actions: refs.map((ref) => sendTo(() => ref, { type: 'ping' })) } } });
    const shell = createActor(machine).start();
    shell.send({ type: 'go' });
    for (const ref of refs) ref.send({ type: 'ping' });
    assert.deepEqual(letters, [...refs, ...refs]);
    await assert.rejects(ask(refs[0], { type: 'ping' }), { code: 'actor_stopped' });
    await worksOnAndCloses(host);
    for (const ref of refs) ref.send({ type: 'ping' });
    shell.send({ type: 'go' });
    for (const ref of [host.actor, ...children] as { send(event: object): void }[]) {
      ref.send({ type: 'registry.count' });
      ref.send({ type: 'session.stop', id: 'a' });
    }
    host.send({ type: 'session.stop', id: 'a' });
    assert.equal(shell.getSnapshot().status, 'active');
  },

  async 'gives asynchronous callbacks that reject'() {
    const { host, log, start } = open();
    const later = laterBoom as () => void;
    host.on('*', later);
    host.actor.on('*', later);
    host.actor.subscribe(later);
    const ref = await start('a');
    ref.on('*', later);
    ref.subscribe({ next: later, error: later, complete: later });
    ref.send({ type: 'make.noise' });
    ref.send({ type: 'crash' });
    await drain();
    assert(log.includes('a listener of session.crashed threw: Error: later boom'));
    assert(log.includes('a listener threw: Error: later boom'));
    await worksOnAndCloses(host);
  },

  async 'has sessions that throw what is no error'() {
    const unprintable = { toString: boom, toJSON: boom, get message() { return boom(); } }; // prettier-ignore
    const hostile = new Proxy({}, { get: boom, has: boom, getPrototypeOf: boom, ownKeys: boom });
    for (const error of [undefined, null, 0, '', Symbol('no'), Object.create(null), unprintable, hostile]) {
      const { host, log, start } = open({ restart: 'temporary' });
      const reasons: unknown[] = [];
      host.on('session.stopped', ({ reason }) => reasons.push(reason));
      const ref = await start('a');
      ref.subscribe(() => {});
      ref.send({ type: 'crash', error });
      assert.deepEqual(reasons, ['error']);
      assert.equal(log.length, 1);
      await drain();
      await host.close();
    }
    for (const error of [undefined, hostile]) {
      const { host, start } = open();
      const ref = await start('a');
      for (let crash = 0; crash < 4; crash += 1) ref.send({ type: 'crash', error });
      assert.equal(ref.getSnapshot().status, 'error');
      await worksOnAndCloses(host);
    }
  },

  async 'sends what is no event, by way of another actor'() {
    const { host, start } = open();
    const ref = await start('a');
    const targets = [ref, host.actor, ...(await childrenOf(host))] as never[];
    // `sendTo` checks less than `send`.
    const relayed = [5, {}, { type: 5 }, { type: '*' }] as never[];
    const unreadable = { get type() { return boom(); } }; // prettier-ignore
    const machine = createMachine({
      types: { events: {} as { type: 'go'; target: SessionRef<Worker>; event: never } },
      on: {
        go: {
          actions: sendTo(
            ({ event }) => event.target,
            ({ event }) => event.event,
          ),
        },
      },
    });
    const shell = createActor(machine).start();
    for (const target of targets) {
      for (const event of relayed) shell.send({ type: 'go', target, event });
      for (const event of [...relayed, null, undefined, unreadable] as never[]) {
        assert.throws(() => (target as SessionRef<Worker>).send(event), TypeError);
      }
    }
    assert.equal(shell.getSnapshot().status, 'active');
    await drain();
    await worksOnAndCloses(host);
  },

  async 'has a runtime that restarts while everybody throws'() {
    const { host, start } = open();
    host.on('*', boom);
    host.actor.on('*', boom);
    host.actor.subscribe(boom);
    const refs = [await start('a'), await start('b')];
    for (const ref of refs) {
      ref.subscribe(boom);
      monitor(ref, boom);
    }
    crashActor((await childrenOf(host))[1]!);
    await drain();
    assert.deepEqual(
      refs.map((ref) => ref.getSnapshot().status),
      ['error', 'error'],
    );
    await waitFor(host.actor, () => true);
    crashActor((await childrenOf(host))[0]!);
    await worksOnAndCloses(host);
  },
};
