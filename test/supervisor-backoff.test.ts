import { supervisor } from '../src/index.ts';
import type { ChildSpec, SupervisorOptions } from '../src/index.ts';
import { Scene } from './support/scene.ts';
import { Journal, scripted, worker } from './support/workers.ts';

const src = worker();
const a = { id: 'a', src };
const b = { id: 'b', src };
const backoff = { minMs: 100, maxMs: 1000, jitter: 'none' } as const;

const scene = (children: ChildSpec[], options: SupervisorOptions = {}) =>
  new Scene((logger) => supervisor({ logger, backoff, intensity: { maxRestarts: 10 }, ...options, children }));

const delays = (it: Scene) => it.all('child.restarting').map(({ delayMs }) => delayMs);

/** Crashes a child so many times, and each time gives it the time to come back. */
function crashLoop(it: Scene, times: number): void {
  for (let n = 0; n < times; n++) {
    it.crash('a');
    it.pass(1000);
  }
}

describe('back-off', () => {
  it('waits before a restart, and says for how long; the supervisor goes on meanwhile', () => {
    const it = scene([a, b]);
    it.take();
    it.crash('a');
    expect(it.take()).toEqual(['a exited 1 error', 'a restarting in 100']);
    expect([it.table(), it.state]).toEqual(['a restarting 1, b running 1', 'running']);
    it.crash('b');
    it.pass(99);
    expect(it.table()).toBe('a restarting 1, b restarting 1');
    it.pass(1);
    expect(it.take()).toEqual(['b exited 1 error', 'b restarting in 100', 'a started 2', 'b started 2']);
    expect(it.timers).toBe(0);
  });

  it('is longer each time, and never longer than maxMs', () => {
    const it = scene([a], { backoff: { ...backoff, resetAfterMs: 5000 } });
    crashLoop(it, 6);
    expect(delays(it)).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  it('is cut to maxMs before the jitter', () => {
    const it = scene([a], {
      backoff: { ...backoff, jitter: 'full', factor: 100, resetAfterMs: 5000 },
      random: () => 0.5,
    });
    crashLoop(it, 3);
    expect(delays(it)).toEqual([50, 500, 500]);
  });

  it('may be drawn as no wait at all', () => {
    const it = scene([a], { backoff: { ...backoff, jitter: 'full' }, random: () => 0 });
    it.crash('a');
    expect([delays(it), it.table(), it.timers]).toEqual([[0], 'a running 2', 0]);
  });

  it('is the whole delay where random throws or draws nonsense', () => {
    for (const random of [() => NaN, () => 'half' as never, throwing]) {
      const it = scene([a], { backoff: { ...backoff, jitter: 'full' }, random });
      it.crash('a');
      expect(delays(it)).toEqual([100]);
    }
  });

  it('begins anew after a child has run for resetAfterMs, and not one millisecond earlier', () => {
    for (const [ran, expected] of [
      [999, [100, 200]],
      [1000, [100, 100]],
    ] as const) {
      const it = scene([a]);
      it.crash('a');
      it.pass(100 + ran);
      it.crash('a');
      expect(delays(it)).toEqual(expected);
    }
  });

  it('is not reset by the time that a child was down', () => {
    const it = scene([{ ...a, ...scripted('run', 'fail', 'fail') }]);
    it.pass(5000);
    it.crash('a');
    it.pass(100 + 200);
    expect(delays(it)).toEqual([100, 200, 400]);
  });

  it('is that of each child', () => {
    const it = scene([a, b]);
    it.crash('a');
    it.pass(100);
    it.crash('a', 'b');
    expect(it.all('child.restarting').slice(1)).toMatchObject([
      { id: 'a', delayMs: 200 },
      { id: 'b', delayMs: 100 },
    ]);
  });

  it('is charged when a restart is decided, not when it falls due', () => {
    const it = scene([a], { intensity: { maxRestarts: 1, withinMs: 1000 } });
    it.crash('a');
    it.pass(1000);
    it.crash('a');
    expect(it.status).toBe('error');
  });

  it('is counted in when withinMs is not given: one that crashes at once each time gives up', () => {
    const it = scene([{ ...a, ...scripted('run', 'crash', 'crash', 'crash', 'crash') }], { intensity: {} });
    it.crash('a');
    it.pass(100 + 200 + 400);
    expect(delays(it)).toEqual([100, 200, 400]);
    expect(it.all('supervisor.gave_up')).toMatchObject([{ restarts: 3, withinMs: 5700 }]);
  });

  it('is for a whole group, which is left alone until then', () => {
    const journal = new Journal();
    const recorded = (id: string) => ({ id, src: worker({ journal }) });
    const it = scene([recorded('a'), recorded('b')], { strategy: 'one_for_all' });
    journal.take();
    it.crash('a');
    expect(journal.take()).toBe('-a');
    it.pass(100);
    expect(journal.take()).toBe('-b +a +b');
  });

  it('of a member is over when another member brings it back', () => {
    const it = scene([a, b], { strategy: 'one_for_all' });
    it.crash('a');
    it.pass(50);
    it.crash('b');
    it.pass(50);
    expect(it.table()).toBe('a running 2, b running 2');
    expect(it.timers).toBe(0);
    it.pass(100);
    expect(it.table()).toBe('a running 2, b running 2');
  });

  function throwing(): never {
    throw new Error('no dice');
  }
});

describe('a retry that is called off', () => {
  it('does not come back, though the child is started by hand and crashes again', () => {
    const it = scene([a], { backoff: { ...backoff, factor: 1 } });
    it.crash('a');
    it.pass(50);
    it.tell({ type: 'child.terminate', id: 'a' });
    expect(it.timers).toBe(0);
    it.tell({ type: 'child.restart', id: 'a' });
    it.crash('a');
    it.pass(99);
    expect(it.table()).toBe('a restarting 2');
    it.pass(1);
    expect(it.table()).toBe('a running 3');
  });

  it('is stale when it has its turn after the terminate that came first', () => {
    const it = scene([{ ...a, ...scripted('run', 'crash') }], { backoff: undefined });
    it.actor.on('child.start_failed', () => it.actor.send({ type: 'child.terminate', id: 'a' }));
    it.crash('a');
    expect(it.take()).toEqual([
      'a started 1',
      'a exited 1 error',
      'a restarting in 0',
      'a start_failed',
      'a restart cancelled',
    ]);
    expect(it.table()).toBe('a stopped 1');
  });

  it('is stale when its child has been deleted and started anew meanwhile', () => {
    const it = scene([{ ...a, ...scripted('run', 'crash') }], { backoff: undefined });
    it.actor.on('child.start_failed', () => {
      it.actor.send({ type: 'child.terminate', id: 'a' });
      it.actor.send({ type: 'child.delete', id: 'a' });
      it.actor.send({ type: 'child.start', spec: a });
    });
    it.crash('a');
    expect(it.table()).toBe('a running 1');
  });
});

describe('a stop', () => {
  it('during a back-off ends it at once: no timer is left, no child comes back', () => {
    const it = scene([a, b]);
    it.crash('a');
    it.take();
    expect(it.tell({ type: 'supervisor.stop' })).toBe('ok');
    expect([it.take(), it.timers, it.status]).toEqual([['b exited 1 shutdown', 'stopped shutdown'], 0, 'done']);
    it.pass(200);
    expect(it.take()).toEqual([]);
  });

  it('during a restart loop comes before the next attempt', () => {
    const it = scene([{ ...a, ...scripted('run', 'crash', 'crash', 'crash') }, b], { backoff: undefined });
    it.actor.on('child.start_failed', () => it.actor.send({ type: 'supervisor.stop' }));
    it.take();
    it.crash('a');
    expect(it.take()).toEqual([
      'a exited 1 error',
      'a restarting in 0',
      'a start_failed',
      'b exited 1 shutdown',
      'stopped shutdown',
    ]);
    expect(it.status).toBe('done');
  });

  it('during the restart of a group comes after it', () => {
    const slow = { id: 'slow', src: worker({ closing: 10 }) };
    const it = scene([slow, a], { strategy: 'one_for_all', backoff: undefined });
    it.take();
    it.crash('a');
    const stopped = it.ask({ type: 'supervisor.stop' });
    it.pass(10);
    expect(it.take()).toEqual([
      'a exited 1 error',
      'a restarting in 0',
      'slow exited 1 shutdown',
      'slow started 2',
      'a started 2',
      'a exited 2 shutdown',
    ]);
    it.pass(10);
    expect(it.take()).toEqual(['slow exited 2 shutdown', 'stopped shutdown']);
    expect(stopped).toEqual([{ ok: true, value: undefined }]);
  });

  it('by force during a back-off leaves no timer', () => {
    const it = scene([a, b]);
    it.crash('a', 'b');
    expect(it.timers).toBe(2);
    it.actor.stop();
    expect(it.timers).toBe(0);
  });
});
