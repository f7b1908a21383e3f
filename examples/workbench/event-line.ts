import type { StoreFailedEvent } from '../../src/index.ts';
import { ProcessError } from '../../src/node/index.ts';
import { plural } from './format.ts';
import { outputText } from './output-text.ts';
import { scanText } from './scan-view.ts';
import type { ChildEvent, WorkEvent } from './work-event.ts';

/**
 * An event for people, as one line; none for a refused start, which whoever asked for it reports, and for what goes
 * without saying.
 */
export function eventLine(event: WorkEvent): string | undefined {
  switch (event.type) {
    case 'session.rejected':
      return undefined;
    case 'dead_letter':
      return `${event.type}: ${(event.event as { type?: string }).type} (${event.reason})`;
    case 'host.failed':
      return `${event.type}: ${messageOf(event.error)}`;
    case 'store.failed':
      return `${event.type}: ${messageOf(event.error)}${retryOf(event)}`;
    case 'process.line':
      return outputLine(event.session.name, outputText(event.line));
    default: {
      if (!isOfSession(event)) return childLine(event);
      return `${event.type} ${event.session.name}: ${whatHappened(event)}`;
    }
  }
}

type SessionEvent = Extract<WorkEvent, { readonly type: `session.${string}`; readonly session: unknown }>;

const isOfSession = (event: SessionEvent | ChildEvent): event is SessionEvent => event.type.startsWith('session.');

function whatHappened(event: SessionEvent): string {
  switch (event.type) {
    case 'session.started':
      return event.session.projectPath + (event.resumed ? ' (goes on)' : '');
    case 'session.updated':
      return `the new name of ${event.session.projectPath}`;
    case 'session.crashed':
      return messageOf(event.error) + (event.delayMs === undefined ? '' : `; restarts in ${event.delayMs} ms`);
    case 'session.restarted':
      return `incarnation ${event.incarnation}`;
    case 'session.stopped':
      return event.output === undefined ? event.reason : `${event.reason}, ${scanText(event.output)}`;
    case 'session.failed':
      // The message has the exit code and the last line of standard error.
      return event.error.cause instanceof ProcessError
        ? `gave up after ${plural(event.restarts, 'restart')}: ${messageOf(event.error.cause)}`
        : event.error.message;
    case 'session.poisoned':
      return `begins afresh after ${plural(event.crashes, 'crash')} on its last snapshot`;
    case 'session.message':
      return event.event.type;
  }
}

const retryOf = ({ retryInMs }: StoreFailedEvent): string =>
  retryInMs === undefined ? '' : `; tried again in ${retryInMs} ms`;

function childLine(event: ChildEvent): string | undefined {
  const what = whatHappenedTo(event);
  return what && `${event.type} ${event.session.name}/${event.id}: ${what}`;
}

function whatHappenedTo(event: ChildEvent): string | undefined {
  switch (event.type) {
    case 'child.started':
      return event.incarnation === 1 ? undefined : `incarnation ${event.incarnation}`;
    case 'child.start_failed':
      return messageOf(event.error);
    case 'child.exited':
      if (event.reason === 'error') return messageOf(event.error);
      return event.reason === 'shutdown' ? undefined : event.reason;
    case 'child.restarting':
      return `in ${event.delayMs} ms`;
    default:
      return undefined;
  }
}

/** A line that a command wrote, with who did. */
export const outputLine = (name: string, text: string): string => `${name} | ${text}`.trimEnd();

function messageOf(error: unknown): string {
  // It ends with a line that the process wrote.
  if (error instanceof ProcessError) return outputText(error.message);
  return error instanceof Error ? error.message : String(error);
}
