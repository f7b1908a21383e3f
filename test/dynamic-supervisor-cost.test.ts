import { createMachine, setup } from 'xstate';
import { ask, dynamicSupervisor, monitor } from '../src/index.ts';
import { Scene } from './support/scene.ts';
import { elementsVisited } from './support/work-done.ts';
import { worker } from './support/workers.ts';

// Each has an actor inside it, and timers.
const busy = setup({ actors: { src: worker() } }).createMachine({
  invoke: { src: 'src', id: 'inside' },
  initial: 'up',
  states: {
    up: {
      after: { 60_000: 'over' },
      on: {
        crash: {
          actions: () => {
            throw new Error('crashed as told');
          },
        },
        finish: 'over',
      },
    },
    over: { type: 'final' },
  },
});

function crowd(size: number): Scene {
  const it = new Scene((logger) => dynamicSupervisor({ logger, intensity: { maxRestarts: 100 } }));
  for (let n = 0; n < size; n++) start(it, `child ${n}`);
  return it;
}

const start = (it: Scene, id: string) =>
  it.actor.send({ type: 'child.start', spec: { id, src: busy, restart: 'transient' } });

/** Also counts how many timers XState goes through. */
function watchTimers(it: Scene): { visited: number } {
  const watch = { visited: 0 };
  const snapshot = (it.actor.system as unknown as { _snapshot: { _scheduledEvents: object } })._snapshot;
  snapshot._scheduledEvents = new Proxy(snapshot._scheduledEvents, {
    ownKeys: (timers) => {
      const keys = Reflect.ownKeys(timers);
      watch.visited += keys.length;
      return keys;
    },
  });
  return watch;
}

describe('the cost of one child among many', () => {
  const few = crowd(10);
  const many = crowd(10_000);

  it.each<[string, (it: Scene) => void]>([
    ['to start', (it) => start(it, 'another')],
    ['to crash and come back', (it) => it.anyRef('child 5').send({ type: 'crash' })],
    ['to be done', (it) => it.anyRef('child 5').send({ type: 'finish' })],
    ['to terminate', (it) => it.actor.send({ type: 'child.terminate', id: 'child 6' })],
    ['to terminate by its ref', (it) => it.actor.send({ type: 'child.terminate', ref: it.anyRef('child 7') })],
    ['to refuse', (it) => start(it, 'child 8')],
    ['to count', (it) => it.actor.send({ type: 'supervisor.count_children', replyTo: { send() {} } })],
    ['to watch', (it) => monitor(it.anyRef('child 8'), () => {}).unsubscribe()],
    ['to ask', (it) => void ask(it.actor, { type: 'child.restart', id: 'child 9' })],
  ])('%s does not depend on how many there are', (_what, act) => {
    const [visitedOfFew, visitedOfMany] = [few, many].map((it) => {
      const timers = watchTimers(it);
      return elementsVisited(() => act(it)) + timers.visited;
    });
    expect(visitedOfMany).toBeLessThanOrEqual(visitedOfFew!);
  });

  it('is seen by what counts it', () => {
    const list = (it: Scene) => it.actor.send({ type: 'supervisor.which_children', replyTo: { send() {} } });
    expect(elementsVisited(() => list(many))).toBeGreaterThan(9_000);
  });
});

describe('the cost of a crash among many names of a system', () => {
  const named = setup({ actors: { src: worker() } }).createMachine({
    context: ({ spawn, self }) => ({ inside: spawn('src', { systemId: `inside ${self.id}` }) }),
    on: {
      crash: {
        actions: () => {
          throw new Error('crashed as told');
        },
      },
    },
  });

  /** What a crash goes through, once those that were there before have been looked at. */
  function costAmong(size: number): number {
    const it = new Scene((logger) => dynamicSupervisor({ logger }));
    for (let n = 0; n < size; n++) it.actor.send({ type: 'child.start', spec: { id: `child ${n}`, src: named } });
    const inside = it.actor.system.get('inside child 0');
    it.crash('child 0');
    const cost = elementsVisited(() => it.crash('child 1'));
    expect([undefined, inside]).not.toContain(it.actor.system.get('inside child 0'));
    expect(it.counts().active).toBe(size);
    it.actor.stop();
    return cost;
  }

  it('does not depend on how many there are', () => {
    expect(costAmong(1_000)).toBe(costAmong(10));
  });
});

describe('10,000 children', () => {
  it('start, are counted, and stop, and nothing is left of them', () => {
    const it = crowd(10_000);
    expect(it.counts()).toEqual({ specs: 10_000, active: 10_000, supervisors: 0, workers: 10_000 });
    expect(it.timers).toBe(10_000);
    expect(it.tell({ type: 'supervisor.stop' })).toBe('ok');
    expect([it.status, it.timers]).toEqual(['done', 0]);
    expect(it.all('child.exited')).toHaveLength(10_000);
  });

  it('go at once when their supervisor is stopped by force', () => {
    const it = crowd(10_000);
    it.actor.stop();
    expect(it.timers).toBe(0);
  });

  it('all crash in one go, and as many as there may be come back', () => {
    const it = new Scene((logger) => dynamicSupervisor({ logger, intensity: { maxRestarts: 10_000 } }));
    const src = createMachine({ on: { crash: { actions: () => boom() } } });
    for (let n = 0; n < 10_000; n++) it.actor.send({ type: 'child.start', spec: { id: `child ${n}`, src } });
    it.meanwhile(() => {
      for (let n = 0; n < 10_000; n++) it.crash(`child ${n}`);
    });
    expect(it.counts().active).toBe(10_000);
    expect(it.children().every(({ incarnation }) => incarnation === 2)).toBe(true);
    it.crash('child 0');
    expect(it.error.code).toBe('gave_up');
  });

  function boom(): never {
    throw new Error('boom');
  }
});
