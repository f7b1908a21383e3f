import { setup } from 'xstate';
import type {
  ActorLogic,
  AnyActorLogic,
  AnyActorRef,
  AnyEventObject,
  AnyMachineSnapshot,
  NonReducibleUnknown,
  Snapshot,
} from 'xstate';
import type { ChildSpec } from '../src/child-spec.ts';
import type { DeadLetterEvent } from '../src/core/session-events.ts';
import type { SupervisorCommand } from '../src/core/supervisor-events.ts';
import type { SupervisionEvent } from '../src/core/supervision-messages.ts';
import { guarded } from '../src/guarded.ts';
import type { Logger } from '../src/logger.ts';
import { supervisorLogic } from '../src/logic.ts';
import { SupervisorActor } from '../src/supervisor/supervisor-actor.ts';
import { resolveChildren, resolveStaticOptions } from '../src/supervisor/supervisor-options.ts';
import type { SavedSupervision } from '../src/supervisor/supervision-snapshot.ts';
import type { StaticSupervisorOptions } from '../src/supervisor/supervisor-options.ts';
import { relay } from '../src/xstate/internals.ts';
import { restoringOf } from '../src/xstate/restoring.ts';
import { taking } from '../src/xstate/take-snapshot.ts';
import type { Taking } from '../src/xstate/take-snapshot.ts';

/** Options of `supervisor`. */
export interface SupervisorOptions extends StaticSupervisorOptions {
  /** The children, in start order. */
  readonly children?: readonly ChildSpec[];
}

/** Actor logic of a supervisor, static or dynamic. */
export type SupervisorLogic<TInput = NonReducibleUnknown> = ActorLogic<
  Snapshot<undefined> & { readonly value: unknown },
  SupervisorCommand<ChildSpec, AnyActorRef>,
  TInput,
  any,
  SupervisionEvent<AnyActorRef> | DeadLetterEvent
>;

/**
 * Actor logic of a supervisor, as OTP has it: it starts its children in order, restarts those that crash, together with
 * those that depend on them, and gives up when that happens too often. Works with `createActor`, `invoke` and `spawn`.
 *
 * It ends in the status `error` when it gave up or its first start failed, and `done` when it was stopped by
 * `supervisor.stop` or shut itself down.
 *
 * @throws TypeError, RangeError that name the bad option, or child and field
 * @example
 * const logic = supervisor({
 *   strategy: 'rest_for_one',
 *   children: [
 *     { id: 'connection', src: connectionMachine },
 *     { id: 'subscriptions', src: subscriptionsMachine, restart: 'transient' },
 *   ],
 * });
 * createActor(logic).start();
 */
export function supervisor(options: SupervisorOptions = {}): SupervisorLogic {
  const { flags, logger } = resolveStaticOptions(options);
  const { children: given = [] } = options;
  const children = resolveChildren(given, flags.autoShutdown!);
  return supervisorMachine('supervisor', logger, (self) => ({
    supervisor: new SupervisorActor(self, { flags, children, logger }),
  }));
}

export interface SupervisorContext {
  readonly supervisor: SupervisorActor;
  /** What the actor was given, if it was given anything. */
  readonly input?: unknown;
}

/** What else a supervisor takes: an action for each type of event. */
export type Handlers<TContext> = Readonly<
  Record<string, (args: { readonly context: TContext; readonly event: AnyEventObject }) => void>
>;

const handled = [
  'supervisor.stop',
  'supervisor.shutdown',
  'supervisor.which_children',
  'supervisor.count_children',
  'child.start',
  'child.terminate',
  'child.restart',
  'child.delete',
  'child.ready',
  'incarnation.exited',
  'retry.due',
];

/**
 * The statechart of every supervisor.
 *
 * @param create makes what one actor works with
 * @param on what it takes besides a supervisor's own events
 */
export function supervisorMachine<TContext extends SupervisorContext>(
  id: string,
  log: Logger,
  create: (self: AnyActorRef, input: never) => TContext,
  on: Handlers<TContext> = {},
): AnyActorLogic {
  const acts: Acts = new Map([...handled.map((type) => [type, handle] as const), ...Object.entries(on)]);
  const machine = setup({
    types: { context: {} as SupervisorContext },
    actions: {
      begin: ({ context, self }) => {
        // Here, and not at an event: what it was sent before its start is in the mailbox already, and comes after.
        context.supervisor.begin();
        relay(self, self, { type: 'supervisor.begun' });
      },
      handle,
    },
    guards: {
      isRunning: ({ context }) => context.supervisor.phase === 'running',
      isRestarting: ({ context }) => context.supervisor.phase === 'restarting',
      isStopping: ({ context }) => context.supervisor.phase === 'stopping',
      hasGivenUp: ({ context }) => context.supervisor.end?.reason === 'gave_up',
      hasFailedToStart: ({ context }) => context.supervisor.end?.reason === 'start_failed',
      hasStopped: ({ context }) => context.supervisor.end !== undefined,
    },
  }).createMachine({
    id,
    context: ({ self, input }) => ({ ...create(self, input as never), input }),
    on: {
      ...Object.fromEntries(handled.map((type) => [type, { actions: 'handle' as const }])),
      ...Object.fromEntries(Object.entries(on).map(([type, actions]) => [type, { actions: actions as never }])),
      'supervisor.changed': {},
      'supervisor.settled': {},
    },
    initial: 'starting',
    states: {
      starting: {
        entry: 'begin',
        on: { 'supervisor.begun': {} },
        always: [
          { guard: 'isRunning', target: 'running' },
          { guard: 'isRestarting', target: 'restarting' },
          { guard: 'isStopping', target: 'stopping' },
        ],
      },
      running: {
        always: [
          { guard: 'isRestarting', target: 'restarting' },
          { guard: 'isStopping', target: 'stopping' },
        ],
      },
      restarting: {
        always: [
          { guard: 'isRunning', target: 'running' },
          { guard: 'isStopping', target: 'stopping' },
        ],
      },
      stopping: {
        always: [
          { guard: 'hasGivenUp', target: 'gave_up' },
          { guard: 'hasFailedToStart', target: 'start_failed' },
          { guard: 'hasStopped', target: 'stopped' },
        ],
      },
      stopped: { type: 'final' },
      gave_up: { type: 'final' },
      start_failed: { type: 'final' },
    },
  });
  return supervisorLogic(guarded(comingBack(actingDirectly(failing(machine), acts)), log));
}

type Acts = ReadonlyMap<string, (args: { readonly context: any; readonly event: AnyEventObject }) => void>;

const handle = ({ context, event }: { readonly context: SupervisorContext; readonly event: AnyEventObject }): void =>
  context.supervisor.handle(event);

// Most of what a supervisor does is no change of state: there XState's macrostep, which copies the snapshot and looks for
// transitions, would cost more than the work itself.
function actingDirectly<T extends AnyActorLogic>(machine: T, acts: Acts): T {
  return Object.assign(Object.create(machine) as T, {
    transition(snapshot: AnyMachineSnapshot, event: AnyEventObject, scope: never) {
      const { context } = snapshot;
      const { supervisor } = context as SupervisorContext;
      if (snapshot.status !== 'active') return snapshot;
      // It has changed for whoever looks through it at the sessions. Copies of one original are quick: copies of copies
      // are each of another shape to V8.
      if (event.type === 'supervisor.changed') return { ...(supervisor.original ??= snapshot) };
      const act = acts.get(event.type) ?? acts.get(`${event.type.slice(0, event.type.indexOf('.'))}.*`);
      act?.({ context, event });
      if (act !== undefined && supervisor.phase === snapshot.value && supervisor.end === undefined) return snapshot;
      supervisor.original = undefined;
      return machine.transition(snapshot, act === undefined ? event : { type: 'supervisor.settled' }, scope);
    },
  });
}

// A machine has no way to end in an error but to throw, which would lose the state that it ended in.
function failing<T extends AnyActorLogic>(machine: T): T {
  return Object.assign(Object.create(machine) as T, {
    transition(snapshot: AnyMachineSnapshot, event: AnyEventObject, scope: never) {
      const next = machine.transition(snapshot, event, scope) as AnyMachineSnapshot;
      const error = (next.context as SupervisorContext).supervisor.end?.error;
      return next.status === 'done' && error !== undefined ? { ...next, status: 'error', error } : next;
    },
  });
}

// What a supervisor keeps is its children, and those it starts anew: restored, it begins at its beginning. Part of a
// session of which a snapshot is taken, its children are too, and go on from there.
function comingBack<T extends AnyActorLogic>(machine: T): T {
  return Object.assign(Object.create(machine) as T, {
    getPersistedSnapshot({ status, output, error, value, context }: AnyMachineSnapshot, options?: Options) {
      // One that could not be created has no context.
      const { input, supervisor } = (context ?? {}) as Partial<SupervisorContext>;
      const supervision = status === 'active' && options?.[taking] && supervisor?.save(options[taking]);
      return {
        status,
        output,
        error,
        value,
        ...(input !== undefined && { input }),
        ...(supervision && { supervision }),
      };
    },
    restoreSnapshot(persisted: Persisted, scope: { readonly self: AnyActorRef }) {
      if (persisted.status !== 'active') return persisted;
      const snapshot = machine.getInitialSnapshot(scope as never, persisted.input);
      const restoring = persisted.supervision && restoringOf(scope.self);
      const { supervisor } = (snapshot as AnyMachineSnapshot).context as SupervisorContext;
      if (restoring !== undefined) supervisor.resumeFrom(persisted.supervision!, restoring);
      return snapshot;
    },
  });
}

interface Options {
  readonly [taking]?: Taking;
}

type Persisted = Snapshot<unknown> & { readonly input?: unknown; readonly supervision?: SavedSupervision };
