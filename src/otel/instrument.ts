import { metrics, trace } from '@opentelemetry/api';
import type { Attributes, MeterProvider, TracerProvider } from '@opentelemetry/api';
import type { AnyActorRef, Subscription } from 'xstate';
import type { Runtime } from '../../machines/runtime.ts';
import { requireFunction, requireObject } from '../core/arguments.ts';
import { hasChannels } from '../diagnostics.ts';
import { loggerOf } from '../guarded.ts';
import { contain } from '../logger.ts';
import { requireActorRef } from '../monitor.ts';
import { measure } from './metrics.ts';
import { traceOperations } from './spans.ts';
import { Watch } from './watch.ts';

/** Options of `instrument`. */
export interface InstrumentOptions {
  /** Who takes the metrics: by default the global one of `@opentelemetry/api`, as it is now. */
  readonly meterProvider?: MeterProvider;
  /** Who takes the spans: by default the global one of `@opentelemetry/api`. */
  readonly tracerProvider?: TracerProvider;
  /** Attributes of every measurement and span: they tell hosts of one process from each other. */
  readonly attributes?: Attributes;
}

/**
 * Gives OpenTelemetry's metrics and spans of what happens in one session host, from now on and until it ends. It reads
 * what is published on `node:diagnostics_channel`.
 *
 * @param host a session host, or anything else whose `actor` is one of `sessionRuntime`
 * @param options what a provider throws is logged, and harms nobody
 * @returns detaches it: the sessions are counted off, and what is under way is not told any more
 * @throws TypeError for what is no host, or a bad option, which it names; Error on a platform without
 *   `node:diagnostics_channel`
 *
 * @example
 * const host = createSessionHost({ session: chatMachine });
 * const instrumented = instrument(host, { attributes: { 'xstate_supervisor.host.name': 'chat' } });
 * instrumented.unsubscribe();
 */
export function instrument(host: { readonly actor: AnyActorRef }, options: InstrumentOptions = {}): Subscription {
  requireObject('host', host);
  const { actor } = host;
  requireActorRef('host.actor', actor);
  requireObject('options', options);
  const {
    meterProvider = metrics.getMeterProvider(),
    tracerProvider = trace.getTracerProvider(),
    attributes = {},
  } = options;
  requireFunction('meterProvider.getMeter', meterProvider?.getMeter);
  requireFunction('tracerProvider.getTracer', tracerProvider?.getTracer);
  requireObject('attributes', attributes);
  if (!hasChannels) throw new Error('instrument needs node:diagnostics_channel, which this platform does not have');
  const { table } = runtimeIn(actor);
  if (actor.getSnapshot().status !== 'active') return { unsubscribe() {} };

  const log = loggerOf(actor);
  const watch = new Watch(actor, log);
  contain(log, 'the meter provider', () => measure(watch, meterProvider, () => table.count, attributes));
  contain(log, 'the tracer provider', () => traceOperations(watch, tracerProvider, attributes));
  const unsubscribe = () => watch.end();
  // Of its end there is more to tell than XState's own.
  const ended = () => queueMicrotask(unsubscribe);
  const ending = actor.subscribe({ complete: ended, error: ended });
  watch.atEnd(() => ending.unsubscribe());
  return { unsubscribe };
}

function runtimeIn(actor: AnyActorRef): Runtime {
  const { context } = actor.getSnapshot() as { readonly context?: { readonly runtime?: Runtime } };
  if (context?.runtime === undefined) throw new TypeError('host.actor must be an actor of sessionRuntime');
  return context.runtime;
}
