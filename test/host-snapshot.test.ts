import type { SessionHost } from '../src/index.ts';
import { crash, note } from './support/counter.ts';
import type { counter } from './support/counter.ts';
import { openCounter } from './support/open-counter.ts';
import type { CounterRef } from './support/open-counter.ts';

describe('The snapshot of host.actor', () => {
  const turn = () => new Promise<void>((resolve) => queueMicrotask(resolve));

  it('is new once a turn after any change, however much changed', async () => {
    const { host, open } = await openCounter();
    await turn();
    const seen: number[] = [];
    host.actor.subscribe(() => seen.push(host.count()));
    const before = host.actor.getSnapshot();
    const starting = ['a', 'b', 'c'].map((id) => open(id));
    expect(host.actor.getSnapshot()).toBe(before);
    await Promise.all(starting);
    await turn();
    expect(seen.filter((count) => count === 4)).toHaveLength(1);
    expect(host.actor.getSnapshot()).not.toBe(before);
  });

  it.each<[string, (host: SessionHost<typeof counter>, ref: CounterRef) => unknown]>([
    ['a crash and its restart', (_, ref) => ref.send(crash)],
    ['a new name', (host) => host.renameSession('s1', 'first')],
    ['a new config', (host) => host.configureSession('s1', { model: 'small' })],
    ['a new limit', (host) => (host.maxSessions = 3)],
    ['a restart by hand', (host) => host.restartSession('s1')],
    ['a session that ended', (host) => host.stopSession('s1')],
  ])('is new after %s', async (_what, change) => {
    const { host, ref } = await openCounter();
    await turn();
    const before = host.actor.getSnapshot();
    await change(host, ref);
    await turn();
    expect(host.actor.getSnapshot()).not.toBe(before);
  });

  it('stays the same while nothing changes', async () => {
    const { host, ref } = await openCounter();
    await turn();
    const before = host.actor.getSnapshot();
    ref.send(note('a'));
    await host.renameSession('nobody', 'x');
    host.list();
    await turn();
    expect(host.actor.getSnapshot()).toBe(before);
  });
});
