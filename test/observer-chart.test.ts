import {
  and,
  assign,
  cancel,
  createActor,
  createMachine,
  emit,
  fromCallback,
  fromPromise,
  fromTransition,
} from 'xstate';
import { not, or, raise, sendTo, setup, spawnChild, stateIn, stopChild } from 'xstate';
import type { AnyActorLogic, AnyStateMachine } from 'xstate';
import { acceptsOf } from '../src/observer/view/accepts.ts';
import { chartOf } from '../src/observer/view/chart.ts';
import type { Chart } from '../src/observer/protocol.ts';
import { stateText } from '../src/observer/view/state-text.ts';
import { projectMachine } from '../examples/workbench/project-machine.ts';

const at = (chart: Chart | undefined, path: string): Chart => {
  const found = [chart!].flatMap(function below(state): Chart[] {
    return [state, ...state.states.flatMap(below)];
  });
  return found.find((state) => state.path === path)!;
};
const labels = (state: Chart) => state.transitions.map(({ label }) => label);
const machine = (config: object): AnyStateMachine => createMachine(config as never) as never;

describe('The chart of a machine', () => {
  it('has its states in document order, each with its path, type and initial state', () => {
    const chart = chartOf(
      machine({
        id: 'door',
        initial: 'open',
        states: {
          open: { initial: 'wide', states: { wide: {}, ajar: { type: 'final' } } },
          both: { type: 'parallel', states: { left: {}, right: {} } },
          last: { type: 'history', history: 'deep', target: 'open' },
          gone: { type: 'final' },
        },
      }),
    )!;
    const lines = [chart].flatMap(function line(state): string[] {
      return [[state.path, state.type, state.initial].filter(Boolean).join(' '), ...state.states.flatMap(line)];
    });
    expect(lines).toEqual([
      'compound open',
      'open compound open.wide',
      'open.wide atomic',
      'open.ajar final',
      'both parallel',
      'both.left atomic',
      'both.right atomic',
      'last history',
      'gone final',
    ]);
    expect(chart.key).toBe('door');
    expect(at(chart, 'last')).toMatchObject({ deep: true, transitions: [{ label: 'default', targets: ['open'] }] });
  });

  it('labels transitions as a person reads them', () => {
    const states = {
      a: {
        always: { guard: 'ready', target: 'b' },
        on: { 'user.message': 'b', 'user.*': 'b', '*': { actions: 'log' }, 'xstate.done.actor.spawned': 'b' },
        invoke: [
          { src: 'fetcher', onDone: 'b', onError: 'b' },
          { src: 'watcher', id: 'watch', onSnapshot: { actions: 'log' } },
          { src: fromPromise(async () => 1), onDone: 'b' },
        ],
        after: { 500: 'b', 30_000: 'b', 120_000: 'b', 7_200_000: 'b', retryDelay: { target: 'b' } },
      },
      b: { initial: 'c', states: { c: { type: 'final' } }, onDone: 'a' },
    };
    const chart = chartOf(machine({ initial: 'a', states }));
    expect(labels(at(chart, 'a'))).toEqual([
      'always',
      'user.message',
      'user.*',
      'any event',
      'done: spawned',
      'done: fetcher',
      'error: fetcher',
      'snapshot: watch',
      'done: inline',
      'after 500 ms',
      'after 30 s',
      'after 2 min',
      'after 2 h',
      'after retryDelay',
    ]);
    expect(labels(at(chart, 'b'))).toEqual(['done']);
    expect(at(chart, 'a').invokes).toEqual(['fetcher', 'watcher as watch', 'inline']);
    expect(at(chart, 'a').transitions[0]).toEqual({
      label: 'always',
      event: '',
      guard: 'ready',
      actions: [],
      targets: ['b'],
    });
    expect(at(chart, 'a').transitions[3]!.targets).toEqual([]);
  });

  it('names actions, and builtins by what of them is written down', () => {
    function measure() {}
    const entry = [
      'track',
      { type: 'notify', params: { loud: true } },
      measure,
      () => {},
      assign({}),
      raise({ type: 'go' }),
      sendTo('logger', { type: 'line' }),
      spawnChild('worker'),
      stopChild('worker'),
      cancel('timer'),
      emit({ type: 'told' }),
    ];
    const chart = chartOf(machine({ entry, exit: () => {}, after: { 10: { actions: 'tick' } }, tags: 'busy' }))!;
    expect(chart.entry).toEqual([
      'track',
      'notify',
      'measure',
      'inline',
      'assign',
      'raise(go)',
      'sendTo(logger)',
      'spawnChild(worker)',
      'stopChild(worker)',
      'cancel(timer)',
      'emit(told)',
    ]);
    expect(chart.exit).toEqual(['inline']);
    expect(chart.tags).toEqual(['busy']);
  });

  it('reads guards, however they are combined', () => {
    const guards = [
      'ready',
      { type: 'isOver', params: { age: 18 } },
      not('ready'),
      and(['a', or(['b', not('c')])]),
      not(and(['a', 'b'])),
      stateIn('open.typing'),
      stateIn({ open: 'typing' }),
      function isEven() {
        return true;
      },
      () => true,
    ];
    const chart = chartOf(machine({ on: { go: guards.map((guard) => ({ guard, actions: 'x' })) } }))!;
    expect(chart.transitions.map(({ guard }) => guard)).toEqual([
      'ready',
      'isOver',
      'not ready',
      'a and (b or not c)',
      'not (a and b)',
      'in open.typing',
      'in {"open":"typing"}',
      'isEven',
      'inline',
    ]);
  });

  it('tells the paths of targets, by whatever way they are written', () => {
    const chart = chartOf(
      machine({
        id: 'm',
        initial: 'a',
        on: { reset: '.a', deep: '#leaf' },
        states: {
          a: { on: { next: 'b.c', self: { target: 'a', reenter: true } } },
          b: { initial: 'c', states: { c: { id: 'leaf' } } },
        },
      }),
    )!;
    expect(chart.transitions.map(({ targets }) => targets)).toEqual([['a'], ['b.c']]);
    expect(at(chart, 'a').transitions.map(({ targets }) => targets)).toEqual([['b.c'], ['a']]);
  });

  it('is that of the machine within a wrapper, and plain', () => {
    const chart = chartOf(Object.create(projectMachine) as AnyActorLogic)!;
    expect(chart).toEqual(chartOf(projectMachine));
    expect(JSON.parse(JSON.stringify(chart))).toEqual(chart);
    expect(labels(at(chart, 'changed'))).toEqual(['after quiet']);
    expect(at(chart, 'changed').entry).toEqual([]);
  });

  it('is none for what is no machine', () => {
    const others = [
      fromPromise(async () => 1),
      fromCallback(() => {}),
      fromTransition((state: number) => state, 0),
      {},
      null,
    ];
    for (const logic of others) expect(chartOf(logic as AnyActorLogic)).toBeUndefined();
  });
});

describe('The chart of a hostile machine', () => {
  it('says what can be read where the rest throws', () => {
    const broken = machine({ initial: 'a', states: { a: {}, b: {} }, on: { go: { actions: 'x', guard: 'y' } } });
    const boom = () => {
      throw new Error('boom');
    };
    for (const name of ['description', 'entry', 'history', 'tags', 'type']) {
      Object.defineProperty(broken.root.states.a, name, { get: boom });
    }
    Object.defineProperty(broken.root.states.b, 'transitions', { get: boom });
    for (const name of ['guard', 'actions', 'target']) {
      Object.defineProperty(broken.root.transitions.get('go')![0], name, { get: boom });
    }
    expect(chartOf(broken)!.transitions).toEqual([{ label: 'go', event: 'go', actions: [], targets: [] }]);
    expect(chartOf(broken)!.states.map(({ path }) => path)).toEqual(['a', 'b']);
    Object.defineProperty(broken, 'root', { get: boom });
    expect(chartOf(broken)).toBeUndefined();
    expect(chartOf(new Proxy({}, { get: boom, has: boom }) as AnyActorLogic)).toBeUndefined();
  });

  it('ends where a state or a guard holds itself', () => {
    const cyclic = machine({ initial: 'a', states: { a: { initial: 'b', states: { b: {} } } } });
    const { a } = cyclic.root.states;
    (a!.states as Record<string, unknown>).b = a;
    expect(chartOf(cyclic)!.states).toHaveLength(1);
    const guard = not('x') as unknown as { guards: unknown[] };
    guard.guards = [guard];
    expect(chartOf(machine({ on: { go: { guard, actions: 'x' } } }))!.transitions[0]!.guard).toBe(
      'not (not (not (not (not …))))',
    );
  });

  it('keeps to 500 states, and to texts that can be drawn', () => {
    const states = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [
        `s${i}`,
        { initial: 'x0', states: Object.fromEntries(Array.from({ length: 100 }, (_, j) => [`x${j}`, {}])) },
      ]),
    );
    const long = 'long'.repeat(1_000);
    const chart = chartOf(
      machine({
        initial: 's0',
        states,
        description: long,
        entry: Array(100).fill(long),
        on: { [long]: { actions: long } },
      }),
    )!;
    const count = (state: Chart): number => 1 + state.states.reduce((sum, inner) => sum + count(inner), 0);
    expect(count(chart)).toBe(500);
    expect(chart.states).toHaveLength(50);
    expect(chart.description).toMatch(/^It has more states than the 500 that are shown here\. long/);
    expect(JSON.stringify({ ...chart, states: [] }).length).toBeLessThan(3_000);
  });

  it('keeps to as many transitions as can be drawn', () => {
    const on = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`e${i}`, { actions: 'x' }]));
    expect(chartOf(machine({ on }))!.transitions).toHaveLength(200);
  });
});

describe('What a machine takes', () => {
  const chat = setup({ actors: { fetcher: fromPromise(async () => 1) } }).createMachine({
    initial: 'open',
    on: { stop: '.closed', 'user.*': { actions: () => {} }, '*': { actions: () => {} } },
    states: {
      open: {
        initial: 'idle',
        invoke: { src: 'fetcher', onDone: { actions: () => {} } },
        on: { 'supervisor.shutdown': 'closed', pause: {} },
        states: { idle: { on: { type: 'typing' } }, typing: { on: { stop: undefined, send: 'idle' } } },
      },
      closed: { type: 'final' },
    },
  });

  it('is what its active states take, innermost first, without what is XState’s own', () => {
    const actor = createActor(chat).start();
    expect(acceptsOf(actor.getSnapshot())).toEqual(['type', 'supervisor.shutdown', 'stop', 'user.*']);
    actor.send({ type: 'type' });
    expect(acceptsOf(actor.getSnapshot())).toEqual(['send', 'supervisor.shutdown', 'user.*']);
    actor.send({ type: 'supervisor.shutdown' });
    expect(acceptsOf(actor.getSnapshot())).toEqual([]);
  });

  it('is what all regions take', () => {
    const on = (type: string) => ({ initial: 'a', states: { a: { on: { [type]: { actions: 'x' } } } } });
    const actor = createActor(machine({ type: 'parallel', states: { one: on('left'), two: on('right'), three: {} } }));
    expect(acceptsOf(actor.getSnapshot())).toEqual(['left', 'right']);
  });

  it('is nothing where there is no machine', () => {
    for (const snapshot of [undefined, null, {}, { status: 'active' }, { status: 'active', value: 'x', machine: {} }]) {
      expect(acceptsOf(snapshot)).toEqual([]);
    }
  });
});

describe('A state in short', () => {
  it.each([
    ['open', 'open'],
    [{ open: 'typing' }, 'open.typing'],
    [{ bold: 'on', italic: 'off' }, '{bold: on, italic: off}'],
    [{ edit: { bold: 'on', list: { none: 'empty' } } }, 'edit.{bold: on, list: none.empty}'],
    [{ idle: {} }, 'idle'],
    [{}, ''],
    [undefined, ''],
  ])('%j is %s', (value, text) => expect(stateText(value as never)).toBe(text));

  it('stays short, and ends', () => {
    expect(stateText(Object.fromEntries(Array.from({ length: 99 }, (_, i) => [`region${i}`, 'on'])))).toHaveLength(120);
    const cyclic: { a?: object } = {};
    cyclic.a = cyclic;
    expect(stateText(cyclic as never)).toHaveLength(99);
  });
});
