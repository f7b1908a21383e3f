import type { SessionLifecycleEvent } from './core/session-events.ts';
import type { SupervisionError } from './core/supervision-error.ts';
import type { Written } from './session-writer.ts';

interface Announcement {
  readonly event: SessionLifecycleEvent;
  isHeld: boolean;
}

/** What is told of one session, in its order: some of it not before it is on the disk. */
export class SessionOutbox {
  private queue: Announcement[] = [];
  private isClosed = false;

  constructor(private readonly emit: (event: SessionLifecycleEvent) => void) {}

  /** Tells it in its turn. */
  tell(event: SessionLifecycleEvent): void {
    if (this.isClosed) return;
    if (this.queue.length === 0) this.emit(event);
    else this.queue.push({ event, isHeld: false });
  }

  /**
   * Tells it once it is on the disk, and what comes after it not before; but when the time is over, the rest goes on
   * without it, and it comes when it is.
   */
  tellWhen(
    event: SessionLifecycleEvent,
    whenWritten: (written: Written) => void,
    whenLate: () => void = () => {},
  ): void {
    const announcement = { event, isHeld: true };
    this.queue.push(announcement);
    whenWritten((error?: SupervisionError) => {
      if (error === undefined) {
        announcement.isHeld = false;
      } else {
        this.queue = this.queue.filter((other) => other !== announcement);
        whenLate();
      }
      this.drain();
    });
  }

  /** Nothing more is told of it. */
  close(): void {
    this.isClosed = true;
    this.queue = [];
  }

  private drain(): void {
    while (this.queue[0]?.isHeld === false) this.emit(this.queue.shift()!.event);
  }
}
