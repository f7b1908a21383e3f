import type { Session } from '../../src/index.ts';
import type { LedgerOrder, LedgerState } from './ledger.ts';

export type StoreKind = 'file' | 'lmdb';

/** A session is one ledger, or a tree of two. Each form has a host and a store of its own. */
export type Form = 'plain' | 'tree';

export const forms = ['plain', 'tree'] as const;

/** The names of the ledgers of a session. */
export const ledgersOf = { plain: ['all'], tree: ['left', 'right'] } as const;

/** How a store is broken, to see that it is found. */
export type Flaw = (typeof flaws)[number];

export const flaws = ['answers_early', 'forgets_saves', 'forgets_timers'] as const;

/** What the process of the hosts is given as it is started, as JSON. */
export interface Settings {
  readonly store: StoreKind;
  readonly directory: string;
  readonly flaw: Flaw | undefined;
  /** It kills itself right before or after this change of the store. */
  readonly dieAt: { readonly change: number; readonly when: 'before' | 'amid' | 'after' } | undefined;
}

interface OfSession {
  readonly form: Form;
  readonly id: string;
}

/** What is answered, under the number that it has. */
export type Question = OfSession &
  (
    | { readonly type: 'start'; readonly generation: number }
    | { readonly type: 'stop' }
    | { readonly type: 'rename'; readonly name: string }
    | { readonly type: 'configure'; readonly config: Record<string, number> }
    | { readonly type: 'ask'; readonly ledger: string; readonly event: LedgerOrder | { readonly type: 'read' } }
  );

/** What the process is told: a line of JSON each. */
export type Order =
  | (Question & { readonly number: number })
  | (OfSession & { readonly type: 'note'; readonly ledger: string; readonly n: number })
  | { readonly type: 'close' };

export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: string; readonly message: string };

export interface SavedState {
  readonly session: Session;
  readonly ledgers: Readonly<Record<string, LedgerState>>;
}

/** All that came back, in the order of the lists. */
export interface Ready {
  readonly type: 'ready';
  readonly sessions: Readonly<Record<Form, readonly SavedState[]>>;
}

/** What the process tells: a line of JSON each. */
export type Report =
  | Ready
  | { readonly type: 'answer'; readonly number: number; readonly answer: Answer }
  | { readonly type: 'announced'; readonly form: Form; readonly event: string; readonly session: Session }
  /** Something that is not to happen. */
  | { readonly type: 'failed'; readonly code: string; readonly message: string }
  | { readonly type: 'closed' };
