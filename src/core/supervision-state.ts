import type { Backoff } from './backoff.ts';
import type { ChildRules } from './child-spec.ts';
import { RestartBudget } from './intensity.ts';
import type { Intensity } from './intensity.ts';
import { Queue } from './queue.ts';
import type {
  ChildCounts,
  ChildInfo,
  ChildReply,
  ChildStatus,
  Effect,
  Exited,
  Message,
  QueryReply,
  StartAnswer,
  SupervisionReport,
} from './supervision-messages.ts';

/** Whom the crash of one child takes along: nobody, all, or those started after it. */
export type Strategy = 'one_for_one' | 'one_for_all' | 'rest_for_one';

/** Whether a supervisor ends when a significant child has ended by itself, or when the last of them has. */
export type AutoShutdown = 'never' | 'any_significant' | 'all_significant';

/** What a supervisor is at; `stopping` also once it has stopped. */
export type SupervisionPhase = 'starting' | 'running' | 'restarting' | 'stopping';

export interface SupervisionFlags {
  /** `dynamic`: keeps no spec without a child, stops all at once, and is always `one_for_one`. */
  readonly kind: 'static' | 'dynamic';
  readonly strategy?: Strategy;
  readonly autoShutdown?: AutoShutdown;
  readonly intensity: Intensity;
  /** None: a crashed child is started again at once. */
  readonly backoff?: Backoff;
  /** How many children a dynamic supervisor may have, those restarting included. */
  readonly maxChildren?: number;
  /** Draws the jitter of the back-off. */
  readonly random?: () => number;
}

/** One child of a supervisor: its spec, and where it is in its life. */
export interface Child<TSpec = ChildRules, TRef = unknown> {
  readonly spec: TSpec;
  status: ChildStatus;
  /** Of the life that it lives, or lived last. */
  ref: TRef | undefined;
  /** How many lives it has begun. */
  incarnation: number;
  startedAt: number;
  /** Its end, from when it is known until the supervisor has handled it. */
  death: Exited | undefined;
  /** What it last crashed, or failed to start, with. */
  cause: unknown;
  /** How many restarts went before the next, as the back-off counts them. */
  attempt: number;
  /** The ticket of the retry that it waits for. */
  retry: number | undefined;
  /** When that falls due. */
  retryAt: number;
}

/** The answer that a procedure under way waits for; also a death, which may or may not be the one that it waits for. */
export type Signal = StartAnswer | Exited;

/** What a supervisor does about one message: it yields wherever it waits. */
export type Procedure<T = void> = Generator<void, T, Signal>;

/** The state of one supervisor. It has one owner, and `plan` updates it in place. */
export interface Supervision<TSpec = ChildRules, TRef = unknown> {
  readonly flags: Required<Omit<SupervisionFlags, 'backoff'>> & { readonly backoff: Backoff | undefined };
  readonly budget: RestartBudget;
  /** By id, in start order. */
  readonly children: Map<string, Child<TSpec, TRef>>;
  readonly mailbox: Queue<Message<TSpec>>;
  procedure: Procedure | undefined;
  /** The ticket of the start that is awaited. */
  starting: number | undefined;
  tickets: number;
  phase: SupervisionPhase;
  /** Its first start is over, and went well. */
  hasStarted: boolean;
  /** The time of the latest input that told it. */
  now: number;
  /** Children alive. */
  active: number;
  /** Children of the type `supervisor`. */
  supervisors: number;
  /** Significant children that run or are restarting. */
  significant: number;
  effects: Effect<TSpec, TRef>[];
}

/**
 * A supervisor without children.
 *
 * @example
 * const state = createSupervision({ kind: 'static', strategy: 'one_for_all', intensity: resolveIntensity() });
 * const effects = plan(state, { type: 'init', specs });
 */
export function createSupervision<TSpec extends ChildRules = ChildRules, TRef = unknown>({
  kind,
  strategy = 'one_for_one',
  autoShutdown = 'never',
  intensity,
  backoff,
  maxChildren = Infinity,
  random = Math.random,
}: SupervisionFlags): Supervision<TSpec, TRef> {
  return {
    flags: { kind, strategy, autoShutdown, intensity, backoff, maxChildren, random },
    budget: new RestartBudget(intensity),
    children: new Map(),
    mailbox: new Queue(),
    procedure: undefined,
    starting: undefined,
    tickets: 0,
    phase: 'starting',
    hasStarted: false,
    now: 0,
    active: 0,
    supervisors: 0,
    significant: 0,
    effects: [],
  };
}

/** The children in start order. One whose end has not been handled yet counts as running, as in OTP. */
export function whichChildren<TRef>(state: Supervision<ChildRules, TRef>): ChildInfo<TRef>[] {
  return Array.from(state.children.values(), ({ spec: { id, type, restart }, status, ref, incarnation }) => ({
    id,
    status,
    ref: status === 'running' ? ref : undefined,
    type,
    restart,
    incarnation,
  }));
}

/** How many children there are, in O(1). One that has ended is not active, even if its end has not been handled yet. */
export function countChildren({ children, active, supervisors }: Supervision): ChildCounts {
  return { specs: children.size, active, supervisors, workers: children.size - supervisors };
}

export function reply(state: Supervision, to: unknown, result: ChildReply | QueryReply): undefined {
  state.effects.push({ type: 'reply', to, result });
}

export function report(state: Supervision, event: SupervisionReport): void {
  state.effects.push({ type: 'report', event });
}

/** Adds a child, last in start order. */
export function add(state: Supervision, spec: ChildRules): Child {
  const child: Child = {
    spec,
    status: 'stopped',
    ref: undefined,
    incarnation: 0,
    startedAt: 0,
    death: undefined,
    cause: undefined,
    attempt: 0,
    retry: undefined,
    retryAt: 0,
  };
  state.children.set(spec.id, child);
  if (spec.type === 'supervisor') state.supervisors++;
  return child;
}

export function remove(state: Supervision, { spec }: Child): void {
  state.children.delete(spec.id);
  if (spec.type === 'supervisor') state.supervisors--;
}

/** The only way for a child to change its status. */
export function become(state: Supervision, child: Child, status: ChildStatus): void {
  if (child.spec.significant) state.significant += Number(status !== 'stopped') - Number(child.status !== 'stopped');
  child.status = status;
}

/** A child lives. */
export function rise(state: Supervision, child: Child, ref: unknown, now: number): void {
  become(state, child, 'running');
  child.incarnation++;
  child.ref = ref;
  child.startedAt = now;
  state.active++;
}

/** A child is known to have died. What follows from it waits until it is handled. */
export function note(state: Supervision, death: Exited): boolean {
  const child = state.children.get(death.id);
  if (child?.status !== 'running' || child.death !== undefined || child.incarnation !== death.incarnation) return false;
  child.death = death;
  state.active--;
  return true;
}
