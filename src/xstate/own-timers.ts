import { timersOf } from './internals.ts';
import type { ActorInternals, SystemInternals } from './internals.ts';

/**
 * Lets each actor of a system find its own timers. XState goes through all those of the system whenever one of its
 * actors ends: 1 ms beside 10,000 timers.
 */
export function findOwnTimers(system: SystemInternals): void {
  if (system[timersOf] !== undefined) return;
  const { scheduler, _clock: clock } = system;
  const { cancel, cancelAll } = scheduler;
  const own = (system[timersOf] = new WeakMap<ActorInternals, Map<string, unknown>>());
  const listed = () => system._snapshot._scheduledEvents;
  const keyOf = (source: ActorInternals, id: string) => `${source.sessionId}.${id}`;
  // What was scheduled before stays with XState.
  const before = new WeakSet(Object.values(listed()).map(({ source }) => source));
  scheduler.schedule = (source, target, event, delay, id = Math.random().toString(36).slice(2)) => {
    const timers = own.get(source) ?? new Map<string, unknown>();
    own.set(source, timers);
    const timer = clock.setTimeout(() => {
      // Unless it has been scheduled anew meanwhile.
      if (timers.get(id) === timer) {
        timers.delete(id);
        delete listed()[keyOf(source, id)];
      }
      system._relay(source, target, event);
    }, delay);
    timers.set(id, timer);
    listed()[keyOf(source, id)] = { source, target, event, delay, id, startedAt: Date.now() };
  };
  scheduler.cancel = (source, id) => {
    const timers = own.get(source);
    if (timers?.has(id)) {
      clock.clearTimeout(timers.get(id));
      timers.delete(id);
      delete listed()[keyOf(source, id)];
    } else if (before.has(source)) {
      cancel(source, id);
    }
  };
  scheduler.cancelAll = (source) => {
    for (const id of own.get(source)?.keys() ?? []) scheduler.cancel(source, id);
    if (before.has(source)) cancelAll(source);
  };
}
