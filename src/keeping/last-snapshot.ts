import type { AnyActorRef } from 'xstate';
import { isSameJson } from '../core/same-json.ts';
import type { SessionRecord } from '../core/session-record.ts';
import { takeSnapshot } from '../xstate/take-snapshot.ts';
import type { TakenSnapshot } from '../xstate/take-snapshot.ts';
import { stateOf } from './state-of.ts';

/** The snapshot that was taken last of a session, and how often it has crashed on that. */
export class LastSnapshot {
  /** What the next incarnation begins from; undefined: it begins afresh. */
  taken: TakenSnapshot | undefined;
  crashes = 0;

  /** @param record what the session comes back from */
  constructor(record: SessionRecord | undefined) {
    if (record === undefined) return;
    const { snapshot, timers, savedAt, crashes = 0 } = record;
    this.crashes = crashes;
    if (snapshot !== null) this.taken = { snapshot, timers, takenAt: savedAt };
  }

  /**
   * @param toWall a time of the actor's clock, in milliseconds since the Unix epoch
   * @throws NotAtRestError, UnsavableError
   */
  take(actor: AnyActorRef, toWall: (time: number) => number): void {
    const taken = takeSnapshot(actor, toWall);
    // What it crashed on is what it began from, until that changes.
    if (this.crashes > 0 && !isSame(taken, this.taken)) this.crashes = 0;
    this.taken = taken;
  }

  /** The next incarnation begins afresh. */
  clear(): void {
    this.taken = undefined;
    this.crashes = 0;
  }
}

/** Whether two snapshots are of one state. */
const isSame = (a: TakenSnapshot, b: TakenSnapshot | undefined): boolean =>
  isSameJson(stateOf(a.snapshot), stateOf(b?.snapshot)) && a.timers.length === b?.timers.length;
