import type { SupervisionFlags } from '../src/core/supervision-state.ts';
import { abc, child, Stage, withRestarts } from './plan-stage.ts';

describe('a group restart', () => {
  const oneForAll: Partial<SupervisionFlags> = { strategy: 'one_for_all' };
  const restForOne: Partial<SupervisionFlags> = { strategy: 'rest_for_one' };

  it('takes all down in reverse and starts them in order (one_for_all)', () => {
    const stage = new Stage(oneForAll, ...abc);
    stage.crash('b');
    expect(stage.take()).toBe('stop c, stop a, start a, start b, start c');
  });

  it('leaves alone what was started before (rest_for_one)', () => {
    const stage = new Stage(restForOne, ...abc, child('d'));
    stage.crash('b');
    expect(stage.take()).toBe('stop d, stop c, start b, start c, start d');
  });

  it.each(['one_for_all', 'rest_for_one'] as const)(
    'brings back what had finished or been stopped by hand (%s)',
    (strategy) => {
      const stage = new Stage({ strategy }, child('a'), child('b', { restart: 'transient' }), child('c'));
      stage.exit('b', 'normal');
      stage.command('terminate', 'c');
      stage.take();
      stage.crash('a');
      expect(stage.take()).toBe('start a, start b, start c');
    },
  );

  it('does not bring back a stopped child from before the one that crashed (rest_for_one)', () => {
    const stage = new Stage(restForOne, ...abc);
    stage.command('terminate', 'a');
    stage.crash('b');
    expect(stage.table()).toBe('a stopped, b running, c running');
  });

  it('stops a temporary bystander and forgets it', () => {
    const stage = new Stage(oneForAll, child('a'), child('t', { restart: 'temporary' }), child('c'));
    stage.crash('a');
    expect(stage.take()).toBe('stop c, stop t, start a, start c');
    expect(stage.table()).toBe('a running, c running');
  });

  it('is not caused by the crash of a temporary child', () => {
    const stage = new Stage(oneForAll, child('a'), child('t', { restart: 'temporary' }));
    stage.crash('t');
    expect(stage.take()).toBe('');
  });

  it('tells a child that it stops whether it comes back', () => {
    const stage = new Stage(oneForAll, child('a'), child('t', { restart: 'temporary' }), child('c'));
    stage.crash('a');
    stage.command('terminate', 'c');
    expect(stage.stops).toEqual(['c restart', 't shutdown', 'c shutdown']);
  });

  it('retries from the member that failed; one_for_all takes down again what had come back', () => {
    const stage = new Stage(oneForAll, ...abc);
    stage.script('b', 'fail');
    stage.crash('c');
    expect(stage.take()).toBe('stop b, stop a, start a, fail b, retry b in 0');
    expect(stage.table()).toBe('a running, b restarting, c stopped');
    stage.retry();
    expect(stage.take()).toBe('stop a, start a, start b, start c');
  });

  it('retries from the member that failed; rest_for_one leaves running what had come back', () => {
    const stage = new Stage(restForOne, ...abc, child('d'));
    stage.script('c', 'fail');
    stage.crash('b');
    expect(stage.take()).toBe('stop d, stop c, start b, fail c, retry c in 0');
    stage.retry();
    expect(stage.take()).toBe('start c, start d');
  });

  it('goes on past a member that is ignored', () => {
    const stage = new Stage(oneForAll, ...abc);
    stage.script('b', 'ignore');
    stage.crash('a');
    expect(stage.table()).toBe('a running, b stopped, c running');
  });

  it.each([
    ['one_for_one', 'end'],
    ['one_for_all', 'run'],
    ['rest_for_one', 'run'],
  ] as const)('with one restart left, after two crashes at once, lets %s %s', (strategy, outcome) => {
    const stage = new Stage({ strategy, ...withRestarts(1) }, ...abc);
    stage.holding = true;
    stage.crash('a', 'c');
    stage.answer();
    expect(stage.end?.reason).toBe(outcome === 'end' ? 'gave_up' : undefined);
  });

  it('charges twice when the later child of a rest_for_one is handled first', () => {
    const stage = new Stage({ ...restForOne, ...withRestarts(1) }, ...abc);
    stage.holding = true;
    stage.crash('c', 'a');
    stage.answer();
    expect(stage.end?.reason).toBe('gave_up');
  });

  it('reports how a bystander really ended, and charges nothing for it', () => {
    const stage = new Stage({ ...oneForAll, ...withRestarts(1) }, ...abc);
    stage.holding = true;
    stage.crash('a');
    expect(stage.take()).toBe('stop c');
    stage.held.length = 0;
    stage.crash('c');
    stage.answer();
    expect(stage.take()).toBe('stop b, start a, start b, start c');
    expect(stage.reported('child.exited')).toMatchObject([
      { id: 'a', reason: 'error' },
      { id: 'c', reason: 'error' },
      { id: 'b', reason: 'shutdown' },
    ]);
  });

  it('handles what crashed meanwhile in the order of the crashes', () => {
    const stage = new Stage(oneForAll, ...abc);
    const answerOne = () => stage.tell(stage.held.shift()!);
    stage.holding = true;
    stage.crash('a');
    stage.crash('b');
    answerOne();
    answerOne();
    answerOne();
    expect(stage.take()).toBe('stop c, start a, start b, start c');
    // Of the exits of b that wait, the first is that of the life before.
    stage.crash('a');
    stage.crash('b');
    stage.answer();
    expect(stage.reported('child.exited')).toMatchObject([
      { id: 'a', incarnation: 1 },
      { id: 'c', incarnation: 1 },
      { id: 'b', incarnation: 1 },
      { id: 'a', incarnation: 2, reason: 'error' },
      { id: 'c', incarnation: 2, reason: 'shutdown' },
      { id: 'b', incarnation: 2, reason: 'error' },
    ]);
    expect(stage.table()).toBe('a running, b running, c running');
  });

  it('handles afterwards the crash of a member that it had already brought back', () => {
    const stage = new Stage(oneForAll, child('a'), child('b'));
    stage.crash('a');
    stage.take();
    stage.holding = true;
    stage.crash('a');
    stage.tell(stage.held.shift()!);
    stage.tell(stage.held.shift()!);
    expect(stage.take()).toBe('stop b, start a, start b');
    stage.crash('a');
    stage.answer();
    expect(stage.take()).toBe('stop b, start a, start b');
  });
});
