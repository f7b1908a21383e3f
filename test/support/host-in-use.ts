import { dump } from './dump.ts';
import { doing } from './doing.ts';
import { openHost } from './open-host.ts';
import { childrenOf } from './break-actor.ts';

/** The events in which a refusal may show: none says that anything has changed. */
const harmless = new Set(['session.rejected', 'dead_letter']);

/** A host with a session `a` that runs and a session `b` that is down, and a way to learn that nothing has changed. */
export async function hostInUse() {
  const test = openHost({ session: doing, backoff: { minMs: 1_000, maxMs: 1_000 } });
  const { host, clock, events, open } = test;
  const a = await open('a');
  const b = await open('b');
  b.send({
    type: 'do',
    work() {
      throw new Error('boom');
    },
  });
  const { registry, sessions } = await childrenOf(host);
  const before = { dump: await dump(host), timers: clock.timers };
  events.length = 0;
  const expectUnchanged = async () => {
    expect({ dump: await dump(host), timers: clock.timers }).toEqual(before);
    expect(events.filter(({ type }) => !harmless.has(type))).toEqual([]);
    expect([registry.getSnapshot().status, sessions.getSnapshot().status]).toEqual(['active', 'active']);
    // What looks alive also works.
    a.send({ type: 'make.noise' });
    expect(a.getSnapshot().value).toBe('working');
    expect((await host.startSession({ projectPath: '/new', id: 'new' })).ok).toBe(true);
    expect((await host.stopSession('new')).ok).toBe(true);
    events.length = 0;
  };
  return { ...test, a, b, registry, sessions, session: host.list()[0]!, expectUnchanged };
}

export type HostInUse = Awaited<ReturnType<typeof hostInUse>>;
