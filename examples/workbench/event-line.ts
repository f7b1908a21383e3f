import { scanText } from './scan-view.ts';
import type { WorkEvent } from './work-event.ts';

/** A lifecycle event for people, as one line; none for a refused start, which whoever asked for it reports. */
export function eventLine(event: WorkEvent): string | undefined {
  switch (event.type) {
    case 'session.rejected':
      return undefined;
    case 'dead_letter':
      return `${event.type}: ${(event.event as { type?: string }).type} (${event.reason})`;
    case 'host.failed':
      return `${event.type}: ${messageOf(event.error)}`;
    default:
      return `${event.type} ${event.session.name}: ${whatHappened(event)}`;
  }
}

function whatHappened(event: Extract<WorkEvent, { readonly session: unknown }>): string {
  switch (event.type) {
    case 'session.started':
      return event.session.projectPath;
    case 'session.updated':
      return `the new name of ${event.session.projectPath}`;
    case 'session.crashed':
      return messageOf(event.error) + (event.delayMs === undefined ? '' : `; restarts in ${event.delayMs} ms`);
    case 'session.restarted':
      return `incarnation ${event.incarnation}`;
    case 'session.stopped':
      return event.output === undefined ? event.reason : `${event.reason}, ${scanText(event.output)}`;
    case 'session.failed':
      return event.error.message;
    case 'session.message':
      return event.event.type;
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
