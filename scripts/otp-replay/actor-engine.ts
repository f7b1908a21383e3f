import { createActor, fromCallback, setup } from 'xstate';
import type { AnyActorRef, EventObject } from 'xstate';
import { dynamicSupervisor } from '../../machines/dynamic-supervisor.ts';
import { supervisor } from '../../machines/supervisor.ts';
import type { SupervisorLogic } from '../../machines/supervisor.ts';
import type { ChildSpec } from '../../src/child-spec.ts';
import type { Reply } from '../../src/core/reply.ts';
import type { SupervisionErrorCode } from '../../src/core/supervision-error.ts';
import type { ChildCounts, ChildInfo, StartedChild } from '../../src/core/supervision-messages.ts';
import type { SupervisorCommand } from '../../src/core/supervisor-events.ts';
import type { Engine } from './compare.ts';
import type { Event, Observation, Op, RecordedSpec, Setting } from './scenario.ts';
import { windowMs } from './scenario.ts';
import { specIn, tableOf, wordFor } from './words.ts';

type Command = SupervisorCommand<ChildSpec, AnyActorRef>;

type Write = (event: Event) => void;

interface Life {
  /** Its initialisation fails. */
  readonly fails: boolean;
  readonly write: Write;
}

type Ending = { readonly type: 'finish' | 'crash'; readonly reason: string };

/** An error that a child does not live to report: a killed process cannot, nor can one that never was. */
class Unreported extends Error {}

/** Runs as long as a child, and is cleaned up however that ends: it then looks at what has become of it. */
const witness = fromCallback<EventObject, { readonly child: AnyActorRef; readonly write: Write }>(
  ({ input: { child, write } }) =>
    () => {
      const { status, output, error } = child.getSnapshot();
      if (error instanceof Unreported) return;
      write(['exit', child.id, status === 'done' ? output : status === 'error' ? error.message : 'shutdown']);
    },
);

/** A real child, which writes down itself how it starts, and how it ends. */
const child = setup({
  types: { context: {} as Life, input: {} as Life, events: {} as Ending },
  actors: { witness },
  actions: {
    begin: ({ context: { fails, write }, self }) => {
      write([fails ? 'start_fail' : 'start', self.id]);
      if (fails) throw new Unreported('scripted');
    },
    crash: ({ event: { reason } }) => {
      throw reason === 'kill' ? new Unreported(reason) : new Error(reason);
    },
  },
}).createMachine({
  context: ({ input }) => input,
  entry: 'begin',
  invoke: { src: 'witness', input: ({ self, context: { write } }) => ({ child: self, write }) },
  initial: 'living',
  states: {
    living: { on: { finish: 'finished', crash: { actions: 'crash' } } },
    finished: { type: 'final', output: ({ event }) => event.reason },
  },
  output: ({ event }) => event.output,
});

/**
 * A live supervisor of live children. It is asked and told as by anybody, and nothing here waits: with children that
 * have nothing to wait for, all that follows from an event has happened when `send` returns.
 */
export class ActorEngine implements Engine {
  private readonly actor;
  private readonly starts = new Map<string, number>();
  private events: Event[] = [];

  constructor(private readonly setting: Setting) {
    this.actor = createActor(this.logicOf(setting));
    // A recording of a dynamic one begins when it has started.
    if (setting.kind === 'dynamic') this.actor.start();
  }

  perform(op: Op): Observation {
    const reply = this.operate(op);
    const { events } = this;
    // What is written later belongs to no step, and so is a difference in the next.
    this.events = [];
    const { status } = this.actor.getSnapshot();
    return {
      reply,
      events,
      children: tableOf(this.setting.kind, this.children()),
      counts: this.counts(),
      sup_exit: status === 'active' ? null : status === 'stopped' ? 'stopped' : 'shutdown',
    };
  }

  private logicOf({ kind, children, strategy, auto_shutdown, max_restarts, max_children }: Setting): SupervisorLogic {
    const intensity = { maxRestarts: max_restarts, withinMs: windowMs };
    const logger = (): void => {};
    if (kind === 'dynamic') return dynamicSupervisor({ intensity, maxChildren: max_children, logger });
    const specs = children!.map((spec) => this.specOf(spec));
    return supervisor({ children: specs, strategy, autoShutdown: auto_shutdown, intensity, logger });
  }

  private specOf({ id, restart, significant, script }: RecordedSpec): ChildSpec {
    const write: Write = (event) => this.events.push(event);
    let next = 'ok';
    return {
      id,
      restart,
      significant,
      src: child,
      // Asked first at each start. A child that is ignored does not live to write anything.
      enabled: () => {
        const nth = this.starts.get(id) ?? 0;
        this.starts.set(id, nth + 1);
        next = script[nth] ?? 'ok';
        if (next === 'ignore') write(['start_ignore', id]);
        return next !== 'ignore';
      },
      input: (): Life => ({ fails: next === 'fail', write }),
    };
  }

  private operate(op: Op): string {
    switch (op[0]) {
      case 'init':
        this.actor.start();
        return this.actor.getSnapshot().status === 'active' ? 'ok' : 'start_error';
      case 'stop':
        return this.command(op, { type: 'supervisor.stop' });
      case 'start':
        return this.command(op, { type: 'child.start', spec: this.specOf(specIn(op[1], this.setting)) });
      case 'terminate':
        return this.command(op, { type: 'child.terminate', id: op[1] });
      case 'restart':
        return this.command(op, { type: 'child.restart', id: op[1] });
      case 'delete':
        return this.command(op, { type: 'child.delete', id: op[1] });
      case 'exit':
        return this.end([op[1]], op[2], (end) => end());
      case 'exit2':
        return this.end([op[1], op[2]], op[3], (end) => this.whileBusy(end));
    }
  }

  private end(ids: string[], reason: string, when: (end: () => void) => void): string {
    const running = this.children().filter(({ status }) => status === 'running');
    const refs = ids.map((id) => running.find((one) => one.id === id)?.ref);
    if (refs.includes(undefined)) return 'not_running';
    const ending: Ending = { type: reason === 'boom' || reason === 'kill' ? 'crash' : 'finish', reason };
    when(() => refs.forEach((ref) => ref!.send(ending)));
    return 'ok';
  }

  // What happens while the supervisor is at something else is in its mailbox, all of it, before it handles any.
  private whileBusy(act: () => void): void {
    this.actor.send({ type: 'supervisor.count_children', replyTo: { send: act } });
  }

  private children(): readonly ChildInfo<AnyActorRef>[] {
    const answer = this.ask<readonly ChildInfo<AnyActorRef>[]>({ type: 'supervisor.which_children' });
    return answer?.ok ? answer.value : [];
  }

  private counts(): ChildCounts | null {
    const answer = this.ask<ChildCounts>({ type: 'supervisor.count_children' });
    return answer?.ok ? answer.value : null;
  }

  private command(op: Op, command: Command): string {
    return wordFor(op, this.setting.kind, this.ask<StartedChild | undefined>(command)!);
  }

  /** @returns nothing if it has ended */
  private ask<T>(question: Command): Reply<T, SupervisionErrorCode> | undefined {
    let answer: Reply<T, SupervisionErrorCode> | undefined;
    // The type of an answer follows from that of its question, each of which has another.
    this.actor.send({ ...question, replyTo: { send: (reply: typeof answer) => (answer = reply) } } as Command);
    return answer;
  }
}
