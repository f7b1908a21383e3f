import type { AnyEventObject } from 'xstate';
import type { Session } from '../../core/session.ts';
import type { Plainer } from './plain.ts';
import type { Crash, LifecycleEntry, LifecycleNews, Plain, SessionGone } from '../protocol.ts';

/** How many events are kept, for pages that are opened later or read slowly. */
const kept = 1_000;
/** How many a page is told of in one message. */
const atOnce = 100;
/** How many crashes of a session are kept. */
const crashesKept = 10;

const noCrashes: readonly Crash[] = [];

type Ending = Pick<SessionGone, 'how' | 'error'>;

/** The last lifecycle events of a host, made plain. */
export class LifecycleLog {
  /** The number of the last that has been made plain. */
  end = 0;
  private taken = 0;
  // A ring: the event of number n is at n % kept.
  private readonly entries: LifecycleEntry[] = [];
  // Also of sessions that have ended: of those that did so last.
  private readonly crashes = new Map<string, Crash[]>();
  private readonly endings = new Map<string, Ending>();
  private unsettled: { readonly event: AnyEventObject; readonly at: number; readonly n: number }[] = [];
  /** What pages have been told from where, since the last was made plain. */
  private readonly told = new Map<number, LifecycleNews>();

  constructor(
    private readonly plainer: Plainer,
    private readonly now: () => number,
    /** Called when there is something to settle. */
    private readonly added: () => void,
  ) {}

  /** The number of the first that is kept. */
  get start(): number {
    return Math.max(1, this.end - kept + 1);
  }

  add(event: AnyEventObject): void {
    this.unsettled.push({ event, at: this.now(), n: ++this.taken });
    // What would be overwritten unseen is let go at once, with all that it holds.
    if (this.unsettled.length >= 2 * kept) this.unsettled = this.unsettled.slice(-kept);
    if (this.unsettled.length === 1) this.added();
  }

  /** The last crashes of a session, newest first. */
  crashesOf(id: string): readonly Crash[] {
    return this.crashes.get(id) ?? noCrashes;
  }

  /** The next events from a number on. All that read from there are told the same. */
  newsFrom(n: number): LifecycleNews {
    const known = this.told.get(n);
    if (known !== undefined) return known;
    const events: LifecycleEntry[] = [];
    for (let next = n; next <= this.end && events.length < atOnce; next++) events.push(this.entries[next % kept]!);
    const news = { events, lost: 0 };
    this.told.set(n, news);
    return news;
  }

  /** How a session ended, if that was lately. */
  endingOf(id: string): Ending | undefined {
    return this.endings.get(id);
  }

  /** Makes plain what has come. Of a flood, what was dropped meanwhile never is. */
  settle(): void {
    const { unsettled } = this;
    if (unsettled.length === 0) return;
    this.told.clear();
    this.unsettled = [];
    this.end = this.taken;
    for (const { event, at, n } of unsettled.slice(-kept)) {
      const entry = entryOf(event, n, at, this.plainer);
      this.entries[n % kept] = entry;
      this.note(entry);
    }
  }

  private note({ type, session, at, incarnation = 0, error, more }: LifecycleEntry): void {
    if (session === undefined) return;
    if (type === 'session.started') {
      this.crashes.delete(session.id);
      this.endings.delete(session.id);
    } else if (type === 'session.stopped' || type === 'session.failed') {
      this.noteEnding(session.id, type === 'session.failed' ? { how: 'gave_up', error: error! } : { how: 'stopped' });
    }
    if (type !== 'session.crashed' && type !== 'child.exited') return;
    const { event, id: child } = (more ?? {}) as { readonly event?: Plain; readonly id?: string };
    const crash: Crash = {
      at,
      incarnation,
      error: error!,
      ...(type === 'child.exited' && { child: child! }),
      ...(event !== undefined && { event }),
    };
    const crashes = [crash, ...this.crashesOf(session.id).slice(0, crashesKept - 1)];
    // Last, as the one that crashed last.
    this.crashes.delete(session.id);
    this.crashes.set(session.id, crashes);
    if (this.crashes.size > kept) this.crashes.delete(this.crashes.keys().next().value!);
  }

  private noteEnding(id: string, ending: Ending): void {
    this.endings.delete(id);
    this.endings.set(id, ending);
    if (this.endings.size > kept) this.endings.delete(this.endings.keys().next().value!);
  }
}

/** How far one page has read the log. */
export class LifecycleReader {
  private position: number;

  // What had been dropped before it was opened is not lost to it.
  constructor(private readonly log: LifecycleLog) {
    this.position = log.start;
  }

  /** What the page is to be told next; undefined: it knows all. */
  next(): LifecycleNews | undefined {
    const { start, end } = this.log;
    if (this.position > end) return undefined;
    const lost = Math.max(0, start - this.position);
    const news = this.log.newsFrom(this.position + lost);
    this.position += lost + news.events.length;
    return lost === 0 ? news : { ...news, lost };
  }
}

const shown = new Set(['type', 'session', 'incarnation', 'delayMs', 'error', 'ref']);

function entryOf(event: AnyEventObject, n: number, at: number, plainer: Plainer): LifecycleEntry {
  const { type, incarnation, delayMs } = event;
  const { session, error } = event as { session?: Session; error?: unknown };
  const more = Object.entries(event).filter(([key]) => !shown.has(key));
  return {
    n,
    at,
    type,
    ...(session !== undefined && { session: { id: session.id, name: session.name } }),
    ...(incarnation !== undefined && { incarnation }),
    ...(delayMs !== undefined && { delayMs }),
    ...('error' in event && { error: plainer.error(error) }),
    ...(more.length > 0 && { more: Object.fromEntries(more.map(([key, value]) => [key, plainer.plain(value, key)])) }),
  };
}
