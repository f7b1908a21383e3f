import type { AnyEventObject } from 'xstate';
import { field } from './core/field.ts';
import { follow } from './harmless.ts';
import { logThrown } from './logger.ts';
import type { Logger } from './logger.ts';

/** Answers whoever asked, if it wants an answer. */
export function reply(event: AnyEventObject, result: unknown, log: Logger): void {
  const replyTo = field(event, 'replyTo');
  if (typeof replyTo !== 'object' || replyTo === null) return;
  const failed = (error: unknown) => logThrown(log, `the replyTo of ${event.type}`, error);
  try {
    const sent = (replyTo as { send?: (result: unknown) => unknown }).send?.(result);
    if (sent !== undefined) follow(sent, failed);
  } catch (error) {
    failed(error);
  }
}
