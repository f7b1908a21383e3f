import type { Session } from '../../src/index.ts';
import type { Fault, Finding } from './findings.ts';
import type { LedgerBook, Look } from './ledger-book.ts';
import type { LedgerState } from './ledger.ts';
import { forms, ledgersOf } from './protocol.ts';
import type { Form, Ready, SavedState } from './protocol.ts';
import { SessionBook } from './session-book.ts';

const idsOf = (form: Form): string[] => Array.from({ length: 4 }, (_, index) => `${form}-${index + 1}`);

/** All that is to be kept, as those know it who wrote it; and whatever was found to be otherwise. */
export class Books {
  readonly findings: Finding[] = [];
  /** How many changes were acknowledged. */
  acknowledged = 0;
  timersFired = 0;
  /** How late the latest timer was. */
  latestMs = 0;
  /** When the processes were started. */
  readonly starts: number[] = [];
  private readonly all = new Map<string, SessionBook>();
  private registrations = 0;

  constructor() {
    for (const form of forms) for (const id of idsOf(form)) this.all.set(id, new SessionBook(form, id, 1));
  }

  get sessions(): readonly SessionBook[] {
    return [...this.all.values()];
  }

  found(fault: Fault, text: string): void {
    this.findings.push({ fault, text });
  }

  /** A session is about to be started. */
  starting(book: SessionBook): void {
    book.status = 'starting';
    book.order = ++this.registrations;
  }

  /** It has been stopped for good. The next of its id is another one. */
  stopped({ form, id, generation }: SessionBook): void {
    this.all.set(id, new SessionBook(form, id, generation + 1));
  }

  announced(session: Session): void {
    this.all.get(session.id)?.announced(session);
  }

  /** What came back in the next process. */
  look({ sessions }: Pick<Ready, 'sessions'>, endedBy: 'kill' | 'close', now = Date.now()): void {
    for (const form of forms) {
      this.lookAtOrder(form, sessions[form]);
      const there = new Map(sessions[form].map((state) => [state.session.id, state]));
      for (const book of this.sessions.filter((other) => other.form === form)) {
        this.lookAt(book, there.get(book.id), endedBy, now);
        there.delete(book.id);
      }
      for (const id of there.keys()) this.found('returned', `${form} ${id}, which nobody has started`);
    }
  }

  /** What a ledger answered that was asked, after so many entries. */
  lookAtLedger(ledger: LedgerBook, state: LedgerState, entries: number, now = Date.now()): void {
    this.compare(ledger, state, { atLeast: entries, atMost: entries, now, isBack: false });
    ledger.acknowledged(entries);
  }

  private lookAt(book: SessionBook, state: SavedState | undefined, endedBy: 'kill' | 'close', now: number): void {
    const { presence, name } = book;
    if (state === undefined) {
      if (presence === 'there') this.found('lost', `the session ${name}`);
      if (book.status === 'starting') book.status = 'absent';
      else if (book.status !== 'absent') this.stopped(book);
      return;
    }
    if (presence === 'gone') return this.found('returned', `the session ${name}`);
    this.findings.push(...book.look(state));
    for (const [index, ledger] of book.ledgers.entries()) {
      const there = state.ledgers[ledgersOf[book.form][index]!]!;
      // One that is closed in order has dealt with all that it was sent, unless it was being stopped.
      const isComplete = endedBy === 'close' && book.status === 'open';
      const atLeast = isComplete ? ledger.sent : ledger.confirmed;
      this.compare(ledger, there, { atLeast, atMost: ledger.sent, now, isBack: true });
      ledger.goOnFrom(there);
    }
    book.goOnFrom(state);
  }

  private compare(ledger: LedgerBook, state: LedgerState, look: Omit<Look, 'starts'>): void {
    const { findings, delays } = ledger.look(state, { ...look, starts: this.starts });
    this.findings.push(...findings);
    this.timersFired += delays.length;
    this.latestMs = Math.max(this.latestMs, ...delays);
  }

  private lookAtOrder(form: Form, states: readonly SavedState[]): void {
    const ids = states.map(({ session }) => session.id);
    const place = ({ session }: SavedState) => this.all.get(session.id)?.order ?? 0;
    const sorted = [...states].sort((a, b) => a.session.createdAt - b.session.createdAt || place(a) - place(b));
    const expected = sorted.map(({ session }) => session.id);
    if (String(ids) !== String(expected)) {
      this.found('outOfOrder', `the list of the ${form} sessions: ${ids.join(', ')}, not ${expected.join(', ')}`);
    }
  }
}
