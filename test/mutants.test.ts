import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transpileModule } from 'typescript';
import { mutants } from '../scripts/mutants/mutants.ts';
import { plant, ProjectCopy } from '../scripts/mutants/project-copy.ts';
import { run } from '../scripts/mutants/run.ts';

const source = (directory: string, file: string) => readFileSync(join(directory, 'src/core', file), 'utf8');

describe('a mutant', () => {
  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))('has its place in the rules: %s', (_, mutant) => {
    const original = source('.', mutant.file);
    const mutated = plant(mutant, original);
    expect(mutated).not.toBe(original);
    expect(transpileModule(mutated, { reportDiagnostics: true }).diagnostics).toEqual([]);
  });

  it('is one of many, each with a name of its own', () => {
    expect(mutants.length).toBeGreaterThanOrEqual(20);
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  });

  it.each([
    ['nowhere', 'a;', 0],
    ['in more than one place', 'x; x;', 2],
  ])('is not planted when what it replaces is %s', (_, text, times) => {
    const mutant = { name: 'm', file: 'plan.ts', from: 'x;', to: 'y;' };
    expect(() => plant(mutant, text)).toThrow(`what it replaces occurs ${times} times in src/core/plan.ts, not once`);
  });

  it('takes its replacement as it is written', () => {
    expect(plant({ name: 'm', file: 'plan.ts', from: 'x', to: "$& $1 $'" }, 'a x b')).toBe("a $& $1 $' b");
  });

  it('is planted in a copy of the project, and is gone from there afterwards', async () => {
    const [mutant] = mutants;
    const { file } = mutant!;
    const original = source('.', file);
    const copy = await ProjectCopy.create();
    await copy.with(mutant!, async () => {
      expect(source(copy.directory, file)).toBe(plant(mutant!, original));
      expect(source('.', file)).toBe(original);
    });
    expect(source(copy.directory, file)).toBe(original);
    await copy.remove();
    expect(existsSync(copy.directory)).toBe(false);
  });

  it.each([[['--only']], [['--only', 'none']], [['--just', mutants[0]!.name]], [['--only', mutants[0]!.name, 'more']]])(
    'that is asked for by %j is answered with the names that there are',
    async (args) => {
      const err: string[] = [];
      expect(await run(args, { log() {}, error: (line) => err.push(line) })).toBe(2);
      expect(err[0]).toContain('Usage: npm run mutants [-- --only NAME]');
      expect(err).toHaveLength(1 + mutants.length);
    },
  );
});
