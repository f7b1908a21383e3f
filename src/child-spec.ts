import type { AnyActorLogic } from 'xstate';
import {
  describe,
  requireBoolean,
  requireFunction,
  requireNumber,
  requireOneOf,
  requireTimer,
} from './core/arguments.ts';
import type { ChildRules, ChildType, RestartType } from './core/child-spec.ts';
import type { Reply } from './core/reply.ts';
import { ok, refused } from './core/result.ts';
import { SupervisionError } from './core/supervision-error.ts';
import type { Issue } from './core/supervision-error.ts';
import type { AutoShutdown } from './core/supervision-state.ts';
import { isSupervisor, requireLogic } from './logic.ts';
import { requireShutdown, takesShutdown } from './shutdown.ts';
import type { Shutdown } from './shutdown.ts';

/** How a supervisor starts, stops and restarts one child. Defaults are Elixir's. */
export interface ChildSpec<TLogic extends AnyActorLogic = AnyActorLogic> {
  /** Unique among the children of one supervisor. */
  readonly id: string;
  /** What it is: any XState actor logic. */
  readonly src: TLogic;
  /** A value, or a function called at each start. */
  readonly input?: unknown;
  /** Its name in its actor system, by which its siblings find it: `system.get(systemId)`. By default none. */
  readonly systemId?: string;
  /** When it comes back. By default `'permanent'`: always. */
  readonly restart?: RestartType;
  /** How long it may take to end gracefully. By default 5000 ms; `'infinity'` for a supervisor. */
  readonly shutdown?: Shutdown;
  /** By default what `src` is. */
  readonly type?: ChildType;
  /** Whether its own end may shut its supervisor down; see `autoShutdown`. By default not. */
  readonly significant?: boolean;
  /** Called at each start: with `false` the child is left out (OTP's `ignore`). */
  readonly enabled?: () => boolean;
  /** The child counts as started only once this holds of its snapshot. */
  readonly ready?: (snapshot: never) => boolean;
  /** How long `ready`, or a supervisor's own first start, may take, in milliseconds. By default as long as it takes. */
  readonly startTimeoutMs?: number;
  /** Whether it takes `supervisor.shutdown`. By default a machine that names that event does. */
  readonly graceful?: boolean;
}

/** A child spec that has been checked, with every default in place. */
export interface ResolvedChildSpec extends ChildRules {
  readonly src: AnyActorLogic;
  readonly input: unknown;
  readonly systemId: string | undefined;
  readonly shutdown: Shutdown;
  readonly enabled: (() => boolean) | undefined;
  readonly ready: ((snapshot: unknown) => boolean) | undefined;
  readonly startTimeoutMs: number | undefined;
  readonly graceful: boolean;
}

/**
 * Checks a child spec and fills in its defaults.
 *
 * @param autoShutdown of its supervisor: a significant child needs another than `'never'`
 * @returns `invalid_spec` with an issue for each field that is wrong
 */
export function resolveChildSpec(value: unknown, autoShutdown: AutoShutdown): Reply<ResolvedChildSpec, 'invalid_spec'> {
  const issues: Issue[] = [];
  const read = <T>(field: keyof ChildSpec, fallback: T, check: (name: string, value: unknown) => void): T => {
    try {
      const given = (value as Partial<Record<string, T>>)[field];
      if (given === undefined && fallback === undefined) return fallback;
      const chosen = given === undefined ? fallback : given;
      check(field, chosen);
      return chosen;
    } catch (error) {
      issues.push({ code: `invalid_${snakeCase(field)}`, path: [field], message: (error as Error).message });
      return fallback;
    }
  };
  if (typeof value !== 'object' || value === null) {
    return invalid([{ code: 'invalid_spec', message: `a child spec must be an object, not ${describe(value)}` }]);
  }
  const id = read('id', '', requireId);
  const src = read<AnyActorLogic | undefined>('src', undefined, requireLogic);
  if (src === undefined && !issues.some(({ path }) => path?.[0] === 'src')) {
    issues.push({ code: 'invalid_src', path: ['src'], message: 'src must be actor logic, such as a machine' });
  }
  const type = read<ChildType>(
    'type',
    src !== undefined && isSupervisor(src) ? 'supervisor' : 'worker',
    (name, given) => requireOneOf(name, given, ['worker', 'supervisor']),
  );
  const spec: ResolvedChildSpec = {
    id,
    src: src!,
    input: read<unknown>('input', undefined, () => {}),
    systemId: read<string | undefined>('systemId', undefined, requireId),
    restart: read<RestartType>('restart', 'permanent', (name, given) =>
      requireOneOf(name, given, ['permanent', 'transient', 'temporary']),
    ),
    type,
    shutdown: read<Shutdown>('shutdown', type === 'supervisor' ? 'infinity' : 5000, requireShutdown),
    significant: read('significant', false, requireBoolean),
    enabled: read<(() => boolean) | undefined>('enabled', undefined, requireFunction),
    ready: read<((snapshot: unknown) => boolean) | undefined>('ready', undefined, requireFunction),
    startTimeoutMs: read<number | undefined>('startTimeoutMs', undefined, requireTimeout),
    graceful: read('graceful', src !== undefined && takesShutdown(src), requireBoolean),
  };
  if (spec.significant && (spec.restart === 'permanent' || autoShutdown === 'never')) {
    const message = `a significant child is never permanent, and needs autoShutdown: this one is ${spec.restart}, autoShutdown is ${autoShutdown}`;
    issues.push({ code: 'invalid_significant', path: ['significant'], message });
  }
  return issues.length === 0 ? ok(spec) : invalid(issues);
}

function invalid(issues: readonly Issue[]): Reply<never, 'invalid_spec'> {
  const message = `The child spec is not valid: ${issues.map((issue) => issue.message).join('; ')}`;
  return refused(new SupervisionError('invalid_spec', message, { issues }));
}

function requireId(name: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') {
    throw new TypeError(`${name} must be a string that is not empty, not ${describe(value)}`);
  }
}

function requireTimeout(name: string, value: unknown): void {
  requireNumber(name, value, 0);
  requireTimer(name, value as number);
}

const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
