import type { Session } from '../core/session.ts';
import type { SessionRecord } from '../core/session-record.ts';
import { Incarnation } from '../incarnation.ts';
import type { SessionHome } from './session-home.ts';
import type { TakenActor } from '../xstate/restoring.ts';

/** The number of the life before the one that a session comes back with: it goes on with that which it had, unless that had crashed. */
export const numberBefore = ({ snapshot, crashes = 0, incarnation }: SessionRecord): number =>
  snapshot === null || crashes > 0 ? incarnation : incarnation - 1;

/** One life of a session, about to start: its actor is the root of a system of its own. */
export function bear(home: SessionHome, session: Session, number: number, taken: TakenActor | undefined): Incarnation {
  const { session: src, input: inputOf, shutdown } = home.options;
  // One that goes on is given nothing anew.
  const input = taken === undefined ? inputOf({ session }) : undefined;
  return new Incarnation(home, { id: session.id, src, input, number, shutdown, ownSystem: true, taken });
}
