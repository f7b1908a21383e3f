import type { Settings } from './protocol.ts';
import type { Random } from './random.ts';

/** When a process ends, and how. */
export type Moment =
  /** Killed so long after its start: perhaps before its sessions are back. */
  | { readonly type: 'start'; readonly ms: number }
  /** Killed so long after its sessions are back; at the latest, where there is something else to wait for. */
  | { readonly type: 'time'; readonly ms: number }
  /** Killed once it has been sent so many messages, or has given so many answers. */
  | { readonly type: 'sent' | 'answered'; readonly count: number; readonly ms: number }
  /** Kills itself at one of the changes of its store. */
  | ({ readonly type: 'store'; readonly ms: number } & NonNullable<Settings['dieAt']>)
  /** Closed in order, with writers going on. */
  | { readonly type: 'close'; readonly ms: number }
  /** Closed in order once all timers have fired. */
  | { readonly type: 'settle' };

const latestMs = 1_000;

/** When the next process is killed. */
export function drawMoment(random: Random): Moment {
  const draw = random.between(1, 10);
  if (draw === 1) return { type: 'start', ms: random.between(20, 250) };
  if (draw <= 4) return { type: 'time', ms: random.between(0, 300) };
  if (draw <= 6) return { type: 'sent', count: random.between(1, 200), ms: latestMs };
  if (draw <= 8) return { type: 'answered', count: random.between(1, 150), ms: latestMs };
  const when = (['before', 'amid', 'after'] as const)[random.between(0, 2)]!;
  return { type: 'store', change: random.between(1, 80), when, ms: latestMs };
}
