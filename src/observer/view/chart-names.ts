/** What a person calls the actions, guards and actors of a machine. */
import { capped, readable } from './readable.ts';

/** How long one name may be. */
const MAX_NAME = 100;
/** How many names a list may have. */
const MAX_NAMES = 12;

// A function in a machine's definition is named after the key that it stands under, which tells nothing.
const anonymous = new Set(['', 'actions', 'entry', 'exit', 'guard']);

export function actionNames(actions: readonly unknown[]): string[] {
  const names = actions
    .slice(0, MAX_NAMES + 1)
    .filter(isWritten)
    .map(actionName);
  return names.length > MAX_NAMES ? [...names.slice(0, MAX_NAMES), '…'] : names;
}

const actionName = (action: unknown): string => named(() => builtinAction(action) ?? nameOf(action));

export const guardName = (guard: unknown): string => named(() => guardText(guard, 5));

/** `fetcher`, or `fetcher as user`, where the actor has an id of its own. */
export function invokeName(config: unknown): string {
  return named(() => {
    const { src, id } = config as { src?: unknown; id?: unknown };
    if (typeof src !== 'string') return typeof id === 'string' ? id : 'inline';
    return typeof id !== 'string' || id === src ? src : `${src} as ${id}`;
  });
}

const named = (read: () => string): string => capped(readable(read, 'unreadable'), MAX_NAME);

/** What XState adds to the state of an `after` was not written by anybody. */
function isWritten(action: unknown): boolean {
  return readable(() => {
    const { type, id, sendId } = action as { type?: unknown; id?: unknown; sendId?: unknown };
    const own = type === 'xstate.raise' ? id : type === 'xstate.cancel' ? sendId : undefined;
    return typeof own !== 'string' || !own.startsWith('xstate.after.');
  }, true);
}

function nameOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'function') return anonymous.has(value.name) ? 'inline' : value.name;
  const { type } = value as { type?: unknown };
  return typeof type === 'string' ? type : 'inline';
}

/** `assign`, `raise(done)`, `sendTo(logger)`: the builtin, and what of its arguments is written down. */
function builtinAction(action: unknown): string | undefined {
  if (typeof action !== 'function') return;
  const { type, event, to, src, sendId, actorRef } = action as unknown as { readonly [key: string]: unknown };
  if (typeof type !== 'string' || !type.startsWith('xstate.')) return;
  const about = [to, src, sendId, actorRef, typeOf(event)].find((argument) => typeof argument === 'string');
  const name = type.slice('xstate.'.length);
  return about === undefined ? name : `${name}(${about})`;
}

const typeOf = (event: unknown): unknown =>
  typeof event === 'object' && event !== null ? (event as { type?: unknown }).type : undefined;

/** `isValid and not(isBusy)`; combinators may hold themselves, so that `depth` ends it. */
function guardText(guard: unknown, depth: number): string {
  if (typeof guard !== 'function' || !('check' in guard)) return nameOf(guard);
  if ('stateValue' in guard) return `in ${stateInText(guard.stateValue)}`;
  if (!('guards' in guard) || !Array.isArray(guard.guards)) return nameOf(guard);
  if (depth === 0) return '…';
  const parts = guard.guards.slice(0, MAX_NAMES).map((part) => guardText(part, depth - 1));
  if (guard.name === 'not') return `not ${parts[0]!.includes(' ') ? `(${parts[0]})` : parts[0]}`;
  return parts.map((part) => (/ (and|or) /.test(part) ? `(${part})` : part)).join(` ${guard.name} `);
}

const stateInText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
