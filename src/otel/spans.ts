import { context, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Attributes, Span, TracerProvider } from '@opentelemetry/api';
import { messageOf } from '../core/arguments.ts';
import { field } from '../core/field.ts';
import type { Session } from '../core/session.ts';
import { asking, sessionRestart, sessionStart } from '../diagnostics.ts';
import type { OperationTrace } from '../diagnostics.ts';
import { errorType } from './error-type.ts';
import type { Watch } from './watch.ts';

/** Makes spans of the starts, restarts and asks of a session system, each in the context that it began in. */
export function traceOperations(watch: Watch, provider: TracerProvider, common: Attributes): void {
  const tracer = provider.getTracer('xstate-supervisor');
  const begin = (name: string, attributes: Attributes): Span =>
    tracer.startSpan(name, { kind: SpanKind.INTERNAL, attributes: { ...common, ...attributes } }, context.active());

  watch.operation(
    sessionStart,
    ({ input }) => begin('session.start', ofSession(input)),
    (trace, span) => {
      if (trace.result !== undefined) span.setAttributes(ofSession(trace.result.session));
      finish(span, trace);
    },
  );
  watch.operation(
    sessionRestart,
    ({ session, cause }) =>
      begin('session.restart', { ...ofSession(session), 'xstate_supervisor.restart.cause': cause }),
    (trace, span) => {
      const { result } = trace;
      if (result !== undefined) span.setAttribute('xstate_supervisor.session.incarnation', result.incarnation);
      finish(span, trace);
    },
  );
  watch.operation(
    asking,
    ({ ref, event }) =>
      begin(`ask ${event.type}`, {
        'xstate_supervisor.event.type': event.type,
        ...textIn(ref, 'id', 'xstate_supervisor.actor.id'),
      }),
    (trace, span) => finish(span, trace),
  );
}

function finish(span: Span, trace: OperationTrace<unknown, unknown>): void {
  if ('error' in trace) {
    const { error } = trace;
    const message = messageOf(error);
    span.setAttributes(errorType(error));
    span.recordException(error instanceof Error ? error : message);
    span.setStatus({ code: SpanStatusCode.ERROR, message });
  }
  span.end();
}

/** Of a session, or of what was to be one: there, only what is a text. */
const ofSession = (session: Partial<Session>): Attributes => ({
  ...textIn(session, 'id', 'xstate_supervisor.session.id'),
  ...textIn(session, 'name', 'xstate_supervisor.session.name'),
  ...textIn(session, 'projectPath', 'xstate_supervisor.session.path'),
});

function textIn(source: object, name: string, attribute: string): Attributes {
  const value = field(source, name);
  return typeof value === 'string' ? { [attribute]: value } : {};
}
