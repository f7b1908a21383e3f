import { describe } from './arguments.ts';
import { kindOf } from './json-value.ts';
import { ok, refused, type Result } from './result.ts';
import { SupervisionError } from './supervision-error.ts';

/** Why a project path was refused, in the order in which it is checked. */
export type ProjectPathRefusal =
  | 'missing_project_path'
  | 'invalid_project_path'
  | 'path_too_long'
  | 'path_traversal_detected'
  | 'path_not_absolute'
  | 'path_not_found'
  | 'path_not_directory'
  | 'path_permission_denied';

/** Why a project path was refused; `projectPath` is the path as it was given. */
export type ProjectPathError = SupervisionError<ProjectPathRefusal>;

/** What looks at a project's directory and gives its canonical path: one of `src/directory`, or the host's own. */
export type DirectoryCheck = (
  path: unknown,
  access: 'read' | 'write',
) => Result<string, ProjectPathError> | Promise<Result<string, ProjectPathError>>;

/** How a platform reads a path. */
export interface PathReading {
  readonly separators: RegExp;
  readonly isAbsolute: (path: string) => boolean;
}

/** PATH_MAX of Linux, in bytes of UTF-8. */
const MAX_PATH_BYTES = 4096;

// A drive's root, or a share; not a device (`\\?\`, `\\.\`), which is a second name for what has one.
const windowsRoot = /^(?:[A-Za-z]:[\\/]|\\\\(?![.?][\\/])[^\\/]+[\\/]+(?!\.?(?:[\\/]|$))[^\\/]+)/;

const posix: PathReading = { separators: /\//, isAbsolute: (path) => path.startsWith('/') };
const windows: PathReading = { separators: /[\\/]/, isAbsolute: (path) => windowsRoot.test(path) };

/** The path itself says whose it is: one that begins with `/` is POSIX, where a backslash is a letter. */
const readingOf = (path: string): PathReading => (path.startsWith('/') ? posix : windows);

export const isAbsolutePath = (path: string): boolean => readingOf(path).isAbsolute(path);

/**
 * Checks a project path as text and gives its canonical text. Refuses, in this order: `missing_project_path`,
 * `invalid_project_path` (not a string, empty, a NUL byte, a lone surrogate), `path_too_long` (over 4096 bytes of
 * UTF-8), `path_traversal_detected` (a `..` segment), `path_not_absolute`. Never throws.
 *
 * @example
 * checkProjectPath('/home/me//shop/'); // { ok: true, value: '/home/me/shop' }
 * checkProjectPath('c:/work/./shop'); // { ok: true, value: 'C:\\work\\shop' }
 * checkProjectPath('/home/me/../you'); // error.code: 'path_traversal_detected'
 */
export function checkProjectPath(path: unknown): Result<string, ProjectPathError> {
  const text = checkPathText(path);
  return text.ok ? ok(canonicalPath(text.value)) : text;
}

/** The checks alone: gives the path as it was given. A platform that knows better passes its own reading. */
export function checkPathText(path: unknown, reading?: PathReading): Result<string, ProjectPathError> {
  if (path === undefined) return refuse(path, 'missing_project_path', 'is missing');
  if (typeof path !== 'string') return refuse(path, 'invalid_project_path', 'must be a string');
  if (path === '') return refuse(path, 'invalid_project_path', 'is empty');
  if (path.includes('\0')) return refuse(path, 'invalid_project_path', 'contains a NUL byte');
  if (/\p{Surrogate}/u.test(path)) return refuse(path, 'invalid_project_path', 'contains a lone surrogate');
  if (isTooLong(path)) return refuse(path, 'path_too_long', `is longer than ${MAX_PATH_BYTES} bytes`);
  const { separators, isAbsolute } = reading ?? readingOf(path);
  if (path.includes('..') && path.split(separators).includes('..')) {
    return refuse(path, 'path_traversal_detected', 'contains a ".." segment');
  }
  if (!isAbsolute(path)) return refuse(path, 'path_not_absolute', 'is not absolute');
  return ok(path);
}

const refuse = (path: unknown, code: ProjectPathRefusal, problem: string) => refused(pathError(code, path, problem));

/**
 * An absolute path without `.` segments and without double or trailing slashes. On Windows with backslashes and a
 * capital drive letter; upper and lower case are otherwise left alone.
 */
export function canonicalPath(path: string): string {
  if (path.startsWith('/') && !/\/\.?(?:\/|$)/.test(path)) return path;
  const [first = '', ...rest] = path
    .split(readingOf(path).separators)
    .filter((segment) => segment !== '' && segment !== '.');
  if (path.startsWith('/')) return `/${[first, ...rest].join('/')}`;
  if (path.startsWith('\\\\')) return `\\\\${[first, ...rest].join('\\')}`;
  return `${first.toUpperCase()}\\${rest.join('\\')}`;
}

/** Whether `checkProjectPath` accepts a value and gives it back as it is. */
export function isCanonicalPath(value: unknown): value is string {
  const checked = checkProjectPath(value);
  return checked.ok && checked.value === value;
}

/** The last segment of a canonical path, or nothing for the root of a file system. */
export const directoryName = (path: string): string =>
  path.slice(path.lastIndexOf(path.startsWith('/') ? '/' : '\\') + 1);

/** The refusal of a path, with the error of the system where there is one. */
export function pathError(code: ProjectPathRefusal, path: unknown, problem: string, cause?: unknown): ProjectPathError {
  const shown = typeof path === 'string' ? ` ${describe(path)}` : path === undefined ? '' : ` (${kindOf(path)})`;
  const fields = { projectPath: path, ...(cause !== undefined && { cause }) };
  return new SupervisionError(code, `The project path${shown} ${problem}`, fields);
}

// The length first: a huge text is not encoded to learn that it is too long.
const isTooLong = (path: string): boolean =>
  path.length > MAX_PATH_BYTES ||
  (path.length * 3 > MAX_PATH_BYTES && new TextEncoder().encode(path).length > MAX_PATH_BYTES);
