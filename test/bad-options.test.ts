import { createActor } from 'xstate';
import { createSessionHost, memoryStore, sessionRegistry, sessionRuntime } from '../src/index.ts';
import { doing } from './support/doing.ts';
import { isBoolean, isFunction, isLimit, isObject, isPlainObject, isText, nothing } from './support/legal.ts';
import { nonsense } from './support/nonsense.ts';
import { isMistake, outcomeOf, throwsByItself, told } from './support/outcome.ts';

const isTime = (value: unknown) => typeof value === 'number' && value >= 0 && value < 1e9;

interface Option {
  readonly name: string;
  /** What of the nonsense is legal, besides `undefined`. */
  readonly isLegal: (value: unknown) => boolean;
  /** The options with that value. */
  readonly with: (value: unknown) => object;
}

const option = (
  name: string,
  isLegal: Option['isLegal'],
  withValue: Option['with'] = (value) => ({ [name]: value }),
): Option => ({ name, isLegal, with: withValue });

const kept = (name: string, isLegal: Option['isLegal'], withValue?: Option['with']): Option =>
  option(name, isLegal, (value) => ({ store: memoryStore(), ...(withValue?.(value) ?? { [name]: value }) }));

const ofKeeping: readonly Option[] = [
  option('store', nothing),
  kept('persist', nothing),
  kept('persist.everyMs', isTime, (everyMs) => ({ persist: { everyMs } })),
  kept('storeTimeoutMs', isTime),
  kept('timers', nothing),
  kept('restartFrom', nothing),
  kept('poisonAfter', nothing),
  kept('logicVersion', isText),
  kept('migrate', isFunction),
];

const ofRuntime: readonly Option[] = [
  option('session', nothing),
  option('input', isFunction),
  option('maxSessions', isLimit),
  option('onePerProject', isBoolean),
  option('restart', nothing),
  // No field of theirs is required: an object without any is as good as none.
  option('intensity', isObject),
  option(
    'intensity.maxRestarts',
    (value) => value === 0,
    (maxRestarts) => ({ intensity: { maxRestarts } }),
  ),
  option(
    'intensity.withinMs',
    (value) => value === 1.5 || value === 2 ** 60,
    (withinMs) => ({ intensity: { withinMs } }),
  ),
  option('backoff', nothing),
  option(
    'backoff.minMs',
    (value) => value === 1.5,
    (minMs) => ({ backoff: { minMs, maxMs: 9 } }),
  ),
  option(
    'backoff.maxMs',
    (value) => value === 1.5,
    (maxMs) => ({ backoff: { minMs: 1, maxMs } }),
  ),
  option(
    'backoff.factor',
    (value) => value === 1.5 || value === 2 ** 60,
    (factor) => ({ backoff: { minMs: 1, maxMs: 9, factor } }),
  ),
  option('backoff.jitter', nothing, (jitter) => ({ backoff: { minMs: 1, maxMs: 9, jitter } })),
  option(
    'backoff.resetAfterMs',
    (value) => isTime(value) || value === 2 ** 60,
    (resetAfterMs) => ({ backoff: { minMs: 1, maxMs: 9, resetAfterMs } }),
  ),
  option('shutdown', isTime),
  option('config', isObject),
  option('config.schema', nothing, (schema) => ({ config: { schema } })),
  option('config.default', isPlainObject, (value) => ({ config: { default: value } })),
  option('projectPaths', isFunction),
  option('access', nothing),
  option('stashLimit', isLimit),
  option('now', isFunction),
  option('generateId', isFunction),
  option('random', isFunction),
  option('logger', isFunction),
  ...ofKeeping,
];

const ofHost: readonly Option[] = [
  ...ofRuntime,
  option('clock', nothing),
  option('clock.setTimeout', isFunction, (setTimeout) => ({ clock: { setTimeout, clearTimeout() {} } })),
  option('clock.clearTimeout', isFunction, (clearTimeout) => ({ clock: { setTimeout() {}, clearTimeout } })),
  option('clock.now', isFunction, (now) => ({ clock: { setTimeout() {}, clearTimeout() {}, now } })),
  option('inspect', isFunction),
];

const ofRegistry: readonly Option[] = [
  option('maxSessions', isLimit),
  option('onePerProject', isBoolean),
  option('now', isFunction),
  option('config', isObject),
  option('config.schema', nothing, (schema) => ({ config: { schema } })),
  option('config.default', isPlainObject, (value) => ({ config: { default: value } })),
  option('logger', isFunction),
];

const required = ['session', 'backoff.minMs', 'backoff.maxMs', 'clock.setTimeout', 'clock.clearTimeout'];
const isRequired = (name: string) => [...required, 'persist.everyMs'].includes(name);

describe.each<[string, (options: never) => unknown, readonly Option[]]>([
  ['createSessionHost', createSessionHost, ofHost],
  ['sessionRuntime', sessionRuntime, ofRuntime],
  ['sessionRegistry', sessionRegistry, ofRegistry],
])('%s, given nonsense, throws an error that names', (_name, create, options) => {
  it.each(options)('the option $name', async ({ name, isLegal, with: withValue }) => {
    const mistaken: string[] = [];
    for (const [what, value] of Object.entries(nonsense)) {
      if (isLegal(value) || (value === undefined && !isRequired(name))) continue;
      const outcome = await outcomeOf(() => create({ session: doing, logger() {}, ...withValue(value) } as never));
      const isItsOwn = throwsByItself.includes(value) && outcome.type === 'threw';
      if (!isItsOwn && !isMistake(outcome, name)) mistaken.push(`${what} ${told(outcome)}`);
    }
    expect(mistaken).toEqual([]);
  });

  it('its options', async () => {
    const mistaken: string[] = [];
    for (const [what, value] of Object.entries(nonsense)) {
      // No option of a registry is required.
      if (create === (sessionRegistry as never) && (value === undefined || isObject(value))) continue;
      const outcome = await outcomeOf(() => create(value as never));
      const isItsOwn = throwsByItself.includes(value) && outcome.type === 'threw';
      const name = isObject(value) ? 'session' : 'options';
      if (!isItsOwn && !isMistake(outcome, name)) mistaken.push(`${what} ${told(outcome)}`);
    }
    expect(mistaken).toEqual([]);
  });
});

describe('createSessionHost', () => {
  const create = (options: object) => () => createSessionHost({ session: doing, logger() {}, ...options });

  it('refuses a back-off that could never give up, and names it and the intensity', () => {
    const backoff = { minMs: 1_000, maxMs: 60_000 };
    const refusal = create({ backoff, intensity: { maxRestarts: 3, withinMs: 5_000 } });
    expect(refusal).toThrow(RangeError);
    expect(refusal).toThrow(/intensity/);
    expect(refusal).toThrow(/backoff/);
    expect(
      create({ backoff: { minMs: 1, maxMs: 1, jitter: 'none' }, intensity: { maxRestarts: 9, withinMs: 9 } }),
    ).toThrow(/intensity.*backoff/);
  });

  it('takes the same back-off where the time is long enough, and without an intensity', async () => {
    const backoff = { minMs: 1_000, maxMs: 60_000 };
    for (const intensity of [{ maxRestarts: 3, withinMs: 7_001 }, { maxRestarts: 20 }, {}, undefined]) {
      await create({ backoff, intensity })().close();
    }
  });

  it.each([
    ['shutdown', 2 ** 31],
    ['backoff', { minMs: 5, maxMs: 1 }],
    ['backoff', { minMs: 1, maxMs: 2 ** 31 }],
    ['backoff', { minMs: 0, maxMs: 1 }],
    ['backoff', { minMs: 1, maxMs: 2, factor: 0.5 }],
    ['intensity', { maxRestarts: 3, withinMs: 0 }],
    ['maxSessions', -1],
    ['stashLimit', 0.5],
  ])('refuses %s that is out of range: %j', (name, value) => {
    expect(create({ [name]: value })).toThrow(RangeError);
    expect(create({ [name]: value })).toThrow(new RegExp(`^${name}`));
  });

  it.each([
    ['persist', 'on_stop', {}],
    ['storeTimeoutMs', 100, {}],
    ['logicVersion', '2', { restartFrom: 'last_snapshot' }],
    ['migrate', (record: unknown) => record, { restartFrom: 'last_snapshot' }],
    ['timers', 'restart', {}],
    ['poisonAfter', 2, {}],
  ] as const)('refuses %s where there is nothing that it is for', async (name, value, others) => {
    expect(create({ [name]: value, ...others })).toThrow(TypeError);
    expect(create({ [name]: value, ...others })).toThrow(new RegExp(`^${name} needs a store`));
    await create({ [name]: value, store: memoryStore() })().close();
  });

  it('takes timers and poisonAfter without a store, where a crash has a session go on', async () => {
    await create({ restartFrom: 'last_snapshot', timers: 'restart', poisonAfter: 2 })().close();
  });

  it('shows the value, but not all of a long one', () => {
    expect(create({ restart: 'sometimes' })).toThrow(/"sometimes"/);
    expect(create({ access: 'x'.repeat(10_000) })).toThrow(/^.{0,300}$/s);
  });

  it('takes what is no logic for what it is, also where it looks like one', async () => {
    for (const session of [{ transition() {} }, { getInitialSnapshot() {} }, { config: {} }]) {
      expect(create({ session })).toThrow(/^session must be actor logic/);
    }
    for (const snapshot of [undefined, null, 5, 'active', {}]) {
      const impostor = { transition: () => snapshot, getInitialSnapshot: () => snapshot };
      const host = createSessionHost({
        session: impostor as unknown as typeof doing,
        projectPaths: 'text',
        logger() {},
      });
      expect(await host.startSession({ projectPath: '/a' })).toMatchObject({ error: { code: 'start_failed' } });
      expect(host.count()).toBe(0);
      await host.close();
    }
  });

  it('takes a logic that forgets to return a snapshot for one that crashes', async () => {
    const session = {
      getInitialSnapshot: () => ({ status: 'active', output: undefined, error: undefined }),
      transition: (snapshot: object, event: { type: string }) => (event.type === 'forget' ? undefined : snapshot),
    };
    const host = createSessionHost({ session: session as unknown as typeof doing, projectPaths: 'text', logger() {} });
    const types: string[] = [];
    host.on('*', ({ type }) => types.push(type));
    await host.startSession({ projectPath: '/a', id: 'a' });
    host.session('a')!.send({ type: 'forget' } as never);
    expect(types).toEqual(['session.started', 'session.crashed', 'session.restarted']);
    await host.close();
  });

  it('leaves a frozen options object as it is, and reads it once', async () => {
    let reads = 0;
    const options = Object.freeze({
      session: doing,
      logger() {},
      get maxSessions() {
        reads += 1;
        return reads;
      },
    });
    const host = createSessionHost(options);
    expect([host.maxSessions, reads]).toEqual([1, 1]);
    await host.close();
  });
});

describe('A runtime whose actor is given nonsense as its input', () => {
  it('does not look at it', () => {
    const logic = sessionRuntime({ session: doing, logger() {} });
    for (const input of Object.values(nonsense)) {
      const actor = createActor(logic, { input: input as never }).start();
      expect(actor.getSnapshot().status).toBe('active');
      actor.stop();
    }
  });
});
