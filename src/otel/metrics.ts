import { ValueType } from '@opentelemetry/api';
import type { Attributes, MeterProvider } from '@opentelemetry/api';
import { asking, sessionStart } from '../diagnostics.ts';
import type { OperationTrace } from '../diagnostics.ts';
import { errorType } from './error-type.ts';
import type { Watch } from './watch.ts';

// From an answer at once, in microseconds, to a session tree that takes its time to be ready.
const seconds = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What a session system is measured by. By name and unit as OpenTelemetry's conventions have it. */
function instrumentsOf(provider: MeterProvider) {
  const meter = provider.getMeter('xstate-supervisor');
  const counter = (name: string, unit: string, description: string) =>
    meter.createCounter(`xstate_supervisor.session.${name}`, { unit, description, valueType: ValueType.INT });
  const duration = (what: string, description: string) =>
    meter.createHistogram(`xstate_supervisor.${what}.duration`, {
      unit: 's',
      description,
      advice: { explicitBucketBoundaries: seconds },
    });
  return {
    sessions: meter.createUpDownCounter('xstate_supervisor.session.count', {
      unit: '{session}',
      description: 'Sessions that are open.',
      valueType: ValueType.INT,
    }),
    starts: counter('starts', '{start}', 'Sessions that have started.'),
    crashes: counter('crashes', '{crash}', 'Incarnations that ended by an error, or failed to start again.'),
    restarts: counter('restarts', '{restart}', 'Incarnations that followed another.'),
    failures: counter('failures', '{failure}', 'Sessions that ended because they had crashed too often.'),
    refusals: counter('refusals', '{refusal}', 'Starts that were refused.'),
    storeFailures: meter.createCounter('xstate_supervisor.store.failures', {
      unit: '{failure}',
      description: 'What the session store could not do.',
      valueType: ValueType.INT,
    }),
    startDuration: duration('session.start', 'From the command to start a session to its answer.'),
    askDuration: duration('ask', 'From a question to its answer, or to the error in its place.'),
  };
}

/** Measures a session system: nothing that grows with use. */
export function measure(watch: Watch, provider: MeterProvider, count: () => number, attributes: Attributes): void {
  const { sessions, starts, crashes, restarts, failures, refusals, storeFailures, startDuration, askDuration } =
    instrumentsOf(provider);

  // Not an observable one: of several hosts with the same attributes only the last that is observed would count.
  let counted = 0;
  const recount = (present: number) => {
    if (present !== counted) sessions.add(present - counted, attributes);
    counted = present;
  };
  recount(count());
  watch.atEnd(() => recount(0));

  watch.lifecycle((event) => {
    recount(count());
    switch (event.type) {
      case 'session.started':
        return starts.add(1, attributes);
      case 'session.crashed':
        return crashes.add(1, { ...attributes, ...errorType(event.error) });
      case 'session.restarted':
        return restarts.add(1, attributes);
      case 'session.failed':
        return failures.add(1, attributes);
      case 'session.rejected':
        return refusals.add(1, { ...attributes, ...errorType(event.error) });
      case 'store.failed':
        return storeFailures.add(1, { ...attributes, ...errorType(event.error) });
      default:
    }
  });

  const now = () => performance.now();
  const secondsSince = (begun: number) => (now() - begun) / 1000;
  watch.operation(sessionStart, now, (trace, begun) => {
    startDuration.record(secondsSince(begun), { ...attributes, ...failureOf(trace) });
  });
  watch.operation(asking, now, (trace, begun) => {
    const { type } = trace.event;
    askDuration.record(secondsSince(begun), {
      ...attributes,
      'xstate_supervisor.event.type': type,
      ...failureOf(trace),
    });
  });
}

const failureOf = (trace: OperationTrace<unknown, unknown>): Attributes =>
  'error' in trace ? errorType(trace.error) : {};
