import { field } from '../core/field.ts';
import { isSupervisionError } from '../core/supervision-error.ts';

/** The attribute `error.type`: the code of a refusal, or else the name of the error. */
export function errorType(error: unknown): { 'error.type': string } {
  if (isSupervisionError(error)) return { 'error.type': error.code };
  const name = typeof error === 'object' && error !== null ? field(error, 'name') : undefined;
  // One made up for each error would give each a series of its own.
  return { 'error.type': typeof name === 'string' && /^[A-Za-z_$][\w$.]{0,99}$/.test(name) ? name : '_OTHER' };
}
