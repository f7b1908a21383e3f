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
   * The mean of the lower half of the last readings: what disturbs one only ever adds to it. In a few of them something
   * was compiled, and now and then the heap is given a page of 256 kB that nothing was allocated in.
   */
  figures(last: number): Bytes {
    const figure = (readings: readonly number[]): number => {
      const lower = readings
        .slice(-last)
        .sort((a, b) => a - b)
        .slice(0, last / 2);
      return Math.round(lower.reduce((sum, reading) => sum + reading) / lower.length);
    };
    return Object.fromEntries([...this.readings].map(([operation, readings]) => [operation, figure(readings)]));
  }
}
