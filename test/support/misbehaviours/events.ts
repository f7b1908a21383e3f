import assert from 'node:assert/strict';
import { createActor, createMachine, sendTo, SimulatedClock, waitFor } from 'xstate';
import { ask, monitor, sessionRegistry, sessionRuntime } from '../../../src/index.ts';
import type { SessionRef } from '../../../src/index.ts';
import { worker } from '../worker.ts';
import { boom, childrenOf, crashActor, drain, open, wearOut, worksOnAndCloses } from './host.ts';
import type { Misbehaviours, Worker } from './host.ts';

/** Of what is sent, and of who is there when something ends. */
export const events: Misbehaviours = {
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
