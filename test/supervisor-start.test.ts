import { createActor, createMachine, fromCallback, fromPromise, setup } from 'xstate';
import { supervisor } from '../src/index.ts';
import type { ChildSpec, SupervisorOptions } from '../src/index.ts';
import { Scene } from './support/scene.ts';
import { hasNoted, Journal, scripted, worker } from './support/workers.ts';

const silent = { logger: () => {} };
const src = worker();

describe('starting', () => {
  const scene = (children: ChildSpec[], options: SupervisorOptions = {}) =>
    new Scene((logger) => supervisor({ logger, ...options, children }));

  it('starts the children in their order, and tells of each', () => {
    const journal = new Journal();
    const it = scene(['a', 'b', 'c'].map((id) => ({ id, src: worker({ journal }) })));
    expect(journal.take()).toBe('+a +b +c');
    expect(it.take()).toEqual(['a started 1', 'b started 1', 'c started 1']);
    expect(it.table()).toBe('a running 1, b running 1, c running 1');
    expect([it.status, it.state]).toEqual(['active', 'running']);
  });

  it('runs with no children, and with no options', () => {
    const actor = createActor(supervisor()).start();
    expect(actor.getSnapshot()).toMatchObject({ status: 'active', value: 'running' });
    actor.stop();
  });

  it('tells of a start with the ref of the child', () => {
    const it = scene([{ id: 'a', src }]);
    expect(it.all('child.started')).toEqual([{ type: 'child.started', id: 'a', ref: it.ref('a'), incarnation: 1 }]);
  });

  it('gives a child its input, a value or what a function makes of each start', () => {
    let calls = 0;
    const it = scene([
      { id: 'value', src, input: { n: 1 } },
      { id: 'function', src, input: () => ++calls },
    ]);
    const input = (id: string) => it.ref(id).getSnapshot().context.input;
    expect([input('value'), input('function')]).toEqual([{ n: 1 }, 1]);
    it.crash('function');
    expect(input('function')).toBe(2);
  });

  it('leaves out a child that is not enabled, and keeps its spec', () => {
    const it = scene([
      { id: 'a', src, ...scripted('ignore') },
      { id: 'b', src },
    ]);
    expect(it.take()).toEqual(['a ignored', 'b started 1']);
    expect(it.table()).toBe('a stopped 0, b running 1');
    expect(it.tell({ type: 'child.restart', id: 'a' })).toBe('started');
  });

  it('does not keep a temporary child that is not enabled', () => {
    const it = scene([{ id: 'a', src, restart: 'temporary', ...scripted('ignore') }]);
    expect(it.table()).toBe('');
  });

  it('takes a child that is done at once as one that started, and ended', () => {
    const it = scene([{ id: 'a', src, restart: 'transient', ...scripted('end') }]);
    expect(it.take()).toEqual(['a started 1', 'a exited 1 normal']);
    expect(it.all('child.exited')).toMatchObject([{ output: 'finished' }]);
    expect(it.table()).toBe('a stopped 1');
  });

  it('runs any logic: machines, promises, callbacks, other supervisors', async () => {
    const it = scene([
      { id: 'machine', src: createMachine({}) },
      { id: 'promise', src: fromPromise(async () => 42), restart: 'transient' },
      { id: 'callback', src: fromCallback(() => {}) },
      { id: 'supervisor', src: supervisor({ ...silent, children: [{ id: 'x', src }] }) },
    ]);
    expect(it.children().map(({ status, type }) => `${status} ${type}`)).toEqual([
      'running worker',
      'running worker',
      'running worker',
      'running supervisor',
    ]);
    await Promise.resolve();
    expect(it.all('child.exited')).toMatchObject([{ id: 'promise', reason: 'normal', output: 42 }]);
    it.actor.stop();
  });

  it('handles what it was sent before its start after the first start', () => {
    const actor = createActor(supervisor({ ...silent, children: [{ id: 'a', src }] }));
    const answers: unknown[] = [];
    const replyTo = { send: (answer: unknown) => answers.push(answer) };
    actor.send({ type: 'child.start', spec: { id: 'a', src }, replyTo });
    actor.send({ type: 'supervisor.count_children', replyTo });
    actor.start();
    expect(answers).toMatchObject([
      { ok: false, error: { code: 'already_started', id: 'a' } },
      { ok: true, value: { specs: 1, active: 1 } },
    ]);
  });

  it('does not start its children twice, whatever it is sent meanwhile', () => {
    const journal = new Journal();
    const it = scene([{ id: 'a', src: worker({ journal }), ready: hasNoted }]);
    it.actor.send({ type: 'supervisor.begun' } as never);
    it.actor.send({ type: 'child.ready' } as never);
    expect(it.state).toBe('starting');
    it.anyRef('a').send({ type: 'note' });
    expect([it.state, journal.take()]).toEqual(['running', '+a']);
  });
});

describe('a first start that fails', () => {
  const journal = new Journal();
  const recorded = (id: string, spec: Partial<ChildSpec> = {}): ChildSpec => ({
    id,
    src: worker({ journal, closing: 10 }),
    ...spec,
  });

  it.each(['fail', 'crash'] as const)('stops those started, in reverse, and is not tried again: %s', (outcome) => {
    const it = new Scene((logger) =>
      supervisor({
        logger,
        children: [recorded('a'), recorded('b'), recorded('c', scripted(outcome)), recorded('d')],
      }),
    );
    expect(journal.take()).toBe(outcome === 'crash' ? '+a +b +c -c' : '+a +b');
    expect(it.state).toBe('stopping');
    it.pass(10);
    expect(journal.take()).toBe('-b');
    it.pass(10);
    expect(journal.take()).toBe('-a');
    expect(it.take()).toEqual([
      'a started 1',
      'b started 1',
      'c start_failed',
      'b exited 1 shutdown',
      'a exited 1 shutdown',
      'stopped start_failed',
    ]);
    expect([it.status, it.state, it.timers]).toEqual(['error', 'start_failed', 0]);
  });

  it('ends in an error that says which child, and why', () => {
    const it = new Scene((logger) => supervisor({ logger, children: [{ id: 'a', src, ...scripted('fail') }] }));
    expect(it.error).toMatchObject({
      code: 'start_failed',
      message: 'Child "a" failed to start: Error: failed as scripted',
      cause: new Error('failed as scripted'),
    });
    expect(it.lines).toEqual(['child a of sup failed to start: Error: failed as scripted']);
  });

  it.each([
    ['enabled', { enabled: () => fail('enabled') }],
    ['input', { input: () => fail('input') }],
    ['ready', { ready: () => fail('ready') }],
  ])('is one whose %s throws', (field, spec) => {
    const it = new Scene((logger) => supervisor({ logger, children: [recorded('a', spec)] }));
    expect(it.status).toBe('error');
    expect(it.error.cause).toEqual(new Error(field));
    expect([journal.alive, it.timers]).toEqual(['', 0]);
  });

  it('leaves nothing behind of the child that failed: no actor, no name', () => {
    const child = setup({ actors: { life: worker({ journal }) } }).createMachine({
      invoke: { src: 'life', systemId: 'life' },
      entry: () => fail('start'),
    });
    const it = new Scene((logger) => supervisor({ logger, children: [{ id: 'a', src: child }] }));
    expect(it.error.cause).toEqual(new Error('start'));
    expect(journal.alive).toBe('');
    expect(it.actor.system.get('life')).toBeUndefined();
  });

  function fail(what: string): never {
    throw new Error(what);
  }
});

describe('a nested supervisor', () => {
  const inner = (children: ChildSpec[]) => supervisor({ ...silent, children });

  it('counts as started when its own first start is over', () => {
    const slow = { id: 'x', src: worker(), ready: hasNoted };
    const it = new Scene((logger) =>
      supervisor({
        logger,
        children: [
          { id: 'inner', src: inner([slow]) },
          { id: 'b', src },
        ],
      }),
    );
    expect(it.take()).toEqual([]);
    expect(it.state).toBe('starting');
    it.anyRef('x').send({ type: 'note' });
    expect(it.take()).toEqual(['inner started 1', 'b started 1']);
    expect(it.state).toBe('running');
  });

  it('has failed to start when its own first start has failed at once', () => {
    const it = new Scene((logger) =>
      supervisor({
        logger,
        children: [
          { id: 'a', src },
          { id: 'inner', src: inner([{ id: 'x', src, ...scripted('fail') }]) },
          { id: 'b', src },
        ],
      }),
    );
    expect(it.take()).toEqual(['a started 1', 'inner start_failed', 'a exited 1 shutdown', 'stopped start_failed']);
    expect(it.error).toMatchObject({
      message: 'Child "inner" failed to start: SupervisionError: Child "x" failed to start: Error: failed as scripted',
      cause: { code: 'start_failed' },
    });
  });

  it('has failed to start when its own first start fails slowly', () => {
    const children = [
      { id: 'x', src: worker({ closing: 100 }) },
      { id: 'y', src, ...scripted('fail') },
    ];
    const it = new Scene((logger) =>
      supervisor({
        logger,
        children: [
          { id: 'inner', src: inner(children) },
          { id: 'b', src },
        ],
      }),
    );
    expect([it.take(), it.state]).toEqual([[], 'starting']);
    it.pass(99);
    expect([it.take(), it.state]).toEqual([[], 'starting']);
    it.pass(1);
    expect(it.take()).toEqual(['inner start_failed', 'stopped start_failed']);
    expect(it.error.cause).toMatchObject({ code: 'start_failed' });
  });

  it('has failed to start when one waited for in it fails, in a restart too', () => {
    const never = { id: 'x', src: worker(), ready: hasNoted, startTimeoutMs: 50 };
    const it = new Scene((logger) =>
      supervisor({ logger, intensity: { maxRestarts: 1 }, children: [{ id: 'inner', src: inner([never]) }] }),
    );
    it.anyRef('x').send({ type: 'note' });
    expect(it.take()).toEqual(['inner started 1']);
    // Its own three restarts each wait in vain.
    it.crash('x');
    it.pass(150);
    expect(it.take()).toEqual(['inner exited 1 shutdown', 'inner restarting in 0']);
    expect(it.state).toBe('restarting');
    it.pass(50);
    expect(it.take()).toEqual(['inner start_failed', 'gave up', 'stopped gave_up']);
    expect(it.error.cause).toMatchObject({ code: 'start_failed' });
  });

  it('has started, and ended, when it shuts itself down as its first start is over', () => {
    const over = { id: 'x', src, restart: 'temporary', significant: true, ...scripted('end') } as const;
    const it = new Scene((logger) =>
      supervisor({
        logger,
        children: [
          {
            id: 'inner',
            src: supervisor({ ...silent, autoShutdown: 'any_significant', children: [over] }),
            restart: 'transient',
          },
        ],
      }),
    );
    expect(it.take()).toEqual(['inner started 1', 'inner exited 1 normal']);
  });

  describe('that gives up as its first start is over', () => {
    const over = { id: 'x', src, input: 'end' };
    const giving = (children: ChildSpec[]) => supervisor({ ...silent, intensity: { maxRestarts: 0 }, children });
    const hasGivenUp = [{ id: 'inner', reason: 'shutdown', error: { code: 'gave_up' } }];

    it('has started, and ended: one that is transient stays down, and the outer runs on', () => {
      const it = new Scene((logger) =>
        supervisor({
          logger,
          children: [
            { id: 'inner', src: giving([over]), restart: 'transient' },
            { id: 'b', src },
          ],
        }),
      );
      expect(it.take()).toEqual(['inner started 1', 'b started 1', 'inner exited 1 shutdown']);
      expect(it.all('child.exited')).toMatchObject(hasGivenUp);
      expect([it.status, it.table()]).toEqual(['active', 'inner stopped 1, b running 1']);
    });

    it('has started, and ended: one that is permanent is restarted, at the expense of the outer', () => {
      const it = new Scene((logger) =>
        supervisor({ logger, intensity: { maxRestarts: 1 }, children: [{ id: 'inner', src: giving([over]) }] }),
      );
      expect(it.take()).toEqual([
        'inner started 1',
        'inner exited 1 shutdown',
        'inner restarting in 0',
        'inner started 2',
        'inner exited 2 shutdown',
        'gave up',
        'stopped gave_up',
      ]);
    });

    it.each<[string, (it: Scene) => void]>([
      ['later', () => {}],
      // All of this has its turn at once: nothing is left to stop.
      ['in the same turn', (it) => it.finish('slow')],
    ])('has started, and ended, also where that takes a while: %s', (_when, act) => {
      const slow = { id: 'slow', src: worker({ closing: 100 }), ready: hasNoted };
      const it = new Scene((logger) =>
        supervisor({
          logger,
          children: [{ id: 'inner', src: giving([over, slow]), restart: 'transient', startTimeoutMs: 1000 }],
        }),
      );
      const send = () => {
        it.anyRef('slow').send({ type: 'note' });
        act(it);
      };
      it.anyRef('inner').send({ type: 'child.start', spec: undefined, replyTo: { send } });
      it.pass(100);
      expect(it.take()).toEqual(['inner started 1', 'inner exited 1 shutdown']);
      expect(it.all('child.exited')).toMatchObject(hasGivenUp);
      expect([it.status, it.timers]).toEqual(['active', 0]);
    });
  });

  it('has started, and ended, when it is told to stop during a first start that goes well', () => {
    const slow = { id: 'x', src: worker(), ready: hasNoted };
    const it = new Scene((logger) =>
      supervisor({ logger, children: [{ id: 'inner', src: inner([slow]), restart: 'transient' }] }),
    );
    it.anyRef('inner').send({ type: 'supervisor.stop' });
    expect(it.take()).toEqual([]);
    it.anyRef('x').send({ type: 'note' });
    expect(it.take()).toEqual(['inner started 1', 'inner exited 1 normal']);
    expect(it.table()).toBe('inner stopped 1');
  });
});
