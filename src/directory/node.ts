import { constants } from 'node:fs';
import { access as mayAccess, realpath, stat } from 'node:fs/promises';
import { isAbsolute, sep } from 'node:path';
import {
  canonicalPath,
  checkPathText,
  pathError,
  type DirectoryCheck,
  type PathReading,
  type ProjectPathError,
  type ProjectPathRefusal,
} from '../core/project-path.ts';
import { ok, refused, type Result } from '../core/result.ts';

/** A path is what this platform takes it for, not what it looks like. */
const platform: PathReading = { separators: sep === '\\' ? /[\\/]/ : /\//, isAbsolute };

const { R_OK, W_OK, X_OK } = constants;

/**
 * Checks a project's directory: the path as text, at once, then on disk: it exists, is a directory, may be read and
 * entered, and written with `access: 'write'`. Gives its canonical path as the system knows it (`realpath`), so that
 * one project has one path, whatever links lead to it. Nothing is written to find out, and nothing is rejected with:
 * an error of the system becomes a refusal, with the error as its `cause`.
 *
 * On Windows, the system's answer to "may it be written" knows of the read-only attribute only, not of access lists.
 *
 * @example
 * await checkDirectory('/home/me/link-to-shop/', 'read'); // { ok: true, value: '/srv/shop' }
 */
export const checkDirectory: DirectoryCheck = (path, access) => {
  const text = checkPathText(path, platform);
  return text.ok ? checkOnDisk(text.value, access) : text;
};

async function checkOnDisk(path: string, access: 'read' | 'write'): Promise<Result<string, ProjectPathError>> {
  try {
    const real = await realpath(path);
    if (!(await stat(real)).isDirectory()) {
      return refused(pathError('path_not_directory', path, 'is not a directory'));
    }
    await mayAccess(real, R_OK | X_OK | (access === 'write' ? W_OK : 0));
    return ok(canonicalPath(real));
  } catch (cause) {
    const { code: errno = '' } = cause as NodeJS.ErrnoException;
    const [code, problem] = refusals[errno] ?? notFound;
    return refused(pathError(code, path, `${problem} (${errno})`, cause));
  }
}

// Whatever else the system says (EIO, ESTALE, ...), the directory could not be found there.
const notFound: [ProjectPathRefusal, string] = ['path_not_found', 'cannot be found'];
const denied: [ProjectPathRefusal, string] = ['path_permission_denied', 'must not be accessed'];

const refusals: Readonly<Record<string, [ProjectPathRefusal, string]>> = {
  ENOTDIR: ['path_not_directory', 'leads through a file'],
  ENAMETOOLONG: ['path_too_long', 'is too long for the system'],
  EACCES: denied,
  EPERM: denied,
  EROFS: denied,
};
