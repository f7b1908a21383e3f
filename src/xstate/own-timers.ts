import { kept, scheduledBefore, timersOf } from './internals.ts';
import type { ActorInternals, ScheduledEvent, Scheduler, SystemInternals } from './internals.ts';

/**
 * Lets each actor of a system find its own timers. XState goes through all those of the system whenever one of its
 * actors ends: 1 ms beside 10,000 timers.
 */
export function findOwnTimers(system: SystemInternals): void {
  const { scheduler } = system;
  if (scheduler === ownTimers) return;
  const sources = new Set(Object.values(system._snapshot._scheduledEvents).map(({ source }) => source));
  // What was scheduled before stays with XState.
  if (sources.size > 0) system[scheduledBefore] = { scheduler, sources: new WeakSet(sources) };
  system.scheduler = ownTimers;
}

interface OwnTimers extends Scheduler {
  /** @param remaining of a timer that began in an earlier life of its actor */
  schedule(...args: [...Parameters<Scheduler['schedule']>, remaining?: number]): void;
}

/** XState's scheduler for any number of systems: each actor keeps its own timers. */
export const ownTimers: OwnTimers = {
  schedule(source, target, event, delay, id = Math.random().toString(36).slice(2), remaining = delay) {
    const { system } = source;
    const clock = system._clock;
    const timers = (source[timersOf] ??= new Map());
    if (timers.has(id)) rename(source, id);
    const timer = clock.setTimeout(() => {
      // In the state before its event it is still pending.
      system[kept]?.beforeEvent?.();
      forget(source, timers.get(id) === timer ? id : nameOf(timer, timers));
      system._relay(source, target, event);
    }, remaining);
    timers.set(id, timer);
    const scheduled = { source, target, event, delay, id, startedAt: Date.now() - delay + remaining };
    listed(source)[keyOf(source, id)] =
      clock.now === undefined ? scheduled : { ...scheduled, dueAt: clock.now() + remaining };
  },

  cancel(source, id) {
    const timers = source[timersOf];
    if (timers?.has(id)) {
      source.system._clock.clearTimeout(timers.get(id));
      forget(source, id);
    } else {
      schedulerBefore(source)?.cancel(source, id);
    }
  },

  cancelAll(source) {
    for (const id of source[timersOf]?.keys() ?? []) ownTimers.cancel(source, id);
    schedulerBefore(source)?.cancelAll(source);
  },
};

/** What is scheduled under an id. */
export const scheduledAs = (source: ActorInternals, id: string): ScheduledEvent | undefined =>
  listed(source)[keyOf(source, id)];

// Of two that are pending under one id both fire, and only the later one can be cancelled: that is XState's rule.
function rename(source: ActorInternals, id: string): void {
  const timers = source[timersOf]!;
  let count = 1;
  while (timers.has(`${id}#${count}`)) count += 1;
  const name = `${id}#${count}`;
  timers.set(name, timers.get(id));
  listed(source)[keyOf(source, name)] = { ...scheduledAs(source, id)!, id: name };
  // Those that are listed later were scheduled later.
  forget(source, id);
}

/** The name of a timer that had to leave its id to another one. */
const nameOf = (timer: unknown, timers: ReadonlyMap<string, unknown>): string | undefined =>
  [...timers].find(([, other]) => other === timer)?.[0];

function forget(source: ActorInternals, id: string | undefined): void {
  if (id === undefined) return;
  source[timersOf]!.delete(id);
  delete listed(source)[keyOf(source, id)];
}

/** What XState tells of a system's timers. */
const listed = ({ system }: ActorInternals) => system._snapshot._scheduledEvents;

const keyOf = ({ sessionId }: ActorInternals, id: string) => `${sessionId}.${id}`;

function schedulerBefore(source: ActorInternals): Scheduler | undefined {
  const before = source.system[scheduledBefore];
  return before?.sources.has(source) ? before.scheduler : undefined;
}
