import { resolveBackoff } from '../src/core/backoff.ts';
import type { SupervisionFlags } from '../src/core/supervision-state.ts';
import { abc, child, Stage, withRestarts } from './plan-stage.ts';

describe('intensity', () => {
  it('allows so many restarts in the window, and gives up at the next', () => {
    const stage = new Stage({}, ...abc);
    stage.crash('a');
    stage.crash('b');
    stage.crash('c');
    stage.take();
    stage.crash('b');
    expect(stage.take()).toBe('stop c, stop a, end: gave_up');
    expect(stage.reports.slice(-4)).toEqual([
      { type: 'supervisor.gave_up', restarts: 3, withinMs: 5000 },
      { type: 'child.exited', id: 'c', incarnation: 2, reason: 'shutdown' },
      { type: 'child.exited', id: 'a', incarnation: 2, reason: 'shutdown' },
      { type: 'supervisor.stopped', reason: 'gave_up' },
    ]);
    expect(stage.end!.error).toMatchObject({ restarts: 3, withinMs: 5000, cause: new Error('b crashed') });
  });

  it('never restarts with an intensity of 0', () => {
    const stage = new Stage(withRestarts(0), ...abc);
    stage.crash('a');
    expect(stage.take()).toBe('stop c, stop b, end: gave_up');
  });

  it('forgets restarts that the window has left behind', () => {
    const stage = new Stage(withRestarts(1), ...abc);
    stage.crash('a');
    stage.now = 5001;
    stage.crash('a');
    expect(stage.end).toBeUndefined();
    stage.now = 10_001;
    stage.crash('a');
    expect(stage.end?.reason).toBe('gave_up');
  });

  it('charges nothing for clean exits that bring nobody back, for restarts by hand, and for stops', () => {
    const stage = new Stage(
      withRestarts(0),
      child('a', { restart: 'transient' }),
      child('b', { restart: 'temporary' }),
    );
    stage.exit('a', 'normal');
    stage.crash('b');
    stage.command('restart', 'a');
    stage.command('terminate', 'a');
    stage.command('restart', 'a');
    expect(stage.end).toBeUndefined();
  });

  it('charges once for a group', () => {
    const stage = new Stage({ strategy: 'one_for_all', ...withRestarts(2) }, ...abc);
    stage.crash('a');
    stage.crash('b');
    expect(stage.end).toBeUndefined();
  });

  it('charges for a restart when it handles the exit, not when the exit came', () => {
    const stage = new Stage(withRestarts(1), ...abc);
    stage.crash('a');
    stage.now = 4000;
    stage.holding = true;
    stage.start(child('d'));
    stage.crash('b');
    stage.now = 6000;
    const { ticket } = stage.held.shift() as { ticket: number };
    stage.holding = false;
    stage.tell({ type: 'started', ticket, ref: 'd#1', now: 6000 });
    expect(stage.end).toBeUndefined();
  });
});

describe('a back-off', () => {
  const backoff = resolveBackoff({ minMs: 100, maxMs: 1000, jitter: 'none' });
  const slow: Partial<SupervisionFlags> = { backoff, intensity: { maxRestarts: 5, withinMs: 60_000 } };

  it('waits longer before each restart, up to its limit', () => {
    const stage = new Stage(slow, ...abc);
    for (let i = 0; i < 5; i++) {
      stage.crash('a');
      expect(stage.table()).toBe('a restarting, b running, c running');
      stage.retry();
    }
    expect(stage.take()).toBe(
      'retry a in 100, start a, retry a in 200, start a, retry a in 400, start a, retry a in 800, start a, ' +
        'retry a in 1000, start a',
    );
    expect(stage.reported('child.restarting')[1]).toEqual({ type: 'child.restarting', id: 'a', delayMs: 200 });
  });

  it('draws its delays with the random it was given', () => {
    const jittered = resolveBackoff({ minMs: 100, maxMs: 1000 });
    const stage = new Stage({ ...slow, backoff: jittered, random: () => 0.25 }, ...abc);
    stage.crash('a');
    expect(stage.take()).toBe('retry a in 25');
  });

  it('begins again with a child that ran long enough', () => {
    const stage = new Stage(slow, ...abc);
    stage.crash('a');
    stage.retry();
    stage.now += 999;
    stage.crash('a');
    stage.retry();
    stage.now += 999;
    stage.crash('a');
    stage.retry();
    stage.now += 1000;
    stage.crash('a');
    expect(stage.take()).toBe(
      'retry a in 100, start a, retry a in 200, start a, retry a in 400, start a, retry a in 100',
    );
  });

  it('counts for each child alone', () => {
    const stage = new Stage(slow, ...abc);
    stage.crash('a');
    stage.retry();
    stage.crash('a');
    stage.crash('b');
    expect(stage.take()).toBe('retry a in 100, start a, retry a in 200, retry b in 100');
  });

  it('charges a restart when it is decided, not when it falls due', () => {
    const stage = new Stage({ ...slow, intensity: { maxRestarts: 2, withinMs: 60_000 } }, ...abc);
    stage.crash('a', 'b');
    expect(stage.take()).toBe('retry a in 100, retry b in 100');
    stage.crash('c');
    expect(stage.take()).toBe('cancel b, cancel a, end: gave_up');
  });

  it('charges and waits again when the start fails', () => {
    const stage = new Stage({ ...slow, intensity: { maxRestarts: 2, withinMs: 60_000 } }, ...abc);
    stage.script('a', 'fail', 'fail');
    stage.crash('a');
    stage.retry();
    expect(stage.take()).toBe('retry a in 100, fail a, retry a in 200');
    stage.retry();
    expect(stage.take()).toBe('fail a, stop c, stop b, end: gave_up');
    expect(stage.end!.error).toMatchObject({ restarts: 2, cause: new Error('no a') });
  });

  it('lets the group run on until the restart falls due', () => {
    const stage = new Stage({ ...slow, strategy: 'one_for_all' }, ...abc);
    stage.crash('b');
    expect(stage.take()).toBe('retry b in 100');
    stage.crash('c');
    expect(stage.take()).toBe('retry c in 100');
    stage.retry();
    expect(stage.take()).toBe('cancel c, stop a, start a, start b, start c');
    stage.retry();
    expect(stage.take()).toBe('');
  });

  it('waits for the member of the group that failed', () => {
    const stage = new Stage({ ...slow, strategy: 'rest_for_one' }, ...abc);
    stage.script('c', 'fail');
    stage.crash('b');
    stage.retry();
    expect(stage.take()).toBe('retry b in 100, stop c, start b, fail c, retry c in 100');
  });

  it('is called off by a terminate and by a stop, and no restart by hand cuts it short', () => {
    const stage = new Stage(slow, ...abc);
    stage.crash('a', 'b');
    stage.take();
    expect(stage.command('restart', 'a')).toBe('restarting');
    expect(stage.command('terminate', 'a')).toBe('ok');
    expect(stage.command('restart', 'a')).toBe('started a#2');
    stage.retry();
    expect(stage.take()).toBe('cancel a, start a');
    stage.tell({ type: 'stop' });
    expect(stage.take()).toBe('cancel b, stop c, stop a, end: shutdown');
  });
});
