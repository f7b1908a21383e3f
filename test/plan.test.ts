import type { ChildRules } from '../src/core/child-spec.ts';
import { countChildren, whichChildren } from '../src/core/supervision-state.ts';
import { abc, child, Stage, withRestarts } from './plan-stage.ts';

function init(stage: Stage, ...specs: ChildRules[]): Stage {
  stage.tell({ type: 'init', specs });
  return stage;
}

describe('the first start', () => {
  it('starts the children one after the other, in list order', () => {
    const stage = init(new Stage(), ...abc);
    expect(stage.take()).toBe('start a, start b, start c');
    expect(stage.reported('child.started')).toEqual([
      { type: 'child.started', id: 'a', ref: 'a#1', incarnation: 1 },
      { type: 'child.started', id: 'b', ref: 'b#1', incarnation: 1 },
      { type: 'child.started', id: 'c', ref: 'c#1', incarnation: 1 },
    ]);
  });

  it('waits for each child before it starts the next', () => {
    const stage = new Stage();
    stage.holding = true;
    init(stage, ...abc);
    expect(stage.take()).toBe('start a');
    stage.answer();
    expect(stage.take()).toBe('start b, start c');
  });

  it('keeps the spec of a child that is ignored, unless that is temporary', () => {
    const stage = new Stage();
    stage.script('a', 'ignore');
    stage.script('b', 'ignore');
    init(stage, child('a'), child('b', { restart: 'temporary' }), child('c'));
    expect(stage.table()).toBe('a stopped, c running');
    expect(stage.reported('child.ignored')).toHaveLength(2);
  });

  it('stops those that started, in reverse, when one fails, and touches no other and retries nothing', () => {
    const stage = new Stage();
    stage.script('c', 'fail');
    init(stage, ...abc, child('d'));
    expect(stage.take()).toBe('start a, start b, fail c, stop b, stop a, end: start_failed');
    expect(stage.end!.error).toMatchObject({ code: 'start_failed', cause: new Error('no c') });
    expect(stage.reports.at(-1)).toEqual({ type: 'supervisor.stopped', reason: 'start_failed' });
  });

  it('needs no child at all', () => {
    const stage = init(new Stage());
    expect(stage.start(child('a'))).toBe('started a#1');
  });
});

describe('one_for_one', () => {
  it('restarts the child that crashed, as its next incarnation, in its place', () => {
    const stage = new Stage({}, ...abc);
    stage.crash('b');
    expect(stage.take()).toBe('start b');
    expect(whichChildren(stage.state)[1]).toEqual({
      id: 'b',
      status: 'running',
      ref: 'b#2',
      type: 'worker',
      restart: 'permanent',
      incarnation: 2,
    });
    expect(stage.reports.slice(3)).toEqual([
      { type: 'child.exited', id: 'b', incarnation: 1, reason: 'error', error: new Error('b crashed') },
      { type: 'child.restarting', id: 'b', delayMs: 0 },
      { type: 'child.started', id: 'b', ref: 'b#2', incarnation: 2 },
    ]);
  });

  it('keeps a transient child that finished, and forgets a temporary one', () => {
    const stage = new Stage({}, child('a', { restart: 'transient' }), child('b', { restart: 'temporary' }));
    stage.exit('a', 'normal');
    stage.crash('b');
    expect(stage.take()).toBe('');
    expect(stage.table()).toBe('a stopped');
  });

  it('retries a child that fails to start by a message to itself, and charges each attempt', () => {
    const stage = new Stage({}, ...abc);
    stage.script('b', 'fail', 'fail', 'fail', 'fail');
    stage.crash('b');
    expect(stage.take()).toBe('fail b, retry b in 0');
    expect(stage.table()).toBe('a running, b restarting, c running');
    stage.retry();
    stage.retry();
    expect(stage.take()).toBe('fail b, retry b in 0, fail b, retry b in 0');
    stage.retry();
    expect(stage.take()).toBe('stop c, stop a, end: gave_up');
    expect(stage.end!.error).toMatchObject({ code: 'gave_up', restarts: 3, withinMs: 5000, cause: new Error('no b') });
  });

  it('does not number a start that failed', () => {
    const stage = new Stage({}, ...abc);
    stage.script('b', 'fail');
    stage.crash('b');
    stage.retry();
    expect(stage.reported('child.started').at(-1)).toMatchObject({ id: 'b', incarnation: 2 });
  });

  it('leaves a child that is ignored at its restart without an actor, and without a retry', () => {
    const stage = new Stage({}, ...abc);
    stage.script('b', 'ignore');
    stage.crash('b');
    expect(stage.take()).toBe('ignore b');
    expect(stage.table()).toBe('a running, b stopped, c running');
  });

  it('lets other messages come between a failed restart and its retry', () => {
    const stage = new Stage({}, ...abc);
    stage.script('b', 'fail');
    stage.crash('b');
    expect(stage.command('terminate', 'b')).toBe('ok');
    expect(stage.take()).toBe('fail b, retry b in 0, cancel b');
    stage.retry();
    expect(stage.take()).toBe('');
    expect(stage.table()).toBe('a running, b stopped, c running');
  });

  it('ends instead of retrying when it is stopped before the retry', () => {
    const stage = new Stage({}, ...abc);
    stage.script('b', 'fail');
    stage.crash('b');
    stage.take();
    stage.tell({ type: 'stop' });
    expect(stage.take()).toBe('cancel b, stop c, stop a, end: shutdown');
    stage.retry();
    expect(stage.take()).toBe('');
  });

  it('does not take a retry that was called off for a later one of the same child', () => {
    const stage = new Stage({ intensity: { maxRestarts: 9, withinMs: 5000 } }, ...abc);
    stage.script('b', 'fail');
    stage.crash('b');
    stage.command('terminate', 'b');
    stage.command('restart', 'b');
    stage.script('b', 'fail');
    stage.crash('b');
    stage.take();
    stage.retry();
    expect(stage.take()).toBe('');
    stage.retry();
    expect(stage.take()).toBe('start b');
  });
});

describe('a stop', () => {
  it('stops the children one by one, in reverse', () => {
    const stage = new Stage({}, ...abc);
    stage.holding = true;
    stage.tell({ type: 'stop' });
    expect(stage.take()).toBe('stop c');
    stage.answer();
    expect(stage.take()).toBe('stop b, stop a, end: shutdown');
    expect(stage.end).toEqual({ type: 'end', reason: 'shutdown' });
  });

  it('stops the children of a dynamic supervisor all at once', () => {
    const stage = new Stage({ kind: 'dynamic' }, ...abc);
    stage.holding = true;
    stage.tell({ type: 'stop' });
    expect(stage.take()).toBe('stop all: a b c');
    stage.tell(stage.held.pop()!);
    expect(stage.table()).toBe('a running, b running');
    stage.answer();
    expect(stage.take()).toBe('end: shutdown');
  });

  it('passes over children that are down, and restarts none that crashes meanwhile', () => {
    const stage = new Stage({}, ...abc, child('d'));
    stage.command('terminate', 'c');
    stage.take();
    stage.holding = true;
    stage.tell({ type: 'stop' });
    stage.crash('a');
    stage.answer();
    expect(stage.take()).toBe('stop d, stop b, end: shutdown');
    expect(stage.reported('child.exited').at(-1)).toMatchObject({ id: 'a', reason: 'error' });
  });

  it('finds a dynamic child dead that died before it could be told to stop', () => {
    const stage = new Stage({ kind: 'dynamic', ...withRestarts(0) }, ...abc);
    stage.holding = true;
    stage.start(child('d'));
    stage.crash('a', 'b');
    stage.take();
    stage.answer();
    expect(stage.take()).toBe('stop all: c d, end: gave_up');
    expect(stage.reported('child.exited')).toMatchObject([
      { id: 'a' },
      { id: 'b', reason: 'error' },
      { id: 'c' },
      { id: 'd' },
    ]);
  });

  it('ends a supervisor without children', () => {
    const stage = new Stage({ kind: 'dynamic' });
    stage.tell({ type: 'stop' });
    expect(stage.take()).toBe('end: shutdown');
  });

  it('refuses every command from then on, also those that were waiting', () => {
    const stage = new Stage({}, ...abc);
    stage.holding = true;
    stage.tell({ type: 'terminate', id: 'c', to: 1 });
    stage.tell({ type: 'stop' });
    stage.tell({ type: 'start', spec: child('d'), to: 2 });
    stage.tell(stage.held.shift()!);
    expect(stage.replies.map((reply) => reply.ok || reply.error.code)).toEqual([true, 'stopping']);
    expect([stage.command('restart', 'c'), stage.command('delete', 'c'), stage.command('terminate', 'a')]).toEqual([
      'stopping',
      'stopping',
      'stopping',
    ]);
    stage.answer();
    expect(stage.start(child('d'))).toBe('stopping');
    stage.tell({ type: 'stop' });
    stage.tell({ type: 'init', specs: abc });
    expect(stage.take()).toBe('stop c, stop b, stop a, end: shutdown');
  });
});

describe('a serial supervisor', () => {
  it('lets commands, exits, retries and its own stop wait while a child starts', () => {
    const stage = new Stage({}, ...abc);
    stage.script('b', 'fail');
    stage.crash('b');
    stage.take();
    stage.holding = true;
    stage.start(child('d'));
    stage.crash('a');
    stage.retry();
    stage.command('terminate', 'c');
    stage.tell({ type: 'stop' });
    expect(stage.take()).toBe('start d');
    stage.answer();
    expect(stage.take()).toBe('start a, start b, stop c, stop d, stop b, stop a, end: shutdown');
  });

  it('counts a child whose death it has not handled as running, but not as active', () => {
    const stage = new Stage({}, ...abc);
    stage.holding = true;
    stage.start(child('d'));
    stage.crash('a');
    expect(whichChildren(stage.state)[0]).toMatchObject({ status: 'running', ref: 'a#1' });
    expect(countChildren(stage.state)).toMatchObject({ active: 2 });
    stage.answer();
    expect(countChildren(stage.state)).toMatchObject({ active: 4 });
  });

  it('takes no answer that is late, repeated, or nobody waits for', () => {
    const stage = new Stage({}, ...abc);
    const before = stage.table();
    stage.tell({ type: 'started', ticket: 2, ref: 'late', now: 0 });
    stage.holding = true;
    stage.start(child('d'));
    stage.tell({ type: 'failed', ticket: 3, error: new Error('late'), now: 0 });
    const [answer] = stage.held;
    stage.answer();
    stage.tell(answer!);
    expect(stage.table()).toBe(`${before}, d running`);
    expect(stage.take()).toBe('start d');
  });

  it.each([
    ['of an incarnation already replaced', 'a', 1],
    ['of an incarnation not yet born', 'a', 3],
    ['of a child that is down', 'u', 1],
    ['of nobody', 'x', 1],
  ])('takes no exit %s', (_, id, incarnation) => {
    const stage = new Stage({}, child('a'), child('u'));
    stage.crash('a');
    stage.command('terminate', 'u');
    stage.take();
    const reports = stage.reports.length;
    stage.exit(id, 'error', incarnation);
    expect(stage.take()).toBe('');
    expect(stage.reports).toHaveLength(reports);
    expect(stage.table()).toBe('a running, u stopped');
  });

  it('takes no exit of an earlier incarnation while it stops them all', () => {
    const stage = new Stage({ kind: 'dynamic' }, child('a'));
    stage.crash('a');
    stage.holding = true;
    stage.tell({ type: 'stop' });
    stage.exit('a', 'error', 1);
    expect(stage.end).toBeUndefined();
    stage.answer();
    expect(stage.end?.reason).toBe('shutdown');
  });

  it('looks at all its children only for a group, a stop and a list', () => {
    const stage = new Stage({ autoShutdown: 'all_significant' }, ...abc, child('t', { restart: 'temporary' }));
    const scans = (['values', 'keys', 'entries', 'forEach', Symbol.iterator] as const).map((method) =>
      jest.spyOn(stage.state.children, method as 'values'),
    );
    stage.crash('a', 't');
    stage.start(child('d', { restart: 'temporary', significant: true }));
    stage.start(child('e', { restart: 'temporary', significant: true }));
    stage.crash('d');
    stage.command('terminate', 'b');
    stage.command('restart', 'b');
    stage.command('terminate', 'b');
    stage.command('delete', 'b');
    countChildren(stage.state);
    for (const scan of scans) expect(scan).not.toHaveBeenCalled();
  });
});
