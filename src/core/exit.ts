/**
 * Why an incarnation ended.
 *
 * - `normal`: it reached a final state
 * - `shutdown`: its supervisor stopped it, also when it complied gracefully
 * - `killed`: its shutdown time ran out, or `brutal_kill`
 * - `error`: it crashed
 */
export type ExitReason = 'normal' | 'shutdown' | 'killed' | 'error';

/** The end of one incarnation of an actor. */
export interface Exit {
  readonly reason: ExitReason;
  /** What it crashed with, when `reason` is `error`. */
  readonly error?: unknown;
  /** What it returned, when `reason` is `normal`. */
  readonly output?: unknown;
  /** Which life it was, counted from 1. */
  readonly incarnation: number;
}

/** A clean exit restarts only a `permanent` child (OTP: `normal` and `shutdown`). */
export const isClean = (reason: ExitReason): boolean => reason === 'normal' || reason === 'shutdown';
