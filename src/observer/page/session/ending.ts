import type { SessionGone } from '../../protocol.ts';

const texts = {
  stopped: 'This session was stopped',
  gave_up: 'This session crashed too often, and was given up',
};

/** How a session ended that the page has seen, in a sentence. */
export function endingText({ how }: SessionGone): string {
  return how === undefined ? 'This session has ended' : texts[how];
}
