import type { AnyActorLogic, AnyActorRef, AnyEventObject } from 'xstate';
import { holds } from './core/arguments.ts';
import type { Exit, ExitReason } from './core/exit.ts';
import { attempt } from './logger.ts';
import { field } from './reply.ts';
import type { Shutdown, ShutdownEvent } from './shutdown.ts';
import {
  clockOf,
  createAdopted,
  createChild,
  eventIn,
  homeOf,
  isStopped,
  mailboxOf,
  parentOf,
  relay,
  stopActor,
} from './xstate.ts';
import type { Mailbox, Port } from './xstate.ts';

/** What an incarnation tells its supervisor, after its start. */
export interface Incarnations {
  readonly self: AnyActorRef;
  /** It has ended, and not inside a call of `start` or `stop`: those answer themselves. */
  exited(incarnation: Incarnation): void;
  /** It sent something to its parent. */
  said(incarnation: Incarnation, event: AnyEventObject): void;
  /** A listener of its exit threw. */
  failed(error: unknown): void;
}

export interface Birth {
  readonly id: string;
  readonly src: AnyActorLogic;
  readonly input: unknown;
  /** Which life of the child this is, counted from 1. */
  readonly number: number;
  /** Root of an actor system of its own. */
  readonly ownSystem: boolean;
}

type Phase = 'starting' | 'running' | 'halting' | 'stopping' | 'ended';

/**
 * One life of a child: created (or adopted, as the root of a system of its own), started, stopped by its supervisor's
 * policy, and its exit recorded once. It is also the port through which its actor speaks to the supervisor.
 */
export class Incarnation implements Port {
  readonly number: number;
  readonly src: AnyActorLogic;
  readonly actor!: AnyActorRef;
  exit: Exit | undefined;
  private phase: Phase = 'starting';
  private reasonOfStop: ExitReason = 'shutdown';
  private killTimer: unknown;
  private watchers: Set<(exit: Exit) => void> | undefined;
  /** How many actors live in it: its own, and those that descend from it. */
  private population = 0;
  private isAwaited = false;
  /** The event that it was processing when it crashed. */
  lastEvent: AnyEventObject | undefined;
  // XState replaces the mailbox of an actor that ends: this one still holds the event that it was processing.
  private readonly mailbox: Mailbox;

  constructor(
    private readonly supervisor: Incarnations,
    birth: Birth,
  ) {
    this.number = birth.number;
    this.src = birth.src;
    this.actor = (birth.ownSystem ? createAdopted : createChild)(birth.src, birth.id, birth.input, this);
    this.mailbox = mailboxOf(this.actor);
  }

  get id(): string {
    return this.supervisor.self.id;
  }

  get sessionId(): string {
    return this.supervisor.self.sessionId;
  }

  get system(): AnyActorRef['system'] {
    return this.supervisor.self.system;
  }

  get _parent(): AnyActorRef | undefined {
    return parentOf(this.supervisor.self) as AnyActorRef | undefined;
  }

  /** Whether its supervisor has asked it to end. */
  get isAskedToEnd(): boolean {
    return this.phase === 'halting' || this.phase === 'stopping';
  }

  /**
   * Runs it. A start that fails leaves nothing behind.
   *
   * @returns whether it started; if not, `exit.error` says why. A logic that is done at once has started, and exited.
   */
  start(): boolean {
    const { actor } = this;
    // XState never throws here: a bad start shows in the snapshot, after the creation or after the start.
    actor.start();
    if (this.phase === 'starting') this.phase = 'running';
    return this.exit?.reason !== 'error';
  }

  /**
   * Stops it: by request, if it takes one and has the time, else at once.
   *
   * @returns whether it has ended; if not yet, the supervisor hears of its exit.
   */
  stop(shutdown: Shutdown, request: ShutdownEvent | undefined): boolean {
    if (this.phase === 'ended') return this.isGone();
    if (this.phase !== 'running' || isStopped(this.actor)) return false;
    if (request === undefined || shutdown === 'brutal_kill') {
      return this.halt(shutdown === 'brutal_kill' ? 'killed' : 'shutdown');
    }
    this.phase = 'halting';
    relay(this.supervisor.self, this.actor, request);
    if (this.exit !== undefined) return this.isGone();
    this.phase = 'stopping';
    if (shutdown !== 'infinity') {
      this.killTimer = clockOf(this.actor).setTimeout(() => {
        if (this.exit === undefined && this.halt('killed')) this.supervisor.exited(this);
      }, shutdown);
    }
    return false;
  }

  /** Ends it without asking. It ends after the event that it is processing, if there is one. */
  halt(reason: ExitReason): boolean {
    if (this.exit !== undefined) return this.isGone();
    // It is ending of itself, and will say how.
    if (isStopped(this.actor)) return false;
    this.phase = 'halting';
    this.reasonOfStop = reason;
    stopActor(this.actor);
    // Never started, so XState reports no end.
    if (this.exit === undefined && isStopped(this.actor)) this.record({ reason, incarnation: this.number });
    if (this.exit !== undefined) return this.isGone();
    this.phase = 'stopping';
    return false;
  }

  /** Reports the exit, once; also when it has already gone. */
  watch(watcher: (exit: Exit) => void): () => void {
    if (this.exit !== undefined) {
      this.tell(watcher, this.exit);
      return () => {};
    }
    this.watchers ??= new Set();
    this.watchers.add(watcher);
    return () => this.watchers?.delete(watcher);
  }

  get ref(): this {
    return this;
  }

  send(event: AnyEventObject): void {
    relay(undefined, this as unknown as AnyActorRef, event);
  }

  _send(event: AnyEventObject): void {
    // What the actor sends to its parent, whatever its type, is told from its real end by its status.
    const status = this.exit === undefined ? this.actor?.getSnapshot().status : undefined;
    const incarnation = this.number;
    if (status === 'done' && event.type === `xstate.done.actor.${this.actor.id}`) {
      const reason = this.phase === 'starting' || this.phase === 'running' ? 'normal' : 'shutdown';
      this.end({ reason, output: event.output, incarnation });
    } else if (status === 'error' && event.type === `xstate.error.actor.${this.actor.id}`) {
      this.lastEvent = eventIn(this.mailbox);
      this.end({ reason: 'error', error: event.error, incarnation });
    } else {
      this.supervisor.said(this, event);
    }
  }

  ended(): void {
    const { status } = this.actor.getSnapshot();
    // Of these two ends XState tells the parent itself, after the observers.
    if (status === 'done' || status === 'error') return;
    this.end({ reason: this.reasonOfStop, incarnation: this.number });
  }

  joined(): void {
    if (this.population++ === 0) this.outer?.joined();
  }

  left(): void {
    if (--this.population > 0) return;
    if (this.isAwaited) {
      this.isAwaited = false;
      this.supervisor.exited(this);
    }
    this.outer?.left();
  }

  toJSON(): object {
    return { id: this.actor.id, incarnation: this.number };
  }

  // The incarnation that its supervisor lives in: that of another child, which may be the supervisor itself.
  private get outer(): Port | undefined {
    return homeOf(this.supervisor.self);
  }

  private end(exit: Exit): void {
    const synchronous = this.phase === 'starting' || this.phase === 'halting';
    this.record(exit);
    if (!synchronous && this.isGone()) this.supervisor.exited(this);
  }

  // Ended, and all that lived in it. What sent the event of which it died is still at it, and cleans up after that: its
  // supervisor waits, so that no two incarnations hold the same thing.
  private isGone(): boolean {
    this.isAwaited = this.population > 0;
    return !this.isAwaited;
  }

  private record(exit: Exit): void {
    this.exit = exit;
    this.phase = 'ended';
    if (this.killTimer !== undefined) clockOf(this.actor).clearTimeout(this.killTimer);
    const { watchers } = this;
    this.watchers = undefined;
    if (watchers !== undefined) for (const watcher of watchers) this.tell(watcher, exit);
  }

  private tell(watcher: (exit: Exit) => void, exit: Exit): void {
    attempt(
      () => watcher(exit),
      (error) => this.supervisor.failed(error),
    );
  }
}

/** The incarnation that an event tells of. The event may come from anywhere. */
export function incarnationIn(event: AnyEventObject): Incarnation | undefined {
  const life = field(event, 'incarnation');
  return holds(() => life instanceof Incarnation) ? (life as Incarnation) : undefined;
}

/** The incarnation that an actor is, if a supervisor of this package runs it. */
export function incarnationOf(ref: AnyActorRef): Incarnation | undefined {
  const parent = parentOf(ref);
  return parent instanceof Incarnation ? parent : undefined;
}
