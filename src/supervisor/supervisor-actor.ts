import type { AnyActorRef, AnyEventObject, AnyMachineSnapshot } from 'xstate';
import { resolveChildSpec } from '../child-spec.ts';
import type { ResolvedChildSpec } from '../child-spec.ts';
import { messageOf } from '../core/arguments.ts';
import { field } from '../core/field.ts';
import type { SupervisionError } from '../core/supervision-error.ts';
import { plan } from '../core/plan.ts';
import { ok } from '../core/result.ts';
import { isSupervisionError } from '../core/supervision-error.ts';
import type {
  ChildCounts,
  ChildInfo,
  Effect,
  EndReason,
  Input,
  LifeOfChild,
  SupervisionReport,
} from '../core/supervision-messages.ts';
import { countChildren, createSupervision, whichChildren } from '../core/supervision-state.ts';
import type { Supervision, SupervisionFlags, SupervisionPhase } from '../core/supervision-state.ts';
import { viewOf } from '../core/supervision-view.ts';
import type { SupervisorView } from '../core/supervision-view.ts';
import { Incarnation, incarnationIn } from '../incarnation.ts';
import type { Incarnations } from '../incarnation.ts';
import type { Logger } from '../logger.ts';
import { isSupervisor } from '../logic.ts';
import { supervisionLine } from './supervision-line.ts';
import { Resumption, saveSupervision } from './supervision-snapshot.ts';
import type { SavedSupervision } from './supervision-snapshot.ts';
import { readyOf } from '../readiness.ts';
import { reply } from '../reply.ts';
import { Start } from '../start.ts';
import { collectDeadLetters, stopCollecting } from '../xstate/dead-letters.ts';
import { actPlainly, clockOf, emitFrom, isStopped, mailboxOf, relay, timeOf, waitingIn } from '../xstate/internals.ts';
import type { Restoring } from '../xstate/restoring.ts';
import { onEnding } from '../xstate/supervised-system.ts';
import type { Taking } from '../xstate/take-snapshot.ts';
import type { Clock } from '../xstate/internals.ts';

export interface SupervisorParts {
  readonly flags: SupervisionFlags;
  readonly children: readonly ResolvedChildSpec[];
  readonly logger: Logger;
  /** Told of each child that is about to start. */
  readonly starting?: (id: string, ref: AnyActorRef) => void;
  /** Told of what a child sends to its parent. */
  readonly said?: (message: AnyEventObject) => void;
  /** Answers what comes too late, where there is more than a supervisor's own commands. */
  readonly answer?: (event: AnyEventObject) => void;
}

type SupervisorInput = Input<ResolvedChildSpec, AnyActorRef>;
type SupervisorEffect = Effect<ResolvedChildSpec, AnyActorRef>;

/** The start that is awaited: its child may run, but does not count as started yet. */
interface Pending {
  readonly spec: ResolvedChildSpec;
  readonly start: Start;
}

/** A supervisor at work: it carries out what `plan` decides, and feeds back what comes of it. */
export class SupervisorActor implements Incarnations {
  /** The snapshot that its machine made last, where there are copies of it. */
  original: AnyMachineSnapshot | undefined;
  /** How it ended, once all is down. */
  end: { readonly reason: EndReason; readonly error?: SupervisionError } | undefined;
  private readonly state: Supervision<ResolvedChildSpec, AnyActorRef>;
  // The last life of each child that counted as started. It goes as its spec goes.
  private readonly lives = new WeakMap<ResolvedChildSpec, Incarnation>();
  private readonly timers = new Map<number, unknown>();
  private readonly stoppers: AnyEventObject[] = [];
  /** What waited in the mailbox as it ended. */
  private readonly answered = new WeakSet<AnyEventObject>();
  private readonly inputs: SupervisorInput[] = [];
  private readonly clock: Clock;
  private isBusy = false;
  private pending: Pending | undefined;
  // Most begin at their beginning.
  declare private resumption?: Resumption;

  constructor(
    readonly self: AnyActorRef,
    private readonly parts: SupervisorParts,
  ) {
    actPlainly(self);
    this.clock = clockOf(self);
    this.state = createSupervision(parts.flags);
    onEnding(self, () => this.ended());
  }

  /** The children as they are at this moment, whatever it waits for. */
  get children(): readonly ChildInfo<AnyActorRef>[] {
    return whichChildren(this.state);
  }

  /** The actors of its children that live, also while they start. */
  get actors(): AnyActorRef[] {
    return this.children.flatMap(({ id }) => this.whereis(id) ?? []);
  }

  /** What it shows of itself to whoever watches it. */
  get view(): SupervisorView<AnyActorRef> {
    return viewOf(this.state, this.now());
  }

  get counts(): ChildCounts {
    return countChildren(this.state);
  }

  get phase(): SupervisionPhase {
    return this.state.phase;
  }

  /** Whether its first start is over, and went well. */
  get hasStarted(): boolean {
    return this.state.hasStarted;
  }

  get isStopping(): boolean {
    return this.state.phase === 'stopping';
  }

  /** The ref of a child that runs. */
  whereis(id: string): AnyActorRef | undefined {
    const child = this.state.children.get(id);
    if (child === undefined) return undefined;
    const life = this.pending?.spec === child.spec ? this.pending.start.life : this.lives.get(child.spec);
    // One that is cleaning up after itself has ended already, though the supervisor does not know yet.
    return life === undefined || life.exit !== undefined || isStopped(life.actor) ? undefined : life.actor;
  }

  /** Its first start is to go on from what was saved. */
  resumeFrom(saved: SavedSupervision, restoring: Restoring): void {
    this.resumption = new Resumption(saved, restoring);
  }

  /** Its children and restarts, to be saved. */
  save(taking: Taking): SavedSupervision {
    const { state, clock, parts, self } = this;
    const whereis = (id: string) => this.whereis(id);
    return saveSupervision({ id: self.id, state, clock, specs: parts.children, whereis }, taking);
  }

  /** The first start. */
  begin(): void {
    // Not before: one that could not be created starts nothing.
    collectDeadLetters(this.self);
    const { children: specs, logger } = this.parts;
    if (this.resumption === undefined) return this.dispatch({ type: 'init', specs });
    const lost = this.resumption.lost(specs);
    if (lost.length > 0)
      logger(`${listed(lost)} of ${this.self.id} cannot come back: there is no spec of it in its options`);
    this.dispatch({ type: 'resume', specs, before: this.resumption.before(this.clock), now: this.now() });
  }

  handle(event: AnyEventObject): void {
    if (this.answered.has(event)) return;
    switch (event.type) {
      case 'supervisor.shutdown':
        return this.dispatch({ type: 'stop' });
      case 'supervisor.stop':
        if (this.end !== undefined) return this.reply(event, ok(undefined));
        this.stoppers.push(event);
        return this.dispatch({ type: 'stop' });
      case 'supervisor.which_children':
        return this.dispatch({ type: 'which_children', to: event });
      case 'supervisor.count_children':
        return this.dispatch({ type: 'count_children', to: event });
      case 'child.start':
        return this.startChild(event);
      case 'child.terminate':
        return this.dispatch({ type: 'terminate', ...nameIn(event), to: event });
      case 'child.restart':
        return this.dispatch({ type: 'restart', ...nameIn(event), to: event });
      case 'child.delete':
        return this.dispatch({ type: 'delete', ...nameIn(event), to: event });
      case 'child.ready': {
        const settle = field(event, 'settle');
        return typeof settle === 'function' ? (settle as () => void)() : undefined;
      }
      case 'incarnation.exited': {
        const life = incarnationIn(event);
        return life && this.ofExit(life);
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

  /** What a child sends to its parent is no command. */
  said(_incarnation: Incarnation, message: AnyEventObject): void {
    this.parts.said?.(message);
  }

  /** Sends to every child that runs. */
  broadcast(event: AnyEventObject): void {
    for (const { id } of this.children) {
      const ref = this.whereis(id);
      if (ref !== undefined) relay(this.self, ref, event);
    }
  }

  failed(what: string, error: unknown): void {
    this.parts.logger(`${what} threw: ${messageOf(error)}`, error);
  }

  private startChild(event: AnyEventObject): void {
    const { kind, autoShutdown } = this.state.flags;
    const spec = resolveChildSpec(field(event, 'spec'), kind === 'dynamic' ? 'never' : autoShutdown);
    if (spec.ok) this.dispatch({ type: 'start', spec: spec.value, to: event });
    else this.reply(event, spec);
  }

  private dispatch(input: SupervisorInput): void {
    this.inputs.push(input);
    if (this.isBusy) return;
    this.isBusy = true;
    for (let next = this.inputs.shift(); next !== undefined; next = this.inputs.shift()) {
      for (const effect of plan(this.state, next)) this.execute(effect);
    }
    this.isBusy = false;
  }

  private execute(effect: SupervisorEffect): void {
    switch (effect.type) {
      case 'start':
        return this.start(effect);
      case 'stop':
        return this.stop(effect, effect.reason);
      case 'stop_all':
        for (const life of effect.children) this.stop(life, 'shutdown');
        return;
      case 'schedule':
        return this.schedule(effect.id, effect.ticket, effect.delayMs);
      case 'cancel':
        this.clock.clearTimeout(this.timers.get(effect.ticket));
        this.timers.delete(effect.ticket);
        return;
      case 'reply':
        return this.reply(effect.to as AnyEventObject, effect.result);
      case 'report':
        return this.report(effect.event);
      case 'end':
        return this.ending(effect);
    }
  }

  // XState drops what waits in the mailbox of an actor that ends; but for the first of all, where it ends as it starts.
  private ending(end: SupervisorEffect & { type: 'end' }): void {
    this.end = end;
    for (const event of this.stoppers) this.reply(event, ok(undefined));
    const { answer = (event) => this.handle(event) } = this.parts;
    for (const event of waitingIn(mailboxOf(this.self))) {
      answer(event);
      this.answered.add(event);
    }
  }

  private start({ spec, incarnation: number, ticket, resumed }: SupervisorEffect & { type: 'start' }): void {
    const { id, src, systemId, shutdown, startTimeoutMs } = spec;
    try {
      if (spec.enabled?.() === false) return this.dispatch({ type: 'ignored', ticket });
      const taken = resumed ? this.resumption!.take(id) : undefined;
      const input = taken === undefined && typeof spec.input === 'function' ? spec.input() : spec.input;
      const life = new Incarnation(this, { id, src, input, systemId, number, shutdown, ownSystem: false, taken });
      const start = new Start(life, {
        started: () => this.started(spec, life, ticket),
        failed: (error) => this.startFailed(ticket, error),
        inTurn: (settle) => this.tell({ type: 'child.ready', settle }),
      });
      this.pending = { spec, start };
      this.parts.starting?.(id, life.actor);
      start.begin({ ready: readyOf(src, spec.ready), startTimeoutMs }, this.clock);
    } catch (error) {
      this.startFailed(ticket, error);
    }
  }

  private started(spec: ResolvedChildSpec, life: Incarnation, ticket: number): void {
    this.pending = undefined;
    this.lives.set(spec, life);
    this.dispatch({ type: 'started', ticket, ref: life.actor, now: this.now() });
    if (life.exit !== undefined) this.dispatch(this.exitOf(life));
  }

  private startFailed(ticket: number, error: unknown): void {
    this.pending = undefined;
    this.dispatch({ type: 'failed', ticket, error, now: this.now() });
  }

  private ofExit(life: Incarnation): void {
    const { pending } = this;
    if (life === pending?.start.life) return pending.start.exited();
    // That of a child that has gone, and come again under the same id, changes nothing.
    const child = this.state.children.get(life.actor.id);
    if (child !== undefined && this.lives.get(child.spec) === life) this.dispatch(this.exitOf(life));
  }

  private stop({ id }: LifeOfChild, reason: 'shutdown' | 'restart'): void {
    const { spec } = this.state.children.get(id)!;
    const life = this.lives.get(spec)!;
    if (life.stop(spec.graceful ? { type: 'supervisor.shutdown', reason } : undefined)) {
      this.dispatch(this.exitOf(life));
    }
  }

  private schedule(id: string, ticket: number, delayMs: number): void {
    const due = { type: 'retry.due', id, ticket };
    if (delayMs === 0) return this.tell(due);
    const timer = this.clock.setTimeout(() => this.tell(due), delayMs);
    this.timers.set(ticket, timer);
  }

  // A supervisor that gave up has, to its parent, been shut down: OTP's rule, by which a transient one stays down.
  private exitOf(life: Incarnation): SupervisorInput {
    const { id } = life.actor;
    const exit = life.exit!;
    const gaveUp = isSupervisor(life.src) && isSupervisionError(exit.error, 'gave_up');
    const exited = Object.assign({ type: 'exited' as const, id, now: this.now() }, exit);
    return gaveUp ? { ...exited, reason: 'shutdown' } : exited;
  }

  private report(event: SupervisionReport<AnyActorRef>): void {
    const { id } = this.self;
    const told = event.type === 'supervisor.gave_up' ? { ...event, id } : event;
    const line = supervisionLine(told, id);
    if (line !== undefined) this.parts.logger(line, 'error' in told ? told.error : undefined);
    emitFrom(this.self, told);
  }

  private now(): number {
    return timeOf(this.clock);
  }

  private tell(event: AnyEventObject, source: AnyActorRef = this.self): void {
    if (!isStopped(this.self)) relay(source, this.self, event);
  }

  // Crashed, or stopped by force. After a shutdown in order nothing is left to do.
  private ended(): void {
    stopCollecting(this.self);
    this.pending?.start.abandon();
    for (const timer of this.timers.values()) this.clock.clearTimeout(timer);
    this.timers.clear();
    for (const { spec } of [...this.state.children.values()].reverse()) this.lives.get(spec)?.halt('killed');
  }
}

const listed = (ids: readonly string[]): string =>
  ids.length <= 10 ? ids.join(', ') : `${ids.slice(0, 10).join(', ')} and ${ids.length - 10} more`;

// A child is named by its id, or by the ref that it has, or last had; also where that is given as its id.
function nameIn(event: AnyEventObject): { readonly id: string; readonly ref?: AnyActorRef } {
  const id = field(event, 'id');
  const ref = field(event, 'ref') ?? (typeof id === 'object' ? id : undefined);
  if (ref === undefined) return { id: id as string };
  return { id: field(ref as AnyEventObject, 'id') as string, ref: ref as AnyActorRef };
}
