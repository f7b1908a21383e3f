import { directoryName } from './project-path.ts';

/** The most characters of a name, counted as Unicode code points. */
export const MAX_NAME_LENGTH = 50;

// C0, DEL and C1; the two that end a line like them; surrogates without their other half.
const unfit = /[\p{Control}\u2028\u2029\p{Surrogate}]/u;
const everyUnfit = new RegExp(unfit, 'gu');

/** Not all blank, no control characters, no lone surrogate. The length is another matter: `isNameTooLong`. */
export const isSessionName = (value: unknown): value is string =>
  typeof value === 'string' && /\S/.test(value) && !unfit.test(value);

/** No code point takes more than two units: a huge text need not be counted. */
export const isNameTooLong = (name: string): boolean =>
  name.length > MAX_NAME_LENGTH && (name.length > 2 * MAX_NAME_LENGTH || [...name].length > MAX_NAME_LENGTH);

/**
 * The name of a session that was given none: its directory's, cut to 50 characters, control characters made spaces;
 * `session` where nothing is left. The cut splits no surrogate pair.
 */
export function defaultSessionName(projectPath: unknown): string {
  if (typeof projectPath !== 'string') return 'session';
  // Two units a code point at most, so that only as much of a long name is taken apart as can be kept.
  const start = directoryName(projectPath).slice(0, 2 * MAX_NAME_LENGTH);
  const cut = start.length > MAX_NAME_LENGTH ? [...start].slice(0, MAX_NAME_LENGTH).join('') : start;
  const name = cut.replace(everyUnfit, ' ');
  return name.trim() === '' ? 'session' : name;
}
