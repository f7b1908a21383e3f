import type { Finding } from './findings.ts';
import type { LedgerState, Timer } from './ledger.ts';
import type { Random } from './random.ts';

/** By how much a timer may be early: deadlines are rounded each time they are saved. */
const earlyMs = 20;

/** By how much it may be late, for a machine that has other things to do. */
export const lateMs = 5_000;

interface TimerBook {
  readonly ms: number;
  readonly kind: 'delay' | 'alarm';
  /** Once that is known, and so on the disk. */
  firedAt: number | undefined;
}

export interface Look {
  /** The last entry that must be there. */
  readonly atLeast: number;
  /** The last entry that can be there. */
  readonly atMost: number;
  /** When the processes were started. */
  readonly starts: readonly number[];
  readonly now: number;
  /** It is what has come back: what was due before the last start has fired by now. */
  readonly isBack: boolean;
}

/** What is to be in a ledger: the entries from 1 on, in order, and their timers. */
export class LedgerBook {
  /** The last entry that was sent. */
  sent = 0;
  /** The last entry of which it is known that it is on the disk. */
  confirmed = 0;
  private readonly timers = new Map<number, TimerBook>();

  constructor(
    readonly name: string,
    readonly generation: number,
  ) {}

  /** Sends the next entry. */
  next(timer?: Pick<TimerBook, 'kind' | 'ms'>): number {
    this.sent += 1;
    if (timer !== undefined) this.timers.set(this.sent, { ...timer, firedAt: undefined });
    return this.sent;
  }

  /** A timer of one ledger's state can be set. */
  get canSetAlarm(): boolean {
    return ![...this.timers.values()].some(({ kind, firedAt }) => kind === 'alarm' && firedAt === undefined);
  }

  get pendingTimers(): number {
    return [...this.timers.values()].filter(({ firedAt }) => firedAt === undefined).length;
  }

  /** It has been acknowledged, and with it all before. */
  acknowledged(n: number): void {
    this.confirmed = Math.max(this.confirmed, n);
  }

  /**
   * Compares it with what is there, and goes on from that.
   *
   * @returns what is wrong, and how late the timers were that are now known to have fired
   */
  look(state: LedgerState, look: Look): { readonly findings: readonly Finding[]; readonly delays: readonly number[] } {
    const findings = [...this.entryFindings(state, look)];
    const delays: number[] = [];
    const there = new Map(state.timers.map((timer) => [timer.n, timer]));
    const firedBefore = [...this.timers].filter(([, { firedAt }]) => firedAt !== undefined).length;
    for (const [n, book] of this.timers) {
      const timer = there.get(n);
      there.delete(n);
      if (timer === undefined) {
        // Sent, and not acknowledged: it will be sent again, under whatever number comes then.
        if (n > look.atLeast && !state.entries.includes(n)) continue;
        findings.push({ fault: 'lost', text: `the timer ${n} of ${this.name}` });
      } else {
        findings.push(...this.timerFindings(timer, book, look));
        const [firedAt] = timer.firedAt;
        if (firedAt === undefined || book.firedAt !== undefined) continue;
        delays.push(firedAt - dueFrom(timer, look.starts));
        book.firedAt = firedAt;
      }
    }
    for (const n of there.keys()) {
      findings.push({ fault: 'duplicated', text: `the timer ${n} of ${this.name}, which nobody has set` });
    }
    if (state.firings.length < firedBefore) {
      findings.push({ fault: 'lost', text: `some of the order in which the timers of ${this.name} fired` });
    }
    findings.push(...this.orderFindings(state, look.starts));
    return { findings, delays };
  }

  /** A process has ended: what has not been applied by now never will be. */
  goOnFrom({ entries }: LedgerState): void {
    this.sent = this.confirmed = entries.length;
    for (const n of this.timers.keys()) if (n > this.sent) this.timers.delete(n);
  }

  private *entryFindings({ generation, entries }: LedgerState, { atLeast, atMost }: Look): Generator<Finding> {
    const { name } = this;
    if (generation !== this.generation) {
      yield {
        fault: 'returned',
        text: `${name} as it was before it was stopped: ${generation}, not ${this.generation}`,
      };
    }
    const seen = new Set<number>();
    let last = 0;
    for (const n of entries) {
      if (seen.has(n)) yield { fault: 'duplicated', text: `the entry ${n} of ${name}` };
      else if (n > atMost) yield { fault: 'duplicated', text: `the entry ${n} of ${name}, which nobody has made` };
      else if (n < last) yield { fault: 'outOfOrder', text: `the entry ${n} of ${name}, after ${last}` };
      else if (n > last + 1 && last >= atLeast) {
        yield { fault: 'outOfOrder', text: `the entry ${n} of ${name}, without those before it from ${last + 1} on` };
      }
      seen.add(n);
      last = Math.max(last, n);
    }
    for (let n = 1; n <= atLeast; n += 1) {
      if (!seen.has(n))
        yield { fault: 'lost', text: `the entry ${n} of ${name}, of ${atLeast} that were acknowledged` };
    }
  }

  private *timerFindings(timer: Timer, book: TimerBook, { starts, now, isBack }: Look): Generator<Finding> {
    const { n, ms, dueAt, firedAt } = timer;
    const what = `the timer ${n} of ${this.name}`;
    const [first, second] = firedAt;
    if (ms !== book.ms) yield { fault: 'lost', text: `the delay of ${what}: ${ms} ms, not ${book.ms}` };
    if (second !== undefined) yield { fault: 'timerTwice', text: `${what} fired ${firedAt.length} times` };
    if (book.firedAt !== undefined && first !== book.firedAt) {
      const again = first === undefined ? 'has not fired any more' : `fired again, ${first - book.firedAt} ms later`;
      yield { fault: 'timerTwice', text: `${what} ${again}` };
    }
    if (first === undefined) {
      const late = now - dueFrom(timer, starts);
      if (isBack && dueAt < starts.at(-1)! - earlyMs) {
        yield { fault: 'timerLate', text: `${what} was overdue as its process was started, and has not fired at once` };
      }
      if (late > lateMs) yield { fault: 'timerLost', text: `${what} has not fired ${late} ms after its time` };
      return;
    }
    if (first < dueAt - earlyMs)
      yield { fault: 'timerEarly', text: `${what} fired ${dueAt - first} ms before its time` };
    const late = first - dueFrom(timer, starts);
    if (late > lateMs) yield { fault: 'timerLate', text: `${what} fired ${late} ms after its time` };
  }

  // Of those that were overdue when a process was started; of others, Node says which of two comes first.
  private *orderFindings({ timers, firings }: LedgerState, starts: readonly number[]): Generator<Finding> {
    const byNumber = new Map(timers.map((timer) => [timer.n, timer]));
    let last: { readonly timer: Timer; readonly startedAt: number } | undefined;
    for (const n of firings) {
      const timer = byNumber.get(n);
      const startedAt = timer && startBefore(timer.firedAt[0] ?? 0, starts);
      if (timer === undefined || startedAt === undefined || timer.dueAt >= startedAt - earlyMs) continue;
      if (last?.startedAt === startedAt && timer.dueAt < last.timer.dueAt - earlyMs) {
        const text = `the timer ${n} of ${this.name}, which was due before ${last.timer.n}, and fired after it`;
        yield { fault: 'outOfOrder', text };
      }
      last = { timer, startedAt };
    }
  }
}

/** When the process was started in which something happened. */
const startBefore = (time: number, starts: readonly number[]): number | undefined =>
  starts.findLast((start) => start <= time);

/** From when on it is late: it cannot fire while no process runs. */
const dueFrom = ({ dueAt, firedAt: [firedAt] }: Timer, starts: readonly number[]): number =>
  Math.max(dueAt, startBefore(firedAt ?? Infinity, starts) ?? 0);

/** How long a timer is: most end in a later process than the one that set it. */
export const drawDelay = (random: Random): number => random.between(20, 1_500);
