import type { ServerResponse } from 'node:http';
import { LifecycleReader } from '../view/lifecycle-log.ts';
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
  private countersTold = 0;
  private watched: { readonly watch: SessionWatch; readonly close: () => void } | undefined;
  private sessionTold = 0;
  private isBlocked = false;

  constructor(
    private readonly observation: Observation,
    private readonly response: ServerResponse,
    hello: Hello,
  ) {
    this.tree = new TreeReader(observation.tree);
    this.lifecycle = new LifecycleReader(observation.lifecycle);
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    response.on('drain', () => {
      this.isBlocked = false;
      this.pump();
    });
    response.write(`retry: ${retryMs}\n`);
    this.write('hello', JSON.stringify(hello));
    this.closeObservation = observation.open(() => this.pump());
    this.beat = setInterval(() => this.isBlocked || response.write(':\n\n'), silenceMs).unref();
    this.pump();
  }

  /** From now on it tells of this session; undefined: of none. */
  watch(id: string | undefined): void {
    this.watched?.close();
    this.watched = id === undefined ? undefined : this.observation.watch(id);
    this.sessionTold = 0;
    this.pump();
  }

  close(): void {
    clearInterval(this.beat);
    this.watched?.close();
    this.watched = undefined;
    this.closeObservation();
    this.response.end();
  }

  private pump(): void {
    while (!this.isBlocked && this.writeNext());
  }

  // One message of each kind in turn: a flood of one shall not keep back the others.
  private writeNext(): boolean {
    const { watched } = this;
    let isAny = false;
    const tell = (type: keyof Told, json: string | undefined) => {
      if (json === undefined) return;
      isAny = true;
      this.write(type, json);
    };
    if (watched !== undefined && watched.watch.revision !== this.sessionTold) {
      this.sessionTold = watched.watch.revision;
      tell('session', watched.watch.json);
    }
    if (!this.isBlocked && this.observation.counters.revision !== this.countersTold) {
      this.countersTold = this.observation.counters.revision;
      tell('counters', this.observation.counters.json);
    }
    if (!this.isBlocked) tell('events', JSON.stringify(this.lifecycle.next()));
    if (!this.isBlocked) tell('tree', JSON.stringify(this.tree.next()));
    return isAny;
  }

  private write(type: keyof Told, json: string): void {
    this.isBlocked = !this.response.write(`event: ${type}\ndata: ${json}\n\n`);
  }
}
