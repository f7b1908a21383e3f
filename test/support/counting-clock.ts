import { SimulatedClock } from 'xstate';

/** A simulated clock that tells how many timers it holds. */
export class CountingClock extends SimulatedClock {
  private readonly pending = new Set<number>();

  /** How many timers are set and have neither fired nor been cleared. */
  get timers(): number {
    return this.pending.size;
  }

  override setTimeout(fn: (...args: any[]) => void, timeout: number): number {
    const id = super.setTimeout(() => {
      this.pending.delete(id);
      fn();
    }, timeout);
    this.pending.add(id);
    return id;
  }

  override clearTimeout(id: number): void {
    this.pending.delete(id);
    super.clearTimeout(id);
  }
}
