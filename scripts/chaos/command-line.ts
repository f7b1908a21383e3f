import { draw, soak } from './soak.ts';
import type { Place, Tally } from './soak.ts';

export interface Output {
  readonly log: (line: string) => void;
  readonly error: (line: string) => void;
}

/**
 * The command line: `chaos --seed N --seconds S`, `chaos --seed N --trees T` or `chaos --again PLACE`.
 *
 * @returns the exit status: 0 without a violation, 1 with any, 2 if there is nothing to do
 */
export async function chaos(args: readonly string[], { log, error }: Output): Promise<number> {
  const options = new Map<string, string>();
  for (let at = 0; at < args.length; at += 2) options.set(args[at]!, args[at + 1] ?? '');
  const place = placeOf(options.get('--again'));
  if (place !== undefined && options.size === 1) {
    const tally: Tally = { trees: 0, faults: 0, restarts: 0, violations: 0 };
    await draw(place, tally, log);
    log(summary(tally));
    return Number(tally.violations > 0);
  }
  const seed = wholeNumber(options.get('--seed'));
  const seconds = wholeNumber(options.get('--seconds'));
  const trees = wholeNumber(options.get('--trees'));
  if (seed === undefined || (seconds === undefined) === (trees === undefined) || options.size !== 2) {
    error('Usage: npm run chaos -- --seed N --seconds S, or --seed N --trees T, or --again PLACE');
    return 2;
  }
  const begun = performance.now();
  const goesOn = (tally: Tally) =>
    trees === undefined ? performance.now() - begun < seconds! * 1000 : tally.trees < trees;
  const tally = await soak(seed, goesOn, log);
  log(`seed ${seed}: ${summary(tally)}${seconds === undefined ? '' : ` in ${seconds} s`}`);
  return Number(tally.violations > 0);
}

const summary = ({ trees, faults, restarts, violations }: Tally): string =>
  `${trees} trees, ${faults} faults, ${restarts} restarts, ${violations} violations`;

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : undefined;
}

function placeOf(text: string | undefined): Place | undefined {
  const [, seed, path] = /^(\d+):([\d:]+)$/.exec(text ?? '') ?? [];
  return seed === undefined ? undefined : { seed: Number(seed), path: path! };
}
