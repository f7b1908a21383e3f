import type {
  ActorLogic,
  ActorRefFromLogic,
  ActorSystem,
  AnyActorRef,
  AnyEventObject,
  EventObject,
  NonReducibleUnknown,
  Snapshot,
} from 'xstate';
import { holds, requireEvent, requireFunction, requireNumber, requireTimer } from './core/arguments.ts';
import { clockOf, relay, sendToParent } from './xstate/internals.ts';
import { cleanUp } from './xstate/port.ts';
import type { FailedCleanUp } from './xstate/port.ts';

/** What a task knows of itself, besides its status: what it last told of its progress. */
export type TaskSnapshot<TOutput = unknown, TInput = unknown, TProgress = unknown> = Snapshot<TOutput> & {
  readonly input: TInput | undefined;
  readonly progress: TProgress | undefined;
};

/** The actor logic of a task. */
export type TaskLogic<
  TOutput = unknown,
  TInput = NonReducibleUnknown,
  TEvent extends EventObject = AnyEventObject,
  TProgress = unknown,
  TEmitted extends EventObject = EventObject,
> = ActorLogic<TaskSnapshot<TOutput, TInput, TProgress>, TEvent, TInput, ActorSystem<any>, TEmitted>;

/** The ref of a task. */
export type TaskRef<
  TOutput = unknown,
  TInput = NonReducibleUnknown,
  TEvent extends EventObject = AnyEventObject,
  TProgress = unknown,
  TEmitted extends EventObject = EventObject,
> = ActorRefFromLogic<TaskLogic<TOutput, TInput, TEvent, TProgress, TEmitted>>;

/** What a task works with. */
export interface TaskScope<
  TInput = NonReducibleUnknown,
  TEvent extends EventObject = AnyEventObject,
  TProgress = unknown,
  TEmitted extends EventObject = EventObject,
> {
  readonly input: TInput;
  /** Aborts when the task is stopped, or has crashed: its supervisor waits, up to its shutdown time, until it returns. */
  readonly signal: AbortSignal;
  /** Sends an event to the parent. */
  readonly send: (event: AnyEventObject) => void;
  /** Hears each event that the task is sent from now on. */
  readonly receive: (listener: (event: TEvent) => unknown) => void;
  /** Calls back after so many milliseconds on XState's clock, unless the task has returned by then, or calls it off. */
  readonly schedule: (fn: () => unknown, ms: number) => () => void;
  /** Shows how far it has come: `snapshot.progress`. */
  readonly progress: (value: TProgress) => void;
  /** Emits an event to those who listen by `ref.on`. */
  readonly emit: (event: TEmitted) => void;
  readonly self: AnyActorRef;
  readonly system: ActorSystem<any>;
}

/**
 * Actor logic of asynchronous work, none of whose errors is lost: what it throws or rejects with, what a listener or a
 * scheduled function throws or rejects with, is the actor's error, and so a crash for its supervisor. What it returns is
 * its output.
 *
 * A throw in a raw `setTimeout`, in a listener of the signal, or in a promise that is neither awaited nor returned, is
 * the process's: nobody can catch it. Use `schedule`, and await what you begin. Listen by `receive` before the first
 * `await`: what comes earlier is not kept. A task that only listens awaits the abort, or every stop and every restart
 * waits for it as long as its shutdown time.
 *
 * @throws TypeError for what is no function
 * @example
 * const download = fromTask(async ({ input, signal, progress }: TaskScope<{ url: string }>) => {
 *   const response = await fetch(input.url, { signal });
 *   progress('connected');
 *   return response.text();
 * });
 */
export function fromTask<
  TOutput,
  TInput = NonReducibleUnknown,
  TEvent extends EventObject = AnyEventObject,
  TProgress = unknown,
  TEmitted extends EventObject = EventObject,
>(
  task: (scope: TaskScope<TInput, TEvent, TProgress, TEmitted>) => TOutput | PromiseLike<TOutput>,
): TaskLogic<TOutput, TInput, TEvent, TProgress, TEmitted> {
  requireFunction('task', task);
  type Snapshot = TaskSnapshot<TOutput, TInput, TProgress>;
  const runs = new WeakMap<AnyActorRef, TaskRun>();
  return {
    config: task,

    getInitialSnapshot: (_scope, input) => ({
      status: 'active',
      output: undefined,
      error: undefined,
      input,
      progress: undefined,
    }),

    start({ status, input, progress: before }, { self, system, emit }) {
      if (status !== 'active') return;
      // One that has come back runs again, from its beginning: whoever waits for it to be ready waits again.
      if (before !== undefined) relay(self, self, { type: 'xstate.task.progress', value: undefined });
      const run = new TaskRun(self);
      runs.set(self, run);
      const { signal, send, receive, schedule, progress } = run;
      run.begin(() => task({ input: input as TInput, signal, send, receive, schedule, progress, emit, self, system }));
    },

    transition(snapshot, event: AnyEventObject, { self }) {
      const run = runs.get(self);
      try {
        switch (event.type) {
          case 'xstate.stop':
            run?.end();
            return { ...snapshot, status: 'stopped', input: undefined } as Snapshot;
          case 'xstate.task.progress':
            return { ...snapshot, progress: event.value };
          case 'xstate.task.return':
            run?.end('returned');
            return { ...snapshot, status: 'done', output: event.output, input: undefined } as Snapshot;
          case 'xstate.task.throw':
            throw event.error;
          case 'xstate.task.timer':
            run?.ring(event.id);
            return snapshot;
          default:
            run?.hear(event);
            return snapshot;
        }
      } catch (error) {
        run?.end();
        throw error;
      }
    },

    getPersistedSnapshot: (snapshot) => snapshot,
    restoreSnapshot: (snapshot) => snapshot as Snapshot,
  };
}

/** One run of a task: from its start until all that it began has settled, which may be after its actor has ended. */
class TaskRun {
  private readonly controller = new AbortController();
  private readonly listeners = new Set<(event: AnyEventObject) => unknown>();
  private readonly timers = new Map<number, { readonly timer: unknown; readonly fn: () => unknown }>();
  private lastTimer = 0;
  /** How many promises have not settled: the task's own, and those of its listeners and scheduled functions. */
  private unsettled = 0;
  private hasEnded = false;
  /** Nobody waits for it any more. */
  private isClosed = false;
  private cleanedUp: ((failure?: FailedCleanUp) => void) | undefined;
  /** What went wrong after the actor had ended. */
  private failure: FailedCleanUp | undefined;

  constructor(private readonly self: AnyActorRef) {}

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  begin(body: () => unknown): void {
    try {
      this.follow(body(), (output) => this.tell({ type: 'xstate.task.return', output }));
    } catch (error) {
      this.end();
      throw error;
    }
  }

  readonly send = (event: AnyEventObject): void => {
    requireEvent('event', event);
    if (!this.hasEnded) sendToParent(this.self, event);
  };

  readonly receive = (listener: (event: never) => unknown): void => {
    requireFunction('listener', listener);
    this.listeners.add(listener as (event: AnyEventObject) => unknown);
  };

  readonly schedule = (fn: () => unknown, ms: number): (() => void) => {
    requireFunction('fn', fn);
    requireNumber('ms', ms, 0);
    requireTimer('ms', ms);
    // Nobody would ever clear it.
    if (this.isClosed) return () => {};
    const id = ++this.lastTimer;
    const timer = clockOf(this.self).setTimeout(() => this.due(id), ms);
    this.timers.set(id, { timer, fn });
    return () => this.clear(id);
  };

  readonly progress = (value: unknown): void => {
    if (!this.hasEnded) this.tell({ type: 'xstate.task.progress', value });
  };

  hear(event: AnyEventObject): void {
    for (const listener of [...this.listeners]) this.watch(listener(event));
  }

  ring(id: number): void {
    const fn = this.timers.get(id)?.fn;
    this.timers.delete(id);
    if (fn !== undefined) this.watch(fn());
  }

  /** The actor ends. What goes on is told to end by the signal, and what has not settled yet is waited for. */
  end(how: 'returned' | 'cut_off' = 'cut_off'): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.listeners.clear();
    if (this.unsettled === 0) {
      this.close();
      // What it returned may still hang on the signal: the body of a response does.
      if (how === 'returned') return;
    } else {
      cleanUp(this.self, (done) => {
        this.cleanedUp = done;
        return () => this.close();
      });
    }
    this.controller.abort();
  }

  // In its turn among the events of the actor, as long as that lives.
  private due(id: number): void {
    if (!this.hasEnded) return this.tell({ type: 'xstate.task.timer', id });
    try {
      this.ring(id);
    } catch (error) {
      this.fail(error);
    }
  }

  // What a listener or a scheduled function returns may be a promise, which may reject.
  private watch(result: unknown): void {
    if (holds(() => typeof (result as PromiseLike<unknown>).then === 'function')) this.follow(result);
  }

  private follow(result: unknown, then: (value: unknown) => void = () => {}): void {
    this.unsettled++;
    const settled = (act: () => void) => {
      this.unsettled--;
      act();
      if (this.hasEnded && this.unsettled === 0) this.close();
    };
    // Unlike `Promise.resolve`, it trusts no `then` of anybody's own.
    new Promise((resolve) => resolve(result)).then(
      (value) => settled(() => this.hasEnded || then(value)),
      (error: unknown) => settled(() => this.fail(error)),
    );
  }

  private fail(error: unknown): void {
    if (!this.hasEnded) this.tell({ type: 'xstate.task.throw', error });
    else if (!this.isOfTheAbort(error)) this.failure ??= { error };
  }

  private isOfTheAbort(error: unknown): boolean {
    return error === this.signal.reason || holds(() => (error as Error).name === 'AbortError');
  }

  private close(): void {
    this.isClosed = true;
    for (const id of [...this.timers.keys()]) this.clear(id);
    this.cleanedUp?.(this.failure);
  }

  private clear(id: number): void {
    clockOf(this.self).clearTimeout(this.timers.get(id)?.timer);
    this.timers.delete(id);
  }

  private tell(event: AnyEventObject): void {
    relay(this.self, this.self, event);
  }
}
