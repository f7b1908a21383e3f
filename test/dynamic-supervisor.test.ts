import { createActor, setup } from 'xstate';
import { dynamicSupervisor } from '../src/index.ts';
import type { ChildSpec, DynamicSupervisorOptions } from '../src/index.ts';
import { Scene } from './support/scene.ts';
import { hasNoted, Journal, scripted, worker } from './support/workers.ts';

const src = worker();
const a = { id: 'a', src };
const b = { id: 'b', src };
const backoff = { minMs: 100, maxMs: 100, jitter: 'none' } as const;

function scene(children: ChildSpec[], options: DynamicSupervisorOptions = {}): Scene {
  const it = new Scene((logger) => dynamicSupervisor({ logger, ...options }));
  for (const spec of children) it.tell({ type: 'child.start', spec });
  return it;
}

describe('a dynamic supervisor', () => {
  it('begins with no children, and is told of each', () => {
    const it = scene([]);
    expect([it.state, it.table()]).toEqual(['running', '']);
    expect(it.ask({ type: 'child.start', spec: a })).toEqual([{ ok: true, value: { id: 'a', ref: it.ref('a') } }]);
    expect(it.table()).toBe('a running 1');
  });

  it('needs no options', () => {
    const actor = createActor(dynamicSupervisor()).start();
    expect(actor.getSnapshot()).toMatchObject({ status: 'active', value: 'running' });
    actor.stop();
  });

  it('restarts a child alone, and keeps its place', () => {
    const it = scene([a, b]);
    it.crash('a');
    expect(it.table()).toBe('a running 2, b running 1');
  });

  it('keeps no spec without a child: one that has ended, was terminated or ignored is gone', () => {
    const it = scene([
      { id: 'done', src, restart: 'transient' },
      { id: 'temp', src, restart: 'temporary' },
      { id: 'down', src },
    ]);
    expect(it.tell({ type: 'child.start', spec: { ...a, enabled: () => false } })).toBe('ignored');
    it.finish('done');
    it.crash('temp');
    it.tell({ type: 'child.terminate', id: 'down' });
    expect([it.table(), it.counts()]).toEqual(['', { specs: 0, active: 0, supervisors: 0, workers: 0 }]);
    expect(['done', 'temp', 'down', 'a'].map((id) => it.tell({ type: 'child.restart', id }))).toEqual(
      Array(4).fill('not_found'),
    );
    expect(it.tell({ type: 'child.start', spec: { id: 'done', src } })).toBe('started');
  });

  it('removes a child whose restart is ignored', () => {
    const it = scene([{ ...a, ...scripted('run', 'ignore') }, b]);
    it.crash('a');
    expect(it.take().slice(2)).toEqual(['a exited 1 error', 'a restarting in 0', 'a ignored']);
    expect(it.table()).toBe('b running 1');
  });

  it('refuses an id that it has, whether that runs or restarts', () => {
    const it = scene([a, b], { backoff });
    it.crash('b');
    expect(it.refusal({ type: 'child.start', spec: a })).toMatchObject({ code: 'already_started', ref: it.ref('a') });
    expect(it.refusal({ type: 'child.start', spec: b })).toMatchObject({ code: 'already_present', id: 'b' });
  });

  it('refuses to restart or delete one that runs or restarts', () => {
    const it = scene([a, b], { backoff });
    it.crash('b');
    for (const type of ['child.restart', 'child.delete']) {
      expect([it.tell({ type, id: 'a' }), it.tell({ type, id: 'b' })]).toEqual(['running', 'restarting']);
    }
  });

  it('keeps nothing of a child that fails to start', () => {
    const it = scene([{ ...a, ...scripted('crash') }]);
    expect(it.take()).toEqual(['a start_failed']);
    expect([it.table(), it.tell({ type: 'child.start', spec: a })]).toEqual(['', 'started']);
  });

  it('gives up when its children crash too often, all together', () => {
    const journal = new Journal();
    const it = scene(
      ['a', 'b', 'c'].map((id) => ({ id, src: worker({ journal }) })),
      { intensity: { maxRestarts: 2 } },
    );
    it.crash('a', 'b');
    expect(it.status).toBe('active');
    it.crash('c');
    expect([it.status, it.error.code, journal.alive]).toEqual(['error', 'gave_up', '']);
  });
});

describe('maxChildren', () => {
  it('counts those that run, restart or wait to be ready', () => {
    const it = scene([a, b], { maxChildren: 3, backoff });
    it.crash('b');
    const slow = it.ask({ type: 'child.start', spec: { id: 'slow', src, ready: hasNoted } });
    const late = it.ask({ type: 'child.start', spec: { id: 'late', src } });
    it.anyRef('slow').send({ type: 'note' });
    expect(slow).toMatchObject([{ ok: true }]);
    expect(late).toMatchObject([
      {
        ok: false,
        error: {
          code: 'max_children',
          id: 'late',
          message: 'Child "late" would be one too many: at most 3 are allowed',
        },
      },
    ]);
  });

  it.each<[string, (it: Scene) => void]>([
    ['is terminated', (it) => it.tell({ type: 'child.terminate', id: 'a' })],
    ['is terminated while it is restarting', (it) => (it.crash('a'), it.tell({ type: 'child.terminate', id: 'a' }))],
    ['is done', (it) => it.finish('a')],
    ['is ignored when it restarts', (it) => (it.crash('a'), it.pass(100))],
  ])('has a place free again when a child %s', (_how, act) => {
    const it = scene([{ ...a, restart: 'transient', ...scripted('run', 'ignore') }], { maxChildren: 1, backoff });
    expect(it.tell({ type: 'child.start', spec: b })).toBe('max_children');
    act(it);
    expect([it.tell({ type: 'child.start', spec: b }), it.table()]).toEqual(['started', 'b running 1']);
  });

  it('has a place free again when a start has failed', () => {
    const it = scene([{ ...a, ...scripted('fail') }], { maxChildren: 1 });
    expect(it.tell({ type: 'child.start', spec: b })).toBe('started');
  });

  it('of 0 refuses every child', () => {
    expect(scene([], { maxChildren: 0 }).tell({ type: 'child.start', spec: a })).toBe('max_children');
  });
});

describe('a child of a dynamic supervisor, by its ref', () => {
  it('is terminated, and not found any more', () => {
    const it = scene([a]);
    const ref = it.ref('a');
    expect(it.tell({ type: 'child.terminate', ref })).toBe('ok');
    expect(it.tell({ type: 'child.terminate', ref })).toBe('not_found');
  });

  it.each(['run', 'fail', 'crash'] as const)('is found by its old ref while it restarts, after: %s', (outcome) => {
    const it = scene([{ ...a, ...scripted('run', outcome) }], { backoff });
    const old = it.ref('a');
    it.crash('a');
    if (outcome !== 'run') it.pass(100);
    expect(it.tell({ type: 'child.restart', ref: old })).toBe('restarting');
    expect(it.tell({ type: 'child.terminate', ref: old })).toBe('ok');
    expect([it.table(), it.timers]).toEqual(['', 0]);
    expect(it.tell({ type: 'child.terminate', ref: old })).toBe('not_found');
  });

  it('is not found by its old ref once it is back, or another has its id', () => {
    const it = scene([a]);
    const old = it.ref('a');
    it.crash('a');
    expect(it.refusal({ type: 'child.terminate', ref: old })).toMatchObject({ code: 'not_found', key: old });
    const second = it.ref('a');
    it.tell({ type: 'child.terminate', ref: second });
    it.tell({ type: 'child.start', spec: a });
    expect(it.tell({ type: 'child.terminate', ref: second })).toBe('not_found');
    expect(it.table()).toBe('a running 1');
  });
});

describe('the end of a child that has come again under its id', () => {
  // While the supervisor is busy, the child is terminated, and at its last event asks for another in its place. The
  // supervisor comes to the end of the first one when the second one lives.
  it('changes nothing for the one that lives', () => {
    let births = 0;
    const again = { id: 'a', src: setup({}).createMachine({ context: () => ({ birth: ++births }) }) };
    const first = setup({
      actions: { replace: () => it.tell({ type: 'child.start', spec: again }) },
    }).createMachine({
      initial: 'open',
      states: { open: { on: { finish: { target: 'over', actions: 'replace' } } }, over: { type: 'final' } },
    });
    const it = scene([{ id: 'a', src: first }]);
    it.actor.on('child.started', ({ id }) => {
      if (id !== 'b') return;
      const ref = it.ref('a');
      it.tell({ type: 'child.terminate', id: 'a' });
      ref.send({ type: 'finish' });
    });
    it.tell({ type: 'child.start', spec: b });
    expect(it.table()).toBe('b running 1, a running 1');
    expect(births).toBe(1);
  });
});

describe('commands while a child takes its time to end', () => {
  it('wait, and are then done in their order', () => {
    const it = scene([{ id: 'slow', src: worker({ closing: 100 }) }]);
    it.take();
    const answers = [
      it.ask({ type: 'child.terminate', id: 'slow' }),
      it.ask({ type: 'child.start', spec: { id: 'slow', src } }),
      it.ask({ type: 'child.terminate', id: 'slow' }),
      it.ask({ type: 'child.terminate', id: 'slow' }),
    ];
    expect(answers).toEqual([[], [], [], []]);
    it.pass(100);
    expect(answers.map(([answer]) => (answer!.ok ? 'ok' : answer!.error.code))).toEqual([
      'ok',
      'ok',
      'ok',
      'not_found',
    ]);
    expect(it.take()).toEqual(['slow exited 1 shutdown', 'slow started 1', 'slow exited 1 shutdown']);
  });
});
