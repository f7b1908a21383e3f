import { describe, messageOf } from '../core/arguments.ts';
import { equalJson } from '../core/json-value.ts';
import type { SessionRecord } from '../core/session-record.ts';
import { isSupervisionError } from '../core/supervision-error.ts';
import type { SupervisionErrorCode } from '../core/supervision-error.ts';
import type { SessionStore } from '../session-store.ts';

/** Throws where two values of JSON are not the same. */
export function expectSame(what: string, actual: unknown, expected: unknown): void {
  if (!equalJson(actual, expected)) throw new Error(`${what}: ${describe(actual)}, not ${describe(expected)}`);
}

/** Throws where a store does not give this record. */
export async function expectLoaded(store: SessionStore, expected: SessionRecord): Promise<void> {
  const { id } = expected.session;
  const loaded = await store.load(id);
  if (!loaded.ok) throw new Error(`load(${describe(id)}) refuses: ${loaded.error.message}`);
  expectSame(`What is loaded of ${describe(id)}`, loaded.value, JSON.parse(JSON.stringify(expected)));
}

/** Throws where a store gives something else than this refusal. */
export async function expectRefused(store: SessionStore, id: string, code: SupervisionErrorCode): Promise<void> {
  const loaded = await store.load(id);
  if (loaded.ok) throw new Error(`load(${describe(id)}) gives a record, and not ${code}`);
  if (!isSupervisionError(loaded.error, code)) throw new Error(`load(${describe(id)}) refuses with ${loaded.error}`);
}

/** Throws where a store has others than these, in whatever order. */
export async function expectListed(store: SessionStore, ...ids: string[]): Promise<void> {
  expectSame('The ids, in order', [...(await store.list())].sort(), ids.sort());
}

/** What a promise is rejected with. Throws where it is not. */
export async function rejectionOf(what: string, promise: Promise<unknown>): Promise<unknown> {
  let answer: unknown;
  try {
    answer = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`${what} is not rejected, but answers ${describe(answer)}`);
}

/** Throws where an operation is not rejected with this code. */
export async function expectRejected(
  what: string,
  promise: Promise<unknown>,
  ...codes: SupervisionErrorCode[]
): Promise<void> {
  const error = await rejectionOf(what, promise);
  if (!codes.some((code) => isSupervisionError(error, code))) {
    throw new Error(`${what} is rejected with ${messageOf(error)}, and not with ${codes.join(' or ')}`);
  }
}
