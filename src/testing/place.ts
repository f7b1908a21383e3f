import type { SessionStore } from '../session-store.ts';

/** Where a case tries stores. */
export interface Place {
  /** Another store each time. */
  open(): Promise<SessionStore>;
  corrupt(id: string): Promise<void>;
}

export type Case = (place: Place) => Promise<void>;

/** By what each must do. */
export type Cases = Readonly<Record<string, Case>>;
