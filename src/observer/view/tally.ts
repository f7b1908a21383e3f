import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { IntervalHistogram } from 'node:perf_hooks';
import { isSupervisionError } from '../../core/supervision-error.ts';
import type { ObservedHost } from '../observed-host.ts';
import type { Counters } from '../protocol.ts';

type Counted = 'started' | 'crashed' | 'restarted' | 'stopped' | 'failed' | 'rejected' | 'deadLetters' | 'askTimeouts';

const counted: Readonly<Record<string, Counted>> = {
  'session.started': 'started',
  'session.crashed': 'crashed',
  'session.restarted': 'restarted',
  'session.stopped': 'stopped',
  'session.failed': 'failed',
  'session.rejected': 'rejected',
  dead_letter: 'deadLetters',
  // Of the children of a session tree, only those that crashed, and were restarted, are told.
  'child.exited': 'crashed',
  'child.started': 'restarted',
};

/** How often things have happened to a host since it is observed, and how its process fares. */
export class Tally {
  private readonly counts: Record<Counted, number> = {
    started: 0,
    crashed: 0,
    restarted: 0,
    stopped: 0,
    failed: 0,
    rejected: 0,
    deadLetters: 0,
    askTimeouts: 0,
  };
  private delay: IntervalHistogram | undefined;

  constructor(
    private readonly host: ObservedHost,
    private readonly now: () => number,
  ) {}

  /** Counts a lifecycle event. */
  count(type: string): void {
    const name = counted[type];
    if (name !== undefined) this.counts[name]++;
  }

  /** Counts an `ask` that was rejected, if that was for lack of an answer. */
  countAsk(error: unknown): void {
    if (isSupervisionError(error, 'ask_timeout')) this.counts.askTimeouts++;
  }

  /** Measures the delay of the event loop, from now on: only while somebody looks. */
  open(): void {
    this.delay ??= monitorEventLoopDelay({ resolution: 20 });
    this.delay.enable();
  }

  close(): void {
    this.delay?.disable();
    this.delay = undefined;
  }

  /** Since the last call. */
  read(): Counters {
    const { rss, heapUsed } = process.memoryUsage();
    const { maxSessions } = this.host;
    return {
      at: this.now(),
      sessions: this.host.count(),
      ...(maxSessions !== Infinity && { maxSessions }),
      ...this.counts,
      eventLoopDelay: this.readDelay(),
      memory: { rss, heapUsed },
    };
  }

  private readDelay(): Counters['eventLoopDelay'] {
    const { delay } = this;
    // Before its first measurement a histogram tells nonsense.
    if (delay === undefined || delay.count === 0) return { mean: 0, max: 0 };
    const { mean, max } = delay;
    delay.reset();
    return { mean: beyond(mean), max: beyond(max) };
  }
}

/** A histogram holds, in ns, how long its own timer of 20 ms took. */
const beyond = (ns: number): number => Math.max(0, Math.round(ns / 1e4 - 2_000) / 100);
