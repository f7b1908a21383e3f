import { Books } from '../scripts/crash-test/books.ts';
import type { LedgerState } from '../scripts/crash-test/ledger.ts';
import type { SavedState } from '../scripts/crash-test/protocol.ts';
import type { SessionBook } from '../scripts/crash-test/session-book.ts';
import { createSession } from '../src/index.ts';
import type { Session } from '../src/index.ts';

const now = 1_000_000;

/** Books of one session, `plain-1`, to whose ledger was sent what is acknowledged up to some entry. */
function written({ sent = 0, acknowledged = sent }: { sent?: number; acknowledged?: number } = {}) {
  const books = new Books();
  const book = books.sessions[0]!;
  const session = sessionOf(book);
  books.starts.push(now);
  books.starting(book);
  book.started(session);
  const [ledger] = book.ledgers as [(typeof book.ledgers)[number]];
  for (let n = 1; n <= sent; n += 1) ledger.next();
  ledger.acknowledged(acknowledged);
  return { books, book, ledger, session };
}

function sessionOf({ id, generation }: SessionBook): Session {
  const created = createSession({ id, projectPath: `/projects/${id}`, config: { generation } }, { now: () => now });
  if (!created.ok) throw created.error;
  return created.value;
}

const ledgerOf = (state: Partial<LedgerState>): LedgerState => ({
  generation: 1,
  entries: [],
  timers: [],
  firings: [],
  ...state,
});

const timerOf = (n: number, dueAt: number, ...firedAt: number[]) => ({ n, ms: 100, dueAt, firedAt });

/** What is found where these come back. */
function found(books: Books, plain: readonly SavedState[], endedBy: 'kill' | 'close' = 'kill', at = now) {
  books.look({ sessions: { plain, tree: [] } }, endedBy, at);
  return books.findings.map(({ fault }) => fault);
}

/** The same, where it is `plain-1` with this in its ledger. */
const foundIn = (
  { books, session }: ReturnType<typeof written>,
  state: Partial<LedgerState>,
  endedBy?: 'kill' | 'close',
  at?: number,
) => found(books, [{ session, ledgers: { all: ledgerOf(state) } }], endedBy, at);

describe('The crash test takes it for right', () => {
  it.each([
    ['nothing of what was not acknowledged', [1, 2]],
    ['some of it', [1, 2, 3]],
    ['all of it', [1, 2, 3, 4]],
  ])('that %s is there, and goes on from there', (_, entries) => {
    const it = written({ sent: 4, acknowledged: 2 });
    expect(foundIn(it, { entries })).toEqual([]);
    expect(it.ledger.next()).toBe(entries.length + 1);
  });

  it('that a session is there that was being started or stopped, and that it is not', () => {
    for (const status of ['starting', 'stopping'] as const) {
      for (const isThere of [true, false]) {
        const { books, book, session } = written();
        book.status = status;
        expect(found(books, isThere ? [{ session, ledgers: { all: ledgerOf({}) } }] : [])).toEqual([]);
      }
    }
  });

  it('that a timer fires when it is due, or once a process runs', () => {
    for (const [dueAt, firedAt] of [
      [now + 100, now + 101],
      [now - 60_000, now + 400],
    ] as const) {
      const it = written();
      it.ledger.next({ kind: 'delay', ms: 100 });
      const state = { entries: [1], timers: [timerOf(1, dueAt, firedAt)], firings: [1] };
      expect(foundIn(it, state, 'kill', now + 1_000)).toEqual([]);
      expect(it.books.timersFired).toBe(1);
    }
  });
});

describe('The crash test finds', () => {
  it.each([
    ['an entry that is lost', [1, 2], ['lost']],
    ['an entry that is lost from the middle', [1, 3], ['lost']],
    ['an entry that is there twice', [1, 2, 2, 3], ['duplicated']],
    ['entries that have changed places', [1, 3, 2], ['outOfOrder']],
    ['an entry that nobody has made', [1, 2, 3, 4, 5, 6], ['duplicated']],
    ['an entry that came without the one before', [1, 2, 3, 5], ['outOfOrder']],
  ])('%s', (_, entries, faults) => {
    expect(foundIn(written({ sent: 5, acknowledged: 3 }), { entries })).toEqual(faults);
  });

  it('what was sent before the hosts closed, and is not there', () => {
    expect(foundIn(written({ sent: 5, acknowledged: 3 }), { entries: [1, 2, 3, 4] }, 'close')).toEqual(['lost']);
  });

  it('that a session is lost', () => {
    expect(found(written().books, [])).toEqual(['lost']);
  });

  it('that a session is lost that has been announced', () => {
    const { books, book, session } = written();
    book.status = 'starting';
    books.announced(session);
    expect(found(books, [])).toEqual(['lost']);
  });

  it('that a session comes back that was stopped', () => {
    const it = written();
    it.books.stopped(it.book);
    expect(foundIn(it, {})).toEqual(['returned']);
  });

  it('that a ledger comes back as it was before its session was stopped', () => {
    expect(foundIn(written(), { generation: 0 })).toEqual(['returned']);
  });

  it('that a session has another name, config or time than it was given', () => {
    const { book, session } = written();
    for (const number of [1, 2]) {
      book.nextChange();
      book.changed(number);
    }
    const faultsOf = (changed: Partial<Session>) =>
      [...book.look({ session: { ...session, ...changed }, ledgers: {} })].map(({ fault }) => fault);
    const config = { ...session.config, last: 1, key1: 1 };
    expect(faultsOf({ name: 'name 2', config })).toEqual([]);
    expect(faultsOf({ name: 'name 2', config, createdAt: now + 1 })).toEqual(['lost']);
    expect(faultsOf({ config })).toEqual(['lost']);
    expect(faultsOf({})).toEqual(['lost', 'lost']);
    expect(faultsOf({ name: 'name 4', config })).toEqual(['lost']);
  });

  it('that the list has another order', () => {
    const { books, session } = written();
    const second = books.sessions[1]!;
    const later = sessionOf(second);
    books.starting(second);
    second.started(later);
    const states = [later, session].map((value) => ({ session: value, ledgers: { all: ledgerOf({}) } }));
    expect(found(books, states)).toEqual(['outOfOrder']);
  });

  it.each([
    ['fired twice', [timerOf(1, now, now, now + 1)], now + 10, ['timerTwice']],
    ['fired before its time', [timerOf(1, now + 200, now + 100)], now + 200, ['timerEarly']],
    ['fired too late', [timerOf(1, now, now + 6_000)], now + 6_000, ['timerLate']],
    ['has not fired', [timerOf(1, now)], now + 6_000, ['timerLost']],
    ['was overdue, and has not fired at once', [timerOf(1, now - 100)], now + 10, ['timerLate']],
    ['is lost', [], now, ['lost']],
    ['was never set', [timerOf(1, now), timerOf(2, now)], now, ['duplicated']],
  ])('a timer that %s', (_, timers, at, faults) => {
    const it = written();
    it.ledger.acknowledged(it.ledger.next({ kind: 'delay', ms: 100 }));
    const firings = timers.flatMap(({ n, firedAt }) => firedAt.map(() => n));
    expect(foundIn(it, { entries: [1], timers, firings }, 'kill', at)).toEqual(faults);
  });

  it('a timer that fires again in the next process', () => {
    const it = written();
    it.ledger.acknowledged(it.ledger.next({ kind: 'alarm', ms: 100 }));
    const first = ledgerOf({ entries: [1], timers: [timerOf(1, now, now + 1)], firings: [1] });
    it.books.lookAtLedger(it.ledger, first, 1, now + 2);
    expect(it.books.findings).toEqual([]);
    const again = { entries: [1], timers: [timerOf(1, now, now + 500)], firings: [1] };
    expect(foundIn(it, again, 'kill', now + 500)).toEqual(['timerTwice']);
  });

  it('overdue timers that fire in another order than they were due', () => {
    const it = written();
    for (const _ of [1, 2]) it.ledger.acknowledged(it.ledger.next({ kind: 'delay', ms: 100 }));
    const timers = [timerOf(1, now - 500, now + 2), timerOf(2, now - 400, now + 1)];
    expect(foundIn(it, { entries: [1, 2], timers, firings: [2, 1] }, 'kill', now + 3)).toEqual(['outOfOrder']);
  });
});
