import { describe, messageOf } from '../../src/core/arguments.ts';
import { isSupervisionError } from '../../src/index.ts';
import { nonsense } from './nonsense.ts';

/** How something that was given nonsense took it. */
export type Outcome =
  { readonly type: 'threw'; readonly error: unknown } | { readonly type: 'answered'; readonly answer: unknown };

export async function outcomeOf(act: () => unknown): Promise<Outcome> {
  try {
    return { type: 'answered', answer: await act() };
  } catch (error) {
    return { type: 'threw', error };
  }
}

/** Whether it was refused by a value, with a code and a message of a length that can be read. */
export function isRefused(outcome: Outcome): boolean {
  if (outcome.type === 'threw') return false;
  const { ok, error } = (outcome.answer ?? {}) as { readonly ok?: boolean; readonly error?: unknown };
  return ok === false && isSupervisionError(error) && isReadable(error.message);
}

/** Whether it was refused by a `TypeError` or a `RangeError` that names the argument. */
export function isMistake(outcome: Outcome, argument: string): boolean {
  if (outcome.type === 'answered') return false;
  const { error } = outcome;
  const isKnown = error instanceof TypeError || error instanceof RangeError;
  return isKnown && error.message.includes(argument) && isReadable(error.message);
}

const isReadable = (message: unknown): boolean =>
  typeof message === 'string' && message.length > 10 && message.length < 1_000;

/** What of the nonsense throws by itself, when it is looked into. */
export const throwsByItself: readonly unknown[] = [
  nonsense['getters that throw'],
  nonsense['a proxy that throws'],
  nonsense['a revoked proxy'],
];

/** In a line. */
export function told(outcome: Outcome): string {
  if (outcome.type === 'threw') return `threw ${messageOf(outcome.error)}`;
  const { ok, error } = (outcome.answer ?? {}) as { readonly ok?: boolean; readonly error?: unknown };
  return ok === false ? `was refused: ${messageOf(error)}` : `was accepted: ${describe(outcome.answer)}`;
}
