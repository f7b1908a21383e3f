import type { AnyActorRef } from 'xstate';
import type { Runtime } from '../../machines/runtime.ts';
import { asking } from '../diagnostics.ts';
import type { AskTrace } from '../diagnostics.ts';
import { contain } from '../logger.ts';
import type { Logger } from '../logger.ts';
import { clockOf, timeOf } from '../xstate/internals.ts';
import { LifecycleLog } from './view/lifecycle-log.ts';
import type { ObservedHost } from './observed-host.ts';
import { brief, Plainer } from './view/plain.ts';
import type { Redact } from './view/plain.ts';
import { SessionWatch } from './view/session-watch.ts';
import { Pace } from './pace.ts';
import type { Counters } from './protocol.ts';
import { Tally } from './view/tally.ts';
import { TreeLog } from './view/tree-log.ts';
import { nodesOf } from './view/tree-nodes.ts';

/** How often it reads the counters. */
const tallyMs = 1_000;

const now = Date.now;

/** What is seen of a host: kept once, whoever looks. While nobody does, it only takes note of lifecycle events. */
export class Observation {
  readonly tree = new TreeLog();
  readonly lifecycle: LifecycleLog;
  private readonly plainer: Plainer;
  /** Makes plain what is one of many. */
  readonly brief: Plainer;
  /** The latest. */
  counters: Counters | undefined;
  private readonly tally: Tally;
  private readonly watches = new Map<string, SessionWatch>();
  private readonly readers = new Set<() => void>();
  private readonly subscription: { unsubscribe(): void };
  private readonly unfollowAsks: () => void;
  private readonly pace = new Pace(() => this.look());
  private talliedAt = -Infinity;
  private offset = NaN;

  constructor(
    host: ObservedHost,
    private readonly runtime: Runtime,
    redact: Redact | undefined,
    private readonly logger: Logger,
  ) {
    this.plainer = new Plainer(redact);
    this.brief = new Plainer(redact, brief);
    this.tally = new Tally(host, now);
    // Only of those that fail, so that all others cost nothing.
    const error = (ask: AskTrace) => void (ask.actor === host.actor && this.tally.countAsk(ask.error));
    this.unfollowAsks = asking.subscribe({ error });
    this.lifecycle = new LifecycleLog(this.brief, now, () => this.pace.wake());
    this.subscription = host.on('*', (event) => {
      this.tally.count(event.type);
      this.lifecycle.add(event);
      // At once: whatever it does first is to be seen.
      if (event.type === 'session.started' || event.type === 'session.restarted') {
        this.watches.get(event.session.id)?.follow();
      }
    });
  }

  /** Looks on behalf of a reader, which is told whenever there may be something new; returns the end of it. */
  open(reader: () => void): () => void {
    this.readers.add(reader);
    if (this.readers.size === 1) {
      this.tally.open();
      this.pace.charge(() => this.look());
    }
    return () => {
      this.readers.delete(reader);
      if (this.readers.size === 0) this.rest();
    };
  }

  /** Watches a session on behalf of a page. */
  watch(id: string): { readonly watch: SessionWatch; readonly close: () => void } {
    const { lifecycle, plainer, brief, toEpoch, runtime } = this;
    const watch = this.watches.get(id) ?? new SessionWatch(id, runtime, { lifecycle, plainer, brief, toEpoch }, now);
    this.watches.set(id, watch);
    watch.pages++;
    const close = () => {
      if (--watch.pages > 0) return;
      watch.close();
      this.watches.delete(id);
    };
    return { watch, close };
  }

  close(): void {
    this.subscription.unsubscribe();
    this.unfollowAsks();
    this.readers.clear();
    for (const watch of this.watches.values()) watch.close();
    this.watches.clear();
    this.rest();
    this.pace.stop();
  }

  private rest(): void {
    this.tally.close();
    this.counters = undefined;
    this.talliedAt = -Infinity;
  }

  /** Does something for a page, besides what it does for all. */
  charge(work: () => void): void {
    this.pace.charge(work);
  }

  private look(): void {
    this.lifecycle.settle();
    if (this.readers.size === 0) return;
    this.setClock();
    this.read('the tree', () => this.tree.update(nodesOf(this.runtime, this.toEpoch)));
    for (const watch of this.watches.values()) this.read('a session', () => watch.look());
    this.count();
    this.tell();
    this.pace.wake();
  }

  private count(): void {
    const time = performance.now();
    if (time - this.talliedAt < tallyMs) return;
    this.talliedAt = time;
    this.counters = this.tally.read();
  }

  // A page that lacks something is no reason to end the process: this runs in a timer of its own.
  private read(what: string, read: () => void): void {
    contain(this.logger, `the observer of ${what}`, read);
  }

  private tell(): void {
    for (const reader of [...this.readers]) reader();
  }

  // A monotonic clock stands still while the machine sleeps, and times told shall not tremble.
  private setClock(): void {
    const offset = now() - timeOf(clockOf(this.self));
    if (!(Math.abs(offset - this.offset) < 1_000)) this.offset = offset;
  }

  private readonly toEpoch = (time: number): number => Math.round(time + this.offset);

  private get self(): AnyActorRef {
    return this.runtime.supervisor.self;
  }
}
