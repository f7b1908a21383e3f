import { assign, setup } from 'xstate';
import type { AnyActorLogic, AnyActorRef, AnyEventObject, AnyMachineSnapshot } from 'xstate';
import { messageOf } from '../src/core/arguments.ts';
import type { ChildRules } from '../src/core/child-spec.ts';
import type { Exit } from '../src/core/exit.ts';
import { plan } from '../src/core/plan.ts';
import { ok } from '../src/core/result.ts';
import type { SupervisionError } from '../src/core/supervision-error.ts';
import type { Effect, EndReason, Input, LifeOfChild } from '../src/core/supervision-messages.ts';
import { countChildren, createSupervision, whichChildren } from '../src/core/supervision-state.ts';
import type { Supervision, SupervisionFlags } from '../src/core/supervision-state.ts';
import { guarded } from '../src/guarded.ts';
import { Incarnation, incarnationIn } from '../src/incarnation.ts';
import type { Incarnations } from '../src/incarnation.ts';
import type { Logger } from '../src/logger.ts';
import { supervisorLogic } from '../src/logic.ts';
import { field, reply } from '../src/reply.ts';
import { takesShutdown } from '../src/shutdown.ts';
import type { Shutdown } from '../src/shutdown.ts';
import { actPlainly, clockOf, emitFrom, isStopped, onEnding, relay, timeOf } from '../src/xstate.ts';

/** A child spec with every default in place. */
export interface ResolvedChildSpec extends ChildRules {
  readonly src: AnyActorLogic;
  readonly input: () => unknown;
  readonly shutdown: Shutdown;
}

export interface SupervisorParts {
  readonly flags: SupervisionFlags;
  readonly children: readonly ResolvedChildSpec[];
  readonly logger: Logger;
  /** Told of each child that has started, before anyone else. */
  readonly started?: (id: string, ref: AnyActorRef) => void;
}

/** A supervisor at work: carries out what `plan` decides, and feeds back what comes of it. */
export class Supervisor implements Incarnations {
  /** How it ended, once all is down. */
  end: { readonly reason: EndReason; readonly error?: SupervisionError } | undefined;
  hasBegun = false;
  private readonly state: Supervision<ResolvedChildSpec, AnyActorRef>;
  private readonly lives = new Map<string, Incarnation>();
  private readonly timers = new Map<number, unknown>();
  private readonly stoppers: AnyEventObject[] = [];
  private inputs: Input<ResolvedChildSpec, AnyActorRef>[] = [];
  private isBusy = false;

  constructor(
    readonly self: AnyActorRef,
    private readonly parts: SupervisorParts,
  ) {
    this.state = createSupervision(parts.flags);
    actPlainly(self);
    onEnding(self, () => this.ended());
  }

  get isStopping(): boolean {
    return this.state.stopping;
  }

  /** The ref of a child that runs. */
  whereis(id: string): AnyActorRef | undefined {
    const life = this.lives.get(id);
    // One that is cleaning up after itself has ended already, though the supervisor does not know yet.
    return life === undefined || life.exit !== undefined || isStopped(life.actor) ? undefined : life.actor;
  }

  handle(event: AnyEventObject): void {
    switch (event.type) {
      case 'supervisor.init':
        this.hasBegun = true;
        return this.dispatch({ type: 'init', specs: this.parts.children });
      case 'supervisor.stop':
        this.stoppers.push(event);
        return this.dispatch({ type: 'stop' });
      case 'supervisor.shutdown':
        return this.dispatch({ type: 'stop' });
      case 'supervisor.which_children':
        return this.reply(event, ok(whichChildren(this.state)));
      case 'supervisor.count_children':
        return this.reply(event, ok(countChildren(this.state)));
      case 'incarnation.exited': {
        const life = incarnationIn(event);
        return life && this.dispatch(this.exitOf(life));
      }
      case 'retry.due': {
        const ticket = field(event, 'ticket') as number;
        this.timers.delete(ticket);
        return this.dispatch({ type: 'retry', id: field(event, 'id') as string, ticket, now: this.now() });
      }
    }
  }

  reply(event: AnyEventObject, result: unknown): void {
    reply(event, result, this.parts.logger);
  }

  exited(incarnation: Incarnation): void {
    this.tell({ type: 'incarnation.exited', incarnation }, incarnation.actor);
  }

  said(): void {}

  failed(error: unknown): void {
    this.parts.logger(`a listener threw: ${messageOf(error)}`, error);
  }

  private dispatch(input: Input<ResolvedChildSpec, AnyActorRef>): void {
    this.inputs.push(input);
    if (this.isBusy) return;
    this.isBusy = true;
    for (let next = this.inputs.shift(); next !== undefined; next = this.inputs.shift()) {
      for (const effect of plan(this.state, next)) this.execute(effect);
    }
    this.isBusy = false;
  }

  private execute(effect: Effect<ResolvedChildSpec, AnyActorRef>): void {
    switch (effect.type) {
      case 'start':
        return this.start(effect.spec, effect.incarnation, effect.ticket);
      case 'stop':
        return this.stop(effect, effect.reason);
      case 'stop_all':
        for (const life of effect.children) this.stop(life, 'shutdown');
        return;
      case 'schedule':
        return this.schedule(effect.id, effect.ticket, effect.delayMs);
      case 'cancel':
        clockOf(this.self).clearTimeout(this.timers.get(effect.ticket));
        this.timers.delete(effect.ticket);
        return;
      case 'reply':
        return this.reply(effect.to as AnyEventObject, effect.result);
      case 'report':
        return emitFrom(this.self, this.asReported(effect.event));
      case 'end':
        this.end = effect;
        for (const event of this.stoppers) this.reply(event, ok(undefined));
    }
  }

  private start(spec: ResolvedChildSpec, number: number, ticket: number): void {
    try {
      const life = new Incarnation(this, { id: spec.id, src: spec.src, input: spec.input(), number, ownSystem: false });
      this.lives.set(spec.id, life);
      this.parts.started?.(spec.id, life.actor);
      if (!life.start()) return this.dispatch({ type: 'failed', ticket, error: life.exit!.error, now: this.now() });
      this.dispatch({ type: 'started', ticket, ref: life.actor, now: this.now() });
      if (life.exit !== undefined) this.dispatch(this.exitOf(life));
    } catch (error) {
      this.dispatch({ type: 'failed', ticket, error, now: this.now() });
    }
  }

  private stop({ id }: LifeOfChild, reason: 'shutdown' | 'restart'): void {
    const life = this.lives.get(id)!;
    const { src, shutdown } = this.state.children.get(id)!.spec;
    const request = takesShutdown(src) ? ({ type: 'supervisor.shutdown', reason } as const) : undefined;
    if (life.stop(shutdown, request)) this.dispatch(this.exitOf(life));
  }

  private schedule(id: string, ticket: number, delayMs: number): void {
    const due = { type: 'retry.due', id, ticket };
    if (delayMs === 0) this.tell(due);
    else
      this.timers.set(
        ticket,
        clockOf(this.self).setTimeout(() => this.tell(due), delayMs),
      );
  }

  private exitOf(life: Incarnation): Input<ResolvedChildSpec, AnyActorRef> {
    return { ...(life.exit as Exit), type: 'exited', id: life.actor.id, now: this.now() };
  }

  private asReported(event: AnyEventObject): AnyEventObject {
    return event.type === 'supervisor.gave_up' ? { ...event, id: this.self.id } : event;
  }

  private now(): number {
    return timeOf(clockOf(this.self));
  }

  private tell(event: AnyEventObject, source: AnyActorRef = this.self): void {
    if (!isStopped(this.self)) relay(source, this.self, event);
  }

  // Crashed, or stopped by force. After a shutdown in order nothing is left to do.
  private ended(): void {
    for (const timer of this.timers.values()) clockOf(this.self).clearTimeout(timer);
    this.timers.clear();
    for (const life of [...this.lives.values()].reverse()) life.halt('killed');
  }
}

export interface SupervisorContext {
  readonly supervisor: Supervisor;
}

/** What else a supervisor takes: an action for each type of event. */
export type Handlers<TContext> = Readonly<
  Record<string, (args: { readonly context: TContext; readonly event: AnyEventObject }) => void>
>;

/**
 * The statechart of every supervisor.
 *
 * @param create makes what one actor works with
 * @param on what it takes besides a supervisor's own events
 */
export function supervisorMachine<TContext extends SupervisorContext>(
  id: string,
  log: Logger,
  create: (self: AnyActorRef) => TContext,
  on: Handlers<TContext> = {},
): AnyActorLogic {
  const machine = setup({
    types: { context: {} as SupervisorContext },
    actions: {
      begin: ({ self }) => relay(self, self, { type: 'supervisor.init' }),
      handle: ({ context, event }) => context.supervisor.handle(event),
      // A new context is a new snapshot.
      show: assign(({ context }) => ({ ...context })),
    },
    guards: {
      hasBegun: ({ context }) => context.supervisor.hasBegun,
      isStopping: ({ context }) => context.supervisor.isStopping,
      hasEnded: ({ context }) => context.supervisor.end !== undefined,
      hasFailed: ({ context }) => context.supervisor.end?.error !== undefined,
    },
  }).createMachine({
    id,
    context: ({ self }) => create(self),
    on: {
      'supervisor.stop': { actions: 'handle' },
      'supervisor.shutdown': { actions: 'handle' },
      'supervisor.which_children': { actions: 'handle' },
      'supervisor.count_children': { actions: 'handle' },
      'supervisor.changed': { actions: 'show' },
      'incarnation.exited': { actions: 'handle' },
      'retry.due': { actions: 'handle' },
      ...Object.fromEntries(Object.entries(on).map(([type, actions]) => [type, { actions: actions as never }])),
    },
    initial: 'starting',
    states: {
      starting: {
        entry: 'begin',
        on: { 'supervisor.init': { actions: 'handle' } },
        always: [
          { guard: 'isStopping', target: 'stopping' },
          { guard: 'hasBegun', target: 'running' },
        ],
      },
      running: {
        always: { guard: 'isStopping', target: 'stopping' },
      },
      stopping: {
        always: [
          { guard: 'hasFailed', target: 'failed' },
          { guard: 'hasEnded', target: 'stopped' },
        ],
      },
      stopped: { type: 'final' },
      failed: { type: 'final' },
    },
  });
  return supervisorLogic(guarded(failing(machine), log));
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
