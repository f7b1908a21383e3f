import type { AnyActorRef, AnyEventObject } from 'xstate';
import type { Result } from './core/result.ts';
import type {
  DeadLetterEvent,
  HostFailedEvent,
  Opened,
  SessionLifecycleEvent,
  SessionRejectedEvent,
  StoreFailedEvent,
} from './core/session-events.ts';
import type { Session, SessionInput } from './core/session.ts';
import type { SupervisionError } from './core/supervision-error.ts';

// What is used of `node:diagnostics_channel`, so that no type of Node's is needed to use this package.
type Subscriber = (message: unknown, name: string | symbol) => void;

interface Channel {
  readonly hasSubscribers: boolean;
  publish(message: object): void;
}

interface TracingChannel<TTrace> {
  readonly start: Channel;
  readonly error: Channel;
  readonly asyncEnd: Channel;
  subscribe(subscribers: TraceSubscribers<TTrace>): void;
  unsubscribe(subscribers: TraceSubscribers<TTrace>): boolean;
}

interface DiagnosticsChannel {
  channel(name: string): Channel;
  tracingChannel(name: string): TracingChannel<any>;
  subscribe(name: string, subscriber: Subscriber): void;
  unsubscribe(name: string, subscriber: Subscriber): boolean;
}

/** The message of the channel of a lifecycle event, such as `xstate-supervisor:session.crashed`. */
export interface LifecycleMessage {
  /** What a listener of the host hears. */
  readonly event: SessionLifecycleEvent | SessionRejectedEvent | StoreFailedEvent | DeadLetterEvent | HostFailedEvent;
  /** The runtime that it happened in: `host.actor`. */
  readonly actor: AnyActorRef;
}

/** One operation, the same object from its `start` to its `asyncEnd`, by which it has a `result` or an `error`. */
export interface OperationTrace<TResult, TError> {
  /** The runtime that it happens in: `host.actor`. */
  readonly actor: AnyActorRef;
  readonly result?: TResult;
  readonly error?: TError;
}

/** A start: from the command to its answer, the check of the directory included. */
export interface SessionStartTrace extends OperationTrace<Opened<Record<string, unknown>, unknown>, SupervisionError> {
  /** What the session was to be; of any type, where it was refused. */
  readonly input: SessionInput;
}

/**
 * A restart: from what made it necessary until the next incarnation runs, however many attempts that takes. It has an
 * `error` if the session failed instead, and neither that nor a `result` if it was stopped.
 */
export interface SessionRestartTrace extends OperationTrace<{ readonly incarnation: number }, SupervisionError> {
  readonly session: Session;
  /** A crash, an end that a permanent session comes back from, or `session.restart`. */
  readonly cause: 'crash' | 'exit' | 'command';
  /** The incarnation that is to be followed by another. */
  readonly incarnation: number;
}

/** An `ask`: from the question to its answer, or to the error that it rejects with. */
export interface AskTrace extends OperationTrace<unknown, unknown> {
  /** The runtime that the receiver is in, or else the root of its tree. */
  readonly actor: AnyActorRef;
  /** Who was asked. */
  readonly ref: object;
  readonly event: { readonly type: string };
}

/** What is called with the trace of an operation. */
export interface TraceSubscribers<TTrace> {
  start?(trace: TTrace): void;
  /** Before `asyncEnd`. */
  error?(trace: TTrace): void;
  asyncEnd?(trace: TTrace): void;
}

// Not imported: browsers have none, nor shall a bundle for them ask for it.
const { process } = globalThis as { readonly process?: { getBuiltinModule?(id: string): unknown } };
const diagnostics = process?.getBuiltinModule?.('diagnostics_channel') as DiagnosticsChannel | undefined;

/** Whether this platform has channels at all. */
export const hasChannels = diagnostics !== undefined;

const nameOf = (what: string): string => `xstate-supervisor:${what}`;

const lifecycleTypes: Readonly<Record<LifecycleMessage['event']['type'], true>> = {
  'session.started': true,
  'session.updated': true,
  'session.crashed': true,
  'session.restarted': true,
  'session.stopped': true,
  'session.failed': true,
  'session.message': true,
  'session.poisoned': true,
  'session.rejected': true,
  'store.failed': true,
  dead_letter: true,
  'host.failed': true,
};

// Node keeps no channel that nobody holds.
const lifecycle = new Map(Object.keys(lifecycleTypes).map((type) => [type, diagnostics?.channel(nameOf(type))]));

/** Publishes what happened in a session system, if anybody listens. */
export function publish(event: AnyEventObject, actor: AnyActorRef): void {
  const channel = lifecycle.get(event.type);
  if (channel?.hasSubscribers) channel.publish({ event, actor });
}

/**
 * Listens to the lifecycle events of all session systems of the process.
 *
 * @param subscriber what it throws is thrown at the process
 * @returns stops listening
 */
export function subscribeToLifecycle(subscriber: (message: LifecycleMessage) => void): () => void {
  const names = [...lifecycle.keys()].map(nameOf);
  for (const name of names) diagnostics?.subscribe(name, subscriber as Subscriber);
  return () => {
    for (const name of names) diagnostics?.unsubscribe(name, subscriber as Subscriber);
  };
}

/** A kind of operation that can be followed from its beginning to its end. */
export class Operation<TTrace extends { readonly result?: unknown; readonly error?: unknown }> {
  private readonly channel: TracingChannel<TTrace> | undefined;

  constructor(name: string) {
    this.channel = diagnostics?.tracingChannel(nameOf(name));
  }

  /** Whether anybody listens: else no trace is to be made. */
  get isWatched(): boolean {
    return this.channel !== undefined && (this.isFollowed || this.channel.error.hasSubscribers);
  }

  /** Whether anybody follows it from its start to its end, and not only its errors. */
  get isFollowed(): boolean {
    return this.channel !== undefined && (this.channel.start.hasSubscribers || this.channel.asyncEnd.hasSubscribers);
  }

  /** Tells whoever listens to errors alone of one that nobody has followed. */
  fail(trace: () => TTrace, error: TTrace['error']): void {
    if (this.channel?.error.hasSubscribers) this.channel.error.publish(Object.assign(trace(), { error }));
  }

  begin(trace: TTrace): TTrace {
    this.channel!.start.publish(trace);
    return trace;
  }

  /** @param trace undefined: when it began, nobody listened */
  end(trace: TTrace | undefined, result: Result<TTrace['result'], TTrace['error']>): void {
    if (trace === undefined) return;
    const { error, asyncEnd } = this.channel!;
    if (result.ok) {
      Object.assign(trace, { result: result.value });
    } else {
      Object.assign(trace, { error: result.error });
      error.publish(trace);
    }
    asyncEnd.publish(trace);
  }

  /**
   * Follows the operations of all session systems of the process.
   *
   * @param subscribers what they throw is thrown at the process
   * @returns stops following
   */
  subscribe(subscribers: TraceSubscribers<TTrace>): () => void {
    this.channel?.subscribe(subscribers);
    return () => void this.channel?.unsubscribe(subscribers);
  }
}

export const sessionStart = new Operation<SessionStartTrace>('session.start');
export const sessionRestart = new Operation<SessionRestartTrace>('session.restart');
export const asking = new Operation<AskTrace>('ask');
