/** `xstate-supervisor/otel`: metrics and spans of a session host, by OpenTelemetry. Needs `@opentelemetry/api`. */
export { instrument } from './instrument.ts';

export type { InstrumentOptions } from './instrument.ts';
