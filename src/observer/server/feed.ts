import type { ServerResponse } from 'node:http';
import { LifecycleReader } from '../view/lifecycle-log.ts';
import { frameOf } from './frame.ts';
import type { Observation } from '../observation.ts';
import type { Hello, Told } from '../protocol.ts';
import type { SessionWatch } from '../view/session-watch.ts';
import { TreeReader } from '../view/tree-log.ts';

/** How often, in ms, a comment is sent where nothing else is: a proxy closes what is silent for long. */
const silenceMs = 15_000;

/** How long, in ms, a page waits before it asks again for a stream that broke off. */
const retryMs = 1_000;

/**
 * The stream of one page. It keeps nothing for the page but how far that has read: what is new is made only when the page
 * has taken what went before. One that stalls costs no more than the message that it does not take.
 */
export class Feed {
  private readonly tree: TreeReader;
  private readonly lifecycle: LifecycleReader;
  private readonly closeObservation: () => void;
  private readonly beat: NodeJS.Timeout;
  private countersTold: Told['counters'] | undefined;
  private watched: { readonly watch: SessionWatch; readonly close: () => void } | undefined;
  private sessionTold: Told['session'] | undefined;
  private isBlocked = false;
  private isClosed = false;

  constructor(
    private readonly observation: Observation,
    private readonly response: ServerResponse,
    hello: Hello,
  ) {
    this.tree = new TreeReader(observation.tree);
    this.lifecycle = new LifecycleReader(observation.lifecycle);
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    // A page may be gone in whatever way.
    response.on('error', () => {});
    response.on('drain', () => {
      this.isBlocked = false;
      this.observation.charge(() => this.pump());
    });
    response.write(`retry: ${retryMs}\n\n`);
    this.write('hello', hello);
    this.closeObservation = observation.open(() => this.pump());
    this.beat = setInterval(() => this.isBlocked || response.write(':\n\n'), silenceMs).unref();
    this.pump();
  }

  /** From now on it tells of this session; undefined: of none. */
  watch(id: string | undefined): void {
    if (this.isClosed) return;
    this.watched?.close();
    this.watched = id === undefined ? undefined : this.observation.watch(id);
    this.sessionTold = undefined;
    this.observation.charge(() => this.pump());
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    clearInterval(this.beat);
    this.watched?.close();
    this.watched = undefined;
    this.closeObservation();
    this.response.end();
  }

  private pump(): void {
    while (!this.isBlocked && !this.isClosed && this.writeNext());
  }

  // One message of each kind in turn: a flood of one shall not keep back the others.
  private writeNext(): boolean {
    const { counters } = this.observation;
    const session = this.watched?.watch.told;
    let isAny = false;
    const tell = <T extends keyof Told>(type: T, told: Told[T] | undefined) => {
      if (told === undefined) return;
      isAny = true;
      this.write(type, told);
    };
    if (session !== this.sessionTold) tell('session', (this.sessionTold = session));
    if (!this.isBlocked && counters !== this.countersTold) tell('counters', (this.countersTold = counters));
    if (!this.isBlocked) tell('events', this.lifecycle.next());
    if (!this.isBlocked) tell('tree', this.tree.next());
    return isAny;
  }

  private write<T extends keyof Told>(type: T, told: Told[T]): void {
    const frame = frameOf(type, told);
    // To make it may have run `redact`, which is the host's, and may end it all.
    if (!this.isClosed) this.isBlocked = !this.response.write(frame);
  }
}
