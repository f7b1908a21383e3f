import type { Session } from '../../src/index.ts';
import type { Finding } from './findings.ts';
import { LedgerBook } from './ledger-book.ts';
import { ledgersOf } from './protocol.ts';
import type { Form, SavedState } from './protocol.ts';

/** What becomes of the value of a session. */
export type Change =
  | { readonly type: 'rename'; readonly name: string }
  | { readonly type: 'configure'; readonly config: Record<string, number> };

/** What is to be kept of one session. */
export class SessionBook {
  status: 'absent' | 'starting' | 'open' | 'stopping' = 'absent';
  readonly ledgers: readonly LedgerBook[];
  /** When it was registered, among all. */
  order = 0;
  createdAt: number | undefined;
  private updatedAt = 0;
  /** All changes that were sent, in order. */
  private readonly changes: Change[] = [];
  private confirmed = 0;
  /** It has been announced. */
  private isAnnounced = false;

  constructor(
    readonly form: Form,
    readonly id: string,
    readonly generation: number,
  ) {
    this.ledgers = ledgersOf[form].map((name) => new LedgerBook(`${form} ${id} (${name})`, generation));
  }

  get name(): string {
    return `${this.form} ${this.id}`;
  }

  /** Sends a change: every other one is of the name, and no two have the same result. */
  nextChange(): { readonly change: Change; readonly number: number } {
    const number = this.changes.length + 1;
    const change: Change =
      number % 2 === 0
        ? { type: 'rename', name: `name ${number}` }
        : { type: 'configure', config: { last: number, [`key${number % 5}`]: number } };
    this.changes.push(change);
    return { change, number };
  }

  changed(number: number): void {
    this.confirmed = Math.max(this.confirmed, number);
  }

  started(session: Session): void {
    this.status = 'open';
    this.createdAt = session.createdAt;
  }

  /** What `session.started` and `session.updated` told of it. */
  announced(session: Session): void {
    if (session.config.generation !== this.generation) return;
    this.isAnnounced = true;
    this.updatedAt = Math.max(this.updatedAt, session.updatedAt);
    const number = this.numberOf(session);
    if (number !== undefined) this.changed(number);
  }

  /** Whether it must be there, must not, or may be. */
  get presence(): 'there' | 'gone' | 'either' {
    if (this.status === 'open' || (this.status === 'starting' && this.isAnnounced)) return 'there';
    return this.status === 'absent' ? 'gone' : 'either';
  }

  /** Compares it with what is there, but for its ledgers. */
  *look({ session }: SavedState): Generator<Finding> {
    const { name, createdAt, confirmed, changes } = this;
    const number = this.numberOf(session);
    if (number === undefined) {
      yield { fault: 'lost', text: `what ${name} is: it is ${JSON.stringify(session)}, which it never was` };
    } else if (number < confirmed) {
      for (const change of changes.slice(number, confirmed)) {
        yield { fault: 'lost', text: `a change of ${name}: ${JSON.stringify(change)}` };
      }
    }
    if (createdAt !== undefined && session.createdAt !== createdAt) {
      yield { fault: 'lost', text: `when ${name} was created: ${createdAt}; it has ${session.createdAt}` };
    }
    if (session.updatedAt < this.updatedAt) {
      yield { fault: 'lost', text: `when ${name} was updated: ${this.updatedAt}; it has ${session.updatedAt}` };
    }
  }

  /** A process has ended: what has not been applied by now never will be. */
  goOnFrom({ session }: SavedState): void {
    this.status = 'open';
    this.createdAt = session.createdAt;
    this.updatedAt = session.updatedAt;
    this.confirmed = this.changes.length = this.numberOf(session) ?? 0;
  }

  /** After how many of its changes a session is as it is, if it ever was. */
  private numberOf({ name, config }: Session): number | undefined {
    const is = keyOf(name, config);
    let expected: { name: string; config: Record<string, unknown> } = {
      name: this.id,
      config: { generation: this.generation },
    };
    if (keyOf(expected.name, expected.config) === is) return 0;
    for (const [index, change] of this.changes.entries()) {
      expected =
        change.type === 'rename'
          ? { ...expected, name: change.name }
          : { ...expected, config: { ...expected.config, ...change.config } };
      if (keyOf(expected.name, expected.config) === is) return index + 1;
    }
    return undefined;
  }
}

const keyOf = (name: string, config: object): string => JSON.stringify([name, Object.entries(config).sort()]);
