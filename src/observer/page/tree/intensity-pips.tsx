import type { Supervision } from '../../protocol.ts';
import { spanText } from '../text/time-text.ts';

export interface IntensityPipsProps {
  readonly supervision: Supervision;
  /** Without its window: there is no room for it. */
  readonly brief?: boolean | undefined;
  readonly x: number;
  readonly y: number;
}

/** A pip for each restart as long as one can count them at a glance. */
const MOST = 6;

/** How many restarts a supervisor has used, of those that it has in its window. */
export function IntensityPips({ supervision: { used, maxRestarts, withinMs }, brief, x, y }: IntensityPipsProps) {
  const pips = maxRestarts <= MOST ? maxRestarts : 0;
  const left = Math.max(0, maxRestarts - used);
  return (
    <>
      {Array.from({ length: pips }, (_, at) => (
        <circle key={at} class={at < used ? 'pip pip-used' : 'pip'} cx={x + 4 + at * 10} cy={y - 4} r="3.25" />
      ))}
      <text class="card-sub" x={x + pips * 10 + (pips > 0 ? 5 : 0)} y={y}>
        {withinMs === 0
          ? 'each on its own'
          : `${left} of ${maxRestarts} left${brief ? '' : ` · ${spanText(withinMs)}`}`}
      </text>
    </>
  );
}
