import { createActor } from 'xstate';
import type { AnyActorLogic, AnyActorRef } from 'xstate';
import { systemOf } from './internals.ts';
import { createOwnSystem } from './own-system.ts';
import { findOwnTimers } from './own-timers.ts';
import type { Port } from './port.ts';
import type { TakenActor } from './restoring.ts';
import { sound } from './sound-logic.ts';
import { superviseSystem } from './supervised-system.ts';

/** What an actor is created from. */
export interface Origin {
  readonly id: string;
  readonly src: AnyActorLogic;
  readonly input: unknown;
  readonly systemId?: string | undefined;
  /** What was taken of an earlier one, in place of the input. */
  readonly taken?: TakenActor | undefined;
}

/** Creates an actor in the system of its supervisor. */
export function createChild({ id, src, input, systemId, taken }: Origin, port: Port): AnyActorRef {
  superviseSystem(systemOf(port));
  findOwnTimers(systemOf(port));
  const parent = port as unknown as AnyActorRef;
  const options = systemId === undefined ? { id, input, parent } : { id, input, parent, systemId };
  return taken === undefined
    ? createActor(sound(src), options as never)
    : taken.restoring.create(sound(src), options, taken.snapshot);
}

/** Creates an actor that is the root of a system of its own, and yet a child of `port`. */
export function createAdopted({ id, src, input, taken }: Origin, port: Port): AnyActorRef {
  // XState takes the system of the parent, which must stand before the first entry action runs.
  port.birthplace = createOwnSystem(systemOf(port));
  try {
    const options = { id, input, parent: port as never };
    return taken === undefined
      ? createActor(sound(src), options as never)
      : taken.restoring.create(sound(src), options, taken.snapshot);
  } finally {
    port.birthplace = undefined;
  }
}
