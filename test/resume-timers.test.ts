import { assign, cancel, raise, sendParent, sendTo, setup } from 'xstate';
import { sessionTree } from '../src/index.ts';
import { done, settled } from './support/answers.ts';
import { notebook } from './support/notebook.ts';
import { SuccessiveHosts } from './support/successive-hosts.ts';

interface Log {
  readonly log: readonly string[];
}

/** Notes what it hears, and from whom it heard it late. */
const child = setup({ types: { context: {} as Log } }).createMachine({
  id: 'child',
  context: { log: [] },
  on: {
    late: { actions: assign({ log: ({ context }) => [...context.log, 'late'] }) },
    'tell.later': { actions: sendParent({ type: 'news' }, { delay: 300 }) },
  },
});

/** Timers of each kind: of a state, raised, sent to a child, by a child to its parent, and from one child to another. */
const clockwork = setup({
  types: { context: {} as Log, events: {} as { readonly type: string } },
  actors: { child },
  actions: { note: assign({ log: ({ context, event }) => [...context.log, event.type] }) },
}).createMachine({
  id: 'clockwork',
  context: { log: [] },
  invoke: { src: 'child', id: 'child' },
  on: {
    go: {
      actions: [
        sendTo('child', { type: 'tell.later' }),
        raise({ type: 'raised' }, { delay: 200 }),
        sendTo('child', { type: 'late' }, { delay: 250 }),
      ],
      target: '.waiting',
    },
    raised: { actions: 'note' },
    news: { actions: 'note' },
  },
  initial: 'idle',
  states: {
    idle: {},
    waiting: {
      after: { 100: { target: 'over', actions: assign({ log: ({ context }) => [...context.log, 'after'] }) } },
    },
    over: {},
  },
});

const logs = (line: SuccessiveHosts<typeof clockwork>) => {
  const { context, children } = line.test.host.session('s1')!.getSnapshot();
  return [context.log, children['child']!.getSnapshot().context.log];
};

/** A session whose timers have been running for a while, and a host that has gone. */
async function wound(options: object, ranMs: number, how: 'close' | 'kill' = 'close') {
  const line = new SuccessiveHosts({ session: clockwork, ...options });
  const ref = await line.begin().open('s1');
  ref.send({ type: 'go' });
  await line.elapse(ranMs);
  if (how === 'close') await line.close();
  else line.kill();
  return line;
}

const all = ['after', 'raised', 'news'];

describe.each(['close', 'kill'] as const)('Timers that were pending as the host came to its end by a %s', (how) => {
  it('fire at their deadlines', async () => {
    const line = await wound({ timers: 'deadline' }, 40, how);
    line.begin({}, 10);
    await line.resume();
    await line.elapse(49);
    expect(logs(line)).toEqual([[], []]);
    await line.elapse(1);
    expect(logs(line)).toEqual([['after'], []]);
    await line.elapse(100);
    expect(logs(line)).toEqual([['after', 'raised'], []]);
    await line.elapse(50);
    expect(logs(line)).toEqual([['after', 'raised'], ['late']]);
    await line.elapse(50);
    expect(logs(line)).toEqual([all, ['late']]);
    await line.elapse(10_000);
    expect(logs(line)).toEqual([all, ['late']]);
  });

  it('fire at once, and in order, where their deadlines are over', async () => {
    const line = await wound({}, 40, how);
    line.begin({}, 1_000_000);
    await line.resume();
    await line.elapse(0);
    expect(logs(line)).toEqual([all, ['late']]);
    expect(line.test.clock.timers).toBe(0);
  });

  it('fire at once where their deadlines are over, the others when it is time', async () => {
    const line = await wound({}, 40, how);
    line.begin({}, 170);
    await line.resume();
    await line.elapse(0);
    expect(logs(line)).toEqual([['after', 'raised'], []]);
    await line.elapse(39);
    expect(logs(line)).toEqual([['after', 'raised'], []]);
    await line.elapse(1);
    expect(logs(line)).toEqual([['after', 'raised'], ['late']]);
  });

  it('fire after their whole delay, where they restart', async () => {
    const line = await wound({ timers: 'restart' }, 40, how);
    line.begin({}, 1_000_000);
    await line.resume();
    await line.elapse(99);
    expect(logs(line)).toEqual([[], []]);
    await line.elapse(1);
    expect(logs(line)).toEqual([['after'], []]);
    await line.elapse(200);
    expect(logs(line)).toEqual([all, ['late']]);
  });

  it('fire at their deadlines where the clock of the computer was set back meanwhile, but not later than their delay', async () => {
    const line = await wound({}, 40, how);
    line.begin({}, -500_000);
    await line.resume();
    await line.elapse(99);
    expect(logs(line)).toEqual([[], []]);
    await line.elapse(1);
    expect(logs(line)).toEqual([['after'], []]);
  });
});

describe('Timers that wait for what remains', () => {
  it.each(['each', 'on_stop', { everyMs: 10 }] as const)(
    'have stood still while there was no host, with persist %j',
    async (persist) => {
      const line = await wound({ timers: 'remaining', persist }, 40);
      line.begin({}, 1_000_000);
      await line.resume();
      await line.elapse(59);
      expect(logs(line)).toEqual([[], []]);
      await line.elapse(1);
      expect(logs(line)).toEqual([['after'], []]);
      await line.elapse(200);
      expect(logs(line)).toEqual([all, ['late']]);
    },
  );

  it('lose nothing of what they waited over ten lives', async () => {
    const line = new SuccessiveHosts({ session: notebook, timers: 'remaining' });
    const ref = await line.begin().open('s1');
    ref.send({ type: 'wait', ms: 1000 });
    for (let life = 0; life < 10; life += 1) {
      await line.elapse(99);
      await line.close();
      line.begin({}, 5_000);
      await line.resume();
    }
    expect(line.test.host.session('s1')!.getSnapshot().value).toBe('waiting');
    await line.elapse(9);
    expect(line.test.host.session('s1')!.getSnapshot().value).toBe('waiting');
    await line.elapse(1);
    expect(line.test.host.session('s1')!.getSnapshot()).toMatchObject({
      value: 'open',
      context: { lines: ['waited'] },
    });
  });
});

describe('A timer', () => {
  it.each(['deadline', 'remaining', 'restart'] as const)('fires once over ten lives: %s', async (timers) => {
    const line = new SuccessiveHosts({ session: notebook, timers });
    const ref = await line.begin().open('s1');
    ref.send({ type: 'wait', ms: 100 });
    await line.elapse(100);
    const lines = () => line.test.host.session('s1')!.getSnapshot().context.lines;
    for (let life = 0; life < 10; life += 1) {
      expect(lines()).toHaveLength(life + 1);
      line.test.host.session('s1')!.send({ type: 'wait', ms: 100 });
      if (life % 2 === 0) await line.elapse(50);
      await settled();
      if (life % 3 === 0) line.kill();
      else await line.close();
      line.begin({}, 20);
      await line.resume();
      await line.elapse(100);
    }
    expect(lines()).toEqual(Array.from({ length: 11 }, () => 'waited'));
  });

  it('fires at its deadline, where each life is shorter than what it waits for', async () => {
    const line = new SuccessiveHosts({ session: notebook });
    const ref = await line.begin().open('s1');
    ref.send({ type: 'wait', ms: 1000 });
    for (let life = 0; life < 9; life += 1) {
      await line.elapse(50);
      await line.close();
      line.begin({}, 50);
      const { ref: again } = await line.resume();
      expect(again.getSnapshot().value).toBe('waiting');
    }
    await line.elapse(99);
    expect(line.test.host.session('s1')!.getSnapshot().value).toBe('waiting');
    await line.elapse(1);
    expect(line.test.host.session('s1')!.getSnapshot().value).toBe('open');
  });

  it('does not fire any more where its session was stopped', async () => {
    const line = new SuccessiveHosts({ session: notebook });
    const ref = await line.begin().open('s1');
    ref.send({ type: 'wait', ms: 100 });
    await line.close();
    line.begin();
    await line.resume();
    expect(await line.test.host.stopSession('s1')).toEqual(done);
    expect(line.test.clock.timers).toBe(0);
  });

  it('fires once in the child of a tree, too', async () => {
    const tree = sessionTree({
      logger: () => {},
      children: () => [{ id: 'clock', src: clockwork }],
    });
    const line = new SuccessiveHosts<typeof tree>({ session: tree });
    await line.begin().open('s1');
    line.test.host.whereis('s1', 'clock')!.send({ type: 'go' });
    const log = () => (line.test.host.whereis('s1', 'clock')!.getSnapshot() as { context: Log }).context.log;
    for (let life = 0; life < 10; life += 1) {
      await line.elapse(10);
      await line.close();
      line.begin({}, 10);
      await line.resume();
    }
    await line.elapse(0);
    expect(log()).toEqual(['after', 'raised']);
    await line.elapse(99);
    expect(log()).toEqual(['after', 'raised']);
    await line.elapse(1);
    expect(log()).toEqual(all);
    await line.elapse(1000);
    expect(log()).toEqual(all);
  });
});

describe('Sessions that come back together', () => {
  it('fire what is overdue, each in its order', async () => {
    const line = new SuccessiveHosts({ session: clockwork });
    const { open } = line.begin();
    for (const id of ['a', 'b', 'c']) (await open(id)).send({ type: 'go' });
    await line.close();
    const { host } = line.begin({}, 10_000);
    await host.resumeAll();
    await line.elapse(0);
    expect(host.ids().map((id) => host.session(id)!.getSnapshot().context.log)).toEqual([all, all, all]);
  });
});

describe('Two timers of one id, that are pending together', () => {
  const echo = setup({
    types: {
      context: {} as { readonly heard: readonly number[] },
      events: {} as
        | { readonly type: 'call'; readonly n: number }
        | { readonly type: 'echo'; readonly n: number }
        | { readonly type: 'hush' },
    },
  }).createMachine({
    id: 'echo',
    context: { heard: [] },
    on: {
      call: { actions: raise(({ event }) => ({ type: 'echo', n: event.n }), { delay: 100, id: 'echo' }) },
      echo: { actions: assign({ heard: ({ context, event }) => [...context.heard, event.n] }) },
      hush: { actions: cancel('echo') },
    },
  });

  const heard = (line: SuccessiveHosts<typeof echo>) => line.test.host.session('s1')!.getSnapshot().context.heard;

  async function called() {
    const line = new SuccessiveHosts({ session: echo });
    const ref = await line.begin().open('s1');
    ref.send({ type: 'call', n: 1 });
    await line.elapse(10);
    ref.send({ type: 'call', n: 2 });
    return line;
  }

  it('both fire, before and after a resume', async () => {
    const line = await called();
    await line.elapse(89);
    await line.close();
    line.begin();
    await line.resume();
    await line.elapse(1);
    expect(heard(line)).toEqual([1]);
    await line.elapse(10);
    expect(heard(line)).toEqual([1, 2]);
    expect(line.test.clock.timers).toBe(0);
  });

  it('are cancelled as in XState: only the later one', async () => {
    const line = await called();
    await line.close();
    line.begin();
    const { ref } = await line.resume();
    ref.send({ type: 'hush' });
    await line.elapse(1000);
    expect(heard(line)).toEqual([1]);
  });
});
