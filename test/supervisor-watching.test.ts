import { createActor, createMachine, SimulatedClock, setup } from 'xstate';
import type { AnyActorRef } from 'xstate';
import { ask, dynamicSupervisor, isSupervisionError, monitor, supervisor } from '../src/index.ts';
import type { ChildSpec, Exit, ReplyTo, SupervisionError, SupervisorOptions } from '../src/index.ts';
import { Scene } from './support/scene.ts';
import { hasNoted, scripted, worker } from './support/workers.ts';

const src = worker();
const a = { id: 'a', src };

const scene = (children: ChildSpec[], options: SupervisorOptions = {}) =>
  new Scene((logger) => supervisor({ logger, ...options, children }));

describe('monitor of a child', () => {
  function watched(it: Scene, id = 'a'): Exit[] {
    const exits: Exit[] = [];
    monitor(it.ref(id), (exit) => exits.push(exit));
    return exits;
  }

  it('reports the exit of that life, once, and not those of the next', () => {
    const it = scene([a]);
    const first = watched(it);
    it.crash('a');
    const second = watched(it);
    it.crash('a');
    expect(first).toEqual([{ reason: 'error', error: new Error('crashed as told'), incarnation: 1 }]);
    expect(second).toEqual([{ reason: 'error', error: new Error('crashed as told'), incarnation: 2 }]);
  });

  it('says how it ended: normal with the output, shutdown, killed', () => {
    const it = scene([
      { ...a, restart: 'transient' },
      { id: 'b', src },
      { id: 'c', src, shutdown: 'brutal_kill' },
      { id: 'd', src: worker({ closing: 'never' }), shutdown: 10 },
      { id: 'e', src: worker({ closing: 10 }) },
    ]);
    const exits = ['a', 'b', 'c', 'd', 'e'].map((id) => watched(it, id));
    it.finish('a');
    for (const id of ['b', 'c', 'd', 'e']) it.actor.send({ type: 'child.terminate', id });
    it.pass(20);
    expect(exits.flat()).toStrictEqual([
      { reason: 'normal', output: 'finished', incarnation: 1 },
      { reason: 'shutdown', incarnation: 1 },
      { reason: 'killed', incarnation: 1 },
      { reason: 'killed', incarnation: 1 },
      { reason: 'shutdown', output: 'finished', incarnation: 1 },
    ]);
  });

  it('reports an exit that has already happened', () => {
    const it = scene([a]);
    const old = it.ref('a');
    it.crash('a');
    const exits: Exit[] = [];
    monitor(old, (exit) => exits.push(exit));
    expect(exits).toMatchObject([{ reason: 'error', incarnation: 1 }]);
  });

  it('reports it before the supervisor has handled it', () => {
    const it = scene([a]);
    const exits = watched(it);
    it.meanwhile(() => {
      it.crash('a');
      expect(exits).toHaveLength(1);
      expect(it.all('child.exited')).toEqual([]);
    });
    expect(it.all('child.exited')).toHaveLength(1);
  });

  it('may be called off, and several watch one child', () => {
    const it = scene([a]);
    const heard: string[] = [];
    const [first] = ['first', 'second'].map((name) => monitor(it.ref('a'), () => heard.push(name)));
    first!.unsubscribe();
    it.crash('a');
    expect(heard).toEqual(['second']);
  });

  it('survives a listener that throws, and so does the supervisor', () => {
    const it = scene([a]);
    monitor(it.ref('a'), () => {
      throw new Error('listener');
    });
    const exits = watched(it);
    it.crash('a');
    expect([exits.length, it.table()]).toEqual([1, 'a running 2']);
    expect(it.lines).toContain('a listener threw: Error: listener');
  });

  it('is told that a supervisor gave up as what it is: an error', () => {
    const inner = supervisor({ logger: () => {}, intensity: { maxRestarts: 0 }, children: [{ id: 'x', src }] });
    const it = scene([{ id: 'inner', src: inner, restart: 'transient' }]);
    const exits = watched(it, 'inner');
    it.crash('x');
    expect(exits).toMatchObject([{ reason: 'error', error: { code: 'gave_up' }, incarnation: 1 }]);
  });
});

describe('monitor of a supervisor itself', () => {
  it.each<[string, (it: Scene) => void, Exit]>([
    ['is stopped in order', (it) => it.tell({ type: 'supervisor.stop' }), { reason: 'normal', incarnation: 1 }],
    ['is stopped by force', (it) => it.actor.stop(), { reason: 'shutdown', incarnation: 1 }],
    [
      'gives up',
      (it) => it.crash('a'),
      { reason: 'error', error: expect.objectContaining({ code: 'gave_up' }), incarnation: 1 },
    ],
  ])('that %s', (_how, act, exit) => {
    const it = scene([a], { intensity: { maxRestarts: 0 } });
    const exits: Exit[] = [];
    monitor(it.actor, (heard) => exits.push(heard));
    act(it);
    expect(exits).toEqual([exit]);
  });
});

describe('ask', () => {
  type Question = { readonly type: 'double'; readonly n: number; readonly replyTo?: ReplyTo<number> };
  type Event = Question | { readonly type: 'crash' } | { readonly type: 'finish' };

  /** Answers after a while, or never. */
  const answering = (after: number | 'never') =>
    setup({ types: { events: {} as Event }, actions: { crash } }).createMachine({
      initial: 'up',
      states: {
        up: {
          on: {
            double: {
              actions: ({ event, self }) => {
                const answer = () => event.replyTo?.send(event.n * 2);
                if (after === 0) answer();
                else if (after !== 'never')
                  (self as unknown as { clock: SimulatedClock }).clock.setTimeout(answer, after);
              },
            },
            crash: { actions: 'crash' },
            finish: 'over',
          },
        },
        over: { type: 'final' },
      },
    });

  function crash(): never {
    throw new Error('crashed as told');
  }

  async function outcome(promise: Promise<unknown>): Promise<unknown> {
    return promise.catch((error: SupervisionError) => error);
  }

  it('of a child is answered, typed', async () => {
    const logic = answering(0);
    const it = scene([{ id: 'a', src: logic }]);
    const ref = it.ref('a') as ReturnType<typeof createActor<typeof logic>>;
    const doubled: number = await ask(ref, { type: 'double', n: 21 });
    expect([doubled, it.timers]).toEqual([42, 0]);
  });

  it.each<[string, (it: Scene) => unknown, string]>([
    ['crashes', (it) => it.crash('a'), 'error'],
    ['is done', (it) => it.finish('a'), 'normal'],
    ['is terminated', (it) => it.actor.send({ type: 'child.terminate', id: 'a' }), 'shutdown'],
    ['goes with its group', (it) => it.crash('b'), 'shutdown'],
    ['goes with its supervisor', (it) => it.actor.stop(), 'killed'],
  ])('of a child fails at once when that %s, though it is restarted', async (_how, act, reason) => {
    const it = scene(
      [
        { id: 'a', src: answering('never') },
        { id: 'b', src },
      ],
      { strategy: 'one_for_all' },
    );
    const asked = outcome(ask(it.ref('a'), { type: 'double', n: 21 } as never));
    act(it);
    expect(it.timers).toBe(0);
    expect(await asked).toMatchObject({
      code: 'actor_stopped',
      reason,
      message: `The actor a ended (${reason}) before it answered double`,
    });
  });

  it('of a life that is over fails at once', async () => {
    const it = scene([a]);
    const old = it.ref('a');
    it.crash('a');
    expect(await outcome(ask(old, { type: 'double' } as never))).toMatchObject({
      code: 'actor_stopped',
      reason: 'error',
    });
  });

  it('of a child that does not answer fails after 5000 ms, on the clock of the supervisor', async () => {
    const it = scene([{ id: 'a', src: answering('never') }]);
    const asked = outcome(ask(it.ref('a'), { type: 'double', n: 21 } as never));
    it.clock.increment(4999);
    expect(it.timers).toBe(1);
    it.clock.increment(1);
    expect(await asked).toMatchObject({ code: 'ask_timeout', timeoutMs: 5000 });
  });

  it('of a child that answers too late makes a dead letter of the answer', async () => {
    const it = scene([{ id: 'a', src: answering(100) }]);
    const asked = outcome(ask(it.ref('a'), { type: 'double', n: 21 } as never, { timeoutMs: 50 }));
    it.pass(100);
    expect(await asked).toMatchObject({ code: 'ask_timeout' });
    expect(it.all('dead_letter')).toMatchObject([{ event: 42, reason: 'late_reply' }]);
  });

  it('of a supervisor waits as long as it takes', async () => {
    const it = scene([{ id: 'slow', src: worker({ closing: 60_000 }), shutdown: 'infinity' }]);
    const asked = ask(it.actor, { type: 'supervisor.stop' });
    it.clock.increment(60_000);
    expect(await asked).toEqual({ ok: true, value: undefined });
  });

  it.each<[string, (it: Scene) => unknown, string]>([
    ['is stopped by force', (it) => it.actor.stop(), 'shutdown'],
    ['fails to start', (it) => it.crash('slow'), 'error'],
  ])('of a supervisor fails at once when that %s', async (_how, act, reason) => {
    const it = scene([{ id: 'slow', src, ready: hasNoted }]);
    const asked = outcome(ask(it.actor, { type: 'child.start', spec: a }));
    act(it);
    const answer = await asked;
    if (reason === 'error') expect(answer).toMatchObject({ ok: false, error: { code: 'stopping' } });
    else expect(answer).toMatchObject({ code: 'actor_stopped', reason });
  });

  it('of a supervisor is told what it was refused', async () => {
    const it = scene([{ ...a, ...scripted('run', 'fail') }]);
    it.tell({ type: 'child.terminate', id: 'a' });
    const answer = await ask(it.actor, { type: 'child.restart', id: 'a' });
    expect(!answer.ok && isSupervisionError(answer.error, 'start_failed') && answer.error.cause).toEqual(
      new Error('failed as scripted'),
    );
  });

  it('by a child of its own supervisor to stop it is answered: nobody waits for anybody', async () => {
    const answers: unknown[] = [];
    const suicidal = createMachine({
      on: {
        end: {
          actions: ({ self, event }) => {
            const { sup } = event as never as { sup: AnyActorRef };
            sup.send({
              type: 'child.terminate',
              ref: self,
              replyTo: { send: (answer: unknown) => answers.push(answer) },
            });
          },
        },
      },
    });
    const it = new Scene((logger) => dynamicSupervisor({ logger }));
    it.tell({ type: 'child.start', spec: { id: 'a', src: suicidal } });
    it.ref('a').send({ type: 'end', sup: it.actor });
    expect([answers, it.table()]).toEqual([[{ ok: true, value: undefined }], '']);
  });
});

describe('what else watches', () => {
  it('a listener, an observer or an inspector that throws harms nobody', () => {
    const it = new Scene((logger) => supervisor({ logger, children: [a] }), {
      inspect: ({ type }) => {
        if (type === '@xstate.event') throw new Error('inspector');
      },
    });
    const boom = () => {
      throw new Error('watcher');
    };
    it.actor.on('child.exited', boom);
    it.actor.on('*', boom);
    it.actor.subscribe(boom);
    it.actor.subscribe({ next: boom, error: boom, complete: boom });
    it.crash('a');
    expect(it.table()).toBe('a running 2');
    it.tell({ type: 'supervisor.stop' });
    expect(it.status).toBe('done');
    expect(new Set(it.lines)).toEqual(
      new Set([
        'an inspector threw: Error: inspector',
        'an observer of sup threw: Error: watcher',
        'child a of sup crashed: Error: crashed as told',
        'child a of sup restarted as incarnation 2',
      ]),
    );
  });

  it('a logger that throws harms nobody', () => {
    const it = new Scene(() =>
      supervisor({
        logger: () => {
          throw new Error('logger');
        },
        children: [a],
      }),
    );
    it.crash('a');
    expect(it.table()).toBe('a running 2');
  });

  it('nobody, when it gives up: the process does not hear of it', () => {
    const actor = createActor(
      supervisor({ logger: () => {}, intensity: { maxRestarts: 0 }, children: [{ ...a, input: 'end' }] }),
      {
        clock: new SimulatedClock(),
      },
    );
    actor.start();
    expect(actor.getSnapshot().status).toBe('error');
  });
});
