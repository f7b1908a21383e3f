import fc from 'fast-check';
import { resolveBackoff } from '../src/core/backoff.ts';
import { resolveIntensity, RestartBudget } from '../src/core/intensity.ts';
import { Queue } from '../src/core/queue.ts';

const charges = (budget: RestartBudget, times: number[]) => times.map((now) => budget.charge(now));

describe('RestartBudget', () => {
  it('allows so many restarts in the window, and refuses the next', () => {
    const budget = new RestartBudget({ maxRestarts: 3, withinMs: 5000 });
    expect(charges(budget, [0, 1, 2, 3])).toEqual([true, true, true, false]);
    expect(budget.restarts(3)).toBe(3);
  });

  it('allows none with 0', () => {
    expect(charges(new RestartBudget({ maxRestarts: 0, withinMs: 5000 }), [0, 10_000])).toEqual([false, false]);
  });

  it('still counts a restart that is exactly as old as the window', () => {
    const budget = new RestartBudget({ maxRestarts: 1, withinMs: 5000 });
    expect(charges(budget, [0, 5000, 5000.5])).toEqual([true, false, true]);
  });

  it('slides: it neither resets nor tumbles', () => {
    const budget = new RestartBudget({ maxRestarts: 2, withinMs: 1000 });
    expect(charges(budget, [900, 950, 1001, 1900, 1901, 1950, 1951])).toEqual([
      true,
      true,
      false,
      false,
      true,
      false,
      true,
    ]);
  });

  it('works with the large and fractional times of a monotonic clock', () => {
    const budget = new RestartBudget({ maxRestarts: 1, withinMs: 0.5 });
    expect(charges(budget, [1e9 + 0.25, 1e9 + 0.75, 1e9 + 0.875])).toEqual([true, false, true]);
  });

  it('agrees with the log that it stands for, and never holds more than that', () => {
    fc.assert(
      fc.property(
        fc.nat(5),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.nat(10), { maxLength: 60 }),
        (maxRestarts, withinMs, gaps) => {
          const budget = new RestartBudget({ maxRestarts, withinMs });
          const log: number[] = [];
          let now = 0;
          for (const gap of gaps) {
            now += gap;
            const recent = log.filter((stamp) => stamp >= now - withinMs);
            const allowed = recent.length + 1 <= maxRestarts;
            expect(budget.charge(now)).toBe(allowed);
            if (allowed) log.push(now);
            expect(budget.restarts(now)).toBe(recent.length + Number(allowed));
            expect(budget.restarts(now)).toBeLessThanOrEqual(maxRestarts);
          }
        },
      ),
    );
  });

  it('takes each of very many restarts in and out of its log once', () => {
    const shift = jest.spyOn(Queue.prototype, 'shift');
    const push = jest.spyOn(Queue.prototype, 'push');
    const budget = new RestartBudget({ maxRestarts: 1000, withinMs: 999 });
    for (let now = 0; now < 10_000; now++) budget.charge(now);
    expect(push).toHaveBeenCalledTimes(10_000);
    expect(shift).toHaveBeenCalledTimes(9000);
    jest.restoreAllMocks();
  });
});

describe('resolveIntensity', () => {
  it('is 3 restarts in 5000 ms unless told otherwise', () => {
    expect(resolveIntensity()).toEqual({ maxRestarts: 3, withinMs: 5000 });
    expect(resolveIntensity({ maxRestarts: 10 })).toEqual({ maxRestarts: 10, withinMs: 5000 });
    expect(resolveIntensity({ withinMs: 100 })).toEqual({ maxRestarts: 3, withinMs: 100 });
    expect(resolveIntensity({ maxRestarts: 0 })).toEqual({ maxRestarts: 0, withinMs: 5000 });
  });

  it.each([
    [{ maxRestarts: -1 }, RangeError, 'intensity.maxRestarts'],
    [{ maxRestarts: 1.5 }, RangeError, 'intensity.maxRestarts'],
    [{ maxRestarts: NaN }, RangeError, 'intensity.maxRestarts'],
    [{ maxRestarts: Infinity }, RangeError, 'intensity.maxRestarts'],
    [{ maxRestarts: '3' }, TypeError, 'intensity.maxRestarts'],
    [{ maxRestarts: null }, TypeError, 'intensity.maxRestarts'],
    [{ withinMs: 0 }, RangeError, 'intensity.withinMs'],
    [{ withinMs: -1 }, RangeError, 'intensity.withinMs'],
    [{ withinMs: NaN }, RangeError, 'intensity.withinMs'],
    [{ withinMs: Infinity }, RangeError, 'intensity.withinMs'],
    [{ withinMs: '5s' }, TypeError, 'intensity.withinMs'],
    [null, TypeError, 'intensity'],
    [3, TypeError, 'intensity'],
  ])('refuses %j by name', (options, type, name) => {
    const resolve = () => resolveIntensity(options as object);
    expect(resolve).toThrow(type);
    expect(resolve).toThrow(name);
  });

  const backoff = resolveBackoff({ minMs: 1000, maxMs: 3000 });

  it('makes room for the delays of a back-off', () => {
    expect(resolveIntensity({}, backoff)).toEqual({ maxRestarts: 3, withinMs: 11_000 });
    expect(resolveIntensity({ maxRestarts: 0 }, backoff)).toEqual({ maxRestarts: 0, withinMs: 5000 });
    expect(resolveIntensity({ maxRestarts: 5 }, backoff)).toEqual({ maxRestarts: 5, withinMs: 17_000 });
  });

  it('refuses a back-off whose delays fill the window, and names both', () => {
    expect(resolveIntensity({ withinMs: 6001 }, backoff)).toEqual({ maxRestarts: 3, withinMs: 6001 });
    for (const withinMs of [1, 5999, 6000]) {
      const resolve = () => resolveIntensity({ withinMs }, backoff);
      expect(resolve).toThrow(RangeError);
      expect(resolve).toThrow(`intensity {"maxRestarts":3,"withinMs":${withinMs}}`);
      expect(resolve).toThrow('backoff {"minMs":1000,"maxMs":3000');
      expect(resolve).toThrow('6000 ms');
    }
  });
});
