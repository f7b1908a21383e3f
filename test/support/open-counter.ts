import type { Observer, Snapshot } from 'xstate';
import { isSupervisionError } from '../../src/index.ts';
import type { SessionRef } from '../../src/index.ts';
import { counter, crash } from './counter.ts';
import { openHost, steadyBackoff } from './open-host.ts';

export type CounterRef = SessionRef<typeof counter>;

export const openCounter = async () => {
  const opened = openHost({ session: counter });
  return { ...opened, ref: await opened.open() };
};

/** A counter that has counted to 2, crashed, and waits 100 ms for its restart. */
export const openDown = async (stashLimit?: number) => {
  const opened = openHost({ session: counter, backoff: steadyBackoff, stashLimit });
  const ref = await opened.open();
  ref.send({ type: 'add', by: 2 });
  const before = ref.getSnapshot();
  ref.send(crash);
  return { ...opened, ref, before };
};

export const notes = (ref: CounterRef) => ref.getSnapshot().context.notes;

/** Writes down all that an observer hears. */
export function record(ref: CounterRef): { readonly heard: string[]; readonly observer: Observer<Snapshot<unknown>> } {
  const heard: string[] = [];
  const observer = {
    next: () => heard.push(`next ${ref.getSnapshot().context.count}`),
    error: (error: unknown) => heard.push(`error ${isSupervisionError(error) ? error.code : String(error)}`),
    complete: () => heard.push('complete'),
  };
  return { heard, observer };
}
