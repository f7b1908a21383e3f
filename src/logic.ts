import type { AnyActorLogic } from 'xstate';
import { describe, holds } from './core/arguments.ts';

const supervisors = new WeakSet<AnyActorLogic>();

/** Marks a logic as a supervisor: it is given all the time it needs to stop, and counts its restarts itself. */
export function supervisorLogic<T extends AnyActorLogic>(logic: T): T {
  supervisors.add(logic);
  return logic;
}

export const isSupervisor = (logic: AnyActorLogic): boolean => supervisors.has(logic);

export function requireLogic(name: string, value: unknown): void {
  const logic = value as Partial<AnyActorLogic> | null | undefined;
  const isLogic = () => typeof logic?.transition === 'function' && typeof logic.getInitialSnapshot === 'function';
  if (!holds(isLogic)) {
    throw new TypeError(`${name} must be actor logic, such as a machine, not ${describe(value)}`);
  }
}
