import type { Runtime } from '../../../machines/runtime.ts';
import type { SupervisedSession } from '../../sessions/supervised-session.ts';
import { timersIn } from '../../xstate/internals.ts';
import { sessionOf } from '../observed-host.ts';
import type { Told } from '../protocol.ts';
import { detailOf } from './session-detail.ts';
import { readable } from './readable.ts';
import type { DetailSources } from './session-detail.ts';
import { SessionSteps } from './session-steps.ts';

/** One session that pages look at: what they are shown of it, made anew when it has changed. */
export class SessionWatch {
  /** How many pages look. */
  pages = 0;
  /** The latest: another one when there is something new; undefined before the first look. */
  told: Told['session'] | undefined;
  private readonly steps: SessionSteps;
  private signs: unknown[] = [];

  constructor(
    private readonly id: string,
    private readonly runtime: Runtime,
    private readonly sources: DetailSources,
    now: () => number,
  ) {
    this.steps = new SessionSteps(now);
    this.follow();
  }

  /** Hears what the present incarnation receives. */
  follow(): void {
    this.steps.follow(sessionOf(this.runtime, this.id)?.actor);
  }

  look(): void {
    this.follow();
    const session = sessionOf(this.runtime, this.id);
    const { lifecycle } = this.sources;
    const [ending, crashes] = [lifecycle.endingOf(this.id), lifecycle.crashesOf(this.id)];
    const signs = session === undefined ? [ending, crashes] : this.signsOf(session);
    if (signs.length === this.signs.length && signs.every((sign, index) => sign === this.signs[index])) return;
    this.signs = signs;
    this.told =
      session === undefined
        ? { id: this.id, gone: true, ...ending, crashes }
        : detailOf(session, this.steps, this.sources);
  }

  close(): void {
    this.steps.close();
  }

  // What differs when there is anything new. Whatever its children do, they do on receiving something.
  private signsOf({ actor, id, ref, session, view }: SupervisedSession): unknown[] {
    const timers = actor === undefined ? '' : timersIn(actor).map(({ dueAt, event }) => `${dueAt} ${event.type}`);
    const { status, incarnation, restartAt, allowance } = view;
    const crashes = this.sources.lifecycle.crashesOf(id);
    const { count } = this.steps;
    const snapshot = readable(() => ref.getSnapshot(), undefined);
    return [snapshot, session, count, status, incarnation, restartAt, allowance.used, crashes, String(timers)];
  }
}
