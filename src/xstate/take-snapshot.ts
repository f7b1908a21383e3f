import type { AnyActorRef } from 'xstate';
import { NotAtRestError } from '../core/not-at-rest.ts';
import { Saved, saveValue, UnsavableError } from '../core/save-value.ts';
import { isSupervisor } from '../logic.ts';
import { isPort } from './actor-path.ts';
import { eventIn, internals, isStopped, momentOn, remainingAt, scheduledIn, systemOf } from './internals.ts';
import type { ActorInternals, Moment, ScheduledEvent } from './internals.ts';
import { namingRefs, refIn } from './refs-in-context.ts';
import { unwrap } from './sound-logic.ts';
import { TakenRefs } from './taken-refs.ts';

/** A delayed event that was pending. All of it is JSON. */
export interface SavedTimer {
  /** Who scheduled it: the ids of the actors below the root, joined by `/`; `''` is the root. */
  readonly source: string;
  /** Who is to receive it; null: the supervisor of `source`, which is its parent. */
  readonly target: string | null;
  readonly event: unknown;
  readonly id: string;
  readonly delayMs: number;
  /** In milliseconds since the Unix epoch. */
  readonly dueAt: number;
}

/** An actor as it was at one moment, with all below it. All of it is JSON. */
export interface TakenSnapshot {
  readonly snapshot: unknown;
  /** In the order in which they were scheduled. */
  readonly timers: readonly SavedTimer[];
  /** In milliseconds since the Unix epoch. */
  readonly takenAt: number;
}

/** Hands a supervisor what takes a snapshot of its children, as one of the options of XState's `getPersistedSnapshot`. */
export const taking = Symbol('xstate-supervisor.taking');

/**
 * An actor and all below it as JSON, timers included: what `Restoring` makes it again of. Only at a moment when none of
 * them is processing an event.
 *
 * @param toWall a time of the actor's clock, in milliseconds since the Unix epoch
 * @throws NotAtRestError
 * @throws UnsavableError that names what JSON would lose, such as `context.socket`
 * @example
 * const taken = takeSnapshot(actor, (time) => performance.timeOrigin + time);
 * await writeFile('session.json', JSON.stringify(taken));
 */
export function takeSnapshot(root: AnyActorRef, toWall: (time: number) => number): TakenSnapshot {
  const snapshots = new Taking(root, toWall);
  const snapshot = snapshots.take(root);
  const timers = scheduledIn(root).flatMap((scheduled) => snapshots.timer(scheduled) ?? []);
  snapshots.refs.settle();
  return { snapshot, timers, takenAt: snapshots.now };
}

/** Takes the snapshot of one actor after the other, from the root down. */
export class Taking {
  readonly refs: TakenRefs;
  /** In milliseconds since the Unix epoch. Until all is taken, time goes on, by which nothing is to be due earlier. */
  readonly now: number;
  private readonly moment: Moment;

  /** @param toWall a time of the actor's clock, in milliseconds since the Unix epoch */
  constructor(
    root: AnyActorRef,
    readonly toWall: (time: number) => number,
  ) {
    this.moment = momentOn(systemOf(root)._clock);
    this.now = toWall(this.moment.time);
    this.refs = new TakenRefs(root);
  }

  take(ref: AnyActorRef): unknown {
    const path = this.refs.add(ref);
    const actor = internals(ref);
    const event = eventIn(actor.mailbox);
    if (event !== undefined) throw new NotAtRestError(ref.id, `is processing ${event.type}`);
    return this.naming(path, () => this.save(this.persisted(actor, path)));
  }

  timer(scheduled: ScheduledEvent): SavedTimer | undefined {
    const { source, target, event, id, delay } = scheduled;
    const from = this.refs.pathOf(source as never);
    if (from === undefined) return undefined;
    const to = isPort(target) ? null : this.refs.pathOf(target as never);
    if (to === undefined) {
      if (isStopped(target as never)) return undefined;
      throw new UnsavableError(`the delayed ${event.type}`, 'is for an actor outside of the session', from);
    }
    const dueAt = this.now + remainingAt(this.moment, scheduled);
    const saved = this.naming(from, () => this.save(event, ['event', event.type]));
    return { source: from, target: to, event: saved, id, delayMs: delay, dueAt };
  }

  private save(value: unknown, path: readonly string[] = []): unknown {
    const special = (object: object) => {
      const ref = refIn(object);
      return ref === undefined ? undefined : this.refs.saved(ref);
    };
    return saveValue(value, { special, path });
  }

  // XState's own, or that of the logic; but of children what is taken here.
  private persisted(actor: ActorInternals, path: string): unknown {
    const { logic, _snapshot: snapshot } = actor;
    const options = { [taking]: this } as never;
    if (isSupervisor(unwrap(logic)) || snapshot?.children === undefined) {
      return defined(logic.getPersistedSnapshot(snapshot!, options));
    }
    const { context: own } = snapshot as { readonly context?: unknown };
    const hasChildren = Object.keys(snapshot.children).length > 0;
    const children = hasChildren ? mapValues(snapshot.children, (child) => this.childOf(child, path)) : undefined;
    try {
      const context = namingRefs(own);
      // A copy, only where it is another: of a machine's snapshot that is much of what a session costs that is kept.
      const shown = children || context !== own ? { ...snapshot, context, ...(children && { children }) } : snapshot;
      const persisted = defined(logic.getPersistedSnapshot(shown, options));
      if (persisted.children !== undefined) persisted.children = mapValues(persisted.children as Children, defined);
      return persisted;
    } catch (error) {
      // XState goes round in circles where a context does, and calls its getters: this says where they are.
      if (!(error instanceof UnsavableError)) this.save(own, ['context']);
      throw error;
    }
  }

  private childOf(child: ActorInternals, path: string): object {
    const { id, src, systemId, _syncSnapshot } = child;
    if (typeof src !== 'string') {
      throw new UnsavableError(`child ${id}`, 'was spawned from a logic without a name in setup({ actors })', path);
    }
    const getPersistedSnapshot = () => new Saved(this.take(child as never));
    return { src, systemId, _syncSnapshot, getPersistedSnapshot };
  }

  // Whose value it is.
  private naming<T>(path: string, take: () => T): T {
    try {
      return take();
    } catch (error) {
      if (!(error instanceof UnsavableError) || error.owner !== undefined) throw error;
      throw new UnsavableError(error.subject, error.problem, path);
    }
  }
}

/** A copy without what is undefined: of a snapshot, XState reads that the same. */
function defined(snapshot: object): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(snapshot) as [string, unknown][]) {
    if (value !== undefined) copy[key] = value;
  }
  return copy;
}

type Children = Readonly<Record<string, object>>;

function mapValues<T, U>(object: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
