import { parseArgs } from 'node:util';
import { circumstances } from './circumstances.ts';
import { inOwnProcess } from './in-own-process.ts';
import { judge } from './judge.ts';
import type { Result } from './judge.ts';
import { keep } from './keep.ts';
import { linesOf, summaryOf } from './print.ts';
import type { Rounds } from './row.ts';
import { rows } from './rows.ts';
import { drawScale } from './scale.ts';

/**
 * The command line: `bench [--rounds N] [--only REGEXP] [--check]`, or `bench --scale`.
 *
 * @returns the exit status: 1 if, with `--check`, a goal is missed; 2 if there is nothing to do
 */
export async function bench(args: readonly string[], print: (line: string) => void): Promise<number> {
  const options = optionsIn(args);
  if (options === undefined) {
    print('Usage: npm run bench -- [--rounds N] [--only REGEXP] [--check | --scale]');
    return 2;
  }
  const { rounds, only } = options;
  const about = circumstances();
  const { elixir, ...peers } = about.peers;
  print(`Node.js ${about.node}, ${about.cpu}, ${rounds} rounds`);
  for (const [name, version] of Object.entries(peers)) print(`${name} ${version}`);
  print(elixir === undefined ? 'Elixir is not installed, so nothing is compared with it' : `Elixir ${elixir}`);
  if (options.scale) {
    await drawScale(rounds, print);
    return 0;
  }
  const results: Result[] = [];
  for (const row of rows.filter(({ name }) => only.test(name))) {
    const result = judge(row, await inOwnProcess<Rounds>('measure-row.ts', row.name, rounds));
    results.push(result);
    for (const line of linesOf(result)) print(line);
  }
  for (const line of summaryOf(results)) print(line);
  // Some rows only are no results of a run.
  if (results.length === rows.length) await keep({ ...about, rounds, rows: results });
  const isMissed = results.some(({ goals }) => goals.some(({ met }) => met === false));
  return Number(options.check && isMissed);
}

function optionsIn(args: readonly string[]) {
  const options = {
    rounds: { type: 'string', default: '7' },
    only: { type: 'string', default: '' },
    check: { type: 'boolean', default: false },
    scale: { type: 'boolean', default: false },
  } as const;
  try {
    const { rounds, only, ...flags } = parseArgs({ args: [...args], options }).values;
    return /^[1-9]\d*$/.test(rounds) ? { ...flags, rounds: Number(rounds), only: new RegExp(only) } : undefined;
  } catch {
    return undefined;
  }
}
