import { createActor } from 'xstate';
import { dynamicSupervisor, sessionTree, supervisor } from '../src/index.ts';
import type { ChildSpec, SupervisionErrorFields } from '../src/index.ts';
import { Scene } from './support/scene.ts';
import { made } from './support/sessions.ts';
import { Journal, worker } from './support/workers.ts';

const src = worker();
const good = { id: 'a', src };

// What is wrong with a spec, the field that it names, and how it says so.
const bad: [field: string, spec: object, message: string][] = [
  ['id', { src }, 'id must be a string that is not empty, not ""'],
  ['id', { id: '', src }, 'id must be a string that is not empty, not ""'],
  ['id', { id: 7, src }, 'id must be a string that is not empty, not 7'],
  ['src', { id: 'a' }, 'src must be actor logic, such as a machine'],
  ['src', { id: 'a', src: 'machine' }, 'src must be actor logic, such as a machine, not "machine"'],
  ['src', { id: 'a', src: {} }, 'src must be actor logic, such as a machine, not {}'],
  [
    'restart',
    { ...good, restart: 'always' },
    `restart must be one of 'permanent', 'transient', 'temporary', not "always"`,
  ],
  ['shutdown', { ...good, shutdown: 'soon' }, `shutdown must be milliseconds, 'infinity' or 'brutal_kill', not "soon"`],
  ['shutdown', { ...good, shutdown: -1 }, 'shutdown must be a number of at least 0, not -1'],
  ['shutdown', { ...good, shutdown: NaN }, 'shutdown must be a number of at least 0, not NaN'],
  ['shutdown', { ...good, shutdown: Infinity }, 'shutdown must be a number of at least 0, not Infinity'],
  ['shutdown', { ...good, shutdown: 2 ** 31 }, 'shutdown must be at most 2147483647 ms, not 2147483648'],
  ['type', { ...good, type: 'boss' }, `type must be one of 'worker', 'supervisor', not "boss"`],
  ['significant', { ...good, significant: 1 }, 'significant must be true or false, not 1'],
  ['enabled', { ...good, enabled: true }, 'enabled must be a function, not true'],
  ['ready', { ...good, ready: 'up' }, 'ready must be a function, not "up"'],
  ['startTimeoutMs', { ...good, startTimeoutMs: '10' }, 'startTimeoutMs must be a number, not "10"'],
  ['startTimeoutMs', { ...good, startTimeoutMs: -1 }, 'startTimeoutMs must be a number of at least 0, not -1'],
  [
    'startTimeoutMs',
    { ...good, startTimeoutMs: 1e10 },
    'startTimeoutMs must be at most 2147483647 ms, not 10000000000',
  ],
  ['graceful', { ...good, graceful: 'yes' }, 'graceful must be true or false, not "yes"'],
  [
    'significant',
    { ...good, significant: true },
    'a significant child is never permanent, and needs autoShutdown: this one is permanent, autoShutdown is never',
  ],
  [
    'significant',
    { ...good, significant: true, restart: 'transient' },
    'a significant child is never permanent, and needs autoShutdown: this one is transient, autoShutdown is never',
  ],
];

describe('a bad spec', () => {
  it.each(bad)('is refused by a supervisor, before any child starts: %s %#', (_field, spec, message) => {
    const make = () => supervisor({ children: [{ id: 'first', src }, spec as ChildSpec] });
    expect(thrownBy(make)).toBe(`TypeError: children[1]: ${message}`);
  });

  it.each(bad)('is refused by child.start, with an issue: %s %#', (field, spec, message) => {
    const it = new Scene((logger) => dynamicSupervisor({ logger }));
    const code = `invalid_${field.replace('TimeoutMs', '_timeout_ms')}`;
    expect(it.refusal({ type: 'child.start', spec })).toMatchObject({
      code: 'invalid_spec',
      message: `The child spec is not valid: ${message}`,
      issues: [{ code, path: [field], message }],
    });
    expect(it.take()).toEqual([]);
  });

  it.each([undefined, null, 'a', 7])('may be no object at all: %p', (spec) => {
    const message = `a child spec must be an object, not ${JSON.stringify(spec)}`;
    expect(thrownBy(() => supervisor({ children: [spec as never] }))).toBe(`TypeError: children[0]: ${message}`);
    const it = new Scene((logger) => supervisor({ logger }));
    expect(it.refusal({ type: 'child.start', spec })).toMatchObject({ issues: [{ code: 'invalid_spec', message }] });
  });

  it('is refused with all that is wrong with it', () => {
    const it = new Scene((logger) => supervisor({ logger }));
    const spec = { id: 1, restart: 'never', shutdown: 'now', startTimeoutMs: 'soon' };
    const { issues } = it.refusal({ type: 'child.start', spec }) as unknown as SupervisionErrorFields['invalid_spec'];
    expect(issues.map(({ code }) => code)).toEqual([
      'invalid_id',
      'invalid_src',
      'invalid_restart',
      'invalid_shutdown',
      'invalid_start_timeout_ms',
    ]);
  });

  it('is one issue where a field cannot even be read', () => {
    const it = new Scene((logger) => supervisor({ logger }));
    const spec = {
      id: 'a',
      src,
      get restart(): never {
        throw new Error('no access');
      },
    };
    expect(it.refusal({ type: 'child.start', spec })).toMatchObject({
      issues: [{ code: 'invalid_restart', path: ['restart'], message: 'no access' }],
    });
    expect(it.status).toBe('active');
  });

  it('is a significant child of a dynamic supervisor', () => {
    const it = new Scene((logger) => dynamicSupervisor({ logger }));
    expect(it.tell({ type: 'child.start', spec: { ...good, restart: 'temporary', significant: true } })).toBe(
      'invalid_spec',
    );
  });

  it('is one whose id another child has', () => {
    expect(thrownBy(() => supervisor({ children: [good, { id: 'b', src }, good] }))).toBe(
      'TypeError: children[2]: id "a" is taken by another child',
    );
  });

  it('is shown in short, however long it is', () => {
    const restart = 'x'.repeat(1000);
    expect(() => supervisor({ children: [{ ...good, restart: restart as never }] })).toThrow(/not "x{100}…"$/);
  });

  it.each([
    'id',
    'src',
    'restart',
    'shutdown',
    'type',
    'significant',
    'enabled',
    'ready',
    'startTimeoutMs',
    'graceful',
  ])('has null for its %s', (field) => {
    const make = () => supervisor({ children: [{ ...good, [field]: null }] });
    expect(thrownBy(make)).toMatch(new RegExp(`^TypeError: children\\[0\\]: ${field} must be .* not null$`));
  });

  it('makes a session tree fail to start, and none of its children begins', () => {
    const journal = new Journal();
    const children = () => [
      { id: 'a', src: worker({ journal }) },
      { id: 'b', src: null as never },
    ];
    const actor = createActor(sessionTree({ children, logger: () => {} }), { input: { session: made() } });
    actor.subscribe({ error() {} });
    actor.start();
    expect(actor.getSnapshot()).toMatchObject({
      status: 'error',
      error: { message: /^children\[1\]: .* src must be actor logic/ },
    });
    expect(journal.take()).toBe('');
  });
});

describe('a spec', () => {
  it('is taken with keys that it does not know, as in OTP', () => {
    const spec = { ...good, modules: ['a'] };
    const it = new Scene((logger) => supervisor({ logger, children: [spec] }));
    expect(it.table()).toBe('a running 1');
  });

  it('that is changed after it was given changes nothing', () => {
    const spec: { id: string; src: typeof src; restart: 'permanent' | 'temporary' } = { ...good, restart: 'permanent' };
    const it = new Scene((logger) => supervisor({ logger, children: [spec] }));
    spec.restart = 'temporary';
    it.crash('a');
    expect(it.table()).toBe('a running 2');
  });

  it('has the defaults of Elixir: permanent, 5000 ms, a worker', () => {
    const closing = worker({ closing: 'never' });
    const it = new Scene((logger) => supervisor({ logger, children: [{ id: 'a', src: closing }] }));
    expect(it.children()).toEqual([
      { id: 'a', status: 'running', ref: it.ref('a'), type: 'worker', restart: 'permanent', incarnation: 1 },
    ]);
    it.ask({ type: 'supervisor.stop' });
    it.pass(4999);
    expect(it.state).toBe('stopping');
    it.pass(1);
    expect(it.state).toBe('stopped');
  });

  it('of a supervisor is of that type, and gives it all the time it needs', () => {
    const inner = supervisor({
      logger: () => {},
      children: [{ id: 'x', src: worker({ closing: 60_000 }), shutdown: 'infinity' }],
    });
    const it = new Scene((logger) => supervisor({ logger, children: [{ id: 'inner', src: inner }] }));
    expect(it.children()[0]!.type).toBe('supervisor');
    it.ask({ type: 'supervisor.stop' });
    it.clock.increment(59_999);
    expect(it.state).toBe('stopping');
    it.clock.increment(1);
    expect(it.state).toBe('stopped');
  });

  it.each([
    ['a worker', 'supervisor', { specs: 1, active: 1, supervisors: 1, workers: 0 }, 'infinity'],
    ['a supervisor', 'worker', { specs: 1, active: 1, supervisors: 0, workers: 1 }, 5000],
  ] as const)(
    'of %s may say otherwise of its type: %s, by which it is counted, and given time',
    (what, type, counts, time) => {
      const never = { id: 'x', src: worker({ closing: 'never' }), shutdown: 'infinity' } as const;
      const src = what === 'a worker' ? never.src : supervisor({ logger: () => {}, children: [never] });
      const it = new Scene((logger) => supervisor({ logger, children: [{ id: 'a', src, type }] }));
      expect(it.counts()).toEqual(counts);
      it.ask({ type: 'supervisor.stop' });
      it.clock.increment(4999);
      expect([it.status, it.timers]).toEqual(['active', time === 'infinity' ? 0 : 1]);
      it.clock.increment(1e9);
      expect(it.all('child.exited')).toMatchObject(time === 'infinity' ? [] : [{ id: 'a', reason: 'killed' }]);
      it.actor.stop();
    },
  );

  it('that says its shutdown time has that, whatever its type', () => {
    const src = worker({ closing: 'never' });
    const spec: ChildSpec = { id: 'a', src, type: 'supervisor', shutdown: 10 };
    const it = new Scene((logger) => supervisor({ logger, children: [spec] }));
    it.ask({ type: 'supervisor.stop' });
    it.clock.increment(10);
    expect(it.all('child.exited')).toMatchObject([{ reason: 'killed' }]);
  });
});

describe('a bad option', () => {
  const options: [string, object, string][] = [
    [
      'strategy',
      { strategy: 'simple' },
      `TypeError: strategy must be one of 'one_for_one', 'one_for_all', 'rest_for_one', not "simple"`,
    ],
    [
      'autoShutdown',
      { autoShutdown: true },
      `TypeError: autoShutdown must be one of 'never', 'any_significant', 'all_significant', not true`,
    ],
    ['children', { children: {} }, 'TypeError: children must be an array, not {}'],
    ['intensity', { intensity: 3 }, 'TypeError: intensity must be an object, not 3'],
    [
      'intensity.maxRestarts',
      { intensity: { maxRestarts: -1 } },
      'RangeError: intensity.maxRestarts must be an integer of at least 0, not -1',
    ],
    [
      'intensity.maxRestarts',
      { intensity: { maxRestarts: '3' } },
      'TypeError: intensity.maxRestarts must be a number, not "3"',
    ],
    ['intensity.withinMs', { intensity: { withinMs: 0 } }, 'RangeError: intensity.withinMs must be above 0, not 0'],
    ['backoff', { backoff: 100 }, 'TypeError: backoff must be an object, not 100'],
    ['backoff.minMs', { backoff: { maxMs: 1 } }, 'TypeError: backoff.minMs must be a number, not undefined'],
    [
      'backoff and intensity',
      { backoff: { minMs: 1000, maxMs: 1000, jitter: 'none' }, intensity: { maxRestarts: 3, withinMs: 3000 } },
      'RangeError: intensity {"maxRestarts":3,"withinMs":3000} could never be exceeded with backoff ' +
        '{"minMs":1000,"maxMs":1000,"factor":2,"jitter":"none","resetAfterMs":1000}: ' +
        'the first 3 delays take 3000 ms, so withinMs must be more',
    ],
    ['random', { random: 0.5 }, 'TypeError: random must be a function, not 0.5'],
    ['logger', { logger: 'console' }, 'TypeError: logger must be a function, not "console"'],
  ];

  it.each(options)('is refused, by its name: %s', (_name, given, error) => {
    expect(thrownBy(() => supervisor(given))).toBe(error);
  });

  it.each(options.slice(3))('is refused by a dynamic supervisor and a session tree too: %s', (_name, given, error) => {
    expect(thrownBy(() => dynamicSupervisor(given))).toBe(error);
    expect(thrownBy(() => sessionTree({ ...given, children: () => [] }))).toBe(error);
  });

  it.each([
    [-1, 'RangeError: maxChildren must be an integer of at least 0, not -1'],
    [1.5, 'RangeError: maxChildren must be an integer of at least 0, not 1.5'],
    ['3', 'TypeError: maxChildren must be a number, not "3"'],
  ])('of a dynamic supervisor is maxChildren %p', (maxChildren, error) => {
    expect(thrownBy(() => dynamicSupervisor({ maxChildren: maxChildren as number }))).toBe(error);
  });

  it.each<[string, () => unknown, string]>([
    [
      'maxChildren of a supervisor',
      () => supervisor({ maxChildren: 3 } as object),
      'maxChildren must not be given, as 3: a static supervisor has the children that it is given',
    ],
    [
      'maxChildren of a session tree',
      () => sessionTree({ children: () => [], maxChildren: 3 } as { children: () => ChildSpec[] }),
      'maxChildren must not be given, as 3: a static supervisor has the children that it is given',
    ],
    [
      'children of a dynamic supervisor',
      () => dynamicSupervisor({ children: [] } as object),
      'children must not be given, as []: those of a dynamic supervisor come by child.start',
    ],
    [
      'strategy of a dynamic supervisor',
      () => dynamicSupervisor({ strategy: 'one_for_all' } as object),
      'strategy must not be given, as "one_for_all": a dynamic supervisor is always one_for_one',
    ],
    [
      'autoShutdown of a dynamic supervisor',
      () => dynamicSupervisor({ autoShutdown: 'never' } as object),
      'autoShutdown must not be given, as "never": a dynamic supervisor never shuts itself down',
    ],
  ])('is one of the other kind of supervisor: %s', (_what, make, message) => {
    expect(thrownBy(make)).toBe(`TypeError: ${message}`);
  });

  it.each(['strategy', 'autoShutdown', 'children', 'intensity', 'backoff', 'random', 'logger'])(
    'is null: %s',
    (name) => {
      expect(thrownBy(() => supervisor({ [name]: null }))).toMatch(
        new RegExp(`^TypeError: ${name} must be .* not null$`),
      );
    },
  );

  it('of a session tree is children that is no function', () => {
    expect(thrownBy(() => sessionTree({ children: [] as never }))).toBe(
      'TypeError: children must be a function, not []',
    );
  });

  it.each([supervisor, dynamicSupervisor, sessionTree])('is no object at all: %p', (make) => {
    expect(thrownBy(() => make(null as never))).toBe('TypeError: options must be an object, not null');
    expect(thrownBy(() => make(7 as never))).toBe('TypeError: options must be an object, not 7');
  });
});

function thrownBy(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    return String(error);
  }
  return 'nothing';
}
