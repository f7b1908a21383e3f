import type { DeadLetterEvent, HostFailedEvent, SessionLifecycleEvent, SessionRejectedEvent } from '../../src/index.ts';
import type { ScanSummary } from './scan.ts';

/** What there is to be told of, whatever the sessions do. */
export type WorkEvent =
  | SessionLifecycleEvent<Record<string, unknown>, unknown, ScanSummary>
  | SessionRejectedEvent
  | DeadLetterEvent
  | HostFailedEvent;
