import { accessSync, constants, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { processNotStarted } from './process-error.ts';
import type { ProcessError } from './process-error.ts';
import type { ResolvedProcessOptions } from './process-options.ts';

/**
 * Why a process could not be started. Node says so only later, and says ENOENT of the command where it is the directory
 * that is gone.
 *
 * @param thrown what Node has thrown, if it did say so at once
 */
export function whyNotStarted({ command, cwd, env }: ResolvedProcessOptions, thrown?: unknown): ProcessError {
  const failed = (why: string, cause?: unknown) => processNotStarted(command, why, cause);
  try {
    if (!statSync(cwd).isDirectory()) return failed(`${cwd} is no directory`, errno('ENOTDIR', cwd));
    accessSync(cwd, constants.X_OK);
  } catch (error) {
    const isLocked = (error as NodeJS.ErrnoException).code === 'EACCES';
    return failed(isLocked ? `${cwd} must not be entered` : `there is no directory ${cwd}`, error);
  }
  const places = command.includes('/')
    ? [resolve(cwd, command)]
    : (env.PATH ?? '').split(delimiter).map((folder) => resolve(cwd, folder, command));
  const there = places.filter((place) => statsOf(place) !== undefined);
  if (there.length === 0) {
    return failed(command.includes('/') ? 'there is no such file' : 'it is not in PATH', errno('ENOENT', command));
  }
  const program = there.find((place) => statsOf(place)!.isFile());
  if (program === undefined) return failed(`${there[0]} is no file`, errno('EACCES', there[0]!));
  try {
    accessSync(program, constants.X_OK);
  } catch (error) {
    return failed(`${program} must not be executed`, error);
  }
  if (thrown !== undefined) return failed((thrown as Error).message, thrown);
  return failed('the system has no room for it, or nothing that runs it');
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

const errno = (code: string, path: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code}: ${path}`), { code, path });
