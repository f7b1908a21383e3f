import { GCProfiler } from 'node:v8';
import type { Bytes } from './alloc-verdict.ts';

/** Reads what operations allocate: by how much the heap has grown, while nothing was collected. */
export class Meter {
  private readonly readings = new Map<string, number[]>();

  /** @param run does the operation so many times */
  async read(operation: string, times: number, run: () => void | Promise<void>): Promise<void> {
    const collections = new GCProfiler();
    collections.start();
    const before = process.memoryUsage().heapUsed;
    await run();
    const after = process.memoryUsage().heapUsed;
    const { length } = collections.stop().statistics;
    if (length > 0) throw new Error(`${operation}: ${length} garbage collections came between, so nothing is measured`);
    const readings = this.readings.get(operation) ?? [];
    this.readings.set(operation, [...readings, (after - before) / times]);
  }

  /**
   * The mean of the middle half of the last readings. The rest is left out: in a few of them something was compiled. A
   * median would jump where the readings alternate between two values, and some do.
   */
  figures(last: number): Bytes {
    const figure = (readings: readonly number[]): number => {
      const sorted = readings.slice(-last).sort((a, b) => a - b);
      const middle = sorted.slice(last / 4, last - last / 4);
      return Math.round(middle.reduce((sum, reading) => sum + reading) / middle.length);
    };
    return Object.fromEntries([...this.readings].map(([operation, readings]) => [operation, figure(readings)]));
  }
}
