import { emit, setup } from 'xstate';
import { counter, crash, note } from './support/counter.ts';
import { notes, openCounter, openDown, record } from './support/open-counter.ts';
import { ofType, openHost } from './support/open-host.ts';

describe('A subscriber of a session ref', () => {
  it('may be a function', async () => {
    const { ref } = await openCounter();
    const counts: number[] = [];
    const subscription = ref.subscribe((snapshot) => counts.push(snapshot.context.count));
    ref.send({ type: 'add', by: 1 });
    subscription.unsubscribe();
    ref.send({ type: 'add', by: 1 });
    expect(counts).toEqual([1]);
  });

  it('may be three functions, or an observer with methods', async () => {
    const { host, ref } = await openCounter();
    const heard: unknown[] = [];
    class Audience {
      readonly name = 'audience';
      next(): void {
        heard.push(this.name);
      }
    }
    ref.subscribe(
      () => heard.push('next'),
      undefined,
      () => heard.push('complete'),
    );
    ref.subscribe(new Audience());
    ref.send({ type: 'add', by: 1 });
    await host.stopSession('s1');
    expect(heard).toEqual(['next', 'audience', 'complete']);
  });

  it('that is subscribed twice is two', async () => {
    const { ref } = await openCounter();
    const { heard, observer } = record(ref);
    const first = ref.subscribe(observer);
    ref.subscribe(observer);
    first.unsubscribe();
    ref.send({ type: 'add', by: 1 });
    expect(heard).toEqual(['next 1']);
  });

  it('takes a crash for no error, and the new incarnation for its next', async () => {
    const { ref } = await openCounter();
    const { heard, observer } = record(ref);
    ref.subscribe(observer);
    ref.send({ type: 'add', by: 2 });
    ref.send(crash);
    ref.send({ type: 'add', by: 5 });
    expect(heard).toEqual(['next 2', 'next 0', 'next 5']);
  });

  it('hears nothing while the session is down', async () => {
    const { clock, ref } = await openDown();
    const { heard, observer } = record(ref);
    ref.subscribe(observer);
    ref.send(note('a'));
    expect(heard).toEqual([]);
    clock.increment(100);
    expect(heard).toEqual(['next 0', 'next 0']);
    expect(notes(ref)).toEqual(['a']);
  });

  it('hears one error when the session has failed for good, and no completion', async () => {
    const { ref, events } = await openCounter();
    const { heard, observer } = record(ref);
    ref.subscribe(observer);
    for (let i = 0; i < 4; i++) ref.send(crash);
    expect(ofType(events, 'session.failed')).toHaveLength(1);
    expect(heard).toEqual(['next 0', 'next 0', 'next 0', 'error gave_up']);
    expect(ref.getSnapshot()).toMatchObject({ status: 'error', error: ofType(events, 'session.failed')[0]!.error });
  });

  it('hears one completion when the session is stopped', async () => {
    const { host, ref } = await openCounter();
    const { heard, observer } = record(ref);
    ref.subscribe(observer);
    ref.send({ type: 'add', by: 1 });
    await host.stopSession('s1');
    await host.close();
    expect(heard).toEqual(['next 1', 'complete']);
    expect(ref.getSnapshot()).toMatchObject({ status: 'stopped', context: { count: 1 } });
  });

  it('hears the last snapshot and a completion when the session has finished', async () => {
    const { ref } = await openCounter();
    const statuses: string[] = [];
    ref.subscribe({ next: ({ status }) => statuses.push(status), complete: () => statuses.push('complete') });
    ref.send({ type: 'add', by: 4 });
    ref.send({ type: 'finish' });
    expect(statuses).toEqual(['active', 'done', 'complete']);
    expect(ref.getSnapshot()).toMatchObject({ status: 'done', output: 4, value: 'finished' });
  });

  it('takes the end of one life of a permanent session for no completion', async () => {
    const { open } = openHost({ session: counter, restart: 'permanent' });
    const ref = await open();
    const { heard, observer } = record(ref);
    ref.subscribe(observer);
    ref.send({ type: 'finish' });
    ref.send({ type: 'add', by: 1 });
    expect(heard).toEqual(['next 0', 'next 1']);
    expect(ref.getSnapshot()).toMatchObject({ status: 'active', output: undefined });
  });

  it('hears one completion when the session is stopped while it is down', async () => {
    const { host, ref, before } = await openDown();
    const { heard, observer } = record(ref);
    ref.subscribe(observer);
    await host.stopSession('s1');
    expect(heard).toEqual(['complete']);
    expect(ref.getSnapshot()).toMatchObject({ status: 'stopped', context: before.context, error: undefined });
  });

  it('hears no older snapshot after a newer one, though another subscriber sends', async () => {
    const { ref } = await openCounter();
    const counts: number[] = [];
    ref.subscribe(({ context }) => {
      if (context.count === 0) ref.send({ type: 'add', by: 1 });
    });
    ref.subscribe(({ context }) => counts.push(context.count));
    ref.send({ type: 'add', by: 5 });
    ref.send(crash);
    expect(counts).toEqual([5, 1, 1]);
  });

  it('hears no end any more once it has unsubscribed, though it is the end that made it', async () => {
    const { host, ref } = await openCounter();
    const late = record(ref);
    ref.subscribe({ complete: () => subscription.unsubscribe() });
    const subscription = ref.subscribe(late.observer);
    await host.stopSession('s1');
    expect(late.heard).toEqual([]);
  });

  it('that comes after the end hears how it ended', async () => {
    const { host, open } = openHost({ session: counter });
    const [failed, stopped, finished] = [await open('failed'), await open('stopped'), await open('finished')];
    for (let i = 0; i < 4; i++) failed.send(crash);
    await host.stopSession('stopped');
    finished.send({ type: 'finish' });
    const heard = [failed, stopped, finished].map((ref) => {
      const late = record(ref);
      ref.subscribe(late.observer).unsubscribe();
      return late.heard;
    });
    expect(heard).toEqual([['error gave_up'], ['complete'], ['complete']]);
  });

  it('is heard in the log when it throws, and disturbs nobody', async () => {
    const { log, ref, host } = await openCounter();
    const fail = (): never => {
      throw new Error('observer broke');
    };
    ref.subscribe(fail);
    ref.subscribe({ next: fail, complete: fail });
    const { heard, observer } = record(ref);
    ref.subscribe(observer);
    ref.send({ type: 'add', by: 1 });
    expect(log).toEqual(Array(2).fill(expect.stringContaining('observer broke')));
    await host.stopSession('s1');
    ref.subscribe({ complete: fail });
    expect(log).toHaveLength(4);
    expect(heard).toEqual(['next 1', 'complete']);
  });

  it('needs no error handler', async () => {
    const { ref, events } = await openCounter();
    ref.subscribe(() => {});
    for (let i = 0; i < 4; i++) ref.send(crash);
    ref.subscribe(() => {});
    expect(ofType(events, 'session.failed')).toHaveLength(1);
  });
});

describe('A listener of a session ref', () => {
  it('hears events of its type, in every incarnation', async () => {
    const { ref } = await openCounter();
    const heard: number[] = [];
    ref.on('added', (event) => heard.push(event.by));
    ref.send({ type: 'add', by: 1 });
    ref.send(note('unheard'));
    ref.send(crash);
    ref.send({ type: 'add', by: 2 });
    expect(heard).toEqual([1, 2]);
  });

  it('of * hears all, also what an incarnation emits while it starts', async () => {
    const { ref, host } = await openCounter();
    const heard: string[] = [];
    ref.on('*', (event) => heard.push(event.type));
    ref.send(crash);
    ref.send(note('a'));
    await host.restartSession('s1');
    expect(heard).toEqual(['began', 'noted', 'began']);
  });

  it('that came while the session was down hears the next incarnation', async () => {
    const { clock, ref } = await openDown();
    const heard: string[] = [];
    ref.on('began', (event) => heard.push(event.type));
    clock.increment(100);
    expect(heard).toEqual(['began']);
  });

  it('that came while the next incarnation started hears it', async () => {
    const heard: string[] = [];
    let starting = () => {};
    const { open } = openHost({
      session: setup({
        types: { events: {} as { type: 'crash' | 'hello' }, emitted: {} as { type: 'hello' } },
      }).createMachine({
        entry: () => starting(),
        on: {
          hello: { actions: emit({ type: 'hello' }) },
          crash: {
            actions: () => {
              throw new Error('boom');
            },
          },
        },
      }),
    });
    const ref = await open();
    starting = () => void ref.on('hello', ({ type }) => heard.push(type));
    ref.send({ type: 'crash' });
    ref.send({ type: 'hello' });
    expect(heard).toEqual(['hello']);
  });

  it('hears nothing any more once it has unsubscribed, also when it was given twice', async () => {
    const { ref } = await openCounter();
    const heard: string[] = [];
    const listener = (event: { type: string }) => heard.push(event.type);
    const first = ref.on('noted', listener);
    const second = ref.on('noted', listener);
    first.unsubscribe();
    ref.send(note('a'));
    second.unsubscribe();
    ref.send(note('b'));
    expect(heard).toEqual(['noted']);
  });

  it('is heard in the log when it throws, and disturbs nobody', async () => {
    const { log, ref } = await openCounter();
    const heard: string[] = [];
    ref.on('noted', () => {
      throw new Error('listener broke');
    });
    ref.on('noted', (event) => heard.push(event.type));
    ref.send(note('a'));
    expect(log).toEqual([expect.stringContaining('listener broke')]);
    expect(heard).toEqual(['noted']);
    expect(notes(ref)).toEqual(['a']);
  });

  it('that comes after the end hears nothing', async () => {
    const { host, ref } = await openCounter();
    await host.stopSession('s1');
    const heard: unknown[] = [];
    ref.on('*', (event) => heard.push(event)).unsubscribe();
    expect(heard).toEqual([]);
  });
});

describe('The selection of a session ref', () => {
  it('reads what runs, and tells of changes only, across a restart', async () => {
    const { ref } = await openCounter();
    const count = ref.select((snapshot) => snapshot.context.count);
    const heard: number[] = [];
    count.subscribe((value) => heard.push(value));
    count.subscribe({ next: (value) => heard.push(-value) }).unsubscribe();
    ref.send(note('a'));
    ref.send({ type: 'add', by: 2 });
    expect(count.get()).toBe(2);
    ref.send(crash);
    expect(heard).toEqual([2, 0]);
  });

  it('compares as it is told', async () => {
    const { ref } = await openCounter();
    const heard: number[] = [];
    const parity = (a: number, b: number) => a % 2 === b % 2;
    ref.select((snapshot) => snapshot.context.count, parity).subscribe((value) => heard.push(value));
    for (const by of [2, 1, 2]) ref.send({ type: 'add', by });
    expect(heard).toEqual([3]);
  });
});
