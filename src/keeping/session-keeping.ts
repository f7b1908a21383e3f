import type { AnyActorRef } from 'xstate';
import type { ExitReason } from '../core/exit.ts';
import type { SessionLifecycleEvent } from '../core/session-events.ts';
import type { Written } from './session-writer.ts';
import type { TakenActor } from '../xstate/restoring.ts';

/** What a session tells of its life to whoever keeps it, and asks. */
export interface SessionKeeping {
  /** An incarnation runs. */
  attach(number: number, actor: AnyActorRef): void;
  /** The value of the session has changed. */
  changed(): void;
  /** An incarnation has crashed, or has failed to start. */
  crashed(error: unknown): void;
  /**
   * Its first start has failed: no more comes of it, unless it is what it comes back from that is at fault.
   *
   * @returns whether it is to begin afresh
   */
  failedToStart(error: unknown): boolean;
  /** Its next incarnation begins afresh. */
  renew(reason: ExitReason): void;
  /**
   * What its next incarnation begins from.
   *
   * @throws for what no snapshot can be
   */
  next(): TakenActor | undefined;
  /** Takes it as it is now: whatever becomes of it from here on, it comes back from there. */
  suspend(): void;
  /** It is over: for good, or until it is resumed. */
  end(phase: 'suspended' | 'deleted', reason: ExitReason): void;
  /** It has not begun, as far as anybody is to know. */
  takeBack(): void;
  /** Tells what happens to it: what is to be on the disk before, when it is. */
  tell(event: SessionLifecycleEvent): void;
  /** Calls back once all that it is now is on the disk, where that is promised; or tells why it is not. */
  whenKept(written: Written): void;
}

/** Of sessions that nobody keeps. */
export const notKept = (tell: SessionKeeping['tell']): SessionKeeping => ({
  attach() {},
  changed() {},
  crashed() {},
  failedToStart: () => false,
  renew() {},
  next: () => undefined,
  suspend() {},
  end() {},
  takeBack() {},
  tell,
  whenKept: (written) => written(),
});
