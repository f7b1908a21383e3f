import type { Scheduler } from 'fast-check';
import { createActor, SimulatedClock } from 'xstate';
import type { AnyActorLogic, AnyActorRef, AnyEventObject, InspectionEvent } from 'xstate';
import { dynamicSupervisor } from '../../machines/dynamic-supervisor.ts';
import { supervisor } from '../../machines/supervisor.ts';
import type { ChildSpec } from '../../src/child-spec.ts';
import { messageOf } from '../../src/core/arguments.ts';
import type { ExitReason } from '../../src/core/exit.ts';
import { isSupervisionError } from '../../src/core/supervision-error.ts';
import { Incarnation } from '../../src/incarnation.ts';
import type { SupervisorActor } from '../../src/supervisor/supervisor-actor.ts';
import { eventIn, isStopped, mailboxOf, parentOf } from '../../src/xstate/internals.ts';
import { isGraceful, logicOf, Planned, waitsForReady } from './children.ts';
import type { Stage } from './children.ts';
import { inOrder } from './orders.ts';
import { ChildRecord } from './record.ts';
import type { End, Presence } from './record.ts';
import type { Branch, Leaf, Node, Start } from './tree.ts';

/** A child spec, from the view of whoever gave it to a supervisor. */
export interface Member {
  readonly path: string;
  readonly crew: Crew;
  readonly node: Node;
  /** Its place in the start order. */
  rank: number;
  /** How often its supervisor has tried to start it. */
  attempts: number;
  /** Whether it has been stopped by hand, or failed when it was started by hand, and is to stay down. */
  isLeft: boolean;
  wasIgnored: boolean;
  lastEnd: End | undefined;
  wasAsked: boolean;
  /** When it last started or ended, counted in events. */
  touched: number;
}

/** What is being done to a child by hand: commands that have not been answered. */
export interface Hands {
  terminate: number;
  restart: number;
  delete: number;
}

/** The specs of one supervisor. */
export interface Crew {
  readonly path: string;
  readonly node: Branch;
  readonly initial: Member[];
  readonly members: Map<string, Member>;
  readonly hands: Map<string, Hands>;
  /** When it made the restarts that it had to pay for. */
  readonly charged: number[];
  /** When a child was last terminated by hand, counted in events. */
  terminated: number;
  added: number;
}

/** A command to a supervisor. */
export interface Order {
  readonly type: string;
  readonly to: AnyActorRef;
  answers: number;
}

/** How long a supervisor that stops may take. */
export interface Deadline {
  readonly since: number;
  readonly ms: number;
}

/** A live tree, and all that is known of it from without. */
export class World implements Stage {
  readonly clock = new SimulatedClock();
  readonly violations: string[] = [];
  readonly record = new ChildRecord(
    (presence) => this.stopping(presence),
    (presence, how) => this.ended(presence, how),
    (violation) => this.fail(violation),
    (presence) => this.isWaitedFor(presence),
  );
  readonly crews = new Map<AnyActorLogic, Crew>();
  /** The spec of each child of a supervisor. */
  readonly members = new Map<AnyActorRef, Member>();
  /** Every actor that has been started. */
  readonly actors = new Set<AnyActorRef>();
  /** Supervisors whose first start is over. */
  readonly hasStarted = new WeakSet<AnyActorRef>();
  readonly deadlines = new WeakMap<AnyActorRef, Deadline>();
  readonly root: AnyActorRef;
  orders: Order[] = [];
  /** Of each supervisor that was idle at the last check: its children then, and how many starts were asked of it since. */
  readonly slots = new Map<AnyActorRef, { readonly taken: number; starts: number }>();
  /** Leaves that a supervisor has stopped since the last check, but not by hand. */
  readonly stopped: { readonly member: Member; readonly supervisorId: string }[] = [];
  /** What has been thrown at the process since the last check. */
  readonly uncaught: unknown[] = [];
  /** Whether nothing more is done to the tree than to end it. */
  isEnding = false;
  faults = 0;
  restarts = 0;
  private readonly beginning = new WeakSet<AnyActorRef>();
  private readonly bySession = new Map<string, AnyActorRef>();
  events = 0;
  private creating: Member | undefined;
  private readonly starts = new Map<string, number>();

  constructor(
    readonly tree: Branch,
    private readonly scheduler: Scheduler,
    readonly meddle: () => void,
  ) {
    const logic = this.supervisorOf(tree, tree.id);
    this.root = createActor(logic, { clock: this.clock, inspect: (event) => this.inspect(event) });
  }

  fail(violation: string): void {
    this.violations.push(`at ${this.clock.now()} ms: ${violation}`);
  }

  readonly inTurn = (path: string): Promise<unknown> => this.scheduler.schedule(Promise.resolve(), path);

  /** The actors that live, those created first first. */
  *live(): Generator<AnyActorRef> {
    for (const ref of this.actors) if (!isStopped(ref)) yield ref;
  }

  supervisors(): AnyActorRef[] {
    return [...this.live()].filter((ref) => this.crewOf(ref) !== undefined);
  }

  crewOf(ref: AnyActorRef): Crew | undefined {
    // A supervised child has its logic as `src`, an invoked one its name there.
    const { logic, src } = ref as AnyActorRef & { readonly logic: AnyActorLogic };
    return this.crews.get(logic) ?? this.crews.get(src as AnyActorLogic);
  }

  /** Whether what a child cleans up after its end is waited for: it has its shutdown time, unless it was not ready in time. */
  isWaitedFor({ ref, isReady, endedAt, hasCrashed }: Presence): boolean {
    const shutdown = this.members.get(ref)?.node.shutdown;
    if (shutdown === undefined || shutdown === 'brutal_kill' || this.isDoomed(ref)) return false;
    if (!isReady && !hasCrashed) return false;
    return shutdown === 'infinity' || this.clock.now() < endedAt! + shutdown;
  }

  /** The same, also in the moment in which its time is over. */
  private mayBeWaitedFor(presence: Presence): boolean {
    const shutdown = this.members.get(presence.ref)?.node.shutdown;
    return this.isWaitedFor(presence) || this.clock.now() === presence.endedAt! + Number(shutdown);
  }

  /** Whether an actor has ended, and its supervisor waits for what it cleans up. */
  lingers(ref: AnyActorRef): boolean {
    const presence = [...this.record.lingering.values()].find((one) => one.ref === ref);
    return presence !== undefined && this.mayBeWaitedFor(presence);
  }

  /** Whether an actor above it has ended. */
  isDoomed(ref: AnyActorRef): boolean {
    for (let one = this.above(ref); one !== undefined; one = this.above(one)) if (isStopped(one)) return true;
    return false;
  }

  /** Whether an actor is in the middle of an event, or of its start: nobody can stop it before it is through. */
  isAtEvent(ref: AnyActorRef): boolean {
    return eventIn(mailboxOf(ref)) !== undefined || this.beginning.has(ref);
  }

  private above(ref: AnyActorRef): AnyActorRef | undefined {
    const parent = parentOf(ref);
    return parent instanceof Incarnation ? this.bySession.get(parent.sessionId) : (parent as AnyActorRef | undefined);
  }

  /** The children of a supervisor that have ended, and still clean up. */
  lingeringOf({ sessionId }: AnyActorRef): AnyActorRef[] {
    const refs = Array.from(this.record.lingering.values(), ({ ref }) => ref);
    return refs.filter((ref) => supervisorIdOf(ref) === sessionId && this.lingers(ref));
  }

  /** The live children of a supervisor. */
  childrenOf(supervisorRef: AnyActorRef): AnyActorRef[] {
    return [...this.live()].filter((ref) => supervisorIdOf(ref) === supervisorRef.sessionId);
  }

  /** What a supervisor knows of its children, also while it waits for one, and so would not answer. */
  knownTo(ref: AnyActorRef): Pick<SupervisorActor, 'children' | 'counts'> {
    return (ref.getSnapshot() as { readonly context: { readonly supervisor: SupervisorActor } }).context.supervisor;
  }

  /** Gives a command, and sees to it that it is answered once. */
  order(to: AnyActorRef, event: AnyEventObject, answered: (result: Answer) => void = () => {}): void {
    const order: Order = { type: event.type, to, answers: 0 };
    this.orders.push(order);
    const send = (result: Answer) => {
      order.answers++;
      if (order.answers > 1) this.fail(`${event.type} was answered ${order.answers} times by ${to.id}`);
      answered(result);
    };
    to.send({ ...event, replyTo: { send } });
  }

  /** Whether a supervisor has nothing to do. */
  isIdle(ref: AnyActorRef): boolean {
    return ref.getSnapshot().value === 'running' && !this.orders.some(({ to, answers }) => to === ref && answers === 0);
  }

  supervisorOf(node: Branch, path: string): AnyActorLogic {
    const { kind, intensity, backoff, drawn, maxChildren, strategy, autoShutdown } = node;
    const crew: Crew = {
      path,
      node,
      initial: [],
      members: new Map(),
      hands: new Map(),
      charged: [],
      terminated: 0,
      added: 0,
    };
    const options = {
      intensity,
      ...(backoff && { backoff }),
      random: () => drawn,
      logger: (line: string, error?: unknown) => this.logged(line, error),
    };
    const logic =
      kind === 'dynamic'
        ? dynamicSupervisor({ ...options, maxChildren })
        : supervisor({
            ...options,
            strategy,
            autoShutdown,
            children: node.children.map((child) => {
              const member = memberOf(crew, child);
              crew.initial.push(member);
              return this.specOf(member);
            }),
          });
    this.crews.set(logic, crew);
    return logic;
  }

  /** A spec of a child that is to be added. */
  extraSpec(crew: Crew, node: Node): { readonly member: Member; readonly spec: ChildSpec } {
    const member = memberOf(crew, node);
    return { member, spec: this.specOf(member) };
  }

  private specOf(member: Member): ChildSpec {
    const { node, path } = member;
    const { id, restart, shutdown, significant } = node;
    let start: Start = 'well';
    const enabled = () => {
      start = this.nextStart(member);
      this.attempted(member, start);
      if (start === 'throws in enabled') throw new Planned(`${path} cannot tell whether it is enabled`);
      return start !== 'ignored';
    };
    const input = () => {
      if (start === 'throws in input') throw new Planned(`${path} has no input`);
      this.creating = member;
      return { start };
    };
    const common = { id, restart, shutdown, significant, enabled, input };
    if (node.kind !== 'leaf') {
      const { startTimeoutMs } = node;
      return { ...common, src: this.supervisorOf(node, path), ...(startTimeoutMs !== undefined && { startTimeoutMs }) };
    }
    const ready = (snapshot: { readonly value?: unknown; readonly status: string }) => {
      if (start === 'throws in ready') throw new Planned(`${path} cannot tell whether it is ready`);
      if (start === 'never ready' || snapshot.value === 'booting') return false;
      const presence = this.record.alive.get(path);
      if (presence) presence.isReady = true;
      return true;
    };
    const graceful = isGraceful(node);
    return {
      ...common,
      src: logicOf(node, path, this),
      ...(graceful !== undefined && { graceful }),
      ...(waitsForReady(node) && { ready, startTimeoutMs: node.temper.startTimeoutMs }),
    };
  }

  private nextStart({ path, node }: Member): Start {
    const nth = this.starts.get(path) ?? 0;
    this.starts.set(path, nth + 1);
    return (node.kind === 'leaf' ? node.temper.starts[nth] : undefined) ?? 'well';
  }

  private attempted(member: Member, start: Start): void {
    const { crew } = member;
    const { id } = member.node;
    // One that has been added.
    if (crew.members.get(id) !== member) {
      member.rank = crew.initial.length + crew.added++;
      crew.members.set(id, member);
    }
    for (const violation of inOrder.start(this, member)) this.fail(violation);
    member.attempts++;
    member.touched = ++this.events;
    member.isLeft = false;
    // One that is done at once has no time to say so.
    member.lastEnd = start === 'finished' ? 'done' : undefined;
    member.wasAsked = false;
    member.wasIgnored = start === 'ignored';
    if (member.attempts > 1 && handsOn(crew, id).restart === 0) crew.charged.push(this.clock.now());
  }

  private stopping(presence: Presence): void {
    const member = this.members.get(presence.ref);
    if (member?.path !== presence.path) return;
    const isAlone = handsOn(member.crew, member.node.id).terminate > 0 || !presence.isReady;
    if (!isAlone) this.stopped.push({ member, supervisorId: supervisorIdOf(presence.ref)! });
    for (const violation of inOrder.stop(this, member, presence)) this.fail(violation);
  }

  private ended(presence: Presence, how: End): void {
    const member = this.members.get(presence.ref);
    if (member?.path !== presence.path) return;
    member.lastEnd = how;
    member.wasAsked = presence.isAsked;
    member.touched = ++this.events;
  }

  // What a supervisor says of an exit is what the child has seen.
  private exited(crew: Crew, { id, reason }: { readonly id: string; readonly reason: ExitReason }): void {
    const member = crew.members.get(id);
    if (member?.node.kind !== 'leaf' || member.lastEnd === undefined) return;
    const lingering = this.record.lingering.get(member.path);
    if (lingering !== undefined && this.isWaitedFor(lingering)) this.fail(`${member.path} exits, and still cleans up`);
    if (!reasonsFor(member, member.node).includes(reason)) {
      this.fail(`${member.path} was ${member.lastEnd}, and is said to have ended: ${reason}`);
    }
  }

  private inspect(event: InspectionEvent): void {
    const actorRef = event.actorRef as AnyActorRef;
    if (event.type === '@xstate.actor') {
      const member = this.creating;
      if (member === undefined || !(parentOf(actorRef) instanceof Incarnation)) return;
      this.creating = undefined;
      this.members.set(actorRef, member);
      if (member.attempts > 1) this.restarts++;
    } else if (event.type === '@xstate.event' && event.event.type === 'xstate.init') {
      this.actors.add(actorRef);
      this.bySession.set(actorRef.sessionId, actorRef);
      const crew = this.crewOf(actorRef);
      this.beginning.add(actorRef);
      if (crew === undefined) return;
      beginAnew(crew);
      actorRef.on('child.exited', (exit) => this.exited(crew, exit));
    } else if (event.type === '@xstate.snapshot') {
      this.beginning.delete(actorRef);
      if (this.crewOf(actorRef) === undefined) return;
      const { value } = event.snapshot as { readonly value?: unknown };
      if (value === 'running' || value === 'restarting') this.hasStarted.add(actorRef);
    }
  }

  private logged(line: string, error: unknown): void {
    if (error === undefined || error instanceof Planned || isSupervisionError(error)) return;
    const message = messageOf(error);
    if (/was not ready within|before it was ready/.test(message)) return;
    this.fail(`an error that nobody planned: ${line} (${message})`);
  }
}

export type Answer =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: { readonly code: string } };

/** The session id of the supervisor that an actor is a child of. */
export function supervisorIdOf(ref: AnyActorRef): string | undefined {
  const parent = parentOf(ref);
  return parent instanceof Incarnation ? parent.sessionId : undefined;
}

const killed: ExitReason[] = ['killed'];

function reasonsFor({ lastEnd, wasAsked }: Member, { shutdown, temper }: Leaf): ExitReason[] {
  const { form, stop, cleanUp, manners } = temper;
  if (lastEnd === 'error') return ['error'];
  if (form === 'task' && lastEnd === 'stopped') {
    if (shutdown === 'brutal_kill') return ['killed'];
    if (manners === 'refuses') return ['killed'];
    const inTime: ExitReason = manners === 'throws' ? 'error' : 'shutdown';
    // With no time at all, the promises of its clean-up may settle too late.
    return manners === 'slow' || shutdown === 0 ? [inTime, 'killed'] : [inTime];
  }
  // One that is asked when it has ended, and has not been heard, counts as asked.
  // A task is done when its function has returned, a moment before its actor knows.
  if (lastEnd === 'done') return wasAsked ? ['shutdown'] : ['normal', 'shutdown', ...(form === 'task' ? killed : [])];
  if ((form === 'custom' && stop === 'throws') || (form === 'callback' && cleanUp === 'throws')) return ['error'];
  return wasAsked || shutdown === 'brutal_kill' ? ['killed'] : ['shutdown'];
}

const memberOf = (crew: Crew, node: Node): Member => ({
  path: `${crew.path}/${node.id}`,
  crew,
  node,
  rank: crew.initial.length,
  attempts: 0,
  isLeft: false,
  wasIgnored: false,
  lastEnd: undefined,
  wasAsked: false,
  touched: 0,
});

/** What is being done by hand to the child of this id. */
export function handsOn({ hands }: Crew, id: string): Hands {
  let on = hands.get(id);
  if (on === undefined) hands.set(id, (on = { terminate: 0, restart: 0, delete: 0 }));
  return on;
}

// A supervisor that starts again knows nothing of its last life.
function beginAnew(crew: Crew): void {
  crew.members.clear();
  crew.hands.clear();
  crew.charged.length = 0;
  crew.added = 0;
  for (const member of crew.initial) {
    crew.members.set(member.node.id, member);
    Object.assign(member, { attempts: 0, isLeft: false, wasIgnored: false, lastEnd: undefined });
  }
}
