import type { ChildRules } from '../src/core/child-spec.ts';
import type { ExitReason } from '../src/core/exit.ts';
import { resolveIntensity } from '../src/core/intensity.ts';
import { plan } from '../src/core/plan.ts';
import type { ChildReply, Effect, Input, SupervisionReport } from '../src/core/supervision-messages.ts';
import { createSupervision, whichChildren } from '../src/core/supervision-state.ts';
import type { Supervision, SupervisionFlags } from '../src/core/supervision-state.ts';

export const child = (id: string, rules: Partial<ChildRules> = {}): ChildRules => ({
  id,
  restart: 'permanent',
  type: 'worker',
  significant: false,
  ...rules,
});

export const abc = ['a', 'b', 'c'].map((id) => child(id));

export const withRestarts = (maxRestarts: number) => ({ intensity: { maxRestarts, withinMs: 5000 } });

type Timer = Effect & { type: 'schedule' };

/**
 * An engine for tests: it answers at once, unless told to hold its answers, and writes down what it is told to do.
 * Retries fall due only when a test says so.
 */
export class Stage {
  readonly state: Supervision<ChildRules, string>;
  now = 0;
  holding = false;
  readonly held: Input<ChildRules, string>[] = [];
  readonly timers: Timer[] = [];
  readonly reports: SupervisionReport<string>[] = [];
  readonly replies: ChildReply<string>[] = [];
  readonly stops: string[] = [];
  end: (Effect & { type: 'end' }) | undefined;
  private did: string[] = [];
  private readonly outcomes = new Map<string, ('fail' | 'ignore')[]>();

  constructor(flags: Partial<SupervisionFlags> = {}, ...specs: ChildRules[]) {
    this.state = createSupervision({ kind: 'static', intensity: resolveIntensity(), ...flags });
    if (specs.length > 0) this.tell({ type: 'init', specs });
    this.take();
  }

  /** What the next starts of a child come to. */
  script(id: string, ...outcomes: ('fail' | 'ignore')[]): void {
    this.outcomes.set(id, outcomes);
  }

  tell(input: Input<ChildRules, string>): void {
    const effects = plan(this.state, input);
    for (const effect of effects) this.execute(effect);
  }

  /** Gives the answers that were held, and those that follow from them. */
  answer(): void {
    this.holding = false;
    for (let input = this.held.shift(); input !== undefined; input = this.held.shift()) this.tell(input);
  }

  exit(id: string, reason: ExitReason, incarnation = this.state.children.get(id)?.incarnation ?? 0): void {
    const error = reason === 'error' ? new Error(`${id} crashed`) : undefined;
    this.tell({ type: 'exited', id, incarnation, reason, now: this.now, ...(error && { error }) });
  }

  crash(...ids: string[]): void {
    for (const id of ids) this.exit(id, 'error');
  }

  /** The oldest retry falls due. */
  retry(): void {
    const { id, ticket } = this.timers.shift()!;
    this.tell({ type: 'retry', id, ticket, now: this.now });
  }

  /** Gives a command and says in a word what was replied: the refusal's code, `started`, `ignored`, `ok` or nothing. */
  command(type: 'terminate' | 'restart' | 'delete', id: string): string {
    return this.replyTo({ type, id, to: type });
  }

  start(spec: ChildRules): string {
    return this.replyTo({ type: 'start', spec, to: 'start' });
  }

  /** What it was told to do since the last time it was asked. */
  take(): string {
    const { did } = this;
    this.did = [];
    return did.join(', ');
  }

  /** Id and status of each child. */
  table(): string {
    return whichChildren(this.state)
      .map(({ id, status }) => `${id} ${status}`)
      .join(', ');
  }

  reported(type: SupervisionReport['type']): unknown[] {
    return this.reports.filter((event) => event.type === type);
  }

  private replyTo(input: Input<ChildRules, string>): string {
    const before = this.replies.length;
    this.tell(input);
    return this.replies.slice(before).map(word).join(' ');
  }

  private execute(effect: Effect<ChildRules, string>): void {
    switch (effect.type) {
      case 'start': {
        const { spec, incarnation, ticket } = effect;
        const outcome = this.outcomes.get(spec.id)?.shift();
        this.did.push(`${outcome ?? 'start'} ${spec.id}`);
        const { now } = this;
        if (outcome === 'fail') this.reply({ type: 'failed', ticket, error: new Error(`no ${spec.id}`), now });
        else if (outcome === 'ignore') this.reply({ type: 'ignored', ticket });
        else this.reply({ type: 'started', ticket, ref: `${spec.id}#${incarnation}`, now });
        return;
      }
      case 'stop':
        this.did.push(`stop ${effect.id}`);
        this.stops.push(`${effect.id} ${effect.reason}`);
        return this.reply({ ...effect, type: 'exited', reason: 'shutdown', now: this.now });
      case 'stop_all':
        this.did.push(`stop all: ${effect.children.map(({ id }) => id).join(' ')}`);
        for (const life of effect.children) this.reply({ ...life, type: 'exited', reason: 'shutdown', now: this.now });
        return;
      case 'schedule':
        this.did.push(`retry ${effect.id} in ${effect.delayMs}`);
        this.timers.push(effect);
        return;
      case 'cancel':
        this.did.push(`cancel ${effect.id}`);
        return;
      case 'reply':
        this.replies.push(effect.result as ChildReply<string>);
        return;
      case 'report':
        this.reports.push(effect.event);
        return;
      case 'end':
        this.did.push(`end: ${effect.reason}`);
        this.end = effect;
        return;
    }
  }

  private reply(answer: Input<ChildRules, string>): void {
    if (this.holding) this.held.push(answer);
    else this.tell(answer);
  }
}

function word(result: ChildReply<string>): string {
  if (!result.ok) return result.error.code;
  if (result.value === undefined) return 'ok';
  return result.value.ref === undefined ? 'ignored' : `started ${result.value.ref}`;
}
