import { resolveBackoff } from '../src/core/backoff.ts';
import { Recovery } from '../src/core/recovery.ts';
import type { RecoveryRules } from '../src/core/recovery.ts';

const recovery = (rules: Partial<RecoveryRules> = {}) =>
  new Recovery({
    restart: 'transient',
    intensity: { maxRestarts: 2, withinMs: 1000 },
    backoff: undefined,
    random: () => 1,
    ...rules,
  });

describe('A child that is supervised alone', () => {
  it('comes back as often as its intensity allows, and then gives up', () => {
    const it = recovery();
    expect([0, 500, 1000].map((now) => it.after('error', now, 0).fate)).toEqual(['restart', 'restart', 'give_up']);
    expect(it.after('error', 1001, 0).fate).toBe('restart');
  });

  it('pays nothing for an end that does not bring it back', () => {
    const it = recovery({ intensity: { maxRestarts: 1, withinMs: 1000 } });
    expect(it.after('normal', 0, 0)).toEqual({ fate: 'keep', delayMs: undefined });
    expect(it.after('error', 0, 0)).toEqual({ fate: 'restart', delayMs: undefined });
  });

  it('waits longer each time, until it has run for long enough', () => {
    const backoff = resolveBackoff({ minMs: 100, maxMs: 300, jitter: 'none', resetAfterMs: 50 });
    const it = recovery({ backoff, intensity: { maxRestarts: 9, withinMs: 1e6 } });
    const delays = [0, 49, 0, 50, 0].map((ranMs, n) => it.after('error', n * 1000, ranMs).delayMs);
    expect(delays).toEqual([100, 200, 300, 100, 200]);
  });

  it('goes on from what another has counted', () => {
    const rules = { backoff: resolveBackoff({ minMs: 100, maxMs: 300, jitter: 'none' }) };
    const before = recovery(rules);
    for (const now of [0, 500]) before.after('error', now, 0);
    const it = recovery(rules);
    it.recall(before.log(1001));
    expect(before.log(1001)).toEqual({ restarts: [500], attempts: 2 });
    expect(it.after('error', 1001, 0)).toEqual({ fate: 'restart', delayMs: 300 });
    expect(it.after('error', 1002, 0).fate).toBe('give_up');
    expect(recovery().log(0)).toEqual({ restarts: [], attempts: 0 });
  });
});
