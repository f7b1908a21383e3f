import type { SessionHome } from './session-home.ts';
import { relay, timeOf } from '../xstate/internals.ts';

/** A restart of a session that is to come: when it has its turn or, after a back-off, in its time. */
export class SessionRetry {
  /** When the back-off is over, on the clock of the home; undefined: there is none. */
  dueAt: number | undefined;
  #home: SessionHome;
  #timer: unknown;

  constructor(home: SessionHome) {
    this.#home = home;
  }

  // A retry is a message to oneself, not a loop: what is already in the mailbox comes first.
  begin(session: object, delayMs: number | undefined): void {
    const { clock, self } = this.#home;
    const due = () => relay(self, self, { type: 'retry.due', session, retry: this });
    if (delayMs === undefined) return due();
    this.dueAt = timeOf(clock) + delayMs;
    this.#timer = clock.setTimeout(due, delayMs);
  }

  cancel(): void {
    if (this.dueAt !== undefined) this.#home.clock.clearTimeout(this.#timer);
  }
}
