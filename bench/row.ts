/** What each contestant cost, round by round, for one operation or one session. */
export type Rounds = Readonly<Record<string, readonly number[]>>;

/** What must hold of a contestant: of its ratio to another in the same rounds or, without one, of what it costs. */
export type Goal = { readonly of: string; readonly to?: string } & (
  { readonly atMost: number } | { readonly atLeast: number }
) & {
    /** Where it is a goal at all: where this one costs more. */
    readonly where?: { readonly of: string; readonly over: number };
  };

/** One line of the comparison. It is measured in a process of its own. */
export interface Row {
  readonly name: string;
  /** Of the values: nanoseconds unless given. */
  readonly unit?: 'ns' | 'bytes';
  /** None where a row is there for information. */
  readonly goals: readonly Goal[];
  /** Whether the page has its figures in a table of their own, beside how its goals were met. */
  readonly isShown?: boolean;
  measure(rounds: number): Promise<Rounds>;
}
