import type { ChildRules } from '../../src/core/child-spec.ts';
import type { ExitReason } from '../../src/core/exit.ts';
import { plan } from '../../src/core/plan.ts';
import type { ChildReply, Effect, Input } from '../../src/core/supervision-messages.ts';
import { countChildren, createSupervision, whichChildren } from '../../src/core/supervision-state.ts';
import type { Supervision } from '../../src/core/supervision-state.ts';
import type { Engine } from './compare.ts';
import type { Event, Observation, Op, RecordedSpec, Script, Setting } from './scenario.ts';
import { windowMs } from './scenario.ts';
import { specIn, tableOf, wordFor } from './words.ts';

interface Spec extends ChildRules {
  readonly script: Script;
}

/** What stands for an actor here: it does as its script says, and ends when it is told to. */
interface Process {
  readonly id: string;
  readonly incarnation: number;
  /** How it ended. */
  exit: ExitReason | undefined;
}

/** The pure rules, with the least engine that carries them out. */
export class PlanEngine implements Engine {
  private readonly supervision: Supervision<Spec>;
  private readonly processes = new Map<string, Process>();
  private readonly starts = new Map<string, number>();
  private readonly mailbox: Input<Spec>[] = [];
  private readonly answers: Input<Spec>[] = [];
  private events: Event[] = [];
  private reply: ChildReply | undefined;
  private supExit: string | null = null;

  /** @param answers whether what becomes of an effect is told before, or after, what else is in the mailbox */
  constructor(
    private readonly setting: Setting,
    private readonly answering: 'first' | 'last' = 'first',
  ) {
    this.supervision = createSupervision({
      kind: setting.kind,
      strategy: setting.strategy,
      autoShutdown: setting.auto_shutdown,
      intensity: { maxRestarts: setting.max_restarts, withinMs: windowMs },
      maxChildren: setting.max_children,
    });
  }

  perform(op: Op): Observation {
    this.events = [];
    this.reply = undefined;
    const reply = this.operate(op);
    return {
      reply,
      events: this.events,
      children: this.supExit === null ? tableOf(this.setting.kind, whichChildren(this.supervision)) : [],
      counts: this.supExit === null ? countChildren(this.supervision) : null,
      sup_exit: this.supExit,
    };
  }

  private operate(op: Op): string {
    switch (op[0]) {
      case 'init':
        this.run({ type: 'init', specs: this.setting.children!.map(specOf) });
        return this.supExit === null ? 'ok' : 'start_error';
      case 'stop':
        this.run({ type: 'stop' });
        return 'ok';
      case 'start':
        this.run({ type: 'start', spec: specOf(specIn(op[1], this.setting)), to: op });
        return wordFor(op, this.setting.kind, this.reply!);
      case 'terminate':
      case 'restart':
      case 'delete':
        this.run({ type: op[0], id: op[1], to: op });
        return wordFor(op, this.setting.kind, this.reply!);
      case 'exit':
        return this.exit([op[1]], op[2]);
      case 'exit2':
        return this.exit([op[1], op[2]], op[3]);
    }
  }

  // They all end before the supervisor has handled any of their exits.
  private exit(ids: string[], reason: string): string {
    const processes = ids.map((id) => this.processes.get(id));
    if (!processes.every(isAlive)) return 'not_running';
    for (const process of processes) {
      // A killed process cannot report.
      if (reason !== 'kill') this.events.push(['exit', process.id, reason]);
      process.exit = reason === 'boom' || reason === 'kill' ? 'error' : 'normal';
    }
    this.run(...processes.map(exited));
    return 'ok';
  }

  private run(...messages: Input<Spec>[]): void {
    const { answers, mailbox } = this;
    mailbox.push(...messages);
    const [one, other] = this.answering === 'first' ? [answers, mailbox] : [mailbox, answers];
    for (let input = one.shift() ?? other.shift(); input !== undefined; input = one.shift() ?? other.shift()) {
      for (const effect of plan(this.supervision, input)) this.execute(effect);
    }
  }

  private execute(effect: Effect<Spec>): void {
    switch (effect.type) {
      case 'start':
        return this.start(effect);
      case 'stop':
        return this.stop(effect.id);
      case 'stop_all':
        for (const { id } of effect.children) this.stop(id);
        return;
      case 'schedule':
        this.mailbox.push({ type: 'retry', id: effect.id, ticket: effect.ticket, now });
        return;
      case 'reply':
        this.reply = effect.result as ChildReply;
        return;
      case 'end':
        this.supExit = 'shutdown';
        return;
      case 'cancel':
      case 'report':
        return;
    }
  }

  private start({ spec: { id, script }, incarnation, ticket }: Effect<Spec> & { type: 'start' }): void {
    const nth = this.starts.get(id) ?? 0;
    this.starts.set(id, nth + 1);
    switch (script[nth] ?? 'ok') {
      case 'ok':
        this.events.push(['start', id]);
        this.processes.set(id, { id, incarnation, exit: undefined });
        this.answers.push({ type: 'started', ticket, ref: id, now });
        return;
      case 'fail':
        this.events.push(['start_fail', id]);
        this.answers.push({ type: 'failed', ticket, error: new Error('scripted'), now });
        return;
      case 'ignore':
        this.events.push(['start_ignore', id]);
        this.answers.push({ type: 'ignored', ticket });
        return;
    }
  }

  private stop(id: string): void {
    const process = this.processes.get(id)!;
    if (isAlive(process)) {
      this.events.push(['exit', id, 'shutdown']);
      process.exit = 'shutdown';
    }
    this.answers.push(exited(process));
  }
}

// No scenario takes any time.
const now = 0;

const specOf = ({ id, restart, significant, script }: RecordedSpec): Spec => ({
  id,
  restart,
  significant,
  script,
  type: 'worker',
});

const isAlive = (process: Process | undefined): process is Process =>
  process !== undefined && process.exit === undefined;

const exited = ({ id, incarnation, exit }: Process): Input<Spec> => ({
  type: 'exited',
  id,
  incarnation,
  reason: exit!,
  now,
});
