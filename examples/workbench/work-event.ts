import type {
  DeadLetterEvent,
  HostFailedEvent,
  Session,
  SessionLifecycleEvent,
  SessionRejectedEvent,
  StoreFailedEvent,
  SupervisionEvent,
} from '../../src/index.ts';
import type { ProcessLineEvent } from '../../src/node/index.ts';
import type { ScanSummary } from './scan.ts';

/** What there is to be told of, whatever the sessions do. */
export type WorkEvent =
  | SessionLifecycleEvent<Record<string, unknown>, unknown, ScanSummary | undefined>
  | SessionRejectedEvent
  | StoreFailedEvent
  | DeadLetterEvent
  | HostFailedEvent
  | ChildEvent
  | OutputEvent;

/** What happened to a child of a session. */
export type ChildEvent = Extract<SupervisionEvent, { readonly type: `child.${string}` }> & {
  readonly session: Session;
};

/** A line that the process of a session wrote. */
export type OutputEvent = ProcessLineEvent & { readonly session: Session };
