import type { AnyActorRef, AnyEventObject } from 'xstate';
import type { Exit } from '../core/exit.ts';
import { gaveUp } from '../core/gave-up.ts';
import { ok, refused } from '../core/result.ts';
import type { Result } from '../core/result.ts';
import { isSameJson } from '../core/same-json.ts';
import type { SessionRecord } from '../core/session-record.ts';
import type { Session } from '../core/session.ts';
import { doneAtOnce, startFailed } from '../core/start-failed.ts';
import { stopping } from '../core/stopping.ts';
import { isSupervisionError } from '../core/supervision-error.ts';
import type { SupervisionError } from '../core/supervision-error.ts';
import type { ChildInfo } from '../core/supervision-messages.ts';
import type { LoneView } from '../core/supervision-view.ts';
import type { Incarnation } from '../incarnation.ts';
import { bear, numberBefore } from './session-birth.ts';
import type { SessionHome } from './session-home.ts';
import { infoOf, viewOf } from './session-info.ts';
import type { SessionKeeping } from '../keeping/session-keeping.ts';
import { tellOfCrash, tellOfFailure, tellOfRestart, tellOfStop } from './session-news.ts';
import type { StableRef } from '../session-ref.ts';
import type { SessionState } from './session-state.ts';
import { SessionRestarts } from './session-restarts.ts';
import { Start } from '../start.ts';
import type { StartOutcome } from '../start.ts';
import type { ShutdownEvent } from '../shutdown.ts';
import { isSupervisor } from '../logic.ts';
import { isStopped, relay, timeOf } from '../xstate/internals.ts';

type Done = (result: Result<void, SupervisionError<'start_failed' | 'stopping'>>) => void;
type Command = (session: SupervisedSession | undefined) => void;
type Failure = { readonly error: unknown } | undefined;

/**
 * One session, supervised as if alone under its own one_for_one supervisor, itself a temporary child of `sessions`:
 * what becomes of it when it exits, is restarted or stopped by hand, or gives up.
 */
export class SupervisedSession implements StartOutcome {
  readonly ref: StableRef;
  private state: SessionState = 'starting';
  private life: Incarnation | undefined;
  private pending: Start | undefined;
  /** What follows the start that is pending. */
  private then!: (failure: Failure) => void;
  /** Which incarnation it is, or was: they count from 1. */
  number = 0;
  private startedAt = 0;
  /** What its actor takes it for is another value than it has. */
  private isUntold = false;
  /** Whether its first start is over, and went well. */
  hasStarted = false;
  readonly keeper: SessionKeeping;
  /** Made when it is needed: most sessions never crash. */
  private restarting: SessionRestarts | undefined;
  private done: Done | undefined;
  private failure: SupervisionError<'gave_up'> | undefined;
  // A session is serial, as any supervisor: what it is asked while an incarnation takes its time to end waits.
  private commands: Command[] | undefined;

  /** @param record what it comes back from */
  constructor(
    private value: Session,
    readonly home: SessionHome,
    record?: SessionRecord,
  ) {
    this.ref = home.refOf(value.id);
    this.keeper = home.keep(this, record);
    if (record !== undefined) {
      this.number = numberBefore(record);
      this.isUntold = !isSameJson(record.session, value);
      this.restartsMade.recall(record);
    }
  }

  /** Its value, as the registry last had it. */
  get session(): Session {
    return this.value;
  }

  get id(): string {
    return this.ref.id;
  }

  /** Its actor that lives, also while it starts. */
  get actor(): AnyActorRef | undefined {
    const actor = (this.pending?.life ?? this.life)?.actor;
    return actor === undefined || isStopped(actor) ? undefined : actor;
  }

  /** What its supervisor tells of it. */
  get info(): ChildInfo<StableRef> {
    return infoOf(this.home.options, this.ref, this.number);
  }

  /** What it shows of itself to whoever watches it: as the only child of a supervisor of its own. */
  get view(): LoneView<StableRef> {
    const { home, info, startedAt, restarts } = this;
    const restartAt = this.state === 'waiting' ? this.restarting?.dueAt : undefined;
    return viewOf(home.options, info, { startedAt, restartAt, used: restarts.length });
  }

  /** When it was restarted, as far as that still counts. */
  get restarts(): readonly number[] {
    return this.restarting?.counted ?? [];
  }

  /** The ref of a child, where the session is a tree: of its present incarnation. */
  whereis(childId: string): AnyActorRef | undefined {
    return this.ref.isRunning && isSupervisor(this.home.options.session)
      ? this.life!.actor.getSnapshot().context?.supervisor?.whereis(childId)
      : undefined;
  }

  /** The first start. One that fails leaves nothing behind, and there is no retry. */
  start(done: Done): void {
    this.done = done;
    this.begin(this.opened);
  }

  /** Stops the session for good. */
  stop(done: Done): void {
    if (this.state === 'waiting') {
      this.restarting!.cancel();
      this.finish({ reason: 'shutdown' }, done);
    } else {
      this.state = 'stopping';
      this.done = done;
      if (this.endIncarnation('shutdown')) this.exited();
    }
  }

  /** Restarts it by hand: free of charge, also while it waits for its back-off. */
  restart(done: Done): void {
    const wasRunning = this.state === 'running';
    this.restartsMade.command();
    this.state = 'restarting';
    this.done = done;
    this.keeper.renew('shutdown');
    if (!wasRunning) this.begin(this.renewed);
    else if (this.endIncarnation('restart')) this.exited();
  }

  /** The whole tree stops: whatever it is doing, it ends, as failed where there is a `failure`. */
  shutDown(failure: SupervisionError<'gave_up'> | undefined): void {
    this.failure = failure;
    this.keeper.suspend();
    if (this.state === 'starting') {
      this.whenAtRest((session) => session?.shutDown(failure));
    } else if (this.state === 'restarting') {
      this.done?.(refused(stopping()));
      this.done = undefined;
      this.state = 'stopping';
    } else if (this.state === 'running' || this.state === 'waiting') {
      this.stop(() => {});
    }
  }

  /** The supervisor itself is gone: ends it at once, as failed where there is a `failure`. */
  abandon(failure: SupervisionError<'gave_up'> | undefined): void {
    if (this.state === 'over') return;
    this.failure = failure;
    this.keeper.suspend();
    this.restarting?.cancel();
    const { done, pending } = this;
    this.done = this.pending = undefined;
    pending?.abandon();
    if (this.hasStarted) {
      this.life?.halt('killed');
      this.finish(this.life?.exit ?? { reason: 'killed' });
    } else {
      this.state = 'over';
    }
    done?.(refused(stopping()));
  }

  /** Calls back now, or once the session has come to rest; without the session if it is over by then. */
  whenAtRest(command: Command): void {
    if (this.state === 'over') command(undefined);
    else if (this.isAtRest) command(this);
    else (this.commands ??= []).push(command);
  }

  /** Whether it runs, or waits for a restart. */
  get isAtRest(): boolean {
    return this.state === 'running' || this.state === 'waiting';
  }

  /** An incarnation has ended. The exit of an earlier one changes nothing. */
  exitOf(life: Incarnation): void {
    if (life === this.pending?.life) this.pending.exited();
    else if (life === this.life && this.isUp) this.exited();
  }

  /** A retry fell due. One that was cancelled changes nothing. */
  retryDue(retry: unknown): void {
    if (this.state === 'waiting' && this.restarting!.isDue(retry)) this.begin(this.revived);
  }

  /** Its value has changed. */
  updated(value: Session): void {
    this.value = value;
    this.isUntold = true;
    this.tellActor();
    this.keeper.changed();
  }

  /** Ends it as if it had never been, neither kept nor told of. */
  takeBack(then: () => void): void {
    this.keeper.takeBack();
    this.whenAtRest((session) => (session === undefined ? then() : session.stop(then)));
  }

  private get restartsMade(): SessionRestarts {
    return (this.restarting ??= new SessionRestarts(this));
  }

  private get isUp(): boolean {
    return this.state === 'running' || this.state === 'restarting' || this.state === 'stopping';
  }

  private exited(): void {
    const exit = this.life!.exit!;
    if (this.state === 'running') return this.fell(exit);
    // It crashed before, or while, it was asked to end.
    if (exit.reason === 'error') tellOfCrash(this, exit.error, this.life!.lastEvent);
    if (this.state === 'restarting') this.begin(this.renewed);
    else this.finish(exit, this.done);
  }

  // Nobody asked it to end.
  private fell(exit: Exit): void {
    const { options } = this.home;
    if (exit.reason === 'error') {
      // A session tree has counted its restarts itself.
      if (isSupervisor(options.session) && isSupervisionError(exit.error, 'gave_up')) {
        this.keeper.crashed(exit.error);
        this.fail(exit.error);
      } else this.crashed(exit.error, this.life!.lastEvent, 'now');
      return;
    }
    const { fate, delayMs } = this.restartsMade.after(exit.reason, this.startedAt);
    if (fate === 'restart' || fate === 'give_up') this.keeper.renew(exit.reason);
    if (fate === 'restart') this.wait(delayMs, 'now');
    else if (fate === 'give_up') this.giveUp(undefined);
    else this.finish(exit);
  }

  private crashed(error: unknown, event: AnyEventObject | undefined, when: 'now' | 'in_turn'): void {
    this.keeper.crashed(error);
    const { fate, delayMs } = this.restartsMade.after('error', this.startedAt);
    tellOfCrash(this, error, event, delayMs);
    if (fate === 'restart') this.wait(delayMs, when);
    else if (fate === 'give_up') this.giveUp(error);
    else this.finish({ reason: 'error' });
  }

  private wait(delayMs: number | undefined, when: 'now' | 'in_turn'): void {
    if (delayMs === undefined && when === 'now') return this.begin(this.revived);
    this.state = 'waiting';
    this.restartsMade.wait(delayMs);
  }

  private opened(failure: Failure): void {
    if (failure !== undefined && this.keeper.failedToStart(failure.error)) return this.begin(this.opened);
    const done = this.done!;
    this.done = undefined;
    if (failure !== undefined) {
      this.state = 'over';
      return done(refused(startFailed(this.id, failure.error)));
    }
    this.state = 'running';
    this.ref.attach(this.life!);
    this.tellActor();
    done(ok(undefined));
    // Another session may have waited for it to come back.
    this.ref.flush();
  }

  private revived(failure: Failure): void {
    if (failure === undefined) this.arrive();
    else this.crashed(failure.error, undefined, 'in_turn');
  }

  private renewed(failure: Failure): void {
    const { done } = this;
    this.done = undefined;
    this.revived(failure);
    done?.(failure === undefined ? ok(undefined) : refused(startFailed(this.id, failure.error)));
  }

  // One life of the session: its actor, root of a system of its own.
  private begin(then: (failure: Failure) => void): void {
    const { home } = this;
    this.state = 'starting';
    this.then = then;
    try {
      const taken = this.keeper.next();
      // One that begins afresh has its value as its input.
      if (taken === undefined) this.isUntold = false;
      const start = new Start(bear(home, this.value, this.number + 1, taken), this);
      this.pending = start;
      this.ref.prepare(start.life);
      start.begin(home.readiness, home.clock);
    } catch (error) {
      this.failed(error);
    }
  }

  // What comes of a start.

  started(life: Incarnation): void {
    const { exit } = life;
    if (exit !== undefined) return this.failed(exit.error ?? doneAtOnce(this.id));
    this.life = life;
    this.number = life.number;
    this.hasStarted = true;
    this.keeper.attach(life.number, life.actor);
    this.begun(undefined);
  }

  failed(error: unknown): void {
    this.begun({ error });
  }

  inTurn(act: () => void): void {
    this.home.inTurn(act);
  }

  private begun(failure: Failure): void {
    this.pending = undefined;
    // Also of a start that failed: it ran for no time, and what went before is no quiet time.
    this.startedAt = timeOf(this.home.clock);
    this.then(failure);
    this.carryOn();
  }

  private tellActor(): void {
    if (!this.isUntold || this.state === 'over' || !this.ref.isRunning) return;
    this.isUntold = false;
    relay(this.home.self, this.life!.actor, { type: 'session.updated', session: this.value });
  }

  private arrive(): void {
    const { number, value: session } = this;
    this.state = 'running';
    this.ref.attach(this.life!);
    this.tellActor();
    tellOfRestart(this, session, number);
    this.restarting?.end(ok({ incarnation: number }));
    this.ref.flush();
  }

  private endIncarnation(reason: ShutdownEvent['reason']): boolean {
    return this.life!.stop(this.home.isGraceful ? { type: 'supervisor.shutdown', reason } : undefined);
  }

  private giveUp(cause: unknown): void {
    this.fail(gaveUp(`Session ${this.id}`, this.home.options.intensity, cause));
  }

  private fail(error: SupervisionError<'gave_up'>, done?: Done): void {
    const { value: session } = this;
    this.state = 'over';
    this.keeper.end('suspended', 'error');
    this.home.release(this.id, () => {
      this.ref.end(error);
      tellOfFailure(this, session, error);
      this.restarting?.end(refused(error));
      done?.(refused(stopping()));
      this.carryOn();
    });
  }

  private finish({ reason, output }: Pick<Exit, 'reason' | 'output'>, done?: Done): void {
    if (this.failure !== undefined) return this.fail(this.failure, done);
    const { value: session } = this;
    this.state = 'over';
    this.keeper.end('deleted', reason);
    this.home.release(this.id, () => {
      this.ref.end();
      tellOfStop(this, session, reason, output);
      this.restarting?.end(ok(undefined));
      done?.(ok(undefined));
      this.carryOn();
    });
  }

  private carryOn(): void {
    const { commands } = this;
    this.commands = undefined;
    for (const command of commands ?? []) this.whenAtRest(command);
  }
}
