import { createActor, createMachine, sendParent, sendTo, setup, SimulatedClock } from 'xstate';
import type { AnyActorRef, EventObject } from 'xstate';
import { ask, supervisor } from '../src/index.ts';
import type { ChildSpec, Result, SupervisorOptions } from '../src/index.ts';
import { Scene } from './support/scene.ts';
import { hasNoted, scripted, worker } from './support/workers.ts';

const src = worker();
const a = { id: 'a', src };
const b = { id: 'b', src };
const backoff = { minMs: 100, maxMs: 100, jitter: 'none' } as const;

function scene(children: ChildSpec[], options: SupervisorOptions = {}): Scene {
  return new Scene((logger) => supervisor({ logger, ...options, children }));
}

/** One child that runs, one that waits for its restart, one that is there without an actor. */
function scene3(): Scene & { readonly refs: Record<string, AnyActorRef> } {
  const it = scene(
    [
      { ...a, id: 'run' },
      { ...a, id: 'wait' },
      { ...a, id: 'stop' },
    ],
    { backoff },
  );
  const refs = Object.fromEntries(['run', 'wait', 'stop'].map((id) => [id, it.ref(id)]));
  it.tell({ type: 'child.terminate', id: 'stop' });
  it.crash('wait');
  it.take();
  return Object.assign(it, { refs });
}

describe('child.start', () => {
  it('starts a child, last in order, and answers its id and ref', () => {
    const it = scene([a]);
    const answers = it.ask({ type: 'child.start', spec: b });
    expect(answers).toEqual([{ ok: true, value: { id: 'b', ref: it.ref('b') } }]);
    expect(it.table()).toBe('a running 1, b running 1');
  });

  it('answers without a ref when the child is ignored; its spec stays, unless it is temporary', () => {
    const it = scene([]);
    const answers = it.ask({ type: 'child.start', spec: { ...a, enabled: () => false } });
    expect(answers).toEqual([{ ok: true, value: { id: 'a', ref: undefined } }]);
    expect(it.tell({ type: 'child.start', spec: { ...b, restart: 'temporary', enabled: () => false } })).toBe(
      'ignored',
    );
    expect(it.table()).toBe('a stopped 0');
  });

  it.each(['fail', 'crash'] as const)('refuses one that fails to start, and keeps nothing of it: %s', (outcome) => {
    const it = scene([a]);
    const error = it.refusal({ type: 'child.start', spec: { ...b, ...scripted(outcome) } });
    const message = outcome === 'fail' ? 'failed as scripted' : 'crashed as told';
    expect(error).toMatchObject({
      code: 'start_failed',
      message: `Child "b" failed to start: Error: ${message}`,
      cause: new Error(message),
    });
    expect(it.table()).toBe('a running 1');
    expect(it.tell({ type: 'child.start', spec: b })).toBe('started');
  });

  it('refuses one that runs with its ref, and one that is there without an actor, or is restarting', () => {
    const it = scene3();
    expect(it.refusal({ type: 'child.start', spec: { ...a, id: 'run' } })).toMatchObject({
      code: 'already_started',
      id: 'run',
      ref: it.refs.run,
      message: 'Child "run" is already running',
    });
    expect(it.refusal({ type: 'child.start', spec: { ...a, id: 'stop' } })).toMatchObject({
      code: 'already_present',
      id: 'stop',
      message: 'Child "stop" is already there, but does not run',
    });
    expect(it.tell({ type: 'child.start', spec: { ...a, id: 'wait' } })).toBe('already_present');
  });

  it('takes a child that is done at once as one that started, and ended', () => {
    const it = scene([]);
    const [answer] = it.ask({ type: 'child.start', spec: { ...a, restart: 'transient', ...scripted('end') } });
    expect(answer).toMatchObject({ ok: true, value: { id: 'a' } });
    expect(it.take()).toEqual(['a started 1', 'a exited 1 normal']);
  });
});

describe('child.terminate', () => {
  it('stops a child, cancels a retry, and is content with one that is down', () => {
    const it = scene3();
    expect(['run', 'wait', 'stop'].map((id) => it.tell({ type: 'child.terminate', id }))).toEqual(['ok', 'ok', 'ok']);
    expect(it.table()).toBe('run stopped 1, wait stopped 1, stop stopped 1');
    expect(it.timers).toBe(0);
    it.pass(200);
    expect(it.take()).toEqual(['run exited 1 shutdown', 'wait restart cancelled']);
  });

  it('forgets a temporary child', () => {
    const it = scene([{ ...a, restart: 'temporary' }]);
    expect(it.tell({ type: 'child.terminate', id: 'a' })).toBe('ok');
    expect(it.tell({ type: 'child.terminate', id: 'a' })).toBe('not_found');
    expect(it.tell({ type: 'child.restart', id: 'a' })).toBe('not_found');
    expect(it.tell({ type: 'child.delete', id: 'a' })).toBe('not_found');
  });

  it('is answered when the child has ended, and all else waits until then', () => {
    const it = scene([{ id: 'slow', src: worker({ closing: 100 }) }, b]);
    const terminated = it.ask({ type: 'child.terminate', id: 'slow' });
    const restarted = it.ask({ type: 'child.restart', id: 'slow' });
    it.crash('b');
    it.pass(99);
    expect([terminated, restarted]).toEqual([[], []]);
    it.pass(1);
    expect(terminated).toEqual([{ ok: true, value: undefined }]);
    expect(restarted).toEqual([{ ok: true, value: { id: 'slow', ref: it.ref('slow') } }]);
    expect(it.table()).toBe('slow running 2, b running 2');
  });
});

describe('child.restart', () => {
  it('starts one that is down, and refuses one that runs or restarts', () => {
    const it = scene3();
    const [answer] = it.ask({ type: 'child.restart', id: 'stop' });
    expect(answer).toEqual({ ok: true, value: { id: 'stop', ref: it.ref('stop') } });
    expect(it.refusal({ type: 'child.restart', id: 'run' })).toMatchObject({
      code: 'running',
      id: 'run',
      message: 'Child "run" is running',
    });
    expect(it.refusal({ type: 'child.restart', id: 'wait' })).toMatchObject({
      code: 'restarting',
      id: 'wait',
      message: 'Child "wait" is restarting',
    });
    expect(it.table()).toBe('run running 1, wait restarting 1, stop running 2');
  });

  it('is free of charge', () => {
    const it = scene([a], { intensity: { maxRestarts: 0 } });
    for (let n = 0; n < 10; n++) {
      it.tell({ type: 'child.terminate', id: 'a' });
      expect(it.tell({ type: 'child.restart', id: 'a' })).toBe('started');
    }
    expect(it.table()).toBe('a running 11');
  });

  it('that fails leaves the spec, and is not tried again', () => {
    const it = scene([{ ...a, ...scripted('run', 'crash', 'ignore') }]);
    it.tell({ type: 'child.terminate', id: 'a' });
    expect(it.tell({ type: 'child.restart', id: 'a' })).toBe('start_failed');
    expect(it.table()).toBe('a stopped 1');
    expect(it.tell({ type: 'child.restart', id: 'a' })).toBe('ignored');
    expect(it.tell({ type: 'child.restart', id: 'a' })).toBe('started');
    expect(it.table()).toBe('a running 2');
  });
});

describe('child.delete', () => {
  it('forgets one that is down, and refuses one that runs or restarts', () => {
    const it = scene3();
    expect(['run', 'wait', 'stop', 'stop'].map((id) => it.tell({ type: 'child.delete', id }))).toEqual([
      'running',
      'restarting',
      'ok',
      'not_found',
    ]);
    expect(it.table()).toBe('run running 1, wait restarting 1');
  });

  it('lets the id begin anew, last in order, with its first incarnation', () => {
    const it = scene([a, b]);
    it.tell({ type: 'child.terminate', id: 'a' });
    it.tell({ type: 'child.delete', id: 'a' });
    it.tell({ type: 'child.start', spec: a });
    expect(it.table()).toBe('b running 1, a running 1');
  });
});

describe('a child that is not there', () => {
  it.each(['child.terminate', 'child.restart', 'child.delete'])('is not found by %s', (type) => {
    const it = scene([a]);
    const stranger = createActor(src, { id: 'a' });
    expect(it.refusal({ type, id: 'x' })).toMatchObject({
      code: 'not_found',
      key: 'x',
      message: 'There is no child "x"',
    });
    expect(it.refusal({ type, ref: stranger })).toMatchObject({ code: 'not_found', key: stranger });
  });

  it.each([[{}], [{ id: null }], [{ id: {} }], [{ ref: null }], [{ ref: { id: 'a' } }], [{ ref: revoked() }]])(
    'is not found by nonsense, and no harm is done: %#',
    (named) => {
      const it = scene([a]);
      expect(it.tell({ type: 'child.terminate', ...named })).toBe('not_found');
      expect(it.table()).toBe('a running 1');
    },
  );

  function revoked(): object {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  }
});

describe('a child by its ref', () => {
  it('is the child by its id, also where the ref is given as the id', () => {
    const it = scene([a, b]);
    const ref = it.ref('a');
    expect(it.tell({ type: 'child.restart', ref })).toBe('running');
    expect(it.tell({ type: 'child.terminate', id: ref })).toBe('ok');
    expect(it.table()).toBe('a stopped 1, b running 1');
    expect(it.tell({ type: 'child.restart', ref })).toBe('started');
    expect(it.table()).toBe('a running 2, b running 1');
  });

  it('is found by the ref that it had while it is restarting, and by its new one only from then on', () => {
    const it = scene([a], { backoff });
    const old = it.ref('a');
    it.crash('a');
    expect(it.tell({ type: 'child.delete', ref: old })).toBe('restarting');
    it.pass(100);
    expect(it.tell({ type: 'child.terminate', ref: old })).toBe('not_found');
    expect(it.tell({ type: 'child.terminate', ref: it.ref('a') })).toBe('ok');
  });

  it.each([
    ['child.terminate', 'a ref', (ref: AnyActorRef) => ({ ref })],
    ['child.terminate', 'an id that is a ref', (ref: AnyActorRef) => ({ id: ref })],
    ['child.restart', 'a ref', (ref: AnyActorRef) => ({ ref })],
    ['child.delete', 'a ref', (ref: AnyActorRef) => ({ ref })],
  ])('is looked for when %s has its turn: by %s that is no longer its own it is not found', (type, _how, named) => {
    const it = scene([{ id: 'slow', src: worker({ closing: 100 }) }, a]);
    const old = it.ref('a');
    it.ask({ type: 'child.terminate', id: 'slow' });
    it.crash('a');
    const answers = it.ask({ type, ...named(old) });
    expect(answers).toEqual([]);
    it.pass(100);
    expect(answers).toMatchObject([{ ok: false, error: { code: 'not_found', key: old } }]);
    expect(it.table()).toBe('slow stopped 1, a running 2');
  });

  it.each(['fail', 'crash'] as const)('is found by the ref that it had after a restart that failed: %s', (outcome) => {
    const it = scene([{ ...a, ...scripted('run', outcome, outcome) }], { backoff });
    const ref = it.ref('a');
    it.crash('a');
    it.pass(200);
    expect(it.table()).toBe('a restarting 1');
    expect(it.tell({ type: 'child.terminate', ref })).toBe('ok');
    expect(it.table()).toBe('a stopped 1');
    expect(it.timers).toBe(0);
  });
});

describe('which_children and count_children', () => {
  /** Asks both. */
  const ask = (it: Scene) => [
    it.ask({ type: 'supervisor.which_children' }),
    it.ask({ type: 'supervisor.count_children' }),
  ];
  const value = (answers: ReturnType<Scene['ask']>) => answers.map((answer) => answer.ok && answer.value);
  /** What was answered: the children, and the counts. */
  const answered = (questions: ReturnType<typeof ask>) => questions.map(value);
  const rows = (...lines: string[]) =>
    lines.map((line) => {
      const [id, status] = line.split(' ');
      return { id, status };
    });

  it('list all specs in start order, and count the living', () => {
    const it = scene3();
    it.tell({ type: 'child.start', spec: { id: 'sup', src: supervisor({ logger: () => {} }), restart: 'temporary' } });
    const ofWorker = { ref: undefined, type: 'worker', restart: 'permanent', incarnation: 1 };
    expect(answered(ask(it))).toEqual([
      [
        [
          { ...ofWorker, id: 'run', status: 'running', ref: it.refs.run },
          { ...ofWorker, id: 'wait', status: 'restarting' },
          { ...ofWorker, id: 'stop', status: 'stopped' },
          {
            id: 'sup',
            status: 'running',
            ref: it.ref('sup'),
            type: 'supervisor',
            restart: 'temporary',
            incarnation: 1,
          },
        ],
      ],
      [{ specs: 4, active: 2, supervisors: 1, workers: 3 }],
    ]);
  });

  it('keep the place of a child that is restarted', () => {
    const it = scene([a, b]);
    it.crash('a');
    expect(answered(ask(it))).toMatchObject([[rows('a running', 'b running')], [{ active: 2 }]]);
  });

  it('wait while the supervisor waits for a child to be ready', () => {
    const it = scene([{ ...a, ready: hasNoted }, b]);
    const questions = ask(it);
    expect(questions).toEqual([[], []]);
    it.anyRef('a').send({ type: 'note' });
    expect(answered(questions)).toMatchObject([[rows('a running', 'b running')], [{ active: 2 }]]);
  });

  it('wait while the supervisor waits for a child to end, and for what it was told before', () => {
    const it = scene([{ id: 'slow', src: worker({ closing: 100 }) }]);
    it.ask({ type: 'child.terminate', id: 'slow' });
    it.ask({ type: 'child.start', spec: b });
    const questions = ask(it);
    it.pass(99);
    expect(questions).toEqual([[], []]);
    it.pass(1);
    expect(answered(questions)).toMatchObject([[rows('slow stopped', 'b running')], [{ active: 1 }]]);
  });

  it('are answered at once while the supervisor stops, as it is then', () => {
    const it = scene([{ id: 'slow', src: worker({ closing: 100 }) }, a]);
    it.ask({ type: 'supervisor.stop' });
    expect(answered(ask(it))).toMatchObject([[rows('slow running', 'a stopped')], [{ active: 1 }]]);
    it.pass(100);
    expect(it.status).toBe('done');
  });

  it('are answered, where they waited, when the supervisor comes to stop', () => {
    const it = scene([{ id: 'slow', src: worker({ closing: 100 }) }, a]);
    it.ask({ type: 'child.terminate', id: 'a' });
    it.ask({ type: 'child.terminate', id: 'slow' });
    it.ask({ type: 'supervisor.stop' });
    const questions = ask(it);
    expect(questions).toEqual([[], []]);
    it.pass(100);
    expect(answered(questions)).toMatchObject([[rows('slow stopped', 'a stopped')], [{ specs: 2, active: 0 }]]);
  });
});

describe('while the supervisor stops', () => {
  it('every command is refused, and whoever told it to stop is answered when it has', () => {
    const it = scene([a, { id: 'slow', src: worker({ closing: 100 }) }]);
    const first = it.ask({ type: 'supervisor.stop' });
    expect(it.refusal({ type: 'child.start', spec: b })).toMatchObject({
      code: 'stopping',
      message: 'The supervisor is shutting down',
    });
    expect(
      ['child.terminate', 'child.restart', 'child.delete'].flatMap((type) => [
        it.tell({ type, id: 'a' }),
        it.tell({ type, id: 'x' }),
      ]),
    ).toEqual(Array(6).fill('stopping'));
    expect(it.tell({ type: 'child.start', spec: {} })).toBe('invalid_spec');
    const second = it.ask({ type: 'supervisor.stop' });
    expect([first, second]).toEqual([[], []]);
    it.pass(100);
    expect([first, second]).toEqual([[{ ok: true, value: undefined }], [{ ok: true, value: undefined }]]);
    expect(it.take()).toEqual([
      'a started 1',
      'slow started 1',
      'slow exited 1 shutdown',
      'a exited 1 shutdown',
      'stopped shutdown',
    ]);
  });

  it('commands that came before are done first', () => {
    const it = scene([{ id: 'slow', src: worker({ closing: 100 }) }]);
    const terminated = it.ask({ type: 'child.terminate', id: 'slow' });
    const started = it.ask({ type: 'child.start', spec: b });
    const stopped = it.ask({ type: 'supervisor.stop' });
    const late = it.ask({ type: 'child.restart', id: 'slow' });
    it.pass(100);
    expect(terminated).toMatchObject([{ ok: true }]);
    expect(started).toMatchObject([{ ok: true, value: { id: 'b' } }]);
    expect(stopped).toEqual([{ ok: true, value: undefined }]);
    expect(late).toMatchObject([{ ok: false, error: { code: 'stopping' } }]);
    expect(it.take().slice(1)).toEqual([
      'slow exited 1 shutdown',
      'b started 1',
      'b exited 1 shutdown',
      'stopped shutdown',
    ]);
  });

  it('whoever told it to stop is answered too when it gives up meanwhile', () => {
    const slow = { id: 'slow', src: worker({ closing: 100 }) };
    const it = scene([slow, { ...b, restart: 'transient' }], { intensity: { maxRestarts: 0 } });
    it.crash('b');
    const stopped = it.ask({ type: 'supervisor.stop' });
    it.pass(100);
    expect(stopped).toEqual([{ ok: true, value: undefined }]);
    expect(it.status).toBe('error');
  });
});

describe('a reply', () => {
  it('is not needed, and nonsense as replyTo does no harm', () => {
    const it = scene([a]);
    for (const replyTo of [undefined, null, 'me', {}, { send: 1 }, { send: boom }]) {
      it.actor.send({ type: 'supervisor.count_children', replyTo } as never);
    }
    it.actor.send({ type: 'child.terminate', id: 'a' });
    expect([it.status, it.table()]).toEqual(['active', 'a stopped 1']);
    expect(it.lines).toEqual([
      'the replyTo of supervisor.count_children threw: TypeError: replyTo.send is not a function',
      'the replyTo of supervisor.count_children threw: Error: boom',
    ]);
  });

  it('reaches an actor as an event of its own, if it is wrapped into one', () => {
    const asker = setup({ types: { context: {} as { answer: unknown }, input: {} as AnyActorRef } }).createMachine({
      context: { answer: undefined },
      entry: sendTo(
        ({ event }) => (event as unknown as { input: AnyActorRef }).input,
        ({ self }) => ({
          type: 'supervisor.count_children',
          replyTo: { send: (answer: unknown) => self.send({ type: 'answered', answer }) },
        }),
      ),
      on: {
        answered: {
          actions: ({ context, event }) => void (context.answer = (event as never as { answer: unknown }).answer),
        },
      },
    });
    const it = scene([a]);
    const actor = createActor(asker, { input: it.actor as never }).start();
    expect(actor.getSnapshot().context.answer).toMatchObject({ ok: true, value: { specs: 1 } });
  });

  it('is typed, by ask', async () => {
    const actor = createActor(supervisor({ logger: () => {}, children: [a] }), { clock: new SimulatedClock() }).start();
    const started = await ask(actor, { type: 'child.start', spec: b });
    const id: string = started.ok ? started.value.id : 'none';
    const listed = await ask(actor, { type: 'supervisor.which_children' });
    const statuses: ('running' | 'restarting' | 'stopped')[] = listed.ok
      ? listed.value.map((child) => child.status)
      : [];
    const counted = await ask(actor, { type: 'supervisor.count_children' });
    const active: number = counted.ok ? counted.value.active : 0;
    const refused = await ask(actor, { type: 'child.restart', id: 'a' });
    const code: 'not_found' | 'running' | 'restarting' | 'start_failed' | 'stopping' | undefined = refused.ok
      ? undefined
      : refused.error.code;
    const stopped: Result<void, unknown> = await ask(actor, { type: 'supervisor.stop' });
    expect([id, statuses, active, code, stopped.ok]).toEqual(['b', ['running', 'running'], 2, 'running', true]);
  });

  function boom(): never {
    throw new Error('boom');
  }
});

describe('what else a supervisor is sent', () => {
  it.each([
    { type: 'hello' },
    { type: 'child.ready' },
    { type: 'child.ready', settle: 'now' },
    { type: 'incarnation.exited' },
    { type: 'incarnation.exited', incarnation: {} },
    { type: 'retry.due' },
    { type: 'retry.due', id: 'a', ticket: 1 },
    { type: 'supervisor.begun' },
    { type: 'child.start' },
    { type: 'child.delete' },
  ])('changes nothing: %p', (event) => {
    const it = scene([a]);
    it.actor.send(event as never);
    expect([it.status, it.state, it.table()]).toEqual(['active', 'running', 'a running 1']);
  });

  it('by its children is nothing to it, whatever it is', () => {
    const child = createMachine({
      on: { say: { actions: sendParent(({ event }) => (event as never as { what: EventObject }).what) } },
    });
    const it = scene([{ id: 'child', src: child }]);
    const say = (what: object) => it.ref('child').send({ type: 'say', what });
    say({ type: 'supervisor.stop' });
    say({ type: 'xstate.done.actor.child', output: 1 });
    say({ type: 'xstate.error.actor.child', error: new Error('a lie') });
    expect(it.table()).toBe('child running 1');
  });
});
