import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { processNotStarted } from './process-error.ts';
import type { ProcessError } from './process-error.ts';
import type { ResolvedProcessOptions } from './process-options.ts';

/**
 * Why a process could not be started. Node says so only later, and says ENOENT of the command where it is the directory
 * that is gone.
 */
export function whyNotStarted({ command, cwd, env }: ResolvedProcessOptions): ProcessError {
  const failed = (why: string, cause?: unknown) => processNotStarted(command, why, cause);
  try {
    if (!statSync(cwd).isDirectory()) return failed(`${cwd} is no directory`, errno('ENOTDIR', cwd));
  } catch (error) {
    return failed(`there is no directory ${cwd}`, error);
  }
  const places = command.includes('/')
    ? [resolve(cwd, command)]
    : (env.PATH ?? '').split(delimiter).map((folder) => resolve(cwd, folder, command));
  const found = places.find((place) => statSync(place, { throwIfNoEntry: false })?.isFile());
  if (found === undefined) {
    return failed(command.includes('/') ? 'there is no such file' : 'it is not in PATH', errno('ENOENT', command));
  }
  try {
    accessSync(found, constants.X_OK);
  } catch (error) {
    return failed(`${found} must not be executed`, error);
  }
  return failed('the system has no room for it, or does not know its kind');
}

const errno = (code: string, path: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code}: ${path}`), { code, path });
