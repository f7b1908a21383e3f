import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Mutant } from './mutants.ts';

const parts = ['src', 'machines', 'scripts', 'test', 'package.json', 'tsconfig.json', 'jest.config.ts'];

/** A copy of the project, for faults: none is ever planted in the project itself. */
export class ProjectCopy {
  private constructor(readonly directory: string) {}

  static async create(): Promise<ProjectCopy> {
    const directory = await mkdtemp(join(await realpath(tmpdir()), 'xstate-supervisor-mutants-'));
    await Promise.all(parts.map((part) => cp(part, join(directory, part), { recursive: true })));
    await symlink(resolve('node_modules'), join(directory, 'node_modules'), 'junction');
    return new ProjectCopy(directory);
  }

  /**
   * Does something while a fault is there.
   *
   * @throws Error if what the mutant replaces is not there, or not once
   */
  async with<T>(mutant: Mutant, act: () => Promise<T>): Promise<T> {
    const path = join(this.directory, 'src/core', mutant.file);
    const source = await readFile(path, 'utf8');
    await writeFile(path, plant(mutant, source));
    try {
      return await act();
    } finally {
      await writeFile(path, source);
    }
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true });
  }
}

/** @throws Error if what the mutant replaces is not there, or not once */
export function plant({ file, from, to }: Mutant, source: string): string {
  const times = source.split(from).length - 1;
  if (times !== 1) throw new Error(`what it replaces occurs ${times} times in src/core/${file}, not once`);
  return source.replace(from, () => to);
}
