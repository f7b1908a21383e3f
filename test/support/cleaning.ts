import type { ActorLogic, AnyActorLogic, AnyActorRef, Snapshot } from 'xstate';
import { cleanUp } from '../../src/xstate/port.ts';
import { Journal } from './workers.ts';

interface Told {
  readonly type: string;
  readonly work?: () => void;
}

interface Going {
  readonly id: string;
  readonly done: (error?: unknown) => void;
}

const snapshotOf = (status: 'active' | 'done' | 'stopped'): Snapshot<undefined> => ({
  status,
  output: undefined,
  error: undefined,
});

/** Actors that have to clean up after their end: each is at it until the test says so, or its time is over. */
export class CleanUps {
  /** Who began, and who has cleaned up. */
  readonly journal = new Journal();
  /** Whose time was over. */
  readonly cut: string[] = [];
  private readonly going = new Set<Going>();

  /** Whose clean-up goes on. */
  get busy(): string {
    return Array.from(this.going, ({ id }) => id).join(' ');
  }

  /** The clean-up of the actor with that id is over. */
  finish(id: string, error?: unknown): void {
    const going = [...this.going].find((each) => each.id === id);
    if (going === undefined) throw new Error(`${id} does not clean up`);
    this.end(going, error);
  }

  /** Crashes at `crash`, is done at `finish`, and does what it is told at `do`. */
  readonly src: AnyActorLogic = {
    getInitialSnapshot: () => snapshotOf('active'),
    start: (_, { self }) => this.journal.begin(self.id),
    transition: (snapshot, event, { self }) => {
      switch (event.type) {
        case 'crash':
          throw new Error('crashed as told');
        case 'do':
          event.work?.();
          return snapshot;
        case 'finish':
          this.begin(self);
          return snapshotOf('done');
        case 'xstate.stop':
          this.begin(self);
          return snapshotOf('stopped');
        default:
          return snapshot;
      }
    },
    getPersistedSnapshot: (snapshot) => snapshot,
  } satisfies ActorLogic<Snapshot<undefined>, Told>;

  private begin(self: AnyActorRef): void {
    cleanUp(self, (done) => {
      const going = { id: self.id, done };
      this.going.add(going);
      return () => {
        this.cut.push(going.id);
        this.end(going);
      };
    });
  }

  private end(going: Going, error?: unknown): void {
    this.going.delete(going);
    this.journal.end(going.id);
    going.done(error);
  }
}
