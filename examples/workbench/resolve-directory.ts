import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * The path that somebody means, who is in the directory `base`. One that is absolute is left to the host to check as
 * it is, and so is an empty one.
 */
export function resolveDirectory(directory: string, base: string): string {
  if (directory === '~' || directory.startsWith('~/')) return join(homedir(), directory.slice(1));
  return directory === '' || isAbsolute(directory) ? directory : resolve(base, directory);
}
