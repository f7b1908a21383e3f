import { context, metrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Attributes, MeterProvider as AnyMeterProvider } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import type { Histogram } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { createActor, createMachine } from 'xstate';
import { ask, memoryStore, sessionRuntime } from '../src/index.ts';
import { asking, sessionRestart, sessionStart } from '../src/diagnostics.ts';
import { instrument } from '../src/otel/index.ts';
import { childrenOf, sabotage } from './support/break-actor.ts';
import { desk } from './support/desk.ts';
import { Document } from './support/document.ts';
import { settled } from './support/answers.ts';
import { boom, fragile, thrown } from './support/fragile.ts';
import { openHost, steadyBackoff } from './support/open-host.ts';

const cleanUps: (() => unknown)[] = [];

/** The SDK, with all that it exports in memory. */
function telemetry() {
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 1e8 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const spanExporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spanExporter)] });
  cleanUps.push(() => meterProvider.shutdown());
  cleanUps.push(() => tracerProvider.shutdown());

  const read = async () => {
    metricExporter.reset();
    await reader.forceFlush();
    return metricExporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics: all }) => all));
  };
  /** What has been measured by one name: the value, or the number of values, by its attributes. */
  const measured = async (name: string): Promise<[Attributes, number][]> =>
    (await read())
      .filter(({ descriptor }) => descriptor.name === `xstate_supervisor.${name}`)
      .flatMap(({ dataPoints }) =>
        dataPoints.map(({ attributes, value }): [Attributes, number] => [
          attributes,
          typeof value === 'number' ? value : (value as Histogram).count,
        ]),
      );
  return { meterProvider, tracerProvider, read, measured, spans: () => spanExporter.getFinishedSpans() };
}

const withSdk = (options: Parameters<typeof openHost<typeof fragile>>[0] = { session: fragile }) => {
  const sdk = telemetry();
  const opened = openHost(options);
  return { ...sdk, ...opened, instrumented: instrument(opened.host, sdk) };
};

const seen = ({ name, status, attributes }: ReadableSpan) => ({
  name,
  failed: status.code === SpanStatusCode.ERROR,
  attributes,
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

describe('The metrics of a host', () => {
  it('have the names, kinds and units that are documented', async () => {
    const { read, host, open } = withSdk({
      session: fragile,
      intensity: { maxRestarts: 1, withinMs: 1000 },
      store: { ...memoryStore(), save: () => Promise.reject(new Error('the disk is gone')) },
      persist: 'on_stop',
    });
    const ref = await open('s1');
    await open('s2');
    await host.startSession({ projectPath: 'shop' });
    await ask(host.actor, { type: 'registry.count' });
    ref.send(thrown);
    ref.send(thrown);
    void host.flush();
    await settled();
    const all = (await read()).map(({ descriptor: { name, unit }, ...data }): [string, string, string] => {
      const kind = 'isMonotonic' in data ? (data.isMonotonic ? 'counter' : 'up-down counter') : 'histogram';
      return [name, kind, unit];
    });
    expect(all).toEqual([
      ['xstate_supervisor.session.count', 'up-down counter', '{session}'],
      ['xstate_supervisor.session.starts', 'counter', '{start}'],
      ['xstate_supervisor.session.crashes', 'counter', '{crash}'],
      ['xstate_supervisor.session.restarts', 'counter', '{restart}'],
      ['xstate_supervisor.session.failures', 'counter', '{failure}'],
      ['xstate_supervisor.session.refusals', 'counter', '{refusal}'],
      ['xstate_supervisor.store.failures', 'counter', '{failure}'],
      ['xstate_supervisor.session.start.duration', 'histogram', 's'],
      ['xstate_supervisor.ask.duration', 'histogram', 's'],
    ]);
    const documented = new Document('docs/telemetry.md').tableUnder('Metrics');
    expect(documented).toEqual(all.map(([name, kind]) => [name, kind]));
  });

  it('count the sessions that are open, also those from before', async () => {
    const sdk = telemetry();
    const { host, open } = openHost({ session: fragile });
    await open('s1');
    instrument(host, sdk);
    expect(await sdk.measured('session.count')).toEqual([[{}, 1]]);
    await open('s2');
    await open('s3');
    expect(await sdk.measured('session.count')).toEqual([[{}, 3]]);
    await host.stopSession('s1');
    expect(await sdk.measured('session.count')).toEqual([[{}, host.count()]]);
    await host.close();
    expect(await sdk.measured('session.count')).toEqual([[{}, 0]]);
    expect(await sdk.measured('session.starts')).toEqual([[{}, 2]]);
  });

  it('count crashes by their errors, restarts and failures', async () => {
    const { measured, open } = withSdk({ session: fragile, intensity: { maxRestarts: 4, withinMs: 1000 } });
    const ref = await open('s1');
    const madeUp = Object.assign(new Error('failed'), { name: 'job 42 failed' });
    for (const error of [boom, new RangeError('far'), 'a text', null, madeUp]) ref.send({ type: 'throw', error });
    expect(await measured('session.crashes')).toEqual([
      [{ 'error.type': 'Error' }, 1],
      [{ 'error.type': 'RangeError' }, 1],
      [{ 'error.type': '_OTHER' }, 3],
    ]);
    expect(await measured('session.restarts')).toEqual([[{}, 4]]);
    expect(await measured('session.failures')).toEqual([[{}, 1]]);
    expect(await measured('session.count')).toEqual([[{}, 0]]);
  });

  it('count refusals by code, and how long each start took', async () => {
    const { host, measured, read, open } = withSdk({ session: fragile, maxSessions: 1, onePerProject: true });
    await open('s1');
    await host.startSession({ projectPath: 'shop' });
    await host.startSession({ projectPath: 'shop' });
    await host.startSession({ projectPath: '/p' });
    const refusals = [
      [{ 'error.type': 'path_not_absolute' }, 2],
      [{ 'error.type': 'session_limit_reached' }, 1],
    ];
    expect(await measured('session.refusals')).toEqual(refusals);
    expect(await measured('session.start.duration')).toEqual([[{}, 1], ...refusals]);
    const durations = (await read()).find(({ descriptor }) => descriptor.name.endsWith('start.duration'))!;
    const { sum, buckets } = durations.dataPoints[0]!.value as Histogram;
    expect(sum).toBeGreaterThan(0);
    expect(sum).toBeLessThan(1);
    expect(buckets.boundaries).toEqual([
      0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ]);
  });

  it('count how long each ask took, by the type of its event and by its error', async () => {
    const sdk = telemetry();
    const { host, clock, open } = openHost({ session: desk });
    instrument(host, sdk);
    const ref = await open('s1');
    await ask(ref, { type: 'ask.length', text: '' });
    const late = ask(ref, { type: 'ask.kept' }, { timeoutMs: 10 });
    clock.increment(10);
    const stopped = ask(ref, { type: 'ask.kept' });
    ref.send({ type: 'crash' });
    await Promise.allSettled([late, stopped]);
    const kept = { 'xstate_supervisor.event.type': 'ask.kept' };
    expect(await sdk.measured('ask.duration')).toEqual([
      [{ 'xstate_supervisor.event.type': 'ask.length' }, 1],
      [{ ...kept, 'error.type': 'ask_timeout' }, 1],
      [{ ...kept, 'error.type': 'actor_stopped' }, 1],
    ]);
  });
});

describe('The spans of a host', () => {
  const s1 = {
    'xstate_supervisor.session.id': 's1',
    'xstate_supervisor.session.name': 's1',
    'xstate_supervisor.session.path': '/projects/s1',
  };
  const restart = (cause: string, incarnation?: number) => ({
    name: 'session.restart',
    failed: false,
    attributes: {
      ...s1,
      'xstate_supervisor.restart.cause': cause,
      ...(incarnation !== undefined && { 'xstate_supervisor.session.incarnation': incarnation }),
    },
  });

  it('are one for each start, with its error if it was refused', async () => {
    const { host, spans, open } = withSdk();
    await open('s1');
    await host.startSession({ projectPath: 'shop', name: 'shop', id: 7 as never });
    const [started, refused] = spans();
    expect(seen(started!)).toEqual({ name: 'session.start', failed: false, attributes: s1 });
    expect(started).toMatchObject({ kind: SpanKind.INTERNAL, status: { code: SpanStatusCode.UNSET }, ended: true });
    expect(seen(refused!)).toEqual({
      name: 'session.start',
      failed: true,
      attributes: {
        'xstate_supervisor.session.name': 'shop',
        'xstate_supervisor.session.path': 'shop',
        'error.type': 'path_not_absolute',
      },
    });
    expect(refused!.status.message).toMatch(/^SupervisionError: .*shop/);
    expect(refused!.events).toHaveLength(1);
    expect(refused!.events[0]).toMatchObject({
      name: 'exception',
      attributes: {
        'exception.type': 'path_not_absolute',
        'exception.message': expect.stringContaining('shop'),
        'exception.stacktrace': expect.any(String),
      },
    });
  });

  it('are one for each restart: after a crash, by hand, and of several incarnations', async () => {
    const { host, spans, open } = withSdk({ session: fragile, restart: 'permanent' });
    const ref = await open('s1');
    ref.send(thrown);
    ref.send(thrown);
    await host.restartSession('s1');
    ref.send({ type: 'finish' });
    expect(spans().slice(1).map(seen)).toEqual([
      restart('crash', 2),
      restart('crash', 3),
      restart('command', 4),
      restart('exit', 5),
    ]);
  });

  it('last through a back-off', async () => {
    const { clock, spans, open } = withSdk({ session: fragile, backoff: steadyBackoff });
    const ref = await open('s1');
    ref.send(thrown);
    clock.increment(99);
    expect(spans()).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    clock.increment(1);
    expect(spans().slice(1).map(seen)).toEqual([restart('crash', 2)]);
    const [s, ns] = spans()[1]!.duration;
    expect(s + ns / 1e9).toBeGreaterThan(0.015);
  });

  it('of a session that gives up end with that', async () => {
    const { spans, open } = withSdk({ session: fragile, intensity: { maxRestarts: 1, withinMs: 1000 } });
    const ref = await open('s1');
    ref.send(thrown);
    ref.send(thrown);
    const { attributes, ...last } = seen(spans().at(-1)!);
    expect(last).toEqual({ name: 'session.restart', failed: true });
    expect(attributes).toEqual({ ...restart('crash').attributes, 'error.type': 'gave_up' });
    expect(
      spans()
        .at(-1)!
        .events.map(({ name }) => name),
    ).toEqual(['exception']);
    expect(spans().at(-1)!.status.message).toContain('gave up after 1 restarts within 1000 ms: Error: boom');
  });

  it('of a session that is stopped while it waits end without an error', async () => {
    const { host, spans, open } = withSdk({ session: fragile, backoff: steadyBackoff });
    (await open('s1')).send(thrown);
    await host.stopSession('s1');
    expect(spans().slice(1).map(seen)).toEqual([restart('crash')]);
  });

  it('are one for each ask: answered, too late, or stopped', async () => {
    const sdk = telemetry();
    const { host, clock, open } = openHost({ session: desk });
    const ref = await open('s1');
    instrument(host, sdk);
    await ask(ref, { type: 'ask.length', text: '' });
    const late = ask(ref, { type: 'ask.kept' }, { timeoutMs: 10 });
    clock.increment(10);
    const stopped = ask(ref, { type: 'ask.kept' });
    await host.stopSession('s1');
    await Promise.allSettled([late, stopped]);
    const asked = (type: string, error?: string) => ({
      name: `ask ${type}`,
      failed: error !== undefined,
      attributes: {
        'xstate_supervisor.event.type': type,
        'xstate_supervisor.actor.id': 's1',
        ...(error !== undefined && { 'error.type': error }),
      },
    });
    expect(sdk.spans().map(seen)).toEqual([
      asked('ask.length'),
      asked('ask.kept', 'ask_timeout'),
      asked('ask.kept', 'actor_stopped'),
    ]);
    expect(sdk.spans()[0]!.kind).toBe(SpanKind.INTERNAL);
  });

  it('are children of what was active when they began, also where they end later', async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    cleanUps.push(() => context.disable());
    const { tracerProvider, host, clock, spans } = withSdk({
      session: fragile,
      backoff: steadyBackoff,
      projectPaths: async (path) => ({ ok: true, value: path }),
    });
    const tracer = tracerProvider.getTracer('test');
    const within = async (name: string, fn: () => unknown) =>
      tracer.startActiveSpan(name, async (span) => {
        await fn();
        span.end();
      });
    await within('opening', () => host.startSession({ projectPath: '/p', id: 's1' }));
    await within('crashing', () => host.session('s1')!.send(thrown));
    clock.increment(100);
    await within('asking', () => ask(host.actor, { type: 'registry.count' }));
    await host.startSession({ projectPath: '/q', id: 's2' });

    const nameOf = (id: string | undefined) => spans().find((span) => span.spanContext().spanId === id)?.name;
    const parents = spans().map(({ name, parentSpanContext }) => `${name} in ${nameOf(parentSpanContext?.spanId)}`);
    expect(parents).toEqual([
      'session.start in opening',
      'opening in undefined',
      'crashing in undefined',
      'session.restart in crashing',
      'ask registry.count in asking',
      'asking in undefined',
      'session.start in undefined',
    ]);
  });
});

describe('Instrumentation', () => {
  it('takes the global providers, unless it is given others', async () => {
    const sdk = telemetry();
    metrics.setGlobalMeterProvider(sdk.meterProvider);
    trace.setGlobalTracerProvider(sdk.tracerProvider);
    cleanUps.push(() => metrics.disable());
    cleanUps.push(() => trace.disable());
    const { host, open } = openHost({ session: fragile });
    instrument(host);
    await open('s1');
    expect(await sdk.measured('session.starts')).toEqual([[{}, 1]]);
    expect(sdk.spans()).toHaveLength(1);
  });

  it('keeps two hosts apart, or adds them up', async () => {
    const sdk = telemetry();
    const own = telemetry();
    const hosts = [openHost({ session: desk }), openHost({ session: desk })];
    const named = (name: string) => ({ 'xstate_supervisor.host.name': name });
    hosts.forEach(({ host }, i) => {
      instrument(host, { ...sdk, attributes: named(`h${i}`) });
      instrument(host, own);
    });
    const opened = [await hosts[0]!.open('a'), await hosts[1]!.open('b'), await hosts[1]!.open('c')];
    await ask(opened[1]!, { type: 'ask.length', text: '' });
    expect(await sdk.measured('session.count')).toEqual([
      [named('h0'), 1],
      [named('h1'), 2],
    ]);
    expect(await own.measured('session.count')).toEqual([[{}, 3]]);
    expect(await sdk.measured('ask.duration')).toEqual([
      [{ ...named('h1'), 'xstate_supervisor.event.type': 'ask.length' }, 1],
    ]);
    const spans = sdk.spans().map(({ name, attributes }) => `${name} ${attributes['xstate_supervisor.host.name']}`);
    expect(spans).toEqual(['session.start h0', 'session.start h1', 'session.start h1', 'ask ask.length h1']);
  });

  it('leaves nothing behind when it is detached: no channel is listened to, no session counted', async () => {
    const { instrumented, host, clock, measured, spans, open } = withSdk({ session: fragile, backoff: steadyBackoff });
    const ref = await open('s1');
    ref.send(thrown);
    expect([asking, sessionRestart, sessionStart].map(({ isWatched }) => isWatched)).toEqual([true, true, true]);
    instrumented.unsubscribe();
    expect([asking, sessionRestart, sessionStart].map(({ isWatched }) => isWatched)).toEqual([false, false, false]);
    expect(await measured('session.count')).toEqual([[{}, 0]]);
    clock.increment(100);
    await open('s2');
    await ask(host.actor, { type: 'registry.count' });
    instrumented.unsubscribe();
    expect(spans().map(({ name }) => name)).toEqual(['session.start']);
    expect(await measured('session.starts')).toEqual([[{}, 1]]);
    expect(await measured('session.count')).toEqual([[{}, 0]]);
  });

  it.each(['closes', 'fails'])('detaches itself when its host %s', async (end) => {
    const { host, measured, open } = withSdk();
    await open('s1');
    for (let i = 0; end === 'fails' && i < 4; i++) {
      const { registry } = await childrenOf(host);
      sabotage(registry);
      registry.send({ type: 'any.event' });
    }
    await host.close();
    await Promise.resolve();
    expect([asking, sessionRestart, sessionStart].map(({ isWatched }) => isWatched)).toEqual([false, false, false]);
    expect(await measured('session.count')).toEqual([[{}, 0]]);
    expect(await measured('session.failures')).toEqual(end === 'fails' ? [[{}, 1]] : []);
    instrument(host).unsubscribe();
  });

  it('hears nothing of what began before it', async () => {
    const sdk = telemetry();
    const { host, clock, open } = openHost({ session: fragile, backoff: steadyBackoff });
    (await open('s1')).send(thrown);
    instrument(host, sdk);
    clock.increment(100);
    expect(sdk.spans()).toEqual([]);
    expect(await sdk.measured('session.restarts')).toEqual([[{}, 1]]);
  });

  it('works without a host, on a bare runtime', async () => {
    const sdk = telemetry();
    const runtime = createActor(sessionRuntime({ session: fragile, projectPaths: 'text', logger() {} })).start();
    instrument({ actor: runtime }, sdk);
    await ask(runtime, { type: 'session.start', projectPath: '/p' });
    expect(await sdk.measured('session.count')).toEqual([[{}, 1]]);
    expect(sdk.spans().map(({ name }) => name)).toEqual(['session.start', 'ask session.start']);
    await ask(runtime, { type: 'supervisor.stop' });
  });

  it('keeps what a provider throws from the host, and goes on with the other', async () => {
    const fail = () => {
      throw new Error('no backend');
    };
    const sdk = telemetry();
    const noMeter = openHost({ session: fragile });
    instrument(noMeter.host, { ...sdk, meterProvider: { getMeter: fail } });
    await noMeter.open('s1');
    expect(sdk.spans()).toHaveLength(1);
    expect(noMeter.log).toEqual(['the meter provider threw: Error: no backend']);

    const bad = openHost({ session: fragile });
    const broken = { add: fail, record: fail };
    const meter = { createCounter: () => broken, createUpDownCounter: () => broken, createHistogram: () => broken };
    const meterProvider = { getMeter: () => meter } as unknown as AnyMeterProvider;
    const tracerProvider = { getTracer: () => ({ startSpan: fail, startActiveSpan: fail }) };
    const instrumented = instrument(bad.host, { meterProvider, tracerProvider });
    (await bad.open('s1')).send(thrown);
    expect(bad.host.isRunning('s1')).toBe(true);
    expect(new Set(bad.log.filter((line) => line.includes('threw')))).toEqual(
      new Set(['telemetry threw: Error: no backend']),
    );
    instrumented.unsubscribe();
  });

  it.each([undefined, {}, { actor: 1 }, { actor: createActor(createMachine({})) }])('refuses %p, no host', (host) => {
    expect(() => instrument(host as never)).toThrow(TypeError);
  });

  it.each([{ meterProvider: null }, { tracerProvider: 'global' }, { attributes: 1 }])('refuses %p', (options) => {
    const { host } = openHost({ session: fragile });
    const [name] = Object.keys(options);
    expect(() => instrument(host, options as never)).toThrow(new RegExp(`^${name}.* must be `));
  });
});
