import { fromTransition } from 'xstate';

const mostLines = 200;

/** Keeps the last lines of what a command wrote: an actor of its own, so that it outlives each run of the command. */
export const outputLog = fromTransition(
  (lines: readonly string[], event: { readonly type: 'log.line'; readonly line: string }) =>
    event.type === 'log.line' ? [...lines.slice(1 - mostLines), event.line] : lines,
  [],
);
