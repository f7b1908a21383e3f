import type { AnyActorLogic } from 'xstate';
import { describe, requireNumber, requireTimer } from './core/arguments.ts';

/**
 * How long a child may take to end when its supervisor stops it: milliseconds, `'infinity'`, or not a moment
 * (`'brutal_kill'`).
 */
export type Shutdown = number | 'infinity' | 'brutal_kill';

export function requireShutdown(name: string, value: unknown): asserts value is Shutdown {
  if (value === 'infinity' || value === 'brutal_kill') return;
  if (typeof value !== 'number') {
    throw new TypeError(`${name} must be milliseconds, 'infinity' or 'brutal_kill', not ${describe(value)}`);
  }
  requireNumber(name, value, 0);
  requireTimer(name, value);
}

/** What a child that wants a graceful end is sent. It ends by reaching a final state within its shutdown time. */
export interface ShutdownEvent {
  readonly type: 'supervisor.shutdown';
  readonly reason: 'shutdown' | 'restart';
}

const takers = new WeakMap<AnyActorLogic, boolean>();

/**
 * Whether a machine's configuration names `supervisor.shutdown` in any state, even with `{}`. A wildcard does not
 * count, and neither does a logic that is no machine: say `graceful: true` in its child spec.
 */
export function takesShutdown(logic: AnyActorLogic): boolean {
  let takes = takers.get(logic);
  if (takes === undefined) {
    takes = names(logic.config);
    takers.set(logic, takes);
  }
  return takes;
}

interface StateConfig {
  readonly on?: object;
  readonly states?: Readonly<Record<string, StateConfig>>;
}

// `machine.events` and `can()` both miss a transition that is `{}`.
function names(config: unknown): boolean {
  if (typeof config !== 'object' || config === null) return false;
  const { on, states } = config as StateConfig;
  return (
    (on !== undefined && Object.hasOwn(on, 'supervisor.shutdown' satisfies ShutdownEvent['type'])) ||
    Object.values(states ?? {}).some(names)
  );
}
