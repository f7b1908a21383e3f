import type { AnyEventObject } from 'xstate';
import { counter, crash, note } from './support/counter.ts';
import { notes, openCounter, openDown } from './support/open-counter.ts';
import { ofType, openHost, steadyBackoff } from './support/open-host.ts';

describe('What is sent to a session that is down', () => {
  it('waits, and comes to the next incarnation in order', async () => {
    const { clock, ref } = await openDown();
    for (const text of ['a', 'b', 'c']) ref.send(note(text));
    expect(notes(ref)).toEqual([]);
    clock.increment(99);
    ref.send(note('d'));
    clock.increment(1);
    expect(notes(ref)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('waits up to the limit, and is a dead letter beyond it', async () => {
    const { clock, events, ref } = await openDown(2);
    for (const text of ['a', 'b', 'c', 'd']) ref.send(note(text));
    expect(ofType(events, 'dead_letter')).toEqual([
      { type: 'dead_letter', event: note('c'), target: ref, reason: 'stash_full' },
      { type: 'dead_letter', event: note('d'), target: ref, reason: 'stash_full' },
    ]);
    clock.increment(100);
    expect(notes(ref)).toEqual(['a', 'b']);
    ref.send(crash);
    ref.send(note('e'));
    expect(ofType(events, 'dead_letter')).toHaveLength(2);
  });

  it('does not wait where the limit is 0', async () => {
    const { clock, events, ref } = await openDown(0);
    ref.send(note('a'));
    clock.increment(100);
    expect(ofType(events, 'dead_letter')).toHaveLength(1);
    expect(notes(ref)).toEqual([]);
  });

  it('waits without end where the limit is Infinity', async () => {
    const { clock, ref } = await openDown(Infinity);
    for (let i = 0; i < 1_001; i++) ref.send({ type: 'add', by: 1 });
    clock.increment(100);
    expect(ref.getSnapshot().context.count).toBe(1_001);
  });

  it('up to 1000 events unless told otherwise', async () => {
    const { clock, events, ref } = await openDown();
    for (let i = 0; i < 1_001; i++) ref.send({ type: 'add', by: 1 });
    clock.increment(100);
    expect(ref.getSnapshot().context.count).toBe(1_000);
    expect(ofType(events, 'dead_letter')).toHaveLength(1);
  });

  it('comes before what is sent when the session is back', async () => {
    const { clock, host, ref } = await openDown();
    ref.send(note('waited'));
    ref.subscribe(() => {
      if (notes(ref).length === 0) ref.send(note('on the new snapshot'));
    });
    host.on('session.restarted', () => ref.send(note('on the restart')));
    clock.increment(100);
    expect(notes(ref)).toEqual(['waited', 'on the new snapshot', 'on the restart']);
  });

  it('comes also before what an incarnation sends to itself while it is handed what waited', async () => {
    const { clock, ref } = await openDown();
    ref.on('noted', () => {
      if (notes(ref).length < 3) ref.send(note('echo'));
    });
    ref.send(note('a'));
    ref.send(note('b'));
    clock.increment(100);
    expect(notes(ref).slice(0, 3)).toEqual(['a', 'b', 'echo']);
  });

  it('survives, but for the one event, when it crashes the new incarnation', async () => {
    const { clock, ref } = await openDown();
    for (const event of [note('a'), crash, note('b'), note('c')]) ref.send(event);
    clock.increment(100);
    ref.send(note('d'));
    clock.increment(200);
    expect(notes(ref)).toEqual(['b', 'c', 'd']);
  });

  it('survives crash after crash, each restarted at once', async () => {
    const { events, host, ref } = await openCounter();
    const texts: string[] = [];
    ref.on('noted', () => texts.push(notes(ref).at(-1)!));
    host.on('session.crashed', ({ incarnation }) => {
      if (incarnation > 1) return;
      for (const event of [note('a'), crash, note('b'), crash, note('c')]) ref.send(event);
    });
    ref.send(crash);
    expect(notes(ref)).toEqual(['c']);
    expect(ofType(events, 'session.restarted')).toHaveLength(3);
    expect(ofType(events, 'dead_letter')).toEqual([]);
  });

  it('never exceeds the limit, though a crash meets what came while it was handed over', async () => {
    const { clock, events, ref } = await openDown(3);
    ref.on('noted', () => {
      if (notes(ref).at(-1) !== 'a') return;
      for (const text of ['c', 'd', 'e']) ref.send(note(text));
    });
    for (const event of [note('a'), crash, note('b')]) ref.send(event);
    clock.increment(100);
    expect(ofType(events, 'dead_letter').map(({ event }) => event)).toEqual([note('d'), note('e')]);
    clock.increment(200);
    expect(notes(ref)).toEqual(['b', 'c']);
  });

  it('is a dead letter once the session has failed', async () => {
    const { clock, events, ref } = await openDown();
    for (const event of [crash, crash, crash, note('a'), note('b')]) ref.send(event);
    clock.increment(100);
    clock.increment(200);
    clock.increment(400);
    expect(ofType(events, 'session.failed')).toHaveLength(1);
    expect(ofType(events, 'dead_letter')).toEqual([
      { type: 'dead_letter', event: note('a'), target: ref, reason: 'stopped' },
      { type: 'dead_letter', event: note('b'), target: ref, reason: 'stopped' },
    ]);
  });

  it('is a dead letter once the session is stopped', async () => {
    const { events, host, ref } = await openDown();
    ref.send(note('a'));
    await host.stopSession('s1');
    expect(ofType(events, 'dead_letter')).toEqual([
      { type: 'dead_letter', event: note('a'), target: ref, reason: 'stopped' },
    ]);
  });

  it('comes to the incarnation of a restart by hand', async () => {
    const { clock, host, ref } = await openDown();
    ref.send(note('a'));
    await host.restartSession('s1');
    expect(notes(ref)).toEqual(['a']);
    clock.increment(1_000);
    expect(notes(ref)).toEqual(['a']);
  });
});

describe('What is sent to a session that is over', () => {
  it.each<[string, (host: { stopSession(id: string): Promise<unknown> }, send: (event: any) => void) => unknown]>([
    ['stopped', (host) => host.stopSession('s1')],
    ['finished', (_, send) => send({ type: 'finish' })],
    ['failed', (_, send) => [crash, crash, crash, crash].forEach(send)],
  ])('because it has %s is a dead letter', async (_how, end) => {
    const { events, host, open } = openHost({ session: counter });
    const ref = await open();
    await end(host, ref.send);
    const snapshot = ref.getSnapshot();
    ref.send(note('a'));
    expect(ofType(events, 'dead_letter')).toEqual([
      { type: 'dead_letter', event: note('a'), target: ref, reason: 'stopped' },
    ]);
    expect(ref.getSnapshot()).toBe(snapshot);
  });

  it('is still refused when it is no event', async () => {
    const { events, host, ref } = await openCounter();
    await host.stopSession('s1');
    expect(() => ref.send('note' as never)).toThrow(TypeError);
    expect(ofType(events, 'dead_letter')).toEqual([]);
  });

  it('also from a listener of its end', async () => {
    const { events, host, ref } = await openCounter();
    const states: unknown[] = [];
    host.on('session.stopped', () => {
      states.push([host.isRunning('s1'), host.session('s1'), host.count()]);
      ref.send(note('a'));
    });
    await host.stopSession('s1');
    expect(states).toEqual([[false, undefined, 0]]);
    expect(ofType(events, 'dead_letter').map(({ event }) => (event as AnyEventObject).type)).toEqual(['note']);
  });

  it('harms nobody once the host is closed', async () => {
    const { host, log, open } = openHost({ session: counter, backoff: steadyBackoff });
    const ref = await open();
    await host.close();
    ref.send(note('a'));
    expect(ref.getSnapshot().status).toBe('stopped');
    expect(log).toEqual([]);
  });
});
