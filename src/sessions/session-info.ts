import type { ChildInfo } from '../core/supervision-messages.ts';
import type { LoneView } from '../core/supervision-view.ts';
import { isSupervisor } from '../logic.ts';
import type { ResolvedSessionOptions } from '../session-options.ts';
import type { StableRef } from '../session-ref.ts';

/** What the supervisor of the sessions tells of one. */
export function infoOf(options: ResolvedSessionOptions, ref: StableRef, incarnation: number): ChildInfo<StableRef> {
  const { restart, session } = options;
  const type = isSupervisor(session) ? 'supervisor' : 'worker';
  return { id: ref.id, status: ref.isRunning ? 'running' : 'restarting', ref, type, restart, incarnation };
}

interface Supervised {
  readonly startedAt: number;
  readonly restartAt: number | undefined;
  /** How many restarts still count. */
  readonly used: number;
}

/** What a session shows of itself to whoever watches it: as the only child of a supervisor of its own. */
export function viewOf(
  options: ResolvedSessionOptions,
  info: ChildInfo<StableRef>,
  { startedAt, restartAt, used }: Supervised,
): LoneView<StableRef> {
  return {
    ...info,
    startedAt: info.status === 'running' ? startedAt : undefined,
    restartAt,
    allowance: { strategy: 'one_for_one', ...options.intensity, used },
  };
}
