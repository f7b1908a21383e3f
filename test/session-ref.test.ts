import { inspect } from 'node:util';
import { fromCallback, setup } from 'xstate';
import { crash, note } from './support/counter.ts';
import { notes, openCounter, openDown } from './support/open-counter.ts';
import { ofType, openHost, steadyBackoff } from './support/open-host.ts';

describe('A session ref', () => {
  it('is the same object through every restart', async () => {
    const { host, events, ref } = await openCounter();
    ref.send(crash);
    await host.restartSession('s1');
    expect(host.session('s1')).toBe(ref);
    expect(ofType(events, 'session.started')[0]!.ref).toBe(ref);
    expect(ofType(events, 'session.restarted').map((event) => event.incarnation)).toEqual([2, 3]);
    expect(ref.id).toBe('s1');
  });

  it('sends to whichever incarnation runs', async () => {
    const { ref } = await openCounter();
    ref.send({ type: 'add', by: 1 });
    expect(ref.getSnapshot().context.count).toBe(1);
    ref.send(crash);
    expect(ref.getSnapshot().context.count).toBe(0);
    ref.send({ type: 'add', by: 3 });
    expect(ref.getSnapshot().context.count).toBe(3);
  });

  it('has a send that may be taken off it, and kept through a restart', async () => {
    const { ref } = await openCounter();
    const { send } = ref;
    send(crash);
    [note('a'), note('b')].forEach(send);
    expect(notes(ref)).toEqual(['a', 'b']);
    expect(ref.send).toBe(send);
  });

  it('prints as what it stands for', async () => {
    const { host, ref } = await openCounter();
    expect(inspect({ ref })).toBe('{ ref: SessionRef s1 (running) }');
    await host.stopSession('s1');
    expect(inspect(ref)).toBe('SessionRef s1 (over)');
  });

  it('cannot be stopped: that is the host’s to do', async () => {
    const { host, ref } = await openCounter();
    expect(() => ref.stop()).toThrow("call host.stopSession('s1')");
    expect(ref.start()).toBe(ref);
    expect(host.isRunning('s1')).toBe(true);
  });
});

describe('The snapshot of a session that is down', () => {
  it('is the last one before the crash, with the status active', async () => {
    const { host, ref, before } = await openDown();
    expect(host.isRunning('s1')).toBe(false);
    const snapshot = ref.getSnapshot();
    expect(snapshot).toMatchObject({ status: 'active', value: 'counting', error: undefined });
    expect(snapshot.context).toBe(before.context);
  });

  it('stays the same object until the session is back', async () => {
    const { clock, host, ref } = await openDown();
    const snapshot = ref.getSnapshot();
    ref.send(note('a'));
    await host.renameSession('s1', 'renamed');
    expect(ref.getSnapshot()).toBe(snapshot);
    clock.increment(100);
    expect(ref.getSnapshot()).not.toBe(snapshot);
    expect(host.isRunning('s1')).toBe(true);
  });

  it('has methods that work', async () => {
    const { ref } = await openDown();
    const snapshot = ref.getSnapshot();
    expect(snapshot.matches('counting')).toBe(true);
    expect(snapshot.hasTag('open')).toBe(true);
    expect(snapshot.can({ type: 'finish' })).toBe(true);
    expect(JSON.parse(JSON.stringify(snapshot))).toMatchObject({ status: 'active', value: 'counting' });
  });

  it('outlives a restart that fails', async () => {
    let isBroken = false;
    const brittle = setup({ types: { events: {} as { type: 'crash' } } }).createMachine({
      entry: () => {
        if (isBroken) throw new Error('no start');
      },
      initial: 'up',
      states: { up: {} },
      on: {
        crash: {
          actions: () => {
            isBroken = true;
            throw new Error('boom');
          },
        },
      },
    });
    const { clock, open, host } = openHost({ session: brittle, backoff: steadyBackoff });
    const ref = await open();
    ref.send(crash);
    const snapshot = ref.getSnapshot();
    clock.increment(100);
    expect(ref.getSnapshot()).toBe(snapshot);
    isBroken = false;
    clock.increment(200);
    expect(host.isRunning('s1')).toBe(true);
  });
});

describe('The incarnation that is ending', () => {
  it('is down for whom its clean-up tells', async () => {
    let tell = () => {};
    const tidy = setup({
      types: { context: {} as { heard: string[] }, events: {} as { type: 'crash' } | { type: 'tidied' } },
      actors: { resource: fromCallback(() => () => tell()) },
    }).createMachine({
      context: { heard: [] },
      invoke: { src: 'resource' },
      on: {
        crash: {
          actions: () => {
            throw new Error('boom');
          },
        },
        tidied: { actions: ({ context }) => context.heard.push('tidied') },
      },
    });
    const { host, open } = openHost({ session: tidy });
    const ref = await open();
    const running: boolean[] = [];
    tell = () => {
      running.push(host.isRunning('s1'));
      ref.send({ type: 'tidied' });
    };
    ref.send(crash);
    expect(running).toEqual([false]);
    expect(ref.getSnapshot().context.heard).toEqual(['tidied']);
  });
});

describe('Nonsense given to a session ref', () => {
  it.each([undefined, null, 'add', 5, {}, { type: 5 }, { type: '*' }, [], () => {}])(
    'is no event: send(%p) throws a TypeError and changes nothing',
    async (event) => {
      const { events, host, log, ref } = await openCounter();
      const snapshot = ref.getSnapshot();
      expect(() => ref.send(event as never)).toThrow(TypeError);
      expect(() => ref.send(event as never)).toThrow('event must be an object with a type');
      expect(ref.getSnapshot()).toBe(snapshot);
      expect(host.isRunning('s1')).toBe(true);
      expect([log, events.length]).toEqual([[], 1]);
    },
  );

  it('is refused by name: a type, a listener, an observer, a selector', async () => {
    const { ref } = await openCounter();
    const untyped = ref as never as Record<'on' | 'subscribe' | 'select', (...args: unknown[]) => unknown>;
    expect(() => untyped.on(5, () => {})).toThrow(new TypeError('type must be a string, not 5'));
    expect(() => untyped.on('noted', 'listener')).toThrow(new TypeError('listener must be a function, not "listener"'));
    expect(() => untyped.select('count')).toThrow(new TypeError('selector must be a function, not "count"'));
    for (const nonsense of [5, null, { next: 5 }]) {
      expect(() => untyped.subscribe(nonsense)).toThrow('observer.next must be a function');
    }
  });
});
