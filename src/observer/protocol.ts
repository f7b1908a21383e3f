/**
 * What the observer's page and its host say to each other. The page hears one stream of Server-Sent Events, whose names
 * are the keys of `Told` and whose data is JSON; it asks by POST. Times are milliseconds since the Unix epoch.
 */

/** A value of the host made plain: capped, redacted, and JSON whatever it was. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

export interface Told {
  /** First, once a connection. */
  readonly hello: Hello;
  /** What has changed in the tree. */
  readonly tree: TreeChange;
  /** Lifecycle events that have happened, oldest first. */
  readonly events: LifecycleNews;
  /** Once a second. */
  readonly counters: Counters;
  /** The session that the page watches, whenever it has changed. */
  readonly session: SessionDetail | SessionGone;
}

export interface Hello {
  /** Names this connection, in a `Watch`. */
  readonly client: string;
  /** A page may show a host that was started again, with other sessions: it begins anew when this has changed. */
  readonly host: { readonly run: string; readonly pid: number; readonly node: string; readonly startedAt: number };
  readonly now: number;
  /** Whether the page may do more than look. */
  readonly allowActions: boolean;
  /** The definition of the machine that each session is; none, where their logic is no machine. */
  readonly chart?: Chart;
}

export type NodeStatus = 'starting' | 'running' | 'restarting' | 'stopping' | 'stopped' | 'gave_up';

/** What a supervisor allows its children, and how much of it is used. */
export interface Supervision {
  readonly strategy: 'one_for_one' | 'one_for_all' | 'rest_for_one';
  readonly maxRestarts: number;
  /** 0: it restarts none itself, since each of its children is supervised as if alone. */
  readonly withinMs: number;
  /** Restarts in the window that ends now. */
  readonly used: number;
}

export interface TreeNode {
  /** Unique in the tree, the same through restarts: `runtime`, `runtime/sessions`, `runtime/sessions/<id>/<child>`. */
  readonly key: string;
  /** None: the root. A parent is told before its children. */
  readonly parent?: string;
  readonly kind: 'supervisor' | 'worker' | 'session';
  readonly name: string;
  readonly status: NodeStatus;
  /** From 1; 0 while it has never run. */
  readonly incarnation: number;
  /** Of the present incarnation. */
  readonly startedAt?: number;
  /** When a child that waits for its restart is to be started again. */
  readonly restartAt?: number;
  /** The state of a machine, in short: `open`, `open.typing`. */
  readonly state?: string;
  /** Of a supervisor; of a session, which is supervised as if alone, or is a tree and supervises its children. */
  readonly supervision?: Supervision;
  /** Of a session that is a tree. */
  readonly isTree?: true;
  /** Of a child of a supervisor. */
  readonly restart?: 'permanent' | 'transient' | 'temporary';
  /** Of a session. */
  readonly session?: { readonly id: string; readonly projectPath: string };
}

export interface TreeChange {
  /** Forget the nodes that you have: the whole tree is told anew. True of the first of a connection, and where the page
   * was too slow to be told every change. */
  readonly anew: boolean;
  /** New and changed ones. */
  readonly nodes: readonly TreeNode[];
  readonly gone: readonly string[];
  /** More of the same state of the tree is to come at once. */
  readonly more: boolean;
}

export interface ErrorInfo {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: ErrorInfo;
}

/** A lifecycle event: `session.started`, `session.crashed`, `dead_letter`, ... */
export interface LifecycleEntry {
  /** Counts from 1 through the life of the host. */
  readonly n: number;
  readonly at: number;
  readonly type: string;
  readonly session?: { readonly id: string; readonly name: string };
  readonly incarnation?: number;
  readonly delayMs?: number;
  readonly error?: ErrorInfo;
  /** Whatever else it has: `event`, `reason`, `output`, `input`, `restarts`. */
  readonly more?: Plain;
}

export interface LifecycleNews {
  readonly events: readonly LifecycleEntry[];
  /** How many were dropped before these, since the page did not read in time. */
  readonly lost: number;
}

export interface Counters {
  readonly at: number;
  readonly sessions: number;
  /** None: no limit. */
  readonly maxSessions?: number;
  // Since the observer was attached.
  readonly started: number;
  readonly crashed: number;
  readonly restarted: number;
  readonly stopped: number;
  readonly failed: number;
  readonly rejected: number;
  readonly deadLetters: number;
  readonly askTimeouts: number;
  /** Of the last second, in ms. */
  readonly eventLoopDelay: { readonly mean: number; readonly max: number };
  /** In bytes. */
  readonly memory: { readonly rss: number; readonly heapUsed: number };
}

export interface SessionGone {
  readonly id: string;
  readonly gone: true;
  /** How it ended; none, where that is not known any more, or it never was. */
  readonly how?: 'stopped' | 'gave_up';
  /** What it gave up with. */
  readonly error?: ErrorInfo;
  /** The last 10, newest first. */
  readonly crashes: readonly Crash[];
}

export interface SessionDetail {
  readonly id: string;
  readonly gone: false;
  readonly name: string;
  readonly projectPath: string;
  readonly config: Plain;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly status: NodeStatus;
  readonly incarnation: number;
  /** How often it was started again. */
  readonly restarts: number;
  readonly startedAt?: number;
  readonly restartAt?: number;
  readonly supervision: Supervision;
  readonly snapshot: {
    readonly status: string;
    /** The state value of a machine. */
    readonly value?: Plain;
    readonly context?: Plain;
    readonly output?: Plain;
    readonly error?: ErrorInfo;
    readonly tags?: readonly string[];
  };
  /** What its actors received since the page watches, oldest first, the last 100. */
  readonly steps: readonly Step[];
  /** The last 10, newest first. */
  readonly crashes: readonly Crash[];
  readonly timers: readonly Timer[];
  /** The actors that it has started: invoked, spawned, or the children of a session tree. */
  readonly children: readonly ChildDetail[];
  /** What its machine can be sent just now, by type. */
  readonly accepts: readonly string[];
}

export interface Step {
  readonly n: number;
  readonly at: number;
  /** The actor that received it: its path below the session, empty for the session itself. */
  readonly actor: string;
  readonly event: { readonly type: string; readonly [key: string]: Plain };
  /** Who sent it, where that is known. */
  readonly from?: string;
  /** The state after it, where that is a machine's. */
  readonly state?: string;
  /** Whether it is another than before. */
  readonly changed: boolean;
}

export interface Crash {
  /** Of which child of a session tree; none: of the session itself. */
  readonly child?: string;
  readonly at: number;
  readonly incarnation: number;
  readonly error: ErrorInfo;
  readonly event?: Plain;
}

export interface Timer {
  /** Of which actor: as in `Step`. */
  readonly actor: string;
  readonly event: string;
  readonly delayMs: number;
  readonly dueAt: number;
}

export interface ChildDetail {
  /** Below the session: `fetcher`, `editor/saver`. */
  readonly path: string;
  readonly status: string;
  readonly state?: string;
}

/** A state of a machine, and those in it. */
export interface Chart {
  readonly key: string;
  /** From the root: keys joined by dots, empty for the root itself. */
  readonly path: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  readonly description?: string;
  /** The path of the initial state. */
  readonly initial?: string;
  /** Of a history state: it remembers the states within those that it remembers, too. */
  readonly deep?: true;
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  readonly invokes: readonly string[];
  readonly tags: readonly string[];
  readonly transitions: readonly ChartTransition[];
  readonly states: readonly Chart[];
}

export interface ChartTransition {
  /** As a person reads it: `user.message`, `after 500 ms`, `done: fetcher`, `always`. */
  readonly label: string;
  /** The type of the event; empty for `always`. */
  readonly event: string;
  readonly guard?: string;
  readonly actions: readonly string[];
  /** Paths; none: it stays where it is. */
  readonly targets: readonly string[];
}

/** POST /watch: from now on the stream tells of this session, or of none. Answered with 204. */
export interface Watch {
  readonly client: string;
  readonly session?: string;
}

/** POST /actions, where they are allowed. Answered with a `Done`. */
export type Action =
  | { readonly type: 'stop' | 'restart'; readonly id: string }
  | { readonly type: 'send'; readonly id: string; readonly event: { readonly type: string } }
  | { readonly type: 'limit'; readonly maxSessions: number };

export type Done =
  { readonly ok: true } | { readonly ok: false; readonly error: { readonly code?: string; readonly message: string } };
