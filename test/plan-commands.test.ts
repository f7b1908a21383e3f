import { countChildren } from '../src/core/supervision-state.ts';
import type { SupervisionFlags } from '../src/core/supervision-state.ts';
import { abc, child, Stage, withRestarts } from './plan-stage.ts';

describe('commands', () => {
  // b runs, r is restarting, u is there without an actor.
  function stage(): Stage {
    const stage = new Stage({}, child('b'), child('r'), child('u'));
    stage.command('terminate', 'u');
    stage.script('r', 'fail');
    stage.crash('r');
    stage.take();
    return stage;
  }

  it.each([
    ['x', 'started x#1', 'start x'],
    ['b', 'already_started', ''],
    ['r', 'already_present', ''],
    ['u', 'already_present', ''],
  ])('start %s: %s', (id, reply, effects) => {
    const it = stage();
    expect(it.start(child(id))).toBe(reply);
    expect(it.take()).toBe(effects);
  });

  it.each([
    ['x', 'not_found', ''],
    ['b', 'ok', 'stop b'],
    ['r', 'ok', 'cancel r'],
    ['u', 'ok', ''],
  ])('terminate %s: %s', (id, reply, effects) => {
    const it = stage();
    expect(it.command('terminate', id)).toBe(reply);
    expect(it.take()).toBe(effects);
    if (reply === 'ok') expect(it.table()).toContain(`${id} stopped`);
  });

  it.each([
    ['x', 'not_found', ''],
    ['b', 'running', ''],
    ['r', 'restarting', ''],
    ['u', 'started u#2', 'start u'],
  ])('restart %s: %s', (id, reply, effects) => {
    const it = stage();
    expect(it.command('restart', id)).toBe(reply);
    expect(it.take()).toBe(effects);
  });

  it.each([
    ['x', 'not_found', true],
    ['b', 'running', true],
    ['r', 'restarting', true],
    ['u', 'ok', false],
  ])('delete %s: %s', (id, reply, stays) => {
    const it = stage();
    const before = it.table();
    expect(it.command('delete', id)).toBe(reply);
    expect(it.table() === before).toBe(stays);
  });

  it('answers already_started with the ref, and the other refusals with what they are about', () => {
    const it = stage();
    it.start(child('b'));
    it.start(child('u'));
    it.command('delete', 'x');
    expect(it.replies.slice(-3)).toMatchObject([
      { ok: false, error: { code: 'already_started', id: 'b', ref: 'b#1' } },
      { ok: false, error: { code: 'already_present', id: 'u' } },
      { ok: false, error: { code: 'not_found', key: 'x', message: 'There is no child "x"' } },
    ]);
  });

  it('puts a child that was deleted and started again last, as its first incarnation', () => {
    const stage = new Stage({}, ...abc);
    stage.command('terminate', 'a');
    stage.command('delete', 'a');
    expect(stage.start(child('a'))).toBe('started a#1');
    expect(stage.table()).toBe('b running, c running, a running');
  });

  it('has forgotten a temporary child once it is terminated', () => {
    const stage = new Stage({}, child('t', { restart: 'temporary' }));
    expect(stage.command('terminate', 't')).toBe('ok');
    expect([stage.command('terminate', 't'), stage.command('restart', 't'), stage.command('delete', 't')]).toEqual([
      'not_found',
      'not_found',
      'not_found',
    ]);
  });

  it('keeps nothing of a child that fails to start', () => {
    const stage = new Stage({}, ...abc);
    stage.script('x', 'fail');
    expect(stage.start(child('x', { type: 'supervisor' }))).toBe('start_failed');
    expect(stage.replies.at(-1)).toMatchObject({ error: { cause: new Error('no x') } });
    expect(countChildren(stage.state)).toEqual({ specs: 3, active: 3, supervisors: 0, workers: 3 });
  });

  it('keeps the spec of a child that is ignored, unless that is temporary', () => {
    const stage = new Stage({}, ...abc);
    stage.script('x', 'ignore');
    stage.script('t', 'ignore');
    expect(stage.start(child('x'))).toBe('ignored');
    expect(stage.start(child('t', { restart: 'temporary' }))).toBe('ignored');
    expect(stage.table()).toBe('a running, b running, c running, x stopped');
  });

  it('keeps the spec of a child whose restart by hand fails or is ignored, and retries nothing', () => {
    const it = stage();
    it.script('u', 'fail', 'ignore');
    expect(it.command('restart', 'u')).toBe('start_failed');
    expect(it.command('restart', 'u')).toBe('ignored');
    expect(it.take()).toBe('fail u, ignore u');
    expect(it.table()).toContain('u stopped');
  });

  it('terminates a child that has already died as it died, and its exit changes nothing more', () => {
    const stage = new Stage({}, ...abc);
    stage.holding = true;
    stage.start(child('d'));
    stage.tell({ type: 'terminate', id: 'a', to: 1 });
    stage.crash('a');
    stage.answer();
    expect(stage.take()).toBe('start d');
    expect(stage.table()).toBe('a stopped, b running, c running, d running');
    expect(stage.reported('child.exited')).toMatchObject([{ id: 'a', reason: 'error' }]);
  });

  it('does not take the exit of a deleted child for one of the child that has its id now', () => {
    const stage = new Stage({}, ...abc);
    stage.holding = true;
    stage.start(child('d'));
    stage.tell({ type: 'terminate', id: 'a', to: 1 });
    stage.tell({ type: 'delete', id: 'a', to: 2 });
    stage.tell({ type: 'start', spec: child('a'), to: 3 });
    stage.crash('a');
    stage.answer();
    expect(stage.take()).toBe('start d, start a');
    expect(stage.table()).toBe('b running, c running, d running, a running');
  });

  it('counts by type, dead or alive', () => {
    const stage = new Stage({}, child('a', { type: 'supervisor' }), child('b', { type: 'supervisor' }), child('c'));
    stage.command('terminate', 'a');
    expect(countChildren(stage.state)).toEqual({ specs: 3, active: 2, supervisors: 2, workers: 1 });
    stage.command('delete', 'a');
    expect(countChildren(stage.state)).toEqual({ specs: 2, active: 2, supervisors: 1, workers: 1 });
  });
});

describe('a child named by its ref', () => {
  const [run, down] = ['terminate', 'restart'] as const;
  const ask = (stage: Stage, type: 'terminate' | 'restart' | 'delete', id: string, ref: string) => {
    stage.tell({ type, id, ref, to: type });
    const answer = stage.replies.at(-1)!;
    return answer.ok || answer.error.code;
  };

  it('is the one that has it, or last had it', () => {
    const stage = new Stage({}, ...abc);
    expect(ask(stage, run, 'a', 'a#2')).toBe('not_found');
    expect(ask(stage, run, 'a', 'a#1')).toBe(true);
    expect(ask(stage, down, 'a', 'a#1')).toBe(true);
    expect(ask(stage, down, 'a', 'a#1')).toBe('not_found');
    expect(stage.replies.at(-1)).toMatchObject({ error: { key: 'a#1' } });
  });

  it('is looked for when the command has its turn: another life is another child', () => {
    const stage = new Stage({}, ...abc);
    stage.holding = true;
    stage.tell({ type: 'terminate', id: 'c', to: 'c' });
    stage.crash('a');
    stage.tell({ type: 'terminate', id: 'a', ref: 'a#1', to: 'a' });
    stage.answer();
    expect(stage.table()).toBe('a running, b running, c stopped');
    expect(stage.replies.map((answer) => answer.ok || answer.error.code)).toEqual([true, 'not_found']);
  });
});

describe('a question', () => {
  const listed = (stage: Stage): unknown[] =>
    stage.replies.map(
      (answer) => answer.ok && Array.isArray(answer.value) && answer.value.map(({ id }) => id as string),
    );

  it('waits for its turn, as in OTP', () => {
    const stage = new Stage({}, ...abc);
    stage.holding = true;
    stage.tell({ type: 'terminate', id: 'a', to: 1 });
    stage.tell({ type: 'delete', id: 'a', to: 2 });
    stage.tell({ type: 'which_children', to: 3 });
    expect(stage.replies).toEqual([]);
    stage.answer();
    expect(listed(stage)).toEqual([false, false, ['b', 'c']]);
  });

  it('is answered at once while the supervisor stops, and afterwards', () => {
    const stage = new Stage({}, ...abc);
    stage.holding = true;
    stage.tell({ type: 'stop' });
    stage.tell({ type: 'which_children', to: 1 });
    stage.answer();
    stage.tell({ type: 'count_children', to: 2 });
    expect(listed(stage)).toEqual([['a', 'b', 'c'], false]);
    expect(stage.replies.at(-1)).toEqual({ ok: true, value: { specs: 3, active: 0, supervisors: 0, workers: 3 } });
  });
});

describe('what is reported of commands', () => {
  const after = (stage: Stage, fn: () => void): string[] => {
    const before = stage.reports.length;
    fn();
    return stage.reports.slice(before).map((event) => `${event.type} ${'id' in event ? event.id : ''}`);
  };

  it('is that a spec is deleted', () => {
    const stage = new Stage({}, ...abc);
    stage.command('terminate', 'a');
    expect(after(stage, () => stage.command('delete', 'a'))).toEqual(['child.deleted a']);
  });

  it('is that a restart is called off by a terminate', () => {
    const stage = new Stage({}, ...abc);
    stage.script('a', 'fail');
    stage.crash('a');
    expect(after(stage, () => stage.command('terminate', 'a'))).toEqual(['child.restart_cancelled a']);
    expect(after(stage, () => stage.command('terminate', 'a'))).toEqual([]);
  });

  it('is that a member is restarting which failed to start with its group, and that another is not any more', () => {
    const stage = new Stage({ strategy: 'one_for_all' }, ...abc);
    stage.script('b', 'fail');
    expect(after(stage, () => stage.crash('c')).slice(-4)).toEqual([
      'child.started a',
      'child.start_failed b',
      'child.restart_cancelled c',
      'child.restarting b',
    ]);
    expect(stage.table()).toBe('a running, b restarting, c stopped');
  });
});

describe('a dynamic supervisor', () => {
  const dynamic: Partial<SupervisionFlags> = { kind: 'dynamic', maxChildren: 2 };

  it('keeps no child that ends for good', () => {
    const stage = new Stage({ kind: 'dynamic' }, child('a', { restart: 'transient' }), child('b'), child('c'));
    stage.exit('a', 'normal');
    stage.command('terminate', 'b');
    expect(stage.table()).toBe('c running');
    expect(stage.command('terminate', 'b')).toBe('not_found');
  });

  it('keeps nothing of a child that is ignored, at its start or at a restart', () => {
    const stage = new Stage(dynamic);
    stage.script('a', 'ignore');
    expect(stage.start(child('a'))).toBe('ignored');
    stage.start(child('b'));
    stage.script('b', 'ignore');
    stage.crash('b');
    expect(stage.table()).toBe('');
    expect(stage.timers).toEqual([]);
  });

  it('counts children that are restarting against the limit, and frees the slot of one that ends', () => {
    const stage = new Stage(dynamic);
    stage.start(child('a'));
    stage.script('a', 'fail');
    stage.crash('a');
    expect(stage.start(child('b', { restart: 'temporary' }))).toBe('started b#1');
    expect(stage.start(child('c'))).toBe('max_children');
    expect(stage.start(child('a'))).toBe('max_children');
    stage.crash('b');
    expect(stage.start(child('c'))).toBe('started c#1');
    stage.command('terminate', 'a');
    expect(stage.start(child('d'))).toBe('started d#1');
  });

  it('frees the slot of a child that fails to start', () => {
    const stage = new Stage({ ...dynamic, maxChildren: 1 });
    stage.script('a', 'fail');
    expect(stage.start(child('a'))).toBe('start_failed');
    expect(stage.start(child('b'))).toBe('started b#1');
  });

  it('may have no children at all', () => {
    const stage = new Stage({ ...dynamic, maxChildren: 0 });
    expect(stage.start(child('a'))).toBe('max_children');
  });

  it('terminates a child that is restarting, and then knows it no more', () => {
    const stage = new Stage(dynamic);
    stage.start(child('a'));
    stage.script('a', 'fail');
    stage.crash('a');
    expect(stage.command('restart', 'a')).toBe('restarting');
    expect(stage.command('delete', 'a')).toBe('restarting');
    expect(stage.command('terminate', 'a')).toBe('ok');
    expect(stage.command('terminate', 'a')).toBe('not_found');
    stage.take();
    stage.retry();
    expect(stage.take()).toBe('');
  });

  it('gives up when its children together crash too often', () => {
    const stage = new Stage({ kind: 'dynamic', ...withRestarts(1) }, ...abc);
    stage.crash('a');
    stage.crash('b');
    expect(stage.take()).toBe('start a, stop all: a c, end: gave_up');
  });
});
