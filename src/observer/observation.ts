import type { AnyActorRef, AnyEventObject } from 'xstate';
import type { Runtime } from '../../machines/runtime.ts';
import { asking } from '../diagnostics.ts';
import type { AskTrace } from '../diagnostics.ts';
import { isSupervisor } from '../logic.ts';
import { contain } from '../logger.ts';
import type { Logger } from '../logger.ts';
import { clockOf, timeOf } from '../xstate/internals.ts';
import { LifecycleLog } from './view/lifecycle-log.ts';
import { sessionOf, sessionsOf } from './observed-host.ts';
import type { ObservedHost } from './observed-host.ts';
import { brief, Plainer } from './view/plain.ts';
import type { Redact } from './view/plain.ts';
import { SessionWatch } from './view/session-watch.ts';
import { Pace } from './pace.ts';
import type { Counters } from './protocol.ts';
import { Tally } from './view/tally.ts';
import { TreeEvents } from './view/tree-events.ts';
import { TreeLog } from './view/tree-log.ts';
import { nodesOf } from './view/tree-nodes.ts';
import type { SeenSessions } from './view/tree-nodes.ts';

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
  private readonly treeEvents: TreeEvents | undefined;
  private readonly pace = new Pace(() => this.look());
  private talliedAt = -Infinity;
  private offset = NaN;
  private seen: SeenSessions = new WeakMap();

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
    if (isSupervisor(runtime.sessionLogic)) {
      this.treeEvents = new TreeEvents((event) => this.note(event));
      for (const session of sessionsOf(runtime)) this.treeEvents.follow(session);
    }
    this.subscription = host.on('*', (event) => this.hear(event));
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
    const known = this.watches.get(id);
    const watch = known ?? new SessionWatch(id, runtime, { lifecycle, plainer, brief, toEpoch }, now);
    this.watches.set(id, watch);
    // At once, unless pages have asked for more than they are to cost.
    if (known === undefined && !this.pace.isResting) this.pace.charge(() => this.read('a session', () => watch.look()));
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
    this.treeEvents?.close();
    this.readers.clear();
    for (const watch of this.watches.values()) watch.close();
    this.watches.clear();
    this.rest();
    this.pace.stop();
  }

  private hear(event: AnyEventObject): void {
    this.note(event);
    const { id } = (event.session ?? {}) as { readonly id?: string };
    if (id === undefined) return;
    if (event.type === 'session.started' || event.type === 'session.restarted') {
      // At once: whatever it does first is to be seen.
      this.watches.get(id)?.follow();
      const session = this.treeEvents && event.type === 'session.started' ? sessionOf(this.runtime, id) : undefined;
      if (session !== undefined) this.treeEvents!.follow(session);
    } else if (event.type === 'session.stopped' || event.type === 'session.failed') {
      this.treeEvents?.forget(id);
    }
  }

  private note(event: AnyEventObject): void {
    this.tally.count(event.type);
    this.lifecycle.add(event);
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
    this.read('the tree', () => this.tree.update(nodesOf(this.runtime, this.toEpoch, this.seen)));
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

  // A monotonic clock stands still while the machine sleeps, and times told shall not tremble. A clock of the host's own
  // may go as it likes: it is set once.
  private setClock(): void {
    const clock = clockOf(this.self);
    const offset = now() - timeOf(clock);
    const isSet = Math.abs(offset - this.offset) < 1_000 || (clock.now !== undefined && !Number.isNaN(this.offset));
    if (isSet) return;
    this.offset = offset;
    // Their times are told by it.
    this.seen = new WeakMap();
  }

  private readonly toEpoch = (time: number): number => Math.round(time + this.offset);

  private get self(): AnyActorRef {
    return this.runtime.supervisor.self;
  }
}
