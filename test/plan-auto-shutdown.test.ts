import type { SupervisionFlags } from '../src/core/supervision-state.ts';
import { child, Stage } from './plan-stage.ts';

describe('auto shutdown', () => {
  const any: Partial<SupervisionFlags> = { autoShutdown: 'any_significant' };
  const all: Partial<SupervisionFlags> = { autoShutdown: 'all_significant' };
  const transient = (id: string) => child(id, { restart: 'transient', significant: true });
  const temporary = (id: string) => child(id, { restart: 'temporary', significant: true });

  it('ends with the first significant child that finishes (any_significant)', () => {
    const stage = new Stage(any, child('a'), transient('s'), transient('t'));
    stage.exit('s', 'normal');
    expect(stage.take()).toBe('stop t, stop a, end: auto_shutdown');
    expect(stage.end!.error).toBeUndefined();
  });

  it('ends with any exit of a temporary significant child, and restarts a transient one that crashed', () => {
    const stage = new Stage(any, transient('s'), temporary('t'));
    stage.crash('s');
    expect(stage.take()).toBe('start s');
    stage.crash('t');
    expect(stage.take()).toBe('stop s, end: auto_shutdown');
  });

  it('takes no notice of a child that is not significant, nor of any by default', () => {
    const stage = new Stage(any, child('a', { restart: 'temporary' }), transient('s'));
    stage.crash('a');
    expect(stage.end).toBeUndefined();
    const never = new Stage({}, transient('s'));
    never.exit('s', 'normal');
    expect(never.end).toBeUndefined();
  });

  it('waits for the last significant child (all_significant)', () => {
    const stage = new Stage(all, child('a'), transient('s'), temporary('t'));
    stage.exit('s', 'normal');
    expect(stage.end).toBeUndefined();
    stage.crash('t');
    expect(stage.end?.reason).toBe('auto_shutdown');
  });

  it('counts a significant child that was stopped by hand as done, which itself ends nothing', () => {
    const stage = new Stage(all, transient('s'), transient('t'));
    stage.command('terminate', 's');
    expect(stage.end).toBeUndefined();
    stage.exit('t', 'normal');
    expect(stage.end?.reason).toBe('auto_shutdown');
  });

  it.each([any, all])('does not end when a significant child is stopped by hand: %j', (flags) => {
    const stage = new Stage(flags, child('a'), transient('s'), temporary('t'));
    stage.command('terminate', 's');
    stage.command('terminate', 't');
    expect(stage.end).toBeUndefined();
  });

  it('counts a significant child that is restarting as there', () => {
    const stage = new Stage(all, transient('s'), transient('t'));
    stage.script('s', 'fail');
    stage.crash('s');
    stage.exit('t', 'normal');
    expect(stage.end).toBeUndefined();
  });

  it('counts a significant child whose exit is not handled yet as there', () => {
    const stage = new Stage(all, child('a'), transient('s'), transient('t'));
    stage.holding = true;
    stage.crash('a');
    stage.exit('s', 'normal');
    stage.exit('t', 'normal');
    stage.answer();
    expect(stage.reported('child.exited')).toMatchObject([
      { id: 'a', reason: 'error' },
      { id: 's', reason: 'normal' },
      { id: 't', reason: 'normal' },
      { id: 'a', reason: 'shutdown' },
    ]);
    expect(stage.end?.reason).toBe('auto_shutdown');
  });

  it('lives on without a significant child when the last one went with its group', () => {
    const stage = new Stage({ ...all, strategy: 'one_for_all' }, child('a'), temporary('t'));
    stage.crash('a');
    expect(stage.table()).toBe('a running');
    expect(stage.end).toBeUndefined();
  });

  it('has a finished significant child again when its group comes back', () => {
    const stage = new Stage({ ...all, strategy: 'one_for_all' }, child('a'), transient('s'), transient('t'));
    stage.exit('s', 'normal');
    stage.crash('a');
    stage.exit('t', 'normal');
    expect(stage.end).toBeUndefined();
    stage.exit('s', 'normal');
    expect(stage.end?.reason).toBe('auto_shutdown');
  });
});
