import fc from 'fast-check';
import { attemptAfter, backoffDelay, resolveBackoff, sumOfDelays } from '../src/core/backoff.ts';
import type { BackoffOptions } from '../src/core/backoff.ts';

const exact = (options: Partial<BackoffOptions> = {}) =>
  resolveBackoff({ minMs: 100, maxMs: 1000, jitter: 'none', ...options });

const anyBackoff = fc
  .record({
    minMs: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
    times: fc.double({ min: 1, max: 2000, noNaN: true }),
    factor: fc.double({ min: 1, max: 10, noNaN: true }),
  })
  .map(({ minMs, times, factor }) => resolveBackoff({ minMs, maxMs: minMs * times, factor, jitter: 'none' }));

describe('backoffDelay', () => {
  it('grows by the factor, up to the limit', () => {
    expect([0, 1, 2, 3, 4, 5].map((attempt) => backoffDelay(exact(), attempt))).toEqual([
      100, 200, 400, 800, 1000, 1000,
    ]);
    expect([0, 1, 2].map((attempt) => backoffDelay(exact({ factor: 1.5 }), attempt))).toEqual([100, 150, 225]);
    expect([0, 1, 2].map((attempt) => backoffDelay(exact({ factor: 1 }), attempt))).toEqual([100, 100, 100]);
  });

  it('stays at the limit, however many attempts went before', () => {
    for (const attempt of [1023, 1024, 2 ** 31, Number.MAX_SAFE_INTEGER]) {
      expect(backoffDelay(exact(), attempt)).toBe(1000);
      expect(backoffDelay(exact({ factor: 1 }), attempt)).toBe(100);
    }
  });

  it('draws from the whole delay, cut to the limit before', () => {
    const full = exact({ jitter: 'full' });
    expect(backoffDelay(full, 1, () => 0.5)).toBe(100);
    expect(backoffDelay(full, 10, () => 0.5)).toBe(500);
    expect(backoffDelay(full, 10, () => 0)).toBe(0);
    expect(backoffDelay(full, 10, () => 0.999)).toBe(999);
  });

  it('does not draw without jitter', () => {
    const random = jest.fn(() => 0.5);
    expect(backoffDelay(exact(), 0, random)).toBe(100);
    expect(random).not.toHaveBeenCalled();
  });

  it.each([
    ['is more than 1', () => 7, 1000],
    ['is less than 0', () => -7, 0],
    ['is -Infinity', () => -Infinity, 0],
    ['is Infinity', () => Infinity, 1000],
    ['is NaN', () => NaN, 1000],
    ['is nothing', () => undefined, 1000],
    ['is an object', () => ({}), 1000],
    ['is a bigint', () => 1n, 1000],
    ['is a symbol', () => Symbol('x'), 1000],
    [
      'is a throw',
      () => {
        throw new Error('no luck');
      },
      1000,
    ],
  ])('gets by with a random number that %s', (_, random, expected) => {
    expect(backoffDelay(exact({ jitter: 'full' }), 10, random as () => number)).toBe(expected);
  });

  it('is never less for a later attempt, nor out of its bounds', () => {
    fc.assert(
      fc.property(anyBackoff, fc.nat(), fc.nat(), (backoff, one, other) => {
        const [early, late] = [Math.min(one, other), Math.max(one, other)];
        expect(backoffDelay(backoff, early)).toBeGreaterThanOrEqual(backoff.minMs);
        expect(backoffDelay(backoff, late)).toBeGreaterThanOrEqual(backoffDelay(backoff, early));
        expect(backoffDelay(backoff, late)).toBeLessThanOrEqual(backoff.maxMs);
      }),
    );
  });
});

describe('attemptAfter', () => {
  it('begins again after a run of resetAfterMs, which is maxMs unless given', () => {
    expect(attemptAfter(exact(), 4, 999)).toBe(4);
    expect(attemptAfter(exact(), 4, 1000)).toBe(0);
    expect(attemptAfter(exact({ resetAfterMs: 50 }), 4, 50)).toBe(0);
    expect(attemptAfter(exact({ resetAfterMs: 0 }), 4, 0)).toBe(0);
  });
});

describe('sumOfDelays', () => {
  it('is what the first delays add up to', () => {
    expect([0, 1, 2, 3, 4, 5, 6].map((count) => sumOfDelays(exact(), count))).toEqual([
      0, 100, 300, 700, 1500, 2500, 3500,
    ]);
    expect(sumOfDelays(exact({ factor: 1 }), 7)).toBe(700);
    expect(sumOfDelays(exact({ minMs: 1000 }), 7)).toBe(7000);
  });

  it('agrees with the delays taken one by one', () => {
    fc.assert(
      fc.property(anyBackoff, fc.nat(200), (backoff, count) => {
        let sum = 0;
        for (let attempt = 0; attempt < count; attempt++) sum += backoffDelay(backoff, attempt);
        expect(Math.abs(sumOfDelays(backoff, count) - sum)).toBeLessThanOrEqual(1e-6 * sum);
      }),
    );
  });

  it('does not add up very many one by one', () => {
    expect(sumOfDelays(exact(), 1e15)).toBeCloseTo(1e18 - 2500, -3);
    expect(sumOfDelays(exact({ factor: 1 }), 1e15)).toBe(1e17);
    expect(sumOfDelays(exact({ factor: 1 + Number.EPSILON }), 1e6)).toBeCloseTo(1e8, 0);
  });
});

describe('resolveBackoff', () => {
  it('doubles, with full jitter, and resets after its longest delay, unless told otherwise', () => {
    expect(resolveBackoff({ minMs: 1, maxMs: 8 })).toEqual({
      minMs: 1,
      maxMs: 8,
      factor: 2,
      jitter: 'full',
      resetAfterMs: 8,
    });
  });

  it('gives back the same when given what it gave', () => {
    const backoff = exact({ factor: 3, resetAfterMs: 7 });
    expect(resolveBackoff(backoff)).toEqual(backoff);
  });

  it.each([
    [{ maxMs: 10 }, TypeError, 'backoff.minMs'],
    [{ minMs: 10 }, TypeError, 'backoff.maxMs'],
    [{ minMs: 0, maxMs: 10 }, RangeError, 'backoff.minMs'],
    [{ minMs: -1, maxMs: 10 }, RangeError, 'backoff.minMs'],
    [{ minMs: NaN, maxMs: 10 }, RangeError, 'backoff.minMs'],
    [{ minMs: '1', maxMs: 10 }, TypeError, 'backoff.minMs'],
    [{ minMs: 10, maxMs: 9 }, RangeError, 'backoff.maxMs'],
    [{ minMs: 10, maxMs: Infinity }, RangeError, 'backoff.maxMs'],
    [{ minMs: 10, maxMs: 2 ** 31 }, RangeError, 'backoff.maxMs'],
    [{ minMs: 1, maxMs: 10, factor: 0.5 }, RangeError, 'backoff.factor'],
    [{ minMs: 1, maxMs: 10, factor: Infinity }, RangeError, 'backoff.factor'],
    [{ minMs: 1, maxMs: 10, factor: '2' }, TypeError, 'backoff.factor'],
    [{ minMs: 1, maxMs: 10, jitter: 'some' }, TypeError, 'backoff.jitter'],
    [{ minMs: 1, maxMs: 10, jitter: true }, TypeError, 'backoff.jitter'],
    [{ minMs: 1, maxMs: 10, resetAfterMs: -1 }, RangeError, 'backoff.resetAfterMs'],
    [{ minMs: 1, maxMs: 10, resetAfterMs: 'never' }, TypeError, 'backoff.resetAfterMs'],
    [undefined, TypeError, 'backoff'],
    [100, TypeError, 'backoff'],
  ])('refuses %j by name', (options, type, name) => {
    const resolve = () => resolveBackoff(options as BackoffOptions);
    expect(resolve).toThrow(type);
    expect(resolve).toThrow(name);
  });
});
