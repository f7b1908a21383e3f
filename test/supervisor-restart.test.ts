import { createMachine, fromCallback, fromPromise, setup } from 'xstate';
import { supervisor } from '../src/index.ts';
import type { ChildSpec, RestartType, SupervisorOptions } from '../src/index.ts';
import { Scene } from './support/scene.ts';
import { Journal, scripted, worker } from './support/workers.ts';

const src = worker();
const [a, b, c] = ['a', 'b', 'c'].map((id) => ({ id, src })) as [ChildSpec, ChildSpec, ChildSpec];

const scene = (children: ChildSpec[], options: SupervisorOptions = {}) =>
  new Scene((logger) => supervisor({ logger, ...options, children }));

describe('a child that has ended by itself', () => {
  it.each<[RestartType, 'crash' | 'finish', string]>([
    ['permanent', 'crash', 'a running 2'],
    ['permanent', 'finish', 'a running 2'],
    ['transient', 'crash', 'a running 2'],
    ['transient', 'finish', 'a stopped 1'],
    ['temporary', 'crash', ''],
    ['temporary', 'finish', ''],
  ])('%s, %s: %s', (restart, how, table) => {
    const it = scene([{ ...a, restart }]);
    it[how]('a');
    expect(it.table()).toBe(table);
    expect(it.status).toBe('active');
  });

  it('is reported with what it crashed with, or what it returned, if anything, and its log lines say the rest', () => {
    const wordless = createMachine({
      on: { finish: '.over' },
      initial: 'up',
      states: { up: {}, over: { type: 'final' } },
    });
    const it = scene([
      { ...a, restart: 'transient' },
      { ...b, restart: 'transient' },
      { id: 'c', src: wordless, restart: 'transient' },
    ]);
    it.crash('a');
    it.finish('b', 'c');
    expect(it.all('child.exited')).toStrictEqual([
      { type: 'child.exited', id: 'a', incarnation: 1, reason: 'error', error: new Error('crashed as told') },
      { type: 'child.exited', id: 'b', incarnation: 1, reason: 'normal', output: 'finished' },
      { type: 'child.exited', id: 'c', incarnation: 1, reason: 'normal' },
    ]);
    expect(it.lines).toEqual([
      'child a of sup crashed: Error: crashed as told',
      'child a of sup restarted as incarnation 2',
    ]);
  });

  it('is back when the send that crashed it returns, as a new actor from its spec', () => {
    const it = scene([a]);
    const old = it.ref('a');
    old.send({ type: 'note' });
    old.send({ type: 'crash' });
    expect(it.ref('a')).not.toBe(old);
    expect(it.ref('a').getSnapshot().context.notes).toEqual([]);
    expect(old.getSnapshot().status).toBe('error');
  });

  it('is any logic: a promise that rejects, a callback that throws', async () => {
    let runs = 0;
    const promise = fromPromise(async () => {
      if (++runs < 3) throw new Error(`run ${runs}`);
      return new Promise(() => {});
    });
    const callback = fromCallback(({ receive }) =>
      receive(() => {
        throw new Error('heard');
      }),
    );
    const it = scene([
      { id: 'promise', src: promise },
      { id: 'callback', src: callback },
    ]);
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    expect(it.all('child.exited').map(({ error }) => error)).toEqual([new Error('run 1'), new Error('run 2')]);
    it.ref('callback').send({ type: 'hear' });
    expect(it.table()).toBe('promise running 3, callback running 2');
    it.actor.stop();
  });

  it('may have thrown anything', () => {
    const thrower = createMachine({
      on: {
        throw: {
          actions: ({ event }) => {
            throw (event as never as { what: unknown }).what;
          },
        },
      },
    });
    const it = scene([{ id: 'a', src: thrower }], { intensity: { maxRestarts: 10 } });
    const things = [undefined, null, 0, '', 'text', { toString: 7 }];
    for (const what of things) it.ref('a').send({ type: 'throw', what });
    expect(it.all('child.exited').map(({ reason, error }) => [reason, error])).toEqual(
      things.map((what) => ['error', what]),
    );
    expect(it.table()).toBe('a running 7');
  });

  it('takes what belongs to it along, at every level', () => {
    const journal = new Journal();
    const leaf = worker({ journal });
    const middle = setup({ actors: { leaf } }).createMachine({ invoke: { src: 'leaf', id: 'leaf' } });
    const top = setup({ actors: { middle }, actions: { crash: boom } }).createMachine({
      invoke: { src: 'middle', id: 'middle' },
      on: { crash: { actions: 'crash' } },
    });
    const it = scene([{ id: 'top', src: top, restart: 'temporary' }]);
    expect(journal.take()).toBe('+leaf');
    it.crash('top');
    expect(journal.take()).toBe('-leaf');
  });

  it('may have been taken down by its own child, at any depth', () => {
    const middle = setup({ actors: { leaf: src } }).createMachine({ invoke: { src: 'leaf', id: 'leaf' } });
    const top = setup({ actors: { middle } }).createMachine({ invoke: { src: 'middle', id: 'middle' } });
    const it = scene([{ id: 'top', src: top }]);
    it.crash('leaf');
    expect(it.all('child.exited')).toMatchObject([{ id: 'top', reason: 'error', error: new Error('crashed as told') }]);
    expect(it.table()).toBe('top running 2');
  });

  it('comes back 300 times with the same systemId inside', () => {
    const top = setup({ actors: { leaf: src } }).createMachine({
      invoke: { src: 'leaf', id: 'leaf', systemId: 'the leaf' },
    });
    const it = scene([{ id: 'top', src: top }], { intensity: { maxRestarts: 300 } });
    const seen = new Set<unknown>();
    for (let n = 0; n < 300; n++) {
      const leaf = it.actor.system.get('the leaf')!;
      seen.add(leaf);
      leaf.send({ type: 'crash' });
    }
    expect(it.table()).toBe('top running 301');
    expect(seen.size).toBe(300);
    expect(it.timers).toBe(0);
  });

  function boom(): never {
    throw new Error('boom');
  }
});

describe('a group', () => {
  const journal = new Journal();
  const recorded = (id: string, spec: Partial<ChildSpec> = {}): ChildSpec => ({
    id,
    src: worker({ journal }),
    ...spec,
  });

  it.each([
    ['one_for_one', '-b +b', 'a running 1, b running 2, c running 1'],
    ['one_for_all', '-b -c -a +a +b +c', 'a running 2, b running 2, c running 2'],
    ['rest_for_one', '-b -c +b +c', 'a running 1, b running 2, c running 2'],
  ] as const)('of %s goes down in reverse, and comes up in order', (strategy, expected, table) => {
    const it = scene(
      ['a', 'b', 'c'].map((id) => recorded(id)),
      { strategy },
    );
    journal.take();
    it.crash('b');
    expect(journal.take()).toBe(expected);
    expect(it.table()).toBe(table);
  });

  it('brings back members that had finished, or had been terminated, but no temporary one', () => {
    const it = scene(
      [
        recorded('done', { restart: 'transient' }),
        recorded('down'),
        recorded('temp', { restart: 'temporary' }),
        recorded('ignored', scripted('ignore')),
        recorded('x'),
      ],
      { strategy: 'one_for_all' },
    );
    it.finish('done');
    it.tell({ type: 'child.terminate', id: 'down' });
    journal.take();
    it.crash('x');
    expect(journal.take()).toBe('-x -temp +done +down +ignored +x');
    expect(it.table()).toBe('done running 2, down running 2, ignored running 1, x running 2');
  });

  it('is left alone by the crash of a temporary member', () => {
    const it = scene([recorded('a'), recorded('temp', { restart: 'temporary' })], { strategy: 'one_for_all' });
    journal.take();
    it.crash('temp');
    expect(journal.take()).toBe('-temp');
    expect(it.table()).toBe('a running 1');
  });

  it('tells each member whether it comes back', () => {
    const reasons: unknown[] = [];
    const closing = setup({
      actions: { heard: ({ event }) => void reasons.push((event as never as { reason: string }).reason) },
    }).createMachine({
      initial: 'up',
      states: { up: { on: { 'supervisor.shutdown': { target: 'over', actions: 'heard' } } }, over: { type: 'final' } },
    });
    const it = scene([{ id: 'b', src: closing }, { id: 'temp', src: closing, restart: 'temporary' }, a], {
      strategy: 'one_for_all',
    });
    it.crash('a');
    expect(reasons).toEqual(['shutdown', 'restart']);
    it.tell({ type: 'supervisor.stop' });
    expect(reasons).toEqual(['shutdown', 'restart', 'shutdown']);
  });

  it('waits for each member to end before the next, and starts none before all have', () => {
    const slow = (id: string) => ({ id, src: worker({ journal, closing: 10 }) });
    const it = scene([slow('a'), slow('b'), recorded('c')], { strategy: 'one_for_all' });
    journal.take();
    it.crash('c');
    expect([journal.take(), it.state]).toEqual(['-c', 'restarting']);
    it.pass(9);
    expect(journal.take()).toBe('');
    it.pass(1);
    expect(journal.take()).toBe('-b');
    it.pass(10);
    expect([journal.take(), it.state]).toEqual(['-a +a +b +c', 'running']);
  });

  it('of which two have died at once is restarted once, for one charge; the other exit is stale', () => {
    for (const strategy of ['one_for_all', 'rest_for_one'] as const) {
      const it = scene([a, b, c], { strategy, intensity: { maxRestarts: 1 } });
      it.take();
      it.meanwhile(() => it.crash('a', 'c'));
      expect(it.take()).toEqual([
        'a exited 1 error',
        'a restarting in 0',
        'c exited 1 error',
        'b exited 1 shutdown',
        'a started 2',
        'b started 2',
        'c started 2',
      ]);
      expect([it.status, it.table()]).toEqual(['active', 'a running 2, b running 2, c running 2']);
    }
  });

  it('of one_for_one knows no such thing: each death is a charge', () => {
    const it = scene([a, b, c], { intensity: { maxRestarts: 1 } });
    it.meanwhile(() => it.crash('a', 'c'));
    expect(it.status).toBe('error');
  });

  it('of rest_for_one is charged twice when the later member died first', () => {
    const it = scene([a, b, c], { strategy: 'rest_for_one', intensity: { maxRestarts: 1 } });
    it.meanwhile(() => it.crash('c', 'a'));
    expect(it.status).toBe('error');
  });

  it('whose member fails to start is taken down again by one_for_all, and only carried on with by rest_for_one', () => {
    for (const [strategy, expected] of [
      ['one_for_all', '-a -c -b +a +b -b -a +a +b +c'],
      ['rest_for_one', '-a -c -b +a +b -b +b +c'],
    ] as const) {
      const it = scene([recorded('a'), recorded('b', scripted('run', 'crash')), recorded('c')], { strategy });
      journal.take();
      it.crash('a');
      expect(journal.take()).toBe(expected);
      expect(it.table()).toBe(`a running ${strategy === 'one_for_all' ? 3 : 2}, b running 2, c running 2`);
    }
  });
});

describe('intensity', () => {
  it('allows 3 restarts in 5000 ms unless it is told otherwise, and the next gives up', () => {
    const it = scene([a, b]);
    for (let n = 0; n < 3; n++) it.crash('a');
    expect([it.status, it.table()]).toEqual(['active', 'a running 4, b running 1']);
    it.take();
    it.crash('b');
    expect(it.take()).toEqual(['b exited 1 error', 'gave up', 'a exited 4 shutdown', 'stopped gave_up']);
    expect([it.status, it.state]).toEqual(['error', 'gave_up']);
  });

  it('of 0 never restarts', () => {
    const it = scene([a], { intensity: { maxRestarts: 0 } });
    it.crash('a');
    expect(it.take()).toEqual(['a started 1', 'a exited 1 error', 'gave up', 'stopped gave_up']);
  });

  it('counts a restart exactly so long ago, and not one a millisecond older', () => {
    for (const [wait, status] of [
      [1000, 'error'],
      [1001, 'active'],
    ] as const) {
      const it = scene([a], { intensity: { maxRestarts: 1, withinMs: 1000 } });
      it.pass(7);
      it.crash('a');
      it.pass(wait);
      it.crash('a');
      expect(it.status).toBe(status);
    }
  });

  it('slides: it is no counter that resets, and no window after the other', () => {
    const it = scene([a], { intensity: { maxRestarts: 2, withinMs: 1000 } });
    // At 0, 900, 1100, 1950: never three within 1000 ms. Then at 2050.
    for (const wait of [0, 900, 200, 850]) {
      it.pass(wait);
      it.crash('a');
      expect(it.status).toBe('active');
    }
    it.pass(100);
    it.crash('a');
    expect(it.status).toBe('error');
  });

  it('goes on for ever if the crashes are far enough from each other', () => {
    const it = scene([a], { intensity: { maxRestarts: 1, withinMs: 10 } });
    for (let n = 0; n < 100; n++) {
      it.crash('a');
      it.pass(11);
    }
    expect(it.table()).toBe('a running 101');
  });

  it('charges each attempt, those that failed too, and nothing for what ends as it should', () => {
    const it = scene([
      { ...a, ...scripted('run', 'crash', 'fail') },
      { ...b, restart: 'transient' },
    ]);
    it.finish('b');
    it.tell({ type: 'child.restart', id: 'b' });
    it.tell({ type: 'child.terminate', id: 'b' });
    it.take();
    it.crash('a');
    expect(it.take()).toEqual([
      'a exited 1 error',
      'a restarting in 0',
      'a start_failed',
      'a restarting in 0',
      'a start_failed',
      'a restarting in 0',
      'a started 2',
    ]);
    it.crash('a');
    expect(it.status).toBe('error');
  });

  it('is a charge for a whole group', () => {
    const it = scene([a, b, c], { strategy: 'one_for_all' });
    for (let n = 0; n < 3; n++) it.crash('a');
    expect(it.status).toBe('active');
    it.crash('a');
    expect(it.status).toBe('error');
  });

  it('is used up by a child that is always done at once', () => {
    const it = scene([{ ...a, input: 'end' }]);
    expect(it.all('child.started')).toHaveLength(4);
    expect([it.status, it.error.code]).toEqual(['error', 'gave_up']);
  });
});

describe('giving up', () => {
  it('says so: an event, an error with what it was about, a log line', () => {
    const it = scene([a], { intensity: { maxRestarts: 1, withinMs: 50 } });
    it.crash('a');
    it.crash('a');
    expect(it.all('supervisor.gave_up')).toEqual([
      { type: 'supervisor.gave_up', id: 'sup', restarts: 1, withinMs: 50 },
    ]);
    expect(it.error).toMatchObject({
      code: 'gave_up',
      message: 'The supervisor gave up after 1 restarts within 50 ms: Error: crashed as told',
      restarts: 1,
      withinMs: 50,
      cause: new Error('crashed as told'),
    });
    expect(it.lines.at(-1)).toBe('supervisor sup gave up after 1 restarts within 50 ms');
  });

  it('has an event with an id, in its type too', () => {
    const it = scene([a], { intensity: { maxRestarts: 0 } });
    const ids: string[] = [];
    it.actor.on('supervisor.gave_up', ({ id }) => void ids.push(id));
    it.crash('a');
    expect(ids).toEqual(['sup']);
  });

  it('stops the others in reverse, each within its shutdown time, and restarts none that crashes meanwhile', () => {
    const slow = (id: string) => ({ id, src: worker({ closing: 10 }) });
    const it = scene([slow('x'), slow('y'), a, slow('z')], { intensity: { maxRestarts: 0 } });
    it.take();
    it.crash('a');
    expect(it.state).toBe('stopping');
    it.crash('x');
    it.pass(20);
    expect(it.take()).toEqual([
      'a exited 1 error',
      'gave up',
      'z exited 1 shutdown',
      'y exited 1 shutdown',
      'x exited 1 error',
      'stopped gave_up',
    ]);
    expect(it.timers).toBe(0);
  });

  it('is, to the parent, an exit of the kind shutdown: one that is permanent is restarted', () => {
    const it = nested([1, 1]);
    it.crash('leaf');
    it.crash('leaf');
    expect(it.take()).toEqual(['1 started 1', '1 exited 1 shutdown', '1 restarting in 0', '1 started 2']);
    expect(it.all('child.exited')).toMatchObject([
      { reason: 'shutdown', error: { code: 'gave_up', cause: new Error('crashed as told') } },
    ]);
  });

  it.each<[RestartType, string]>([
    ['transient', '1 stopped 1'],
    ['temporary', ''],
  ])('leaves an inner supervisor that is %s down, and says it loudly', (restart, table) => {
    const it = nested([1, 0], { restart });
    it.crash('leaf');
    expect(it.take()).toEqual(['1 started 1', '1 exited 1 shutdown']);
    expect(it.all('child.exited')).toMatchObject([{ id: '1', error: { code: 'gave_up' } }]);
    expect(it.lines.at(-1)).toBe('child 1 of sup gave up, and stays down unless it is permanent');
    expect([it.table(), it.status]).toEqual([table, 'active']);
  });

  it('is an ordinary crash where the child is no supervisor, though its error says gave_up', () => {
    const inner = supervisor({ logger: () => {}, intensity: { maxRestarts: 0 }, children: [a] });
    const wrapping = setup({ actors: { inner } }).createMachine({ invoke: { src: 'inner', id: 'inner' } });
    const it = scene([{ id: 'wrapping', src: wrapping, restart: 'transient' }]);
    it.crash('a');
    expect(it.all('child.exited')).toMatchObject([{ id: 'wrapping', reason: 'error', error: { code: 'gave_up' } }]);
    expect(it.table()).toBe('wrapping running 2');
  });

  it.each([
    [[0, 0], 1],
    [[1, 1], 4],
    [[2, 3], 12],
    [[1, 1, 1], 8],
    [[3, 0], 4],
  ])('of supervisors inside each other, of intensities %j, starts a hopeless leaf %i times', (intensities, starts) => {
    let count = 0;
    const hopeless = fromPromise(() => {
      count++;
      return Promise.reject(new Error('hopeless'));
    });
    const it = nested(intensities, {}, hopeless);
    return new Promise<void>((resolve) => {
      it.actor.subscribe({
        error: (error) => {
          expect(count).toBe(starts);
          expect(error).toMatchObject({ code: 'gave_up', restarts: intensities[0] });
          resolve();
        },
      });
    });
  });

  it('of supervisors inside each other is the same for a leaf that always crashes in the end', () => {
    const it = nested([2, 3]);
    let crashes = 0;
    for (; it.status === 'active'; crashes++) it.crash('leaf');
    expect(crashes).toBe(12);
  });

  // A supervisor for each intensity, the first outermost, each the next one's only child, with a leaf at the bottom.
  function nested([outer, ...inner]: number[], spec: Partial<ChildSpec> = {}, leaf = src): Scene {
    const down = inner.reduceRight<ChildSpec>(
      (child, maxRestarts, index) => ({
        id: String(index + 1),
        src: supervisor({ logger: () => {}, intensity: { maxRestarts }, children: [child] }),
        ...spec,
      }),
      { id: 'leaf', src: leaf },
    );
    return scene([down], { intensity: { maxRestarts: outer } });
  }
});
