/** What is not to be, and how it is printed. */
export const faults = {
  lost: 'lost',
  duplicated: 'duplicated',
  outOfOrder: 'out of order',
  returned: 'stopped, and came back',
  corrupt: 'corrupt',
  timerTwice: 'timers that fired twice',
  timerLost: 'timers that never fired',
  timerEarly: 'timers early',
  timerLate: 'timers late',
  refused: 'refused or failed',
} as const;

export type Fault = keyof typeof faults;

export interface Finding {
  readonly fault: Fault;
  /** What exactly. */
  readonly text: string;
}
