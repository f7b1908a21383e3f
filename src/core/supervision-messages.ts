import type { ChildRules, ChildType, RestartType } from './child-spec.ts';
import type { Exit } from './exit.ts';
import type { Reply } from './reply.ts';
import type { SupervisionBefore } from './supervision-before.ts';
import type { SupervisionError } from './supervision-error.ts';

/** The engine's answer to the effect `start` that carried this `ticket`. */
export type StartAnswer<TRef = unknown> =
  | { readonly type: 'started'; readonly ticket: number; readonly ref?: TRef; readonly now: number }
  | { readonly type: 'failed'; readonly ticket: number; readonly error: unknown; readonly now: number }
  /** It is not to run (OTP's `ignore`). */
  | { readonly type: 'ignored'; readonly ticket: number };

/**
 * A child that had started has ended, by itself or by the effect `stop`: told once for each life. What ends before its
 * start is answered has `failed` to start.
 */
export interface Exited extends Exit {
  readonly type: 'exited';
  readonly id: string;
  readonly now: number;
}

/** A retry fell due. */
export interface Retry {
  readonly type: 'retry';
  readonly id: string;
  readonly ticket: number;
  readonly now: number;
}

/** A command about a child that the supervisor may have. `to` comes back with the reply. */
export interface ChildCommand<TType extends string = 'terminate' | 'restart' | 'delete', TRef = unknown> {
  readonly type: TType;
  readonly id: string;
  /** Only if this is the ref that the child has, or last had, when the command has its turn. */
  readonly ref?: TRef;
  readonly to: unknown;
}

/** A question about the children. It is answered also while the supervisor stops. */
export interface Query {
  readonly type: 'which_children' | 'count_children';
  readonly to: unknown;
}

export interface StartCommand<TSpec = ChildRules> {
  readonly type: 'start';
  readonly spec: TSpec;
  readonly to: unknown;
}

/** In place of `init`, for a supervisor that comes back: starts those first children that ran. */
export interface Resume<TSpec = ChildRules> {
  readonly type: 'resume';
  readonly specs: readonly TSpec[];
  readonly before: SupervisionBefore;
  readonly now: number;
}

/** What a supervisor handles in the order in which it comes, one at a time. */
export type Message<TSpec = ChildRules> =
  /** Starts the first children. The specs have been checked: among other things, their ids are unique. */
  | { readonly type: 'init'; readonly specs: readonly TSpec[] }
  | Resume<TSpec>
  | StartCommand<TSpec>
  | ChildCommand<'terminate'>
  | ChildCommand<'restart'>
  | ChildCommand<'delete'>
  | Query
  /** Its parent wants it to end. It waits for its turn, as in OTP; a retry has its turn after that. */
  | { readonly type: 'stop' }
  | Retry
  | Exited;

/** What a supervisor can be told. Times are milliseconds of a monotonic clock. */
export type Input<TSpec = ChildRules, TRef = unknown> = Message<TSpec> | StartAnswer<TRef>;

export type EndReason = 'shutdown' | 'auto_shutdown' | 'gave_up' | 'start_failed';

/** What watchers of a supervisor hear. */
export type SupervisionEvent<TRef = unknown> =
  | {
      readonly type: 'child.started';
      readonly id: string;
      readonly ref: TRef;
      readonly incarnation: number;
      /** It goes on with a life that was saved. */
      readonly resumed?: boolean;
    }
  | { readonly type: 'child.start_failed'; readonly id: string; readonly error: unknown }
  | { readonly type: 'child.ignored'; readonly id: string }
  | ({ readonly type: 'child.exited'; readonly id: string } & Exit)
  | { readonly type: 'child.restarting'; readonly id: string; readonly delayMs: number }
  /** It was to come back, and is not: it was terminated, or its group failed to start before it. */
  | { readonly type: 'child.restart_cancelled'; readonly id: string }
  | { readonly type: 'child.deleted'; readonly id: string }
  | ({ readonly type: 'supervisor.gave_up'; /** Its own. */ readonly id: string } & GaveUp)
  | { readonly type: 'supervisor.stopped'; readonly reason: EndReason };

interface GaveUp {
  readonly restarts: number;
  readonly withinMs: number;
}

/** The same from within, where a supervisor has no name. */
export type SupervisionReport<TRef = unknown> =
  | Exclude<SupervisionEvent<TRef>, { readonly type: 'supervisor.gave_up' }>
  | ({ readonly type: 'supervisor.gave_up' } & GaveUp);

/** What `child.start` and `child.restart` answer: `ref` is undefined when the child was ignored. */
export interface StartedChild<TRef = unknown> {
  readonly id: string;
  readonly ref: TRef | undefined;
}

export type ChildRefusalCode =
  | 'already_started'
  | 'already_present'
  | 'max_children'
  | 'running'
  | 'restarting'
  | 'not_found'
  | 'start_failed'
  | 'stopping';

export type ChildReply<TRef = unknown> = Reply<StartedChild<TRef> | undefined, ChildRefusalCode>;

export type QueryReply<TRef = unknown> = Reply<readonly ChildInfo<TRef>[] | ChildCounts, never>;

/** One life of a child. */
export interface LifeOfChild {
  readonly id: string;
  readonly incarnation: number;
}

/**
 * What the engine is to do, in order. One that is to be answered (`start`, `stop`, `stop_all`) is always the last of
 * its batch, and the next one comes only after its answer.
 */
export type Effect<TSpec = ChildRules, TRef = unknown> =
  /** Start a child; answer `started`, `failed` or `ignored` with the same `ticket`. */
  | {
      readonly type: 'start';
      readonly spec: TSpec;
      readonly incarnation: number;
      readonly ticket: number;
      /** Not anew: with the life that was saved. */
      readonly resumed?: boolean;
    }
  /** Stop a child; answer with its `exited`. `reason`: whether it comes back at once, with its group. */
  | ({ readonly type: 'stop'; readonly reason: 'shutdown' | 'restart' } & LifeOfChild)
  /** Stop these all at once; answer with the `exited` of each. */
  | { readonly type: 'stop_all'; readonly children: readonly LifeOfChild[] }
  /** Send back `retry` with this `ticket` after the delay; 0: as a message to oneself, behind those already there. */
  | { readonly type: 'schedule'; readonly id: string; readonly delayMs: number; readonly ticket: number }
  /** That retry is off. One that comes all the same changes nothing. */
  | { readonly type: 'cancel'; readonly id: string; readonly ticket: number }
  | { readonly type: 'reply'; readonly to: unknown; readonly result: ChildReply<TRef> | QueryReply<TRef> }
  | { readonly type: 'report'; readonly event: SupervisionReport<TRef> }
  /** All is down. Comes once, last. */
  | {
      readonly type: 'end';
      readonly reason: EndReason;
      readonly error?: SupervisionError<'gave_up' | 'start_failed'>;
    };

/** `restarting`: down, until its retry is due. `stopped`: down, until a command starts it, or its group restarts. */
export type ChildStatus = 'running' | 'restarting' | 'stopped';

/** One child, in the answer to `supervisor.which_children`. */
export interface ChildInfo<TRef = unknown> {
  readonly id: string;
  readonly status: ChildStatus;
  readonly ref: TRef | undefined;
  readonly type: ChildType;
  readonly restart: RestartType;
  /** Which life it lives, or lived last, counted from 1; 0: none yet. */
  readonly incarnation: number;
}

/** The answer to `supervisor.count_children`. */
export interface ChildCounts {
  /** All, dead or alive. */
  readonly specs: number;
  /** Those alive. */
  readonly active: number;
  /** By type, dead or alive. */
  readonly supervisors: number;
  readonly workers: number;
}
