import type { AnyActorLogic, AnyActorRef, AnyEventObject } from 'xstate';
import { holds } from './core/arguments.ts';
import type { Exit, ExitReason } from './core/exit.ts';
import { field } from './core/field.ts';
import { attempt } from './harmless.ts';
import type { Shutdown, ShutdownEvent } from './shutdown.ts';
import { createAdopted, createChild } from './xstate/adoption.ts';
import { clockOf, eventIn, isStopped, mailboxOf, parentOf, relay, stopActor } from './xstate/internals.ts';
import { homeOf } from './xstate/port.ts';
import type { Mailbox } from './xstate/internals.ts';
import type { CleanUp, FailedCleanUp, Port } from './xstate/port.ts';
import type { Restoring, TakenActor } from './xstate/restoring.ts';

/** What an incarnation tells its supervisor, after its start. */
export interface Incarnations {
  readonly self: AnyActorRef;
  /** It has ended, and not inside a call of `start` or `stop`: those answer themselves. */
  exited(incarnation: Incarnation): void;
  /** It sent something to its parent. */
  said(incarnation: Incarnation, event: AnyEventObject): void;
  /** Something threw, or rejected, that is not to disturb anybody. */
  failed(what: string, error: unknown): void;
}

export interface Birth {
  readonly id: string;
  readonly src: AnyActorLogic;
  readonly input: unknown;
  /** Its name in its actor system. */
  readonly systemId?: string | undefined;
  /** Which life of the child this is, counted from 1. */
  readonly number: number;
  /** How long it may take to end. */
  readonly shutdown: Shutdown;
  /** Root of an actor system of its own. */
  readonly ownSystem: boolean;
  /** What was taken of this life before: it goes on from there, whatever its input was. */
  readonly taken?: TakenActor | undefined;
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
  birthplace: Port['birthplace'];
  // Most never have it.
  declare restoring?: Restoring | undefined;
  exit: Exit | undefined;
  private phase: Phase = 'starting';
  private reasonOfStop: ExitReason = 'shutdown';
  private watchers: Set<(exit: Exit) => void> | undefined;
  /** How many live in it: its own actor, those that descend from it, and what they clean up after their end. */
  private population = 0;
  /** Its supervisor is to hear when all is over. */
  private isAwaited = false;
  private readonly shutdown: Shutdown;
  private killTimer: unknown;
  private isOutOfTime = false;
  /** How to cut short what its actors clean up after their end. */
  private cleanUps: Set<() => void> | undefined;
  /** It has been stopped, and how it ended shows when it has cleaned up. */
  private isWindingUp = false;
  private failedCleanUp: FailedCleanUp | undefined;
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
    this.shutdown = birth.shutdown;
    if (birth.taken !== undefined) this.restoring = birth.taken.restoring;
    this.actor = (birth.ownSystem ? createAdopted : createChild)(birth, this);
    this.mailbox = mailboxOf(this.actor);
  }

  get owner(): AnyActorRef {
    return this.supervisor.self;
  }

  get id(): string {
    return this.supervisor.self.id;
  }

  get sessionId(): string {
    return this.supervisor.self.sessionId;
  }

  get system(): AnyActorRef['system'] {
    return (this.birthplace as AnyActorRef['system'] | undefined) ?? this.supervisor.self.system;
  }

  get _parent(): AnyActorRef | undefined {
    return parentOf(this.supervisor.self) as AnyActorRef | undefined;
  }

  /** Whether its supervisor has asked it to end. */
  get isAskedToEnd(): boolean {
    return this.phase === 'halting' || this.phase === 'stopping';
  }

  /**
   * Runs it. A start that fails leaves nothing behind but what it cleans up.
   *
   * @returns whether it started; if not, `exit.error` says why. A logic that is done at once has started, and exited.
   */
  start(): boolean {
    const { actor } = this;
    // XState never throws here: a bad start shows in the snapshot, after the creation or after the start.
    if (this.restoring === undefined) actor.start();
    else this.goOn(this.restoring);
    if (this.phase === 'starting') this.phase = 'running';
    return this.exit?.reason !== 'error';
  }

  /**
   * Stops it: by request, if it takes one and has the time, else at once. What it cleans up has that time, too.
   *
   * @returns whether it has ended; if not yet, the supervisor hears of its exit.
   */
  stop(request: ShutdownEvent | undefined): boolean {
    const isBrutal = this.shutdown === 'brutal_kill';
    if (this.phase === 'running' && !isStopped(this.actor)) {
      if (isBrutal || request === undefined) return this.halt(isBrutal ? 'killed' : 'shutdown');
      this.phase = 'halting';
      relay(this.supervisor.self, this.actor, request);
      if (this.exit === undefined) {
        this.phase = 'stopping';
        this.limitTime();
      }
    }
    return this.isGone();
  }

  /** Ends it without asking. It ends after the event that it is processing, if there is one. */
  halt(reason: 'shutdown' | 'killed'): boolean {
    this.isAwaited = false;
    if (reason === 'killed') this.isOutOfTime = true;
    // One that is ending of itself will say how.
    if (this.exit === undefined && !isStopped(this.actor)) {
      this.phase = 'halting';
      this.reasonOfStop = reason;
      stopActor(this.actor);
      // Never started, so XState reports no end.
      if (this.exit === undefined && isStopped(this.actor) && !this.isWindingUp) this.record(this.exitOfStop());
      if (this.exit === undefined) this.phase = 'stopping';
    } else if (reason === 'killed') {
      this.runOutOfTime();
    }
    return this.isGone();
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
      const { output } = event;
      this.end({ reason, ...(output !== undefined && { output }), incarnation });
    } else if (status === 'error' && event.type === `xstate.error.actor.${this.actor.id}`) {
      this.lastEvent = this.processing();
      this.end({ reason: 'error', error: event.error, incarnation });
    } else {
      this.supervisor.said(this, event);
    }
  }

  ended(): void {
    const { status } = this.actor.getSnapshot();
    // Of these two ends XState tells the parent itself, after the observers.
    if (status === 'done' || status === 'error') return;
    if (!this.isCleaningUp) return this.end(this.exitOfStop());
    this.isWindingUp = this.isAwaited = true;
    this.limitTime();
  }

  processing(): AnyEventObject | undefined {
    return eventIn(this.mailbox);
  }

  joined(): void {
    if (this.population++ === 0) this.outer?.joined();
  }

  left(): void {
    if (--this.population > 0) return;
    if (this.isWindingUp) {
      this.isWindingUp = false;
      this.record(this.exitOfStop());
    }
    this.forgetTime();
    if (this.isAwaited && this.exit !== undefined) {
      this.isAwaited = false;
      this.supervisor.exited(this);
    }
    this.outer?.left();
  }

  cleaningUp(actor: AnyActorRef, begin: CleanUp): void {
    this.joined();
    const cleanUps = (this.cleanUps ??= new Set());
    let isDone = false;
    let cutShort = () => {};
    cutShort = begin((failure) => {
      if (isDone) return;
      isDone = true;
      cleanUps.delete(cutShort);
      if (failure !== undefined) this.cleanUpFailed(actor, failure);
      this.left();
    });
    if (isDone) return;
    cleanUps.add(cutShort);
    if (this.isOutOfTime) cutShort();
    else if (this.exit !== undefined) this.limitTime();
  }

  failed(what: string, error: unknown): void {
    this.supervisor.failed(what, error);
  }

  toJSON(): object {
    return { id: this.actor.id, incarnation: this.number };
  }

  private goOn(restoring: Restoring): void {
    this.restoring = undefined;
    restoring.start(this.actor);
  }

  // The incarnation that its supervisor lives in: that of another child, which may be the supervisor itself.
  private get outer(): Port | undefined {
    return homeOf(this.supervisor.self);
  }

  private get isCleaningUp(): boolean {
    return this.cleanUps !== undefined && this.cleanUps.size > 0;
  }

  private exitOfStop(): Exit {
    const { reasonOfStop, failedCleanUp, number: incarnation } = this;
    if (failedCleanUp === undefined) return { reason: reasonOfStop, incarnation };
    return { reason: 'error', error: failedCleanUp.error, incarnation };
  }

  // That of the child itself shows in its exit, if that is still to come.
  private cleanUpFailed(actor: AnyActorRef, { error }: FailedCleanUp): void {
    if (actor === this.actor && this.exit === undefined) this.failedCleanUp = { error };
    else this.supervisor.failed(`the clean-up of ${actor.id}`, error);
  }

  private end(exit: Exit): void {
    const synchronous = this.phase === 'starting' || this.phase === 'halting';
    this.record(exit);
    if (!synchronous && this.isGone()) this.supervisor.exited(this);
  }

  /**
   * Whether it has ended, and all that lived in it; if not yet, the supervisor hears of its exit. What sent the event of
   * which it died is still at it, and cleans up after that: its supervisor waits, so that no two incarnations hold the
   * same thing.
   */
  isGone(): boolean {
    this.isAwaited = false;
    if (this.isCleaningUp) this.limitTime();
    this.isAwaited = this.exit === undefined || this.population > 0;
    return !this.isAwaited;
  }

  private limitTime(): void {
    const { shutdown } = this;
    if (this.isOutOfTime) return this.cutShort();
    if (this.killTimer !== undefined || shutdown === 'infinity') return;
    if (shutdown === 'brutal_kill') this.runOutOfTime();
    else this.killTimer = clockOf(this.actor).setTimeout(() => this.runOutOfTime(), shutdown);
  }

  private runOutOfTime(): void {
    this.isOutOfTime = true;
    if (this.exit === undefined) {
      this.reasonOfStop = 'killed';
      if (!isStopped(this.actor)) stopActor(this.actor);
    }
    this.cutShort();
  }

  private cutShort(): void {
    for (const cutShort of [...(this.cleanUps ?? [])]) cutShort();
  }

  private forgetTime(): void {
    if (this.killTimer !== undefined) clockOf(this.actor).clearTimeout(this.killTimer);
    this.killTimer = undefined;
  }

  private record(exit: Exit): void {
    this.exit = exit;
    this.phase = 'ended';
    if (!this.isCleaningUp) this.forgetTime();
    const { watchers } = this;
    this.watchers = undefined;
    if (watchers !== undefined) for (const watcher of watchers) this.tell(watcher, exit);
  }

  private tell(watcher: (exit: Exit) => void, exit: Exit): void {
    attempt(
      () => watcher(exit),
      (error) => this.supervisor.failed('a listener', error),
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
