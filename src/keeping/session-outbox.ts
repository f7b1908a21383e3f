import type { SessionLifecycleEvent } from '../core/session-events.ts';
import type { SupervisionError } from '../core/supervision-error.ts';
import type { Written } from './session-writer.ts';

interface Announcement {
  readonly event: SessionLifecycleEvent;
  isHeld: boolean;
}

/** What is told of one session, in its order: some of it not before it is on the disk. */
export class SessionOutbox {
  private queue: Announcement[] = [];
  /** What comes when it is on the disk: older than all in the queue. */
  private late: Announcement[] = [];
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
   * without it, and it comes when it is: before any that is told so after it.
   *
   * @param whenLate is given what tells it
   */
  tellWhen(
    event: SessionLifecycleEvent,
    whenWritten: (written: Written, isPatient?: boolean) => void,
    whenLate: (tell: () => void) => void = () => {},
  ): void {
    const announcement = { event, isHeld: true };
    this.queue.push(announcement);
    whenWritten((error?: SupervisionError) => {
      if (error === undefined) {
        this.tellLate(this.late.length);
        announcement.isHeld = false;
      } else {
        this.queue = this.queue.filter((other) => other !== announcement);
        this.late.push(announcement);
        whenLate(() => this.tellLate(this.late.indexOf(announcement) + 1));
      }
      this.drain();
    });
  }

  /** Nothing more is told of it. */
  close(): void {
    this.isClosed = true;
    this.queue = [];
    this.late = [];
  }

  private tellLate(count: number): void {
    for (const { event } of this.late.splice(0, count)) this.emit(event);
  }

  private drain(): void {
    while (this.queue[0]?.isHeld === false) this.emit(this.queue.shift()!.event);
  }
}
