import type {
  ActorLogic,
  ActorRefFromLogic,
  AnyActorLogic,
  AnyActorRef,
  AnyEventObject,
  NonReducibleUnknown,
  Snapshot,
  OutputFrom,
} from 'xstate';
import { resolveIntensity } from '../src/core/intensity.ts';
import type { RegistryEvent } from '../src/core/registry-events.ts';
import { refused } from '../src/core/result.ts';
import type {
  DeadLetterEvent,
  SessionCommand,
  SessionLifecycleEvent,
  SessionRejectedEvent,
  StoreFailedEvent,
} from '../src/core/session-events.ts';
import { SessionTable } from '../src/core/session-table.ts';
import { stopping } from '../src/core/stopping.ts';
import { SupervisionError } from '../src/core/supervision-error.ts';
import type { SupervisionEvent } from '../src/core/supervision-messages.ts';
import type { SupervisorQuery } from '../src/core/supervisor-events.ts';
import { publish } from '../src/diagnostics.ts';
import { SessionArchive } from '../src/keeping/session-archive.ts';
import { resolveSessionOptions } from '../src/session-options.ts';
import type { ResolvedSessionOptions, SessionRuntimeOptions } from '../src/session-options.ts';
import type { SessionRef } from '../src/session-ref.ts';
import type { Written } from '../src/keeping/session-writer.ts';
import type { SessionsActor } from '../src/sessions/sessions-actor.ts';
import { SupervisorActor } from '../src/supervisor/supervisor-actor.ts';
import { resolveChildren } from '../src/supervisor/supervisor-options.ts';
import { clockOf, emitFrom, isStopped, markRuntime, relay } from '../src/xstate/internals.ts';
import { onEnding } from '../src/xstate/supervised-system.ts';
import { registryLogic } from './registry.ts';
import { sessionsLogic } from './sessions.ts';
import { supervisorMachine } from './supervisor.ts';
import type { SupervisorContext } from './supervisor.ts';

/** What the runtime takes: the commands to its sessions, and to their registry; and questions. */
export type SessionRuntimeEvent<TConfig = Record<string, unknown>> =
  SessionCommand<TConfig, AnyActorRef> | RegistryEvent<TConfig> | SupervisorQuery<AnyActorRef>;

/** What the runtime emits: what happens to its sessions, and to its own two children. */
export type SessionRuntimeEmitted<TLogic extends AnyActorLogic = AnyActorLogic, TConfig = Record<string, unknown>> =
  | SessionLifecycleEvent<TConfig, SessionRef<TLogic>, OutputFrom<TLogic>>
  | SessionRejectedEvent
  | StoreFailedEvent
  | DeadLetterEvent
  | SupervisionEvent<AnyActorRef>;

/** The actor logic of a session system. */
export type SessionRuntimeLogic<
  TLogic extends AnyActorLogic = AnyActorLogic,
  TConfig = Record<string, unknown>,
> = ActorLogic<
  Snapshot<undefined>,
  SessionRuntimeEvent<TConfig>,
  NonReducibleUnknown,
  any,
  SessionRuntimeEmitted<TLogic, TConfig>
>;

/** The ref of a session system: `host.actor`. */
export type SessionRuntimeRef<TLogic extends AnyActorLogic, TConfig> = ActorRefFromLogic<
  SessionRuntimeLogic<TLogic, TConfig>
>;

/**
 * Actor logic of a whole session system: the root of a tree, one_for_all over a registry and the dynamic supervisor of
 * the sessions. It takes their commands as events and emits what happens to the sessions.
 *
 * @throws TypeError, RangeError that name the bad option
 * @example
 * const runtime = createActor(sessionRuntime({ session: chatMachine })).start();
 * runtime.on('session.started', ({ session }) => console.log(session.name));
 * runtime.send({ type: 'session.start', projectPath: '/home/me/shop' });
 */
export function sessionRuntime<TLogic extends AnyActorLogic, TConfig = Record<string, unknown>>(
  options: SessionRuntimeOptions<TLogic, TConfig>,
): SessionRuntimeLogic<TLogic, TConfig> {
  const resolved = resolveSessionOptions(options);
  const toSessions = ({ context, event }: Handled) => context.runtime.toSessions(event);
  const toRegistry = ({ context, event }: Handled) => context.runtime.toRegistry(event);
  const refuseManaged = ({ context, event }: Handled) => context.runtime.refuseManaged(event);
  const create = (self: AnyActorRef): RuntimeContext => {
    const runtime = new Runtime(self, resolved);
    return { runtime, supervisor: runtime.supervisor };
  };
  return supervisorMachine('runtime', resolved.logger, create, {
    'session.*': toSessions,
    'registry.*': toRegistry,
    'child.start': refuseManaged,
    'child.terminate': refuseManaged,
    'child.restart': refuseManaged,
    'child.delete': refuseManaged,
  });
}

/** The runtime behind an actor of `sessionRuntime`. */
export const runtimeOf = (ref: { getSnapshot(): unknown }): Runtime =>
  (ref.getSnapshot() as { readonly context: RuntimeContext }).context.runtime;

interface RuntimeContext extends SupervisorContext {
  readonly runtime: Runtime;
}

interface Handled {
  readonly context: RuntimeContext;
  readonly event: AnyEventObject;
}

const reads: ReadonlySet<string> = new Set(['registry.lookup', 'registry.list', 'registry.count']);

const isEntry = (type: string): boolean => type === 'session.start' || type === 'session.resume';

/** The root of the tree at work: registry and sessions, and the way to them. */
export class Runtime {
  readonly supervisor: SupervisorActor;
  readonly table: SessionTable;
  readonly sessionLogic: AnyActorLogic;
  /** Where the sessions are kept, if they are. */
  readonly archive: SessionArchive | undefined;
  // Whoever holds it may write the registry.
  private readonly writer = {};
  private isChanged = false;
  private listener: ((event: AnyEventObject) => void) | undefined;

  constructor(
    private readonly self: AnyActorRef,
    options: ResolvedSessionOptions,
  ) {
    const { maxSessions, onePerProject, values, keeping, logger } = options;
    this.sessionLogic = options.session;
    this.table = new SessionTable({ maxSessions, onePerProject, now: values.now });
    const whenKept = (id: string, written: Written) => {
      if (this.sessionsActor === undefined) written();
      else this.sessionsActor.whenKept(id, written);
    };
    const registry = registryLogic(this.table, {
      writer: this.writer,
      config: values.config,
      logger,
      ...(keeping && { whenKept }),
    });
    const sessions = sessionsLogic(options);
    const tell = (event: AnyEventObject) => {
      if (event.type !== 'dead_letter') publish(event, self);
      emitFrom(self, event);
      if (event.type !== 'dead_letter') this.listener?.(event);
      this.changed();
    };
    const orderOf = (id: string) => this.table.orderOf(id);
    const archive =
      keeping && new SessionArchive(keeping, { clock: clockOf(self), now: values.now!, logger, tell, orderOf });
    this.archive = archive;
    const { writer } = this;
    const input = () => ({ runtime: self, registry: this.supervisor.whereis('registry'), writer, archive, tell });
    this.supervisor = new SupervisorActor(self, {
      flags: { kind: 'static', strategy: 'one_for_all', intensity: resolveIntensity() },
      children: resolveChildren(
        [
          { id: 'registry', src: registry },
          { id: 'sessions', src: sessions, input },
        ],
        'never',
      ),
      logger,
      starting: (id, ref) => this.starting(id, ref),
      answer: (event) => this.answer(event),
    });
    markRuntime(self);
    // It collects those of the whole tree.
    self.on('dead_letter', (event: AnyEventObject) => publish(event, self));
    self.subscribe({
      error: (error: unknown) => {
        publish({ type: 'host.failed', error }, self);
        void archive?.close();
      },
      complete: () => void archive?.close(),
    });
  }

  /** Tells what happens to the sessions: the same as the actor emits, at less cost. */
  listen(listener: (event: AnyEventObject) => void): void {
    this.listener = listener;
  }

  /** The supervisor of the sessions, while it runs. */
  get sessions(): AnyActorRef | undefined {
    return this.supervisor.whereis('sessions');
  }

  get sessionsActor(): SessionsActor | undefined {
    return this.sessions?.getSnapshot().context.sessions as SessionsActor | undefined;
  }

  get registry(): AnyActorRef | undefined {
    return this.supervisor.whereis('registry');
  }

  toSessions(event: AnyEventObject): void {
    if (this.sessions === undefined) this.refuse(event);
    else relay(this.self, this.sessions, event);
  }

  /** While the tree shuts down, reads are still answered. */
  toRegistry(event: AnyEventObject): void {
    if (this.registry === undefined || (this.supervisor.isStopping && !reads.has(event.type))) this.refuse(event);
    else relay(this.self, this.registry, event);
  }

  /** Answers a command while the tree shuts down, at once: what waits in a mailbox then may go with it. */
  answer(event: AnyEventObject): void {
    if (reads.has(event.type)) this.toRegistry(event);
    else if (event.type.startsWith('supervisor.')) this.supervisor.handle(event);
    else if (isEntry(event.type) && this.sessions !== undefined) {
      this.sessionsActor!.refuse(event);
    } else this.refuse(event);
  }

  refuse(event: AnyEventObject): void {
    this.supervisor.reply(event, refused(stopping()));
  }

  refuseManaged(event: AnyEventObject): void {
    const message = `${event.type} is refused: the runtime's own children are not to be changed`;
    this.supervisor.reply(event, refused(new SupervisionError('managed', message, {})));
  }

  private starting(id: string, ref: AnyActorRef): void {
    if (id !== 'registry') return;
    this.archive?.begin();
    // As the owner of an ETS table takes it along: no read finds what nobody keeps any more.
    onEnding(ref, () => this.table.clear());
    ref.subscribe(() => this.changed());
  }

  // One new snapshot a turn, however much happens in it.
  private changed(): void {
    if (this.isChanged) return;
    this.isChanged = true;
    queueMicrotask(this.renew);
  }

  private readonly renew = (): void => {
    this.isChanged = false;
    if (!isStopped(this.self)) relay(this.self, this.self, { type: 'supervisor.changed' });
  };
}
