import type { AnyEventObject } from 'xstate';
import { contain } from './logger.ts';
import type { Logger } from './logger.ts';

/** Reads a field of an event that came from anywhere: what cannot be read is not there. */
export function field(event: object, name: string): unknown {
  try {
    return (event as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}

/** Answers whoever asked, if it wants an answer. */
export function reply(event: AnyEventObject, result: unknown, log: Logger): void {
  const replyTo = field(event, 'replyTo');
  if (typeof replyTo !== 'object' || replyTo === null) return;
  contain(log, `the replyTo of ${event.type}`, () => (replyTo as { send?: (result: unknown) => void }).send?.(result));
}
