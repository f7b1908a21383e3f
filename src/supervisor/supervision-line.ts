import { messageOf } from '../core/arguments.ts';
import type { SupervisionEvent } from '../core/supervision-messages.ts';

/** What the logger is told of an event in the life of a supervisor: nothing where all is in order. */
export function supervisionLine(event: SupervisionEvent, supervisor: string): string | undefined {
  switch (event.type) {
    case 'child.exited':
      if (event.reason === 'error') return `child ${event.id} of ${supervisor} crashed: ${messageOf(event.error)}`;
      if (event.error === undefined) return undefined;
      return `child ${event.id} of ${supervisor} gave up, and stays down unless it is permanent`;
    case 'child.start_failed':
      return `child ${event.id} of ${supervisor} failed to start: ${messageOf(event.error)}`;
    case 'child.started':
      if (event.incarnation === 1 || event.resumed) return undefined;
      return `child ${event.id} of ${supervisor} restarted as incarnation ${event.incarnation}`;
    case 'supervisor.gave_up':
      return `supervisor ${supervisor} gave up after ${event.restarts} restarts within ${event.withinMs} ms`;
    default:
      return undefined;
  }
}
