import type { Session } from '../../src/index.ts';
import type { Books } from './books.ts';
import { drawDelay } from './ledger-book.ts';
import type { LedgerBook } from './ledger-book.ts';
import type { LedgerOrder, LedgerState } from './ledger.ts';
import type { Life } from './life.ts';
import { ledgersOf } from './protocol.ts';
import type { Answer, Question } from './protocol.ts';
import type { Random } from './random.ts';
import type { SessionBook } from './session-book.ts';

/** After how many entries a session is stopped, so that none becomes too large to be written often. */
const manyEntries = 1_500;

/** Those who write in one process, and what they hear goes into the books. */
export class Writers {
  private isOver = false;

  constructor(
    private readonly life: Life,
    private readonly books: Books,
    private readonly random: Random,
  ) {}

  begin(): void {
    for (const { id } of this.books.sessions) void this.write(id, this.random.fork());
  }

  /** Nothing more is written, and whatever is refused from here on is so because the hosts close. */
  end(): void {
    this.isOver = true;
  }

  private get goesOn(): boolean {
    return !this.isOver && !this.life.isOver;
  }

  private async write(id: string, random: Random): Promise<void> {
    while (this.goesOn) {
      const book = this.books.sessions.find((other) => other.id === id)!;
      if (book.status === 'absent') await this.start(book);
      else if (book.status === 'open') await this.work(book, random);
      // It was refused, which has been noted.
      else return;
      await this.life.pause(random.between(0, 15));
    }
  }

  private start(book: SessionBook): Promise<void> {
    const { form, id, generation } = book;
    this.books.starting(book);
    return this.ask({ type: 'start', form, id, generation }, book, (session) => book.started(session as Session));
  }

  private async work(book: SessionBook, random: Random): Promise<void> {
    const work = book.ledgers.flatMap((ledger, index) => this.enter(book, ledger, index, random));
    for (let count = random.between(0, 2); count > 0; count -= 1) work.push(this.change(book));
    const isFull = book.ledgers.some(({ sent }) => sent > manyEntries);
    if (isFull || random.chance(0.01)) work.push(this.stop(book));
    await Promise.all(work);
  }

  /** Some entries, one right after the other. */
  private enter(book: SessionBook, ledger: LedgerBook, index: number, random: Random): Promise<void>[] {
    const { form, id } = book;
    const name = ledgersOf[form][index]!;
    const answers: Promise<void>[] = [];
    const ask = (event: LedgerOrder) =>
      this.ask({ type: 'ask', form, id, ledger: name, event }, book, (length) => {
        ledger.acknowledged(event.n);
        if (length === event.n) return;
        this.books.found(
          'outOfOrder',
          `the entry ${event.n} of ${ledger.name}, which it says is number ${String(length)}`,
        );
      });
    for (let count = random.between(1, 4); count > 0; count -= 1) {
      const draw = random.between(1, 20);
      const ms = drawDelay(random);
      if (draw <= 5) this.life.tell({ type: 'note', form, id, ledger: name, n: ledger.next() });
      else if (draw === 6) answers.push(ask({ type: 'delay', n: ledger.next({ kind: 'delay', ms }), ms }));
      else if (draw === 7 && ledger.canSetAlarm) {
        answers.push(ask({ type: 'alarm', n: ledger.next({ kind: 'alarm', ms }), ms }));
      } else if (draw === 8) answers.push(this.read(book, ledger, name));
      else answers.push(ask({ type: 'note.asked', n: ledger.next() }));
    }
    return answers;
  }

  /** Has all ledgers of a session tell what is in them. */
  readAll(book: SessionBook): Promise<void>[] {
    return book.ledgers.map((ledger, index) => this.read(book, ledger, ledgersOf[book.form][index]!));
  }

  private read(book: SessionBook, ledger: LedgerBook, name: string): Promise<void> {
    const { form, id } = book;
    const { sent } = ledger;
    return this.ask({ type: 'ask', form, id, ledger: name, event: { type: 'read' } }, book, (state) => {
      this.books.lookAtLedger(ledger, state as LedgerState, sent);
    });
  }

  private change(book: SessionBook): Promise<void> {
    const { form, id } = book;
    const { change, number } = book.nextChange();
    return this.ask({ ...change, form, id }, book, () => book.changed(number));
  }

  private stop(book: SessionBook): Promise<void> {
    const { form, id } = book;
    book.status = 'stopping';
    return this.ask({ type: 'stop', form, id }, book, () => this.books.stopped(book));
  }

  private ask(question: Question, book: SessionBook, acknowledged: (value: unknown) => void): Promise<void> {
    return this.life.ask(question, (answer) => this.answered(question, book, answer, acknowledged));
  }

  private answered(
    question: Question,
    book: SessionBook,
    answer: Answer | undefined,
    acknowledged: (value: unknown) => void,
  ): void {
    if (answer?.ok === true) {
      this.books.acknowledged += 1;
      acknowledged(answer.value);
      return;
    }
    // One that is being stopped does not answer any more.
    const mayRefuse = this.isOver || (book.status === 'stopping' && question.type !== 'stop') || this.isGone(book);
    if (answer === undefined || mayRefuse) return;
    this.books.found('refused', `${JSON.stringify(question)}: ${answer.code}, ${answer.message}`);
  }

  private isGone(book: SessionBook): boolean {
    return !this.books.sessions.includes(book);
  }
}
