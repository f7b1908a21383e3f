import { Pace } from '../src/observer/pace.ts';

/** A pace whose work takes so long, on time that is simulated. */
function paceOf(takesMs: number) {
  const begun: number[] = [];
  const pace = new Pace(() => {
    begun.push(performance.now());
    now += takesMs;
    pace.wake();
  });
  return { pace, begun };
}

let now = 0;

beforeEach(() => {
  now = 0;
  jest.useFakeTimers({ doNotFake: ['performance'] });
  jest.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

/** Lets time go by, a millisecond after the other. */
function pass(ms: number): void {
  for (const end = now + ms; now < end; now++) jest.advanceTimersByTime(1);
}

describe('The pace of the observer', () => {
  it('does what takes next to no time five times a second', () => {
    const { pace, begun } = paceOf(0);
    pace.wake();
    pass(10_000);
    expect(begun.length).toBeGreaterThan(45);
    expect(begun.length).toBeLessThanOrEqual(50);
  });

  it.each([
    [10, 'a fiftieth of the time', 20_000 / (10 + 500)],
    [30, 'more, where one would have to wait for longer than a second', 20_000 / (30 + 800)],
    [200, 'a twentieth of the time, if it takes very long', 20_000 / (200 + 4_000)],
  ])('does what takes %i ms so often that it takes %s', (takesMs, _, times) => {
    const { pace, begun } = paceOf(takesMs);
    pace.wake();
    pass(20_000);
    expect(begun.length).toBeGreaterThan(times - 1);
    expect(begun.length).toBeLessThan(times + 1);
  });

  it('makes up for what is done besides', () => {
    const { pace, begun } = paceOf(0);
    pace.charge(() => void (now += 100));
    pace.wake();
    pass(1_900);
    expect(begun).toEqual([]);
    pass(200);
    expect(begun.length).toBeGreaterThan(0);
  });

  it('makes up also for what is done while it rests', () => {
    const { pace, begun } = paceOf(0);
    pace.wake();
    pace.charge(() => void (now += 50));
    pass(700);
    expect(begun).toEqual([]);
    pass(600);
    expect(begun.length).toBeGreaterThan(0);
  });

  it('does nothing unless it is woken, and nothing once it is stopped', () => {
    const work = jest.fn();
    const pace = new Pace(work);
    pass(1_000);
    expect(work).not.toHaveBeenCalled();
    pace.wake();
    pace.wake();
    pass(1_000);
    expect(work).toHaveBeenCalledTimes(1);
    pace.wake();
    pace.stop();
    pass(1_000);
    expect(work).toHaveBeenCalledTimes(1);
  });
});
