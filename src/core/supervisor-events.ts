import type { Replying, Reply } from './reply.ts';
import type { ChildCounts, ChildInfo, StartedChild } from './supervision-messages.ts';

/** A child, by its id or by the ref that it has, or last had. */
export type NamedChild<TRef> = { readonly id: string } | { readonly ref: TRef };

export type ChildStartRefusal =
  'invalid_spec' | 'max_children' | 'already_started' | 'already_present' | 'start_failed' | 'stopping';
export type ChildRestartRefusal = 'not_found' | 'running' | 'restarting' | 'start_failed' | 'stopping';
export type ChildDeleteRefusal = 'not_found' | 'running' | 'restarting' | 'stopping';

/** What any supervisor can be asked. */
export type SupervisorQuery<TRef = unknown> =
  | ({ readonly type: 'supervisor.which_children' } & Replying<Reply<readonly ChildInfo<TRef>[], never>>)
  | ({ readonly type: 'supervisor.count_children' } & Replying<Reply<ChildCounts, never>>)
  | ({ readonly type: 'supervisor.stop' } & Replying<Reply<void, never>>);

/** The commands to a supervisor. */
export type SupervisorCommand<TSpec = unknown, TRef = unknown> =
  | SupervisorQuery<TRef>
  | { readonly type: 'supervisor.shutdown'; readonly reason?: 'shutdown' | 'restart' }
  | ({ readonly type: 'child.start'; readonly spec: TSpec } & Replying<Reply<StartedChild<TRef>, ChildStartRefusal>>)
  | ({ readonly type: 'child.terminate' } & NamedChild<TRef> & Replying<Reply<void, 'not_found' | 'stopping'>>)
  | ({ readonly type: 'child.restart' } & NamedChild<TRef> & Replying<Reply<StartedChild<TRef>, ChildRestartRefusal>>)
  | ({ readonly type: 'child.delete' } & NamedChild<TRef> & Replying<Reply<void, ChildDeleteRefusal>>);
