import { fate } from '../src/core/fate.ts';

describe('the fate of a child', () => {
  it.each([
    ['permanent', 'normal', 'restart'],
    ['permanent', 'shutdown', 'restart'],
    ['permanent', 'killed', 'restart'],
    ['permanent', 'error', 'restart'],
    ['transient', 'normal', 'keep'],
    ['transient', 'shutdown', 'keep'],
    ['transient', 'killed', 'restart'],
    ['transient', 'error', 'restart'],
    ['temporary', 'normal', 'forget'],
    ['temporary', 'shutdown', 'forget'],
    ['temporary', 'killed', 'forget'],
    ['temporary', 'error', 'forget'],
  ] as const)('of a %s one that exited with %s is: %s', (restart, reason, expected) => {
    expect(fate(restart, reason)).toBe(expected);
  });

  it('is to be given up where nothing is left to pay for its restart', () => {
    expect(fate('permanent', 'normal', () => false)).toBe('give_up');
    expect(fate('transient', 'error', () => false)).toBe('give_up');
  });

  it('is charged once if it comes back, and never if it does not', () => {
    const charge = jest.fn(() => true);
    fate('temporary', 'error', charge);
    fate('transient', 'normal', charge);
    expect(charge).not.toHaveBeenCalled();
    fate('transient', 'killed', charge);
    expect(charge).toHaveBeenCalledTimes(1);
  });
});
