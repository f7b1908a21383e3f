import { createSessionHost } from '../src/index.ts';
import type { SessionHostEvent } from '../src/index.ts';
import { Answers, settled } from './support/answers.ts';
import { doing } from './support/doing.ts';
import { openLeaving, states } from './support/leaving.ts';
import { lingering } from './support/lingering.ts';
import { openHost } from './support/open-host.ts';
import { crashed, restarted, started, stopped, told } from './support/told.ts';

const boom = new Error('boom');
const crash = () => {
  throw boom;
};

describe('A host may be closed', () => {
  it('twice, at once and afterwards', async () => {
    const { host, clock, events } = await openLeaving(10);
    const [first, second] = [host.close(), host.close()];
    expect(await states(first, second)).toEqual(['pending', 'pending']);
    clock.increment(10);
    expect(await states(first, second, host.close(), Promise.resolve(host[Symbol.asyncDispose]()))).toEqual(
      Array(4).fill('closed'),
    );
    expect(told(events)).toEqual([stopped('10', 'shutdown')]);
  });

  it('without having opened anything', async () => {
    const { host, events } = openHost({ session: doing });
    expect(await states(host.close())).toEqual(['closed']);
    expect(events).toEqual([]);
  });

  it('by the end of its scope', async () => {
    let status = '';
    {
      await using host = createSessionHost({ session: doing, projectPaths: 'text', logger() {} });
      const opened = await host.startSession({ projectPath: '/a' });
      if (!opened.ok) throw opened.error;
      opened.value.ref.subscribe({ complete: () => (status = opened.value.ref.getSnapshot().status) });
    }
    expect(status).toBe('stopped');
  });

  it('as an actor: by supervisor.stop, which is answered, and by supervisor.shutdown', async () => {
    for (const type of ['supervisor.stop', 'supervisor.shutdown'] as const) {
      const { host, clock } = await openLeaving(10);
      const answers = new Answers();
      host.actor.send({ type, reason: 'shutdown', replyTo: answers.to('stop') } as { type: 'supervisor.stop' });
      expect(await states(host.close())).toEqual(['pending']);
      clock.increment(10);
      expect(await states(host.close())).toEqual(['closed']);
      expect(answers.given).toEqual(type === 'supervisor.stop' ? [['stop', true]] : []);
      expect(host.actor.getSnapshot().status).toBe('done');
    }
  });

  it('by force, as XState stops an actor: nobody is asked', async () => {
    const { host, clock, events } = await openLeaving(10, 20);
    host.actor.stop();
    expect(await states(host.close())).toEqual(['closed']);
    expect(told(events).sort()).toEqual([stopped('10', 'killed'), stopped('20', 'killed')]);
    expect([clock.timers, host.count(), host.actor.getSnapshot().status]).toEqual([0, 0, 'stopped']);
    expect(await host.stopSession('10')).toMatchObject({ error: { code: 'stopping' } });
  });

  it('by force while it is closing', async () => {
    const { host, clock, events } = await openLeaving(10, 20);
    const closed = host.close();
    clock.increment(10);
    host.actor.stop();
    expect(await states(closed)).toEqual(['closed']);
    expect(told(events)).toEqual([stopped('10', 'shutdown'), stopped('20', 'killed')]);
    expect(clock.timers).toBe(0);
  });

  it.each<[SessionHostEvent['type'], object[]]>([
    ['session.started', [started('a'), stopped('a', 'shutdown')]],
    ['session.crashed', [restarted('a', 2), stopped('a', 'shutdown')]],
    ['session.restarted', [restarted('a', 2), stopped('a', 'shutdown')]],
    ['session.updated', [{ type: 'session.updated', id: 'a' }, stopped('a', 'shutdown')]],
    ['session.message', [expect.objectContaining({ type: 'session.message' }), stopped('a', 'shutdown')]],
    ['session.stopped', [stopped('a', 'shutdown')]],
    ['session.rejected', [expect.objectContaining({ type: 'session.rejected' }), stopped('a', 'shutdown')]],
  ])('by a listener of %s', async (type, last) => {
    const { host, events, open } = openHost({ session: doing });
    const closings: Promise<void>[] = [];
    host.on(type, () => closings.push(host.close()));
    const ref = await open('a');
    if (type === 'session.crashed' || type === 'session.restarted') ref.send({ type: 'do', work: crash });
    if (type === 'session.updated') await host.renameSession('a', 'b');
    if (type === 'session.message') ref.send({ type: 'tell.parent' });
    if (type === 'session.stopped') await host.stopSession('a');
    if (type === 'session.rejected') await host.startSession({ projectPath: 'nowhere' });
    expect(closings.length).toBeGreaterThan(0);
    expect(await states(...closings)).toEqual(closings.map(() => 'closed'));
    expect(told(events).slice(-last.length)).toEqual(last);
    expect(host.count()).toBe(0);
  });

  it('by a session, in its own action', async () => {
    const { host, events, open } = openHost({ session: doing, restart: 'permanent' });
    const [a] = [await open('a'), await open('b')];
    events.length = 0;
    let closed: Promise<void> | undefined;
    a.send({ type: 'do', work: () => void (closed = host.close()) });
    expect(await states(closed!)).toEqual(['closed']);
    expect(told(events)).toEqual(expect.arrayContaining([stopped('a', 'shutdown'), stopped('b', 'shutdown')]));
    expect(events).toHaveLength(2);
  });

  it('by a session, in an action that then throws', async () => {
    const { host, events, open } = openHost({ session: doing, restart: 'permanent' });
    const ref = await open('a');
    let closed: Promise<void> | undefined;
    const work = () => {
      closed = host.close();
      crash();
    };
    ref.send({ type: 'do', work });
    expect(await states(closed!)).toEqual(['closed']);
    expect(told(events)).toEqual([started('a'), crashed('a', 1, boom, { type: 'do', work }), stopped('a', 'error')]);
  });

  it('by a session that takes its time, in its own action', async () => {
    const { host, clock, events, open } = openHost({ session: lingering, shutdown: 50 });
    const ref = await open('a');
    let closed: Promise<void> | undefined;
    ref.send({ type: 'do', work: () => void (closed = host.close()) });
    expect(await states(closed!)).toEqual(['pending']);
    clock.increment(50);
    expect(await states(closed!)).toEqual(['closed']);
    expect(told(events)).toEqual([started('a'), stopped('a', 'killed')]);
  });

  it('by a session that is only starting', async () => {
    let closed: Promise<void> | undefined;
    const { host, events } = openHost({
      session: doing,
      input: ({ session }) => {
        closed = host.close();
        return { session };
      },
    });
    const opened = await host.startSession({ projectPath: '/a', id: 'a' });
    expect(await states(closed!)).toEqual(['closed']);
    expect(opened.ok).toBe(true);
    expect(told(events)).toEqual([started('a'), stopped('a', 'shutdown')]);
  });

  it('by a subscriber of its actor', async () => {
    const { host, events, open } = openHost({ session: doing });
    let closed: Promise<void> | undefined;
    host.actor.subscribe(() => void (closed = host.close()));
    await open('a');
    await settled();
    expect(await states(closed!)).toEqual(['closed']);
    expect(told(events)).toEqual([started('a'), stopped('a', 'shutdown')]);
  });

  it('by a subscriber of its actor at each of its snapshots, while its sessions take their time', async () => {
    const { host, clock, events, open } = openHost({ session: lingering, shutdown: 50 });
    let closed: Promise<void> | undefined;
    host.actor.subscribe(() => void (closed = host.close()));
    await open('a');
    expect(await states(closed!)).toEqual(['pending']);
    clock.increment(50);
    expect(await states(closed!)).toEqual(['closed']);
    expect(told(events)).toEqual([started('a'), stopped('a', 'killed')]);
  });
});
