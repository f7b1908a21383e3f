import { createActor, SimulatedClock } from 'xstate';
import type { Actor, AnyActorRef, AnyEventObject, InspectionEvent } from 'xstate';
import type {
  ChildCounts,
  ChildInfo,
  Result,
  DeadLetterEvent,
  SupervisionError,
  SupervisionEvent,
  SupervisorLogic,
} from '../../src/index.ts';
import type { SupervisorActor } from '../../src/supervisor/supervisor-actor.ts';

type Heard = SupervisionEvent<AnyActorRef> | DeadLetterEvent;
type Answer = Result<unknown, SupervisionError>;

interface SceneOptions {
  readonly input?: unknown;
  readonly inspect?: (event: InspectionEvent) => void;
}

/** A supervisor at work on a simulated clock, all that it emits and logs written down. */
export class Scene {
  readonly clock = new SimulatedClock();
  readonly actor: Actor<SupervisorLogic>;
  /** All that it has emitted. */
  readonly events: Heard[] = [];
  /** All that it has logged. */
  readonly lines: string[] = [];
  private heard = 0;
  private readonly born = new Map<string, AnyActorRef>();

  /** @param make makes the logic, with the logger that it is to have */
  constructor(make: (logger: (line: string) => void) => SupervisorLogic<never>, options: SceneOptions = {}) {
    const logic = make((line) => void this.lines.push(line)) as SupervisorLogic;
    this.actor = createActor(logic, {
      id: 'sup',
      clock: this.clock,
      input: options.input as never,
      inspect: (event) => {
        const ref = event.actorRef as AnyActorRef;
        if (event.type === '@xstate.actor') this.born.set(ref.id, ref);
        options.inspect?.(event);
      },
    });
    this.actor.on('*', (event) => void this.events.push(event));
    this.actor.start();
  }

  /** Sends a command, and says in a word what was replied at once, if anything was. */
  tell(event: AnyEventObject): string {
    const answers = this.ask(event);
    return answers.map(word).join(' ') || 'no answer yet';
  }

  /** Sends a command. Its answer is put into the array, at once or later. */
  ask(event: AnyEventObject): Answer[] {
    const answers: Answer[] = [];
    this.actor.send({ ...event, replyTo: { send: (answer: Answer) => answers.push(answer) } } as never);
    return answers;
  }

  /** The error that a command is refused with. */
  refusal(event: AnyEventObject): SupervisionError {
    const [answer] = this.ask(event);
    if (answer === undefined || answer.ok) throw new Error(`${event.type} was not refused`);
    return answer.error;
  }

  /** Runs `fn` while the supervisor is handling an event: what comes of it waits in the mailbox. */
  meanwhile(fn: () => void): void {
    // It is answered at once, also while the supervisor waits for a child.
    this.actor.send({ type: 'child.start', spec: undefined, replyTo: { send: fn } } as never);
  }

  /** The children at this moment, also while the supervisor waits for one. */
  children(): readonly ChildInfo<AnyActorRef>[] {
    return this.known.children;
  }

  counts(): ChildCounts {
    return this.known.counts;
  }

  // A question would wait for its turn.
  private get known(): SupervisorActor {
    return (this.actor.getSnapshot() as unknown as { readonly context: { readonly supervisor: SupervisorActor } })
      .context.supervisor;
  }

  /** Each child: its id, its status, which life it is. */
  table(): string {
    return this.children()
      .map(({ id, status, incarnation }) => `${id} ${status} ${incarnation}`)
      .join(', ');
  }

  /** The ref of a child that runs. */
  ref(id: string): AnyActorRef {
    const ref = this.children().find((child) => child.id === id)?.ref;
    if (ref === undefined) throw new Error(`${id} does not run`);
    return ref;
  }

  /** The last actor of this id that was created, at any level, in whatever state it is. */
  anyRef(id: string): AnyActorRef {
    const ref = this.born.get(id);
    if (ref === undefined) throw new Error(`there never was a ${id}`);
    return ref;
  }

  crash(...ids: string[]): void {
    for (const id of ids) this.anyRef(id).send({ type: 'crash' });
  }

  finish(...ids: string[]): void {
    for (const id of ids) this.anyRef(id).send({ type: 'finish' });
  }

  /** Lets the time pass, a millisecond at a time: all that falls due finds its own time on the clock. */
  pass(ms: number): void {
    for (let passed = 0; passed < ms; passed++) this.clock.increment(1);
  }

  /** How many timers are pending. */
  get timers(): number {
    return (this.clock as unknown as { timeouts: Map<unknown, unknown> }).timeouts.size;
  }

  get status(): string {
    return this.actor.getSnapshot().status;
  }

  get state(): unknown {
    return this.actor.getSnapshot().value;
  }

  /** What it ended with. */
  get error(): SupervisionError {
    return this.actor.getSnapshot().error as SupervisionError;
  }

  /** All events of one type. */
  all<TType extends Heard['type']>(type: TType): (Heard & { readonly type: TType })[] {
    return this.events.filter((event): event is Heard & { readonly type: TType } => event.type === type);
  }

  /** What it emitted since the last time it was asked, in short. */
  take(): string[] {
    const news = this.events.slice(this.heard);
    this.heard = this.events.length;
    return news.map(short);
  }
}

function word(answer: Answer): string {
  if (!answer.ok) return answer.error.code;
  const { value } = answer;
  if (typeof value !== 'object' || value === null) return 'ok';
  if (!('ref' in value)) return JSON.stringify(value);
  return value.ref === undefined ? 'ignored' : 'started';
}

/** What a supervisor emitted, in short. */
export function short(event: Heard): string {
  switch (event.type) {
    case 'child.started':
      return `${event.id} started ${event.incarnation}`;
    case 'child.exited':
      return `${event.id} exited ${event.incarnation} ${event.reason}`;
    case 'child.restarting':
      return `${event.id} restarting in ${event.delayMs}`;
    case 'child.start_failed':
    case 'child.ignored':
      return `${event.id} ${event.type.slice('child.'.length)}`;
    case 'child.restart_cancelled':
      return `${event.id} restart cancelled`;
    case 'child.deleted':
      return `${event.id} deleted`;
    case 'supervisor.gave_up':
      return 'gave up';
    case 'supervisor.stopped':
      return `stopped ${event.reason}`;
    case 'dead_letter':
      return `dead letter ${(event.event as AnyEventObject).type}`;
  }
}
