import type { AnyActorRef } from 'xstate';
import { isPlainArray, isPlainObject } from '../core/json-value.ts';

// As XState tells a ref: also one that is no actor of its own.
const isRef = (value: object): value is AnyActorRef => 'sessionId' in value && 'send' in value && 'ref' in value;

/**
 * A context of which XState persists each ref by the actor itself, in place of its id: a ref may be of any actor of the
 * session, and ids are unique among the children of one actor only. It is copied where there are refs.
 */
export function namingRefs<T>(context: T, ancestors: unknown[] = []): T {
  if (typeof context !== 'object' || context === null) return context;
  if (isRef(context)) return { id: context, sessionId: '', send: undefined, ref: undefined } as never;
  const isWalked = Array.isArray(context) ? isPlainArray(context) : isPlainObject(context);
  // What goes round in circles is refused later, by its path.
  if (!isWalked || ancestors.includes(context)) return context;
  ancestors.push(context);
  let copy: Record<string, unknown> | undefined;
  for (const [key, value] of Object.entries(context)) {
    const named: unknown = namingRefs(value, ancestors);
    if (named === value) continue;
    copy ??= (Array.isArray(context) ? context.slice() : { ...context }) as Record<string, unknown>;
    copy[key] = named;
  }
  ancestors.pop();
  return (copy as T | undefined) ?? context;
}

/** The actor that a value is a ref of: as it is, or as XState persists those of `namingRefs`. */
export function refIn(value: object): AnyActorRef | undefined {
  if (isRef(value)) return value;
  const { id } = value as { readonly id?: unknown };
  return Object.hasOwn(value, 'xstate$$type') && typeof id === 'object' && id !== null
    ? (id as AnyActorRef)
    : undefined;
}
