import assert from 'node:assert/strict';
import { SimulatedClock } from 'xstate';
import { ask, monitor } from '../../../src/index.ts';
import { boom, childrenOf, drain, laterBoom, open, wearOut, worksOn, worksOnAndCloses } from './host.ts';
import type { Misbehaviours } from './host.ts';

/** Of the functions that a host gives: replyTo, options, a listener of an exit. */
export const callbacks: Misbehaviours = {
  async 'throws in its logger'() {
    for (const logger of [boom, laterBoom]) {
      const { host, start } = open({ logger: logger });
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

  async 'throws in a listener of an exit'() {
    const { host, log, start } = open();
    const ref = await start('a');
    for (const listener of [boom, laterBoom]) {
      monitor(ref, listener);
      monitor(host.actor, listener);
      for (const child of await childrenOf(host)) monitor(child, listener);
    }
    await host.stopSession('a');
    monitor(ref, boom);
    await worksOnAndCloses(host);
    monitor(host.actor, boom);
    await drain();
    assert.equal(log.filter((line) => line.includes('threw: Error: boom')).length, 6);
    assert.equal(log.filter((line) => line.includes('threw: Error: later boom')).length, 4);
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
};
