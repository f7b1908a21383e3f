import { field } from '../reply.ts';
import { isSupervisionError } from '../core/supervision-error.ts';

/** The attribute `error.type`: the code of a refusal, or else the name of the error. */
export function errorType(error: unknown): { 'error.type': string } {
  if (isSupervisionError(error)) return { 'error.type': error.code };
  const name = typeof error === 'object' && error !== null ? field(error, 'name') : undefined;
  return { 'error.type': typeof name === 'string' && name !== '' ? name : '_OTHER' };
}
