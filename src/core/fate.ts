import type { RestartType } from './child-spec.ts';
import { isClean } from './exit.ts';
import type { ExitReason } from './exit.ts';

/**
 * What becomes of a child that has exited.
 *
 * - `restart`: it comes back
 * - `keep`: its spec stays, with no actor
 * - `forget`: its spec goes as well
 * - `give_up`: it would come back, but its supervisor has no restarts left
 */
export type Fate = 'restart' | 'keep' | 'forget' | 'give_up';

/**
 * The fate of one child, by OTP's table of exits and restart types.
 *
 * @param charge asked, once, only if the child is to come back: whether the supervisor can pay for it
 *
 * @example
 * fate('transient', 'normal'); // 'keep'
 * fate('transient', 'error', () => budget.charge(now)); // 'restart', or 'give_up'
 */
export function fate(restart: RestartType, reason: ExitReason, charge: () => boolean = () => true): Fate {
  if (restart === 'temporary') return 'forget';
  if (restart === 'transient' && isClean(reason)) return 'keep';
  return charge() ? 'restart' : 'give_up';
}
