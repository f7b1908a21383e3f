import type { ActorLogic, AnyActorRef, AnyEventObject, EventObject, NonReducibleUnknown, Snapshot } from 'xstate';
import { describe, messageOf, requireFunction, requireObject } from '../src/core/arguments.ts';
import { validateConfigOptions } from '../src/core/config-schema.ts';
import type { ConfigOptions } from '../src/core/config-schema.ts';
import { field } from '../src/core/field.ts';
import type { RegistryEvent, RegistryReplies } from '../src/core/registry-events.ts';
import type { Reply } from '../src/core/reply.ts';
import { ok, refused } from '../src/core/result.ts';
import type { SessionUpdatedEvent } from '../src/core/session-events.ts';
import { tableOf } from '../src/core/session-reads.ts';
import type { SessionReads } from '../src/core/session-reads.ts';
import { SessionTable } from '../src/core/session-table.ts';
import type { SessionTableOptions } from '../src/core/session-table.ts';
import { validateSession } from '../src/core/session.ts';
import type { Session } from '../src/core/session.ts';
import { SupervisionError } from '../src/core/supervision-error.ts';
import { guarded } from '../src/guarded.ts';
import { consoleLogger, safely } from '../src/logger.ts';
import type { Logger } from '../src/logger.ts';
import { reply } from '../src/reply.ts';

interface RegistryLogicOptions<TConfig> {
  /** How a session's config is checked. */
  readonly config?: ConfigOptions<TConfig>;
  /** Hears of each `replyTo` that failed. One line on `console.error` by default. */
  readonly logger?: Logger;
}

/** Options of `sessionRegistry`. */
export interface SessionRegistryOptions<TConfig = Record<string, unknown>>
  extends SessionTableOptions, RegistryLogicOptions<TConfig> {}

export interface ManagedRegistryOptions<TConfig = Record<string, unknown>> extends RegistryLogicOptions<TConfig> {
  /** Whoever holds this key, and puts it into its events, writes the registry. Without one, everybody does. */
  readonly writer?: object;
  /** Calls back once what a session is now is kept; or tells why it is not. */
  readonly whenKept?: (id: string, written: (error?: SupervisionError) => void) => void;
}

/**
 * A new object after each change, and the same one after an event that changed nothing. The sessions in it are a window
 * on the registry, always as they are now: a snapshot that was kept is no history.
 */
export type SessionRegistrySnapshot<TConfig = Record<string, unknown>> = Snapshot<undefined> & {
  readonly context: { readonly sessions: SessionReads<TConfig> };
};

export type ManagedRegistryEvent<TConfig = Record<string, unknown>> = RegistryEvent<TConfig> & {
  readonly writer?: object;
};

type RegistryLogic<TConfig, TEvent extends EventObject> = ActorLogic<
  SessionRegistrySnapshot<TConfig>,
  TEvent,
  NonReducibleUnknown,
  AnyActorRef['system'],
  SessionUpdatedEvent<TConfig>
>;

/** The actor logic of a registry that everybody may write. */
export type SessionRegistryLogic<TConfig = Record<string, unknown>> = RegistryLogic<TConfig, RegistryEvent<TConfig>>;

export type ManagedRegistryLogic<TConfig = Record<string, unknown>> = RegistryLogic<
  TConfig,
  ManagedRegistryEvent<TConfig>
>;

/**
 * Actor logic of a registry of sessions: it keeps them by id, project path and name, and holds to its limits.
 *
 * Writes are events, one at a time; an event with a `replyTo` is answered with a `Result`, once the new state is in
 * place. Reads copy nothing: `snapshot.context.sessions`. After an update it emits `session.updated`. A persisted
 * snapshot is plain JSON, and is restored as it was, whatever the options' `maxSessions`.
 *
 * @throws TypeError, RangeError that names the bad option
 * @example
 * const registry = createActor(sessionRegistry({ maxSessions: 3 })).start();
 * registry.send({ type: 'registry.register', session, replyTo: { send: (result) => console.log(result) } });
 * registry.getSnapshot().context.sessions.lookupByName('shop');
 */
export function sessionRegistry<TConfig = Record<string, unknown>>(
  options: SessionRegistryOptions<TConfig> = {},
): SessionRegistryLogic<TConfig> {
  requireObject('options', options);
  const createTable = () => new SessionTable<TConfig>(options);
  // A bad option is the caller's mistake: it throws here, and does not wait for an actor that would swallow it.
  createTable();
  return createLogic(createTable, options);
}

/** Actor logic of a registry on a table that others read too, and that, with a `writer`, only one may write. */
export function registryLogic<TConfig = Record<string, unknown>>(
  table: SessionTable<TConfig>,
  options: ManagedRegistryOptions<TConfig> = {},
): ManagedRegistryLogic<TConfig> {
  return createLogic(() => table, options);
}

function createLogic<TConfig, TEvent extends ManagedRegistryEvent<TConfig>>(
  openTable: () => SessionTable<TConfig>,
  { writer, config, whenKept, logger = consoleLogger }: ManagedRegistryOptions<TConfig>,
): RegistryLogic<TConfig, TEvent> {
  requireFunction('logger', logger);
  const log = safely(logger);
  const sessionOptions = { config: validateConfigOptions(config) };

  const isFromWriter = (event: TEvent): boolean => writer !== undefined && field(event, 'writer') === writer;
  const mayWrite = (event: TEvent): boolean => writer === undefined || isFromWriter(event);

  const validate = (value: unknown): Reply<Session<TConfig>, 'invalid_session'> => {
    try {
      return validateSession<TConfig>(value, sessionOptions);
    } catch (error) {
      // The schema is the host's.
      log(`the config schema threw: ${messageOf(error)}`, error);
      const issues = [{ code: 'invalid_config', message: messageOf(error) }];
      return refused(
        new SupervisionError('invalid_session', `The session cannot be checked: ${messageOf(error)}`, { issues }),
      );
    }
  };
  // What the writer brings was made by `createSession` and its like.
  const sessionOf = (event: TEvent): Reply<Session<TConfig>, 'invalid_session'> => {
    const value = field(event, 'session');
    return isFromWriter(event) ? ok(value as Session<TConfig>) : validate(value);
  };

  function answer(
    table: SessionTable<TConfig>,
    event: TEvent,
  ): RegistryReplies<TConfig>[keyof RegistryReplies] | undefined {
    switch (event.type) {
      case 'registry.register': {
        if (!mayWrite(event)) return managed();
        const session = sessionOf(event);
        if (!session.ok) return session;
        const order = isFromWriter(event) ? (field(event, 'order') as number | undefined) : undefined;
        return table.register(session.value, order);
      }
      case 'registry.update': {
        const session = sessionOf(event);
        return session.ok ? table.update(session.value) : session;
      }
      case 'registry.unregister':
        return mayWrite(event) ? table.unregister(field(event, 'id') as string) : managed();
      case 'registry.clear':
        return mayWrite(event) ? ok(table.clear()) : managed();
      case 'registry.configure':
        return configure(table, field(event, 'maxSessions'));
      case 'registry.lookup':
        return lookup(table, event);
      case 'registry.list':
        return ok(table.list());
      case 'registry.count':
        return ok(table.count);
      default:
        return undefined;
    }
  }

  const logic: RegistryLogic<TConfig, TEvent> = {
    getInitialSnapshot: () => snapshotOf({ sessions: openTable().reads }, 'active'),

    transition(snapshot, event, scope) {
      const { sessions } = snapshot.context;
      if ((event as EventObject).type === 'xstate.stop') return snapshotOf(snapshot.context, 'stopped');
      const table = tableOf(sessions);
      const { version } = table;
      const result = answer(table, event);
      if (result === undefined) return snapshot;
      const isUpdate = event.type === 'registry.update' && result.ok;
      if (isUpdate || field(event, 'replyTo') !== undefined) {
        // Deferred, so that whoever hears of it reads the new state.
        scope.defer(() => {
          if (isUpdate) scope.emit({ type: 'session.updated', session: result.value as Session<TConfig> });
          // The writer waits itself.
          if (!isUpdate || whenKept === undefined || isFromWriter(event)) return reply(event, result, log);
          const { id } = result.value as Session<TConfig>;
          whenKept(id, (error) => reply(event, error === undefined ? result : refused(error), log));
        });
      }
      return table.version === version ? snapshot : snapshotOf(snapshot.context, 'active');
    },

    getPersistedSnapshot: (snapshot) =>
      // One that could not be restored has no context.
      snapshot.status === 'error' ? snapshot : { ...snapshot, context: snapshot.context.sessions.toJSON() },

    restoreSnapshot(persisted) {
      const table = openTable();
      restore(table, persisted, validate);
      return snapshotOf({ sessions: table.reads }, 'active');
    },
  };
  return guarded(logic, log);
}

// A new one each time: that is how whoever holds the last one knows that something has changed.
function snapshotOf<TConfig>(
  context: { readonly sessions: SessionReads<TConfig> },
  status: 'active' | 'stopped',
): SessionRegistrySnapshot<TConfig> {
  return { status, output: undefined, error: undefined, context };
}

const managed = (): Reply<never, 'managed'> =>
  refused(new SupervisionError('managed', 'This registry is written by the supervisor of its sessions alone.', {}));

function lookup<TConfig>(table: SessionTable<TConfig>, event: AnyEventObject): Reply<Session<TConfig>, 'not_found'> {
  const id = field(event, 'id');
  if (id !== undefined) return table.lookup(id as string);
  const projectPath = field(event, 'projectPath');
  if (projectPath !== undefined) return table.lookupByPath(projectPath as string);
  return table.lookupByName(field(event, 'name') as string);
}

function configure<TConfig>(table: SessionTable<TConfig>, maxSessions: unknown): Reply<void, 'invalid_spec'> {
  try {
    table.maxSessions = maxSessions as number;
    return ok(undefined);
  } catch (error) {
    const { message } = error as Error;
    const issues = [{ code: 'invalid_max_sessions', path: ['maxSessions'], message }];
    return refused(new SupervisionError('invalid_spec', `${message}.`, { issues }));
  }
}

function restore<TConfig>(
  table: SessionTable<TConfig>,
  persisted: Snapshot<unknown>,
  validate: (value: unknown) => Reply<Session<TConfig>, 'invalid_session'>,
): void {
  const { context } = persisted as { context?: { maxSessions?: unknown; sessions?: unknown } };
  if (!Array.isArray(context?.sessions)) {
    throw new TypeError(`snapshot.context.sessions must be an array, not ${describe(context?.sessions)}`);
  }
  // More may be open than the limit allows, where it was lowered.
  table.maxSessions = Infinity;
  for (const [index, value] of context.sessions.entries()) {
    const session = validate(value);
    const registered = session.ok ? table.register(session.value) : session;
    if (!registered.ok) {
      const { error } = registered;
      throw new TypeError(`snapshot.context.sessions[${index}] cannot be restored: ${error.message}`, { cause: error });
    }
  }
  table.maxSessions = context.maxSessions === null ? Infinity : (context.maxSessions as number);
}
