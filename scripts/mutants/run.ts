import { examine } from './evidence.ts';
import { mutants } from './mutants.ts';
import type { Mutant } from './mutants.ts';
import { ProjectCopy } from './project-copy.ts';

export interface Output {
  readonly log: (line: string) => void;
  readonly error: (line: string) => void;
}

const atOnce = 2;

/**
 * The command line: `mutants`, or `mutants --only NAME`.
 *
 * @returns the exit status: 0 if each is caught, 1 if any survives or cannot be planted, 2 if there is none to plant
 */
export async function run(args: readonly string[], { log, error }: Output): Promise<number> {
  const chosen = args.length === 0 ? mutants : mutants.filter(({ name }) => args[0] === '--only' && args[1] === name);
  if (chosen.length === 0 || args.length > 2) {
    error('Usage: npm run mutants [-- --only NAME], with one of these names:');
    for (const { name } of mutants) error(`  ${name}`);
    return 2;
  }
  const copies = await Promise.all(Array.from({ length: Math.min(atOnce, chosen.length) }, () => ProjectCopy.create()));
  try {
    const fault = await examine(copies[0]!.directory);
    if (fault !== undefined) {
      error(`The rules are at fault as they are: ${fault}`);
      return 1;
    }
    return (await examineAll(chosen, copies, log)) === chosen.length ? 0 : 1;
  } finally {
    await Promise.all(copies.map((copy) => copy.remove()));
  }
}

/** @returns how many were caught */
async function examineAll(
  chosen: readonly Mutant[],
  copies: readonly ProjectCopy[],
  log: Output['log'],
): Promise<number> {
  const width = Math.max(...chosen.map(({ name }) => name.length));
  const waiting = chosen.values();
  let caught = 0;
  const work = async (copy: ProjectCopy) => {
    // Each copy takes the next mutant when it is through with one.
    for (const mutant of waiting) {
      const verdict = await copy.with(mutant, () => examine(copy.directory)).catch((error: Error) => error);
      if (typeof verdict === 'string') caught++;
      log(
        `${mutant.name.padEnd(width)}  ${verdict instanceof Error ? `NOT EXAMINED: ${verdict.message}` : (verdict ?? 'SURVIVED')}`,
      );
    }
  };
  await Promise.all(copies.map(work));
  log(`${chosen.length} mutants, ${caught} caught, ${chosen.length - caught} not`);
  return caught;
}
