/** How often it works at most, in ms. */
const intervalMs = 200;
/** At most this part of the time it is at work ... */
const share = 0.02;
/** ... unless it would then rest for longer than this, in ms: whoever looks waits for no more than a second ... */
const patienceMs = 800;
/** ... or at least for what makes it this part of the time. */
const most = 0.05;

/**
 * Works soon after it was woken, but never for more than a small part of the time: what is observed shall not suffer from
 * it. Where there is much to do, it is done less often.
 */
export class Pace {
  private timer: NodeJS.Timeout | undefined;
  private spentMs = 0;
  private restsUntil = -Infinity;
  private isWorking = false;
  private isWoken = false;

  constructor(private readonly work: () => void) {}

  /** Whether it makes up for what it has done. */
  get isResting(): boolean {
    return performance.now() < this.restsUntil;
  }

  wake(): void {
    this.isWoken = true;
    // How long it has to rest is known when it is done.
    if (!this.isWorking) this.schedule();
  }

  /** Does something that the pace is to make up for. */
  charge(work: () => void): void {
    const begun = performance.now();
    this.isWorking = true;
    try {
      work();
    } finally {
      this.isWorking = false;
      const now = performance.now();
      this.spentMs += now - begun;
      this.restsUntil = now + restAfter(this.spentMs);
      if (this.isWoken) this.schedule();
    }
  }

  stop(): void {
    this.isWoken = false;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private schedule(): void {
    this.isWoken = false;
    const wait = Math.max(intervalMs, this.restsUntil - performance.now());
    this.timer ??= setTimeout(this.run, wait).unref();
  }

  private readonly run = (): void => {
    this.timer = undefined;
    // Something was done meanwhile.
    if (performance.now() < this.restsUntil - intervalMs) return this.schedule();
    this.spentMs = 0;
    this.charge(this.work);
  };
}

const restAfter = (spentMs: number): number => Math.max(spentMs / most, Math.min(spentMs / share, patienceMs));
