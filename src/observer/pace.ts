/** How often it works at most, in ms. */
const intervalMs = 200;
/** At most this part of the time it is at work. */
const share = 0.02;

/**
 * Works soon after it was woken, but never for more than a small part of the time: what is observed shall not suffer from
 * it. Where there is much to do, it is done less often.
 */
export class Pace {
  private timer: NodeJS.Timeout | undefined;
  private spentMs = 0;
  private restsUntil = -Infinity;

  constructor(private readonly work: () => void) {}

  wake(): void {
    const wait = Math.max(intervalMs, this.restsUntil - performance.now());
    this.timer ??= setTimeout(this.run, wait).unref();
  }

  /** Does something that the pace is to make up for. */
  charge(work: () => void): void {
    const begun = performance.now();
    work();
    const now = performance.now();
    this.spentMs += now - begun;
    this.restsUntil = now + this.spentMs / share;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private readonly run = (): void => {
    this.timer = undefined;
    this.spentMs = 0;
    this.charge(this.work);
  };
}
