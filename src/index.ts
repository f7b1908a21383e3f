export { createSessionHost } from './host.ts';
export { sessionRuntime } from '../machines/runtime.ts';
export { dynamicSupervisor } from '../machines/dynamic-supervisor.ts';
export { sessionTree } from '../machines/session-tree.ts';
export { supervisor } from '../machines/supervisor.ts';
export { sessionRegistry } from '../machines/registry.ts';
export { ask } from './ask.ts';
export { fromTask } from './from-task.ts';
export { inspect } from './inspect.ts';
export { memoryStore } from './memory-store.ts';
export { monitor } from './monitor.ts';
export { configureSession, createSession, renameSession, validateSession } from './core/session.ts';
export { isSupervisionError, SupervisionError } from './core/supervision-error.ts';
export { ok, refused } from './core/result.ts';

export type {
  OpenedSession,
  ResumedSessions,
  SessionHost,
  SessionHostEvent,
  SessionHostOptions,
} from './session-host.ts';
export type {
  SessionRuntimeEmitted,
  SessionRuntimeEvent,
  SessionRuntimeLogic,
  SessionRuntimeRef,
} from '../machines/runtime.ts';
export type { SessionRegistryLogic, SessionRegistryOptions, SessionRegistrySnapshot } from '../machines/registry.ts';
export type { DynamicSupervisorOptions } from '../machines/dynamic-supervisor.ts';
export type { SessionTreeOptions } from '../machines/session-tree.ts';
export type { SupervisorLogic, SupervisorOptions } from '../machines/supervisor.ts';
export type { ChildSpec } from './child-spec.ts';
export type { AnswerTo, AskOptions, Question } from './ask.ts';
export type { AskTrace, LifecycleMessage, SessionRestartTrace, SessionStartTrace } from './diagnostics.ts';
export type { TaskLogic, TaskRef, TaskScope, TaskSnapshot } from './from-task.ts';
export type { KeepingOptions, Persist } from './keeping-options.ts';
export type { Logger } from './logger.ts';
export type { ReplyTo } from './reply-ref.ts';
export type { SessionRuntimeOptions } from './session-options.ts';
export type { SessionRef } from './session-ref.ts';
export type { SessionStore, SetAsideReason } from './session-store.ts';
export type { Shutdown, ShutdownEvent } from './shutdown.ts';
export type { Clock } from './xstate/internals.ts';
export type { TimerPolicy } from './xstate/restored-timers.ts';
export type { BackoffOptions } from './core/backoff.ts';
export type { ChildType, RestartType } from './core/child-spec.ts';
export type { CommandType } from './core/commands.ts';
export type { ConfigOptions, StandardSchemaV1 } from './core/config-schema.ts';
export type { Exit, ExitReason } from './core/exit.ts';
export type { Intensity, IntensityOptions } from './core/intensity.ts';
export type { RegistryEvent, RegistryReplies } from './core/registry-events.ts';
export type { ProjectPathRefusal } from './core/project-path.ts';
export type { Reply, ReplyTarget } from './core/reply.ts';
export type { Ok, Refused, Result } from './core/result.ts';
export type {
  ChangeRefusal,
  DeadLetterEvent,
  HostFailedEvent,
  RestartRefusal,
  ResumeRefusal,
  SessionCommand,
  SessionLifecycleEvent,
  SessionRejectedEvent,
  SessionUpdatedEvent,
  StartRefusal,
  StopRefusal,
  StoreFailedEvent,
} from './core/session-events.ts';
export type { Session, SessionInput, SessionOptions } from './core/session.ts';
export type { SessionReads } from './core/session-reads.ts';
export type { SessionRecord, TimerRecord } from './core/session-record.ts';
export type { StoreRefusal } from './core/store-refusals.ts';
export type { Issue, SupervisionErrorCode, SupervisionErrorFields } from './core/supervision-error.ts';
export type {
  ChildCounts,
  ChildInfo,
  ChildStatus,
  StartedChild,
  SupervisionEvent,
} from './core/supervision-messages.ts';
export type { AutoShutdown, Strategy } from './core/supervision-state.ts';
export type { SupervisorCommand, SupervisorQuery } from './core/supervisor-events.ts';
