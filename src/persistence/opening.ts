import { storeClosed } from '../core/store-refusals.ts';

/** Something that is opened at its first use, and closed once nobody uses it. What opened it not is tried again. */
export class Opening<T> {
  private opened: Promise<T> | undefined;
  private closed: Promise<void> | undefined;
  private readonly inUse = new Set<Promise<unknown>>();

  /** @param open gives it, and how to close it */
  constructor(
    private readonly open: () => Promise<T>,
    private readonly shut: (opened: T) => Promise<void>,
  ) {}

  /** Does some work with it. Rejects if it cannot be opened, and once it is closed. */
  async use<R>(work: (opened: T) => R | Promise<R>): Promise<R> {
    if (this.closed !== undefined) throw storeClosed();
    const use = this.get().then(work);
    this.inUse.add(use);
    try {
      return await use;
    } finally {
      this.inUse.delete(use);
    }
  }

  /** Waits for all work that has begun. */
  close(): Promise<void> {
    this.closed ??= this.end();
    return this.closed;
  }

  private get(): Promise<T> {
    if (this.opened === undefined) {
      const opened = this.open();
      this.opened = opened;
      opened.catch(() => (this.opened = undefined));
    }
    return this.opened;
  }

  private async end(): Promise<void> {
    await Promise.allSettled(this.inUse);
    const opened = await this.opened?.catch(() => undefined);
    if (opened !== undefined) await this.shut(opened);
  }
}
