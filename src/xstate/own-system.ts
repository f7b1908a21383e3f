import { heirs, kept, names, timetable, unborn, unsupervised } from './internals.ts';
import type { SystemInternals } from './internals.ts';
import { ownTimers } from './own-timers.ts';
import { superviseSystem } from './supervised-system.ts';

/**
 * A system for one session: that of its supervisor, but for the names and the timers of its actors. In one shared system
 * every actor that ends scans every pending timer of it, and the `systemId`s of two sessions collide. XState's own system
 * is two dozen closures and maps, which most sessions never use.
 */
export function createOwnSystem(home: SystemInternals): SystemInternals {
  if (!Object.hasOwn(home, heirs)) {
    superviseSystem(home);
    home[heirs] = Object.create(home, Object.getOwnPropertyDescriptors(own)) as SystemInternals;
  }
  return Object.create(home[heirs]!) as SystemInternals;
}

// The rest, whatever it is in a later version of XState, is the supervisor's.
const own: Partial<SystemInternals> & ThisType<SystemInternals> = {
  scheduler: ownTimers,
  [timetable]: undefined,
  [names]: undefined,
  [kept]: undefined,
  [unborn]: undefined,

  // Those that a user may take off the system.
  get get() {
    return (systemId: string) => this[names]?.get(systemId);
  },
  get getAll() {
    return () => Object.fromEntries(this[names] ?? []);
  },
  get getSnapshot() {
    return () => ({ _scheduledEvents: { ...this._snapshot._scheduledEvents } });
  },

  get _snapshot() {
    return (this[timetable] ??= { _scheduledEvents: {} });
  },

  start() {},

  [unsupervised]: {
    _register: (sessionId) => sessionId,
    _unregister(actor) {
      const { system, systemId } = actor;
      if (systemId !== undefined && system[names]?.get(systemId) === actor) system[names].delete(systemId);
    },
    _set(systemId, actor) {
      const taken = (actor.system[names] ??= new Map());
      const other = taken.get(systemId);
      if (other !== undefined && other !== actor) {
        throw new Error(`Actor with system ID '${systemId}' already exists.`);
      }
      taken.set(systemId, actor);
    },
  },
};
