import { createActor } from 'xstate';
import type { AnyActorLogic, AnyActorRef } from 'xstate';
import { systemOf } from './internals.ts';
import { createOwnSystem } from './own-system.ts';
import { findOwnTimers } from './own-timers.ts';
import type { Port } from './port.ts';
import { sound } from './sound-logic.ts';
import { superviseSystem } from './supervised-system.ts';

/** What an actor is created from. */
export interface Origin {
  readonly id: string;
  readonly src: AnyActorLogic;
  readonly input: unknown;
  readonly systemId?: string | undefined;
}

/** Creates an actor in the system of its supervisor. */
export function createChild({ id, src, input, systemId }: Origin, port: Port): AnyActorRef {
  superviseSystem(systemOf(port));
  findOwnTimers(systemOf(port));
  const parent = port as unknown as AnyActorRef;
  const options = systemId === undefined ? { id, input, parent } : { id, input, parent, systemId };
  return createActor(sound(src), options as never);
}

/** Creates an actor that is the root of a system of its own, and yet a child of `port`. */
export function createAdopted({ id, src, input }: Origin, port: Port): AnyActorRef {
  // XState takes the system of the parent, which must stand before the first entry action runs.
  port.birthplace = createOwnSystem(systemOf(port));
  try {
    return createActor(sound(src), { id, input, parent: port as never } as never);
  } finally {
    port.birthplace = undefined;
  }
}
