import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionStore } from '../../src/index.ts';
import { lmdbStore } from '../../src/lmdb/index.ts';
import { fileStore } from '../../src/node/index.ts';
import { Books } from './books.ts';
import { lateMs } from './ledger-book.ts';
import { Life } from './life.ts';
import type { End } from './life.ts';
import { drawMoment } from './moment.ts';
import type { Moment } from './moment.ts';
import { forms } from './protocol.ts';
import type { Flaw, Report, StoreKind } from './protocol.ts';
import { Random } from './random.ts';
import { Writers } from './writers.ts';

export interface Plan {
  readonly rounds: number;
  readonly store: StoreKind;
  readonly seed: number;
  readonly flaw?: Flaw | undefined;
}

/** What came of a run. */
export interface Outcome {
  readonly rounds: number;
  readonly kills: number;
  readonly closes: number;
  readonly books: Books;
}

/** A process that does not come up or does not end is one that hangs. */
const hangsMs = 60_000;

/** Kills hosts and starts them again, as often as it is planned, or until something is not as it is to be. */
export class Run {
  private readonly books = new Books();
  private readonly random: Random;
  private endedBy: 'kill' | 'close' = 'kill';
  private rounds = 0;
  private kills = 0;
  private closes = 0;

  /**
   * @param program the hosts
   * @param directory where they keep their sessions
   */
  constructor(
    private readonly plan: Plan,
    private readonly program: string,
    private readonly directory: string,
  ) {
    this.random = new Random(plan.seed);
  }

  async go(): Promise<Outcome> {
    const { books, plan } = this;
    while (this.rounds < plan.rounds && this.isFine) {
      this.rounds += 1;
      await this.live(drawMoment(this.random));
      // Every other time, they are stopped in order after the next start.
      if (this.rounds % 2 === 0 && this.isFine) await this.live({ type: 'close', ms: this.random.between(50, 300) });
    }
    if (this.isFine) await this.live({ type: 'settle' });
    if (this.isFine) await this.examine();
    const { rounds, kills, closes } = this;
    return { rounds, kills, closes, books };
  }

  private get isFine(): boolean {
    return this.books.findings.length === 0;
  }

  /** One process, from its start to its end. */
  private async live(moment: Moment): Promise<void> {
    const { books, plan, directory } = this;
    let isReady = false;
    let hasClosed = false;
    let left = moment.type === 'sent' || moment.type === 'answered' ? moment.count : Infinity;
    const dieAt = moment.type === 'store' ? moment : undefined;
    const hear = (report: Exclude<Report, { type: 'answer' }>) => {
      if (report.type === 'ready') {
        isReady = true;
        books.look(report, this.endedBy);
        // What is not as it is to be would be found again and again.
        if (!this.isFine) return life.kill();
        if (moment.type !== 'settle') writers.begin();
        void this.bringToEnd(moment, life, writers);
      } else if (report.type === 'announced') books.announced(report.session);
      else if (report.type === 'closed') hasClosed = true;
      else books.found(report.code === 'record_corrupt' ? 'corrupt' : 'refused', `${report.code}: ${report.message}`);
    };
    const life = new Life(this.program, { store: plan.store, directory, flaw: plan.flaw, dieAt }, hear, (what) => {
      if (what === moment.type && --left === 0) life.kill();
    });
    books.starts.push(life.startedAt);
    const writers = new Writers(life, books, this.random.fork());
    if (moment.type === 'start') setTimeout(() => life.kill(), moment.ms);
    const hangs = setTimeout(() => {
      books.found('refused', `a process that has not ended within ${hangsMs} ms; it ${isReady ? 'was' : 'was not'} up`);
      life.kill();
    }, hangsMs);
    const end = await life.ended;
    clearTimeout(hangs);
    writers.end();
    this.ended(moment, life, end, hasClosed);
    // It has seen to nothing of what was to be looked at before it died.
    if (isReady) this.endedBy = isOrderly(moment) ? 'close' : 'kill';
  }

  private ended(moment: Moment, life: Life, { code, signal }: End, hasClosed: boolean): void {
    if (!this.isFine) return;
    const isAsMeant = isOrderly(moment) ? code === 0 && hasClosed : signal === 'SIGKILL';
    if (!isAsMeant)
      this.books.found('refused', `a process that ended by itself, with ${code ?? signal}: ${life.stderr}`);
    if (isOrderly(moment)) this.closes += 1;
    else this.kills += 1;
  }

  private async bringToEnd(moment: Moment, life: Life, writers: Writers): Promise<void> {
    if (moment.type === 'settle') await this.settle(life, writers);
    else await life.pause(moment.ms);
    if (!isOrderly(moment)) return life.kill();
    writers.end();
    if (!life.isOver) life.tell({ type: 'close' });
  }

  /** Waits until all timers have fired. */
  private async settle(life: Life, writers: Writers): Promise<void> {
    const { books } = this;
    const until = Date.now() + 2 * lateMs;
    const open = () => books.sessions.filter(({ status }) => status === 'open');
    const pending = () => open().some(({ ledgers }) => ledgers.some(({ pendingTimers }) => pendingTimers > 0));
    do {
      await life.pause(50);
      await Promise.all(open().flatMap((book) => writers.readAll(book)));
    } while (pending() && this.isFine && !life.isOver && Date.now() < until);
  }

  /** Reads the stores from here, where no host has had a hand in it. */
  private async examine(): Promise<void> {
    const { books, plan } = this;
    for (const form of forms) {
      const directory = join(this.directory, form);
      const store: SessionStore = plan.store === 'file' ? fileStore({ directory }) : lmdbStore({ path: directory });
      const ids = await store.list();
      for (const id of ids) {
        const loaded = await store.load(id);
        if (!loaded.ok) books.found('corrupt', loaded.error.message);
      }
      await store.close();
      const expected = books.sessions
        .filter((book) => book.form === form && book.status === 'open')
        .map(({ id }) => id);
      if (String([...ids].sort()) !== String(expected.sort())) {
        books.found('lost', `the records of the ${form} sessions are ${ids.join(', ')}, not ${expected.join(', ')}`);
      }
      for (const name of await readdir(directory)) {
        if (/corrupt|poison/.test(name)) books.found('corrupt', name);
      }
    }
  }
}

const isOrderly = ({ type }: Moment): boolean => type === 'close' || type === 'settle';
