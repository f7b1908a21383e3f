import type { Readable } from 'node:stream';
import { Lines } from './lines.ts';
import type { LineListener } from './lines.ts';

/** More than the system keeps of what is written and not yet read: whoever reads more reads what is newer. */
const capacity = 2 ** 20;

/** The output of a process: pipes that it may share with others, who may hold them for ever. */
export class Output {
  private readonly streams: Readable[] = [];
  private readonly waiting = new Set<() => void>();
  private open = 0;
  private bytes = 0;

  /** Reads a stream, line by line. */
  read(stream: Readable, maxLineLength: number, listener: LineListener): void {
    const lines = new Lines(maxLineLength, listener);
    this.streams.push(stream);
    this.open++;
    stream
      .on('data', (chunk: Buffer) => {
        this.bytes += chunk.length;
        lines.push(chunk);
      })
      .on('error', () => {})
      .on('close', () => {
        this.open--;
        lines.end();
        if (this.open === 0) for (const then of [...this.waiting]) then();
      });
  }

  /** Reads on, or no more, so that whoever writes has to wait. */
  flow(isToFlow: boolean): void {
    for (const stream of this.streams) {
      if (isToFlow) stream.resume();
      else stream.pause();
    }
  }

  /**
   * Calls back once everybody has closed it; or else, so many milliseconds later, once all is read that was written by
   * then.
   */
  whenRead(patienceMs: number, then: () => void): void {
    if (this.open === 0) return then();
    const timer = setTimeout(() => drain(this.bytes + capacity, 0), patienceMs);
    const finish = () => {
      if (!this.waiting.delete(finish)) return;
      clearTimeout(timer);
      then();
    };
    // A whole turn of the event loop in which nothing comes has found the pipes empty, however long a listener takes.
    const drain = (end: number, quietTurns: number) => {
      const { bytes } = this;
      if (quietTurns === 2 || bytes >= end) finish();
      else setImmediate(() => drain(end, this.bytes === bytes ? quietTurns + 1 : 0));
    };
    this.waiting.add(finish);
  }

  /** Reads no more, and calls back. */
  close(then: () => void): void {
    if (this.open === 0) return then();
    this.waiting.add(then);
    for (const stream of this.streams) stream.destroy();
  }
}
