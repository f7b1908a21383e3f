import { ask, memoryStore } from '../src/index.ts';
import { notebook, write } from './support/notebook.ts';
import { openHost } from './support/open-host.ts';

const setUp = (records = new Map<string, string>(), options = {}) => ({
  records,
  ...openHost({ session: notebook, store: memoryStore(records), ...options }),
});

describe('A host with a store', () => {
  it('has its sessions back as they were', async () => {
    const first = setUp();
    const ref = await first.open('s1');
    ref.send(write('a'));
    expect(await ask(ref, { type: 'write.asked', text: 'b' })).toBe(2);
    await first.host.close();

    const second = setUp(first.records);
    const saved = await second.host.savedSessions();
    expect(saved.ok && saved.value.map(({ id }) => id)).toEqual(['s1']);
    const resumed = await second.host.resumeSession('s1');
    if (!resumed.ok) throw resumed.error;
    expect(resumed.value.ref.getSnapshot().context.lines).toEqual(['a', 'b']);
    expect(second.host.list()).toEqual(saved.ok && saved.value);
    expect(second.events).toEqual([{ type: 'session.started', ...resumed.value, resumed: true }]);
  });
  it('forgets one that is stopped', async () => {
    const { host, open, records } = setUp();
    await open('s1');
    expect(records.size).toBe(1);
    expect(await host.stopSession('s1')).toEqual({ ok: true, value: undefined });
    expect(records.size).toBe(0);
  });
});
