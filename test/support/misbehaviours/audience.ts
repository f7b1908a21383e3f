import assert from 'node:assert/strict';
import { createActor } from 'xstate';
import { sessionRegistry } from '../../../src/index.ts';
import { boom, childrenOf, drain, laterBoom, open, wearOut, worksOn, worksOnAndCloses } from './host.ts';
import type { Misbehaviours } from './host.ts';

/** Of those who listen, subscribe, select and inspect. */
export const audience: Misbehaviours = {
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
};
