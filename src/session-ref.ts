import type {
  ActorRefFromLogic,
  AnyActorLogic,
  AnyActorRef,
  AnyEventObject,
  Observer,
  Snapshot,
  Subscription,
} from 'xstate';
import { describe, isEvent, requireEvent, requireFunction } from './core/arguments.ts';
import { Queue } from './core/queue.ts';
import { savedAs, tag } from './core/save-value.ts';
import type { SavedOutside } from './core/save-value.ts';
import type { Incarnation } from './incarnation.ts';
import { attempt } from './harmless.ts';
import { deliver, isStopped } from './xstate/internals.ts';

/**
 * A reference to a session that stays the same across its restarts: an XState `ActorRef`, usable wherever one is.
 *
 * @example
 * const opened = await host.startSession({ projectPath: '/home/me/shop' });
 * if (opened.ok) opened.value.ref.send({ type: 'user.message', text: 'hello' });
 */
export type SessionRef<TLogic extends AnyActorLogic = AnyActorLogic> = ActorRefFromLogic<TLogic>;

/** What a session ref needs of its surroundings. */
export interface SessionRefHome {
  readonly self: AnyActorRef;
  readonly stashLimit: number;
  /** Something threw, or rejected, that is not to disturb anybody. */
  failed(what: string, error: unknown): void;
  /** No incarnation will see this event. */
  deadLetter(event: AnyEventObject, target: StableRef, reason: 'stopped' | 'stash_full' | 'invalid'): void;
}

type AnySnapshot = Snapshot<unknown>;
type Listener = (emitted: AnyEventObject) => void;

// The key under which XState, RxJS and others look for it.
const observable = (Symbol as { observable?: typeof Symbol.observable }).observable ?? ('@@observable' as never);

// The key under which Node looks for what to print.
const inspect = Symbol.for('nodejs.util.inspect.custom');

/** What a snapshot says of a session. Between two incarnations, and while one ends, the session lives on. */
interface Ending {
  readonly status: AnySnapshot['status'];
  readonly error: unknown;
}

const alive: Ending = { status: 'active', error: undefined };
const done: Ending = { status: 'done', error: undefined };
const stopped: Ending = { status: 'stopped', error: undefined };

/** Of a session that another one refers to, and that has not come back yet; and of one that never has. */
const unborn: AnySnapshot = { status: 'active', output: undefined, error: undefined };
const neverBorn: AnySnapshot = { status: 'stopped', output: undefined, error: undefined };

const nothing: Subscription = { unsubscribe() {} };

/**
 * What a `SessionRef` is, without its types: it stands before one incarnation after the other. While the session is
 * down, what it is sent waits; its observers stay.
 */
export class StableRef {
  /** The last incarnation that started. */
  private life: Incarnation | undefined;
  private ended: Ending | undefined;
  private masked: { readonly of: AnySnapshot; readonly as: AnySnapshot } | undefined;
  private stash: Queue<AnyEventObject> | undefined;
  private flushing = false;
  private observers: Set<Observer<AnySnapshot>> | undefined;
  private observed: Incarnation | undefined;
  private listeners: Map<string, Set<Listener>> | undefined;
  private heard: Incarnation | undefined;
  private bound: ((event: AnyEventObject) => void) | undefined;
  private waiting: (() => void)[] | undefined;

  constructor(
    readonly id: string,
    private readonly home: SessionRefHome,
  ) {}

  get ref(): this {
    return this;
  }

  // Before its first incarnation there is only its name.

  get sessionId(): string {
    return this.life?.actor.sessionId ?? this.id;
  }

  get system(): AnyActorRef['system'] {
    return this.life?.actor.system ?? this.home.self.system;
  }

  get src(): AnyActorRef['src'] {
    return this.life?.actor.src ?? this.id;
  }

  get isRunning(): boolean {
    const { life } = this;
    // One that is cleaning up after itself has ended already, though its supervisor does not know yet.
    return life !== undefined && life.exit === undefined && !isStopped(life.actor);
  }

  /** No incarnation has ever run. */
  get isUnborn(): boolean {
    return this.life === undefined;
  }

  get isOver(): boolean {
    return this.ended !== undefined;
  }

  /** The incarnation that runs, or the last that did. */
  get incarnation(): Incarnation {
    return this.life!;
  }

  /** Sends to the incarnation that runs, or keeps the event for the next. May be taken off the ref. */
  get send(): (event: AnyEventObject) => void {
    return (this.bound ??= (event) => {
      requireEvent('event', event);
      if (this.isRunning && !this.flushing) this.life!.actor.send(event);
      else this.hold(event);
    });
  }

  /** The way of XState's `sendTo`, which has told the inspector already. */
  _send(event: AnyEventObject): void {
    if (!isEvent(event)) this.home.deadLetter(event, this, 'invalid');
    else if (this.isRunning && !this.flushing) deliver(this.actor, event);
    else this.hold(event);
  }

  getSnapshot(): AnySnapshot {
    if (this.life === undefined) return this.ended === undefined ? unborn : neverBorn;
    const snapshot = this.actor.getSnapshot() as AnySnapshot;
    const { status, error } = this.ended ?? alive;
    if (snapshot.status === status && snapshot.error === error) return snapshot;
    if (this.masked?.of !== snapshot) {
      this.masked = { of: snapshot, as: { ...snapshot, status, error, output: undefined } as AnySnapshot };
    }
    return this.masked.as;
  }

  getPersistedSnapshot(): AnySnapshot {
    return this.life === undefined ? this.getSnapshot() : this.actor.getPersistedSnapshot();
  }

  /** As on any actor; a crash is no `error`: that comes when the session has failed for good. */
  subscribe(
    observerOrNext: Observer<AnySnapshot> | ((snapshot: AnySnapshot) => void),
    error?: (error: unknown) => void,
    complete?: () => void,
  ): Subscription {
    const observer = observerOf(observerOrNext, error, complete);
    if (this.ended !== undefined) {
      this.conclude(observer, this.ended);
      return nothing;
    }
    const observers = (this.observers ??= new Set());
    observers.add(observer);
    this.observe();
    return { unsubscribe: () => void observers.delete(observer) };
  }

  select<T>(selector: (snapshot: AnySnapshot) => T, equal: (a: T, b: T) => boolean = Object.is) {
    requireFunction('selector', selector);
    return {
      get: () => selector(this.getSnapshot()),
      subscribe: (observerOrNext: Observer<T> | ((value: T) => void)): Subscription => {
        const observer = observerOf(observerOrNext);
        let previous = selector(this.getSnapshot());
        return this.subscribe((snapshot) => {
          const value = selector(snapshot);
          if (equal(previous, value)) return;
          previous = value;
          observer.next?.(value);
        });
      },
    };
  }

  /** Listens to what the session emits, in every incarnation. */
  on(type: string, listener: Listener): Subscription {
    if (typeof type !== 'string') throw new TypeError(`type must be a string, not ${describe(type)}`);
    requireFunction('listener', listener);
    if (this.ended !== undefined) return nothing;
    // A new function, or one listener that is given twice would be one.
    const own: Listener = (emitted) => listener(emitted);
    this.listeners ??= new Map();
    const listeners = this.listeners.get(type) ?? new Set();
    this.listeners.set(type, listeners.add(own));
    if (this.isRunning) this.listen(this.incarnation);
    return { unsubscribe: () => void listeners.delete(own) };
  }

  start(): this {
    return this;
  }

  stop(): never {
    throw new Error(`A session ref cannot be stopped: call host.stopSession('${this.id}')`);
  }

  toJSON(): object {
    return { xstate$$type: 1, id: this.id };
  }

  /** In another session that is saved. */
  get [savedAs](): SavedOutside {
    return { [tag]: 'session', value: this.id };
  }

  /** What Node prints of it. */
  [inspect](): string {
    return `SessionRef ${this.id} (${this.isOver ? 'over' : this.isRunning ? 'running' : 'down'})`;
  }

  [observable](): this {
    return this;
  }

  /** Readies an incarnation that is about to start: what it emits while it starts is heard. */
  prepare(life: Incarnation): void {
    this.listen(life);
  }

  /** Stands before a new incarnation, which has started. What waited is still to be sent, by `flush`. */
  attach(life: Incarnation): void {
    this.life = life;
    this.flushing = this.stash?.peek() !== undefined;
    // For the first listener of all, if it came while the incarnation started.
    this.listen(life);
    this.resume();
    if (this.observers === undefined) return;
    this.observe();
    this.publish();
  }

  /** Sends what waited, in order. If the incarnation crashes of an event, the rest waits for the next one. */
  flush(): void {
    while (this.isRunning) {
      const event = this.stash?.shift();
      if (event === undefined) break;
      this.actor.send(event);
    }
    this.flushing = false;
  }

  /** Calls back once an incarnation runs, or none ever will. */
  whenSettled(fn: () => void): void {
    (this.waiting ??= []).push(fn);
  }

  /** The session is over: it failed for good with `error`, or it finished or was stopped. */
  end(error?: unknown): void {
    const isDone = this.life !== undefined && (this.actor.getSnapshot() as AnySnapshot).status === 'done';
    const ended: Ending = error !== undefined ? { status: 'error', error } : isDone ? done : stopped;
    this.ended = ended;
    const { observers, stash } = this;
    this.observers = this.listeners = this.stash = this.masked = undefined;
    for (let event = stash?.shift(); event !== undefined; event = stash?.shift()) {
      this.home.deadLetter(event, this, 'stopped');
    }
    for (const observer of observers ?? []) {
      if (ended === done) this.guard(() => observer.next?.(this.getSnapshot()));
      this.conclude(observer, ended);
    }
    this.resume();
  }

  private get actor(): AnyActorRef {
    return this.incarnation.actor;
  }

  private hold(event: AnyEventObject): void {
    if (this.ended !== undefined) this.home.deadLetter(event, this, 'stopped');
    else if ((this.stash?.size ?? 0) >= this.home.stashLimit) this.home.deadLetter(event, this, 'stash_full');
    else (this.stash ??= new Queue()).push(event);
  }

  private observe(): void {
    const life = this.life;
    if (life === undefined || life === this.observed || life.exit !== undefined) return;
    this.observed = life;
    life.actor.subscribe({
      next: (snapshot: AnySnapshot) => {
        if (snapshot.status === 'active') this.publish();
      },
      // Without it XState would throw the crash at the process.
      error() {},
    });
  }

  private listen(life: Incarnation): void {
    if (this.listeners === undefined || life === this.heard) return;
    this.heard = life;
    life.actor.on('*', (emitted: AnyEventObject) => {
      for (const type of [emitted.type, '*']) {
        for (const listener of this.listeners?.get(type) ?? []) this.guard(() => listener(emitted));
      }
    });
  }

  // Of an observer that sends, those after it hear no snapshot that is older than what they have heard already.
  private publish(): void {
    for (const observer of this.observers ?? []) this.guard(() => observer.next?.(this.getSnapshot()));
  }

  private conclude(observer: Observer<AnySnapshot>, { status, error }: Ending): void {
    this.guard(() => (status === 'error' ? observer.error?.(error) : observer.complete?.()));
  }

  private resume(): void {
    const { waiting } = this;
    this.waiting = undefined;
    for (const fn of waiting ?? []) fn();
  }

  private guard(fn: () => unknown): void {
    attempt(fn, (error) => this.home.failed('a listener', error));
  }
}

// A new object, or one observer that is given twice would be one.
function observerOf<T>(
  first: Observer<T> | ((value: T) => void),
  error?: (error: unknown) => void,
  complete?: () => void,
): Observer<T> {
  const given = typeof first === 'object' && first !== null ? first : { next: first, error, complete };
  for (const name of ['next', 'error', 'complete'] as const) {
    if (given[name] !== undefined) requireFunction(`observer.${name}`, given[name]);
  }
  return {
    next: given.next?.bind(given),
    error: given.error?.bind(given),
    complete: given.complete?.bind(given),
  };
}
