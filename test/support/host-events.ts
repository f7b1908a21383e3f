import type { SessionHostEvent } from '../../src/index.ts';

const types: Record<SessionHostEvent['type'], true> = {
  'session.started': true,
  'session.updated': true,
  'session.crashed': true,
  'session.restarted': true,
  'session.stopped': true,
  'session.failed': true,
  'session.poisoned': true,
  'session.message': true,
  'session.rejected': true,
  'store.failed': true,
  dead_letter: true,
  'host.failed': true,
};

/** The types of all events that a host hears. */
export const hostEvents = Object.keys(types) as readonly SessionHostEvent['type'][];
